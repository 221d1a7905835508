"""The emulator's clock in a test's hand. Imports control."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from emulator.testing.control import Control


class Clock(Control):
    """What moves time; whatever falls due has happened when a method returns."""

    def now(self) -> datetime:
        """Return the emulated time, in UTC."""
        return datetime.fromtimestamp(self.get("clock")["epoch"], UTC)

    def advance(self, duration: str | timedelta) -> datetime:
        """Move on by an ISO 8601 duration such as PT1H or P15D, or a timedelta; return the new time."""
        text = f"PT{duration.total_seconds():f}S" if isinstance(duration, timedelta) else duration
        return self._moved(advance=text)

    def set_clock(self, moment: str | datetime) -> datetime:
        """Show a moment from now on: a UTC time such as 2026-12-31T10:00:00Z, or an aware datetime."""
        return self._moved(set=moment if isinstance(moment, str) else _written(moment))

    def freeze(self, moment: str | datetime | None = None) -> datetime:
        """Let the clock stand still, at a moment if one is given."""
        self.rate(0)
        return self.now() if moment is None else self.set_clock(moment)

    def rate(self, rate: float) -> datetime:
        """Let the clock run at a rate: 0 stands still, 1 is as usual, 60 makes a minute of a second."""
        return self._moved(rate=rate)

    def _moved(self, **order: str | float) -> datetime:
        return datetime.fromtimestamp(self.post("clock", order)["epoch"], UTC)


def _written(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a datetime without a time zone is no moment")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
