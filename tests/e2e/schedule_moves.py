"""The moves of a release time that people make, as data for the stock provider and for ours."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# A Saturday; in the night Berlin's clocks change.
DAY = datetime(2027, 3, 27, tzinfo=UTC)
STARTS_AT = DAY - timedelta(days=3)


def at(clock: str, days: int = 0) -> datetime:
    """A time of the day of the moves in UTC, or of a later day."""
    hours, minutes = clock.split(":")
    return DAY + timedelta(days=days, hours=int(hours), minutes=int(minutes))


@dataclass(frozen=True)
class Move:
    """What was declared, what somebody did at the console, what is declared then; None is no time.

    `touched` says whether anything was done by hand.
    """

    name: str
    words: str
    before: datetime | None
    after: datetime | None
    by_hand: datetime | None = None
    touched: bool = False
    subscription: bool = False


MOVES = [
    Move("first", "declared for an instance that runs already", None, at("10:00")),
    Move("office", "18:00 to 20:30 in Shanghai (10:00Z to 12:30Z)", at("10:00"), at("12:30")),
    Move("evening", "10:00Z to 18:30Z", at("10:00"), at("18:30")),
    Move("midnight", "00:00Z to 23:00Z", at("00:00"), at("23:00")),
    Move("late", "20:00Z to 23:30Z", at("20:00"), at("23:30")),
    Move("half", "08:00Z to 08:30Z", at("08:00"), at("08:30")),
    Move("five", "08:30Z to 08:35Z", at("08:30"), at("08:35")),
    Move("odd", "12:34Z to 13:00Z", at("12:34"), at("13:00")),
    Move("earlier", "18:30Z to 10:00Z", at("18:30"), at("10:00")),
    Move("next-day", "10:00Z to 10:00Z on the next day", at("10:00"), at("10:00", 1)),
    Move("summer", "18:00 in Berlin to 18:00 on the next day, over summer time", at("17:00"), at("16:00", 1)),
    Move("cancelled", "no longer declared", at("10:00"), None),
    Move("hand-later", "moved by hand from 10:00Z to 18:30Z", at("10:00"), at("10:00"), at("18:30"), True),
    Move("hand-earlier", "moved by hand from 18:30Z to 10:00Z", at("18:30"), at("18:30"), at("10:00"), True),
    Move("hand-cancelled", "cancelled by hand", at("10:00"), at("10:00"), None, True),
    Move("hand-added", "set by hand, declared nowhere", None, None, at("10:00"), True),
    Move("paid", "declared for a subscription", None, at("10:00"), subscription=True),
]
