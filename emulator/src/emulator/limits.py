"""How many calls a minute an account may make of an action, as testers set it.

Imports database; the world holds it, the rule of throttling asks it.
"""

from __future__ import annotations

from emulator.database import Database

MINUTE = 60
_MOST = 1_000_000
# One row per scope: a call of a later minute begins the count anew.
_COUNT = """
INSERT INTO spent VALUES (?, ?, 1) ON CONFLICT (scope) DO UPDATE SET
    calls = CASE WHEN minute = excluded.minute THEN calls + 1 ELSE 1 END, minute = excluded.minute
RETURNING calls
"""


class Limits:
    """Calls a minute by action; what is not listed is not limited."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.table: dict[str, int] = {}

    def load(self) -> None:
        """Read the limits back from the file."""
        self.table = self._database.fact("limits") or {}

    def change(self, changes: dict[str, int | None]) -> None:
        """Set limits, remove those that become None; ValueError if one cannot be."""
        for name, limit in changes.items():
            if limit is not None and (type(limit) is not int or not 0 <= limit <= _MOST):
                raise ValueError(f"{name} must be a whole number from 0 to {_MOST}, or null")
        merged = {**self.table, **changes}
        self.table = {name: limit for name, limit in merged.items() if limit is not None}
        self._database.set_fact("limits", self.table)

    def clear(self) -> None:
        """Lift all limits and forget what was counted."""
        self._database.run("DELETE FROM spent")
        self.change(dict.fromkeys(self.table))

    def spent(self, scope: str, action: str, now: float) -> bool:
        """Count a call, if its action is limited, and tell whether the minute's share was spent before it."""
        limit = self.table.get(action)
        if limit is None:
            return False
        row = self._database.one(_COUNT, f"{scope}/{action}", int(now // MINUTE))
        return int(row[0]) > limit
