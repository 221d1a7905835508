"""What ActionTrail keeps, and what EventBridge has still to deliver.

Imports database only.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from emulator.database import Database

_BATCH = 200
# A call's place leaves room for what the cloud does by itself before the next one.
_ROOM, _BEYOND = 10**6, 2**62
WAITING, DELIVERED, GIVEN_UP, ELSEWHERE = "waiting", "delivered", "given up", "not on this machine"
# Where an account's events are: a table, the column that orders it, and what that is worth in places.
_CALLS, _OTHERS = ("requests", "n", _ROOM), ("happened", "place", 1)


class Trail:
    """The events of all accounts in the order in which they happened: those of calls, and the cloud's own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def happen(self, account: str, moment: float, event: dict[str, Any]) -> None:
        """Keep an event that is nobody's call, after all that there are."""
        calls = self._database.one("SELECT coalesce(max(n), 0) FROM requests")[0]
        others = self._database.one("SELECT coalesce(max(place), 0) FROM happened")[0]
        place = max(calls * _ROOM, others) + 1
        self._database.run(
            "INSERT INTO happened VALUES (?, ?, ?, ?)", place, account, moment, json.dumps(event)
        )

    def between(
        self, account: str, period: tuple[float, float], word: str, after: int | None, backward: bool
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield an account's events of a period whose text has a word with their places, from a place on."""
        last = after if after is not None else _BEYOND if backward else 0
        rows = [self._rows(table, account, period, word, last, backward) for table in (_CALLS, _OTHERS)]
        for place, event in heapq.merge(*rows, key=lambda row: row[0], reverse=backward):
            yield place, json.loads(event)

    def _rows(
        self,
        table: tuple[str, str, int],
        account: str,
        period: tuple[float, float],
        word: str,
        last: int,
        backward: bool,
    ) -> Iterator[tuple[int, str]]:
        name, column, share = table
        # The word only narrows the search: whether an event is meant is the caller's to say.
        sign, order = ("<", "DESC") if backward else (">", "ASC")
        statement = (
            f"SELECT {column} * {share}, event FROM {name} WHERE account = ? AND moment BETWEEN ? AND ?"
            f" AND instr(event, ?) > 0 AND {column} * {share} {sign} ?"
            f" ORDER BY {column} {order} LIMIT {_BATCH}"
        )
        while True:
            wanted = (account, *period, json.dumps(word)[1:-1], last)
            rows = self._database.run(statement, *wanted).fetchall()
            yield from rows
            if len(rows) < _BATCH:
                return
            last = rows[-1][0]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one target, with the attempts that were made."""

    number: int
    entry: dict[str, Any]
    attempts: int


class Deliveries:
    """Events on their way to targets, numbered from 1; those that arrived are kept for the record."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, entry: dict[str, Any], time: str, due: float | None) -> None:
        """Put down a delivery; without a due moment it is noted and never made."""
        statement = "INSERT INTO deliveries (body, attempts, due, outcome) VALUES (?, 0, ?, ?)"
        outcome = ELSEWHERE if due is None else WAITING
        self._database.run(statement, json.dumps({"time": time, **entry}), due, outcome)

    def due(self, now: float) -> list[Delivery]:
        """Return what is to be delivered now, oldest first."""
        rows = self._database.run(
            "SELECT n, body, attempts FROM deliveries WHERE due <= ? ORDER BY n", now
        ).fetchall()
        return [Delivery(number, json.loads(body), attempts) for number, body, attempts in rows]

    def settle(self, delivery: Delivery, due: float | None, outcome: str) -> None:
        """Write down what became of an attempt, and when the next one is due, if there is one."""
        self._database.run(
            "UPDATE deliveries SET attempts = ?, due = ?, outcome = ? WHERE n = ?",
            delivery.attempts + 1,
            due,
            outcome,
            delivery.number,
        )

    def since(self, number: int) -> list[dict[str, Any]]:
        """Return the deliveries after a number, oldest first, without what was sent."""
        statement = "SELECT n, body, attempts, outcome FROM deliveries WHERE n > ? ORDER BY n"
        rows = self._database.run(statement, number).fetchall()
        return [
            {"n": n, **_without_body(json.loads(body)), "attempts": attempts, "outcome": outcome}
            for n, body, attempts, outcome in rows
        ]


def _without_body(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name != "body"}
