"""What was billed by the hour and what was paid ahead, kept as resources come, change and go.

Only the store feeds it, so that nothing bills that does not exist. Imports database, prices and resources.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from emulator import prices
from emulator.database import Database
from emulator.resources import Resource

Meter = dict[str, Any]

_OPEN = "SELECT seq, began, meter FROM usage WHERE id = ? AND ended IS NULL"
_BEGIN = "INSERT INTO usage (id, kind, account, began, meter, body) VALUES (?, ?, ?, ?, ?, ?)"
_WITHIN = """
SELECT id, kind, began, ended, meter, body FROM usage
WHERE account = ? AND began < ? AND (ended IS NULL OR ended > ?) ORDER BY seq
"""
_RUNNING = """
SELECT usage.id, usage.kind, usage.account, region, meter
FROM resources JOIN usage ON usage.id = resources.id AND ended IS NULL ORDER BY resources.seq
"""
_PAY = (
    "INSERT INTO payments (id, kind, account, moment, amount, began, until, body) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_PAID = """
SELECT id, kind, amount, body FROM payments WHERE account = ? AND moment >= ? AND moment < ? ORDER BY seq
"""
_CUT = "UPDATE payments SET until = ? WHERE id = ? AND until > ? AND NOT settled"
_UNSETTLED = "SELECT amount, began, until FROM payments WHERE id = ? AND NOT settled"


@dataclass(frozen=True)
class Stretch:
    """A time in which a resource was billed by the same meter, with the resource as it was at the end."""

    id: str
    kind: str
    began: float
    ended: float | None
    meter: Meter
    body: str


@dataclass(frozen=True)
class Payment:
    """Money for a time ahead; below zero what was paid back."""

    id: str
    kind: str
    amount: float
    body: str


class Usage:
    """The meters of all resources that cost something."""

    def __init__(self, database: Database, now: Callable[[], float]) -> None:
        self._database = database
        self._now = now

    def follow(self, resource: Resource) -> None:
        """Note by what a resource is billed from now on."""
        if resource.bills:
            self._turn(resource, resource.meter)

    def end(self, resource: Resource) -> None:
        """Note that a resource is billed no more."""
        if resource.bills:
            self._turn(resource, None)

    def running(self) -> list[tuple[str, str, str, str, str]]:
        """Return id, kind, account, region and meter, as JSON, of all that costs something now."""
        return self._database.run(_RUNNING).fetchall()

    def stretches(self, account: str, start: float, end: float) -> Iterator[Stretch]:
        """Yield what was billed by the hour in a time, oldest first."""
        for identifier, kind, began, ended, meter, body in self._database.run(_WITHIN, account, end, start):
            yield Stretch(identifier, kind, began, ended, json.loads(meter), body)

    def payments(self, account: str, start: float, end: float) -> Iterator[Payment]:
        """Yield what was paid ahead or paid back in a time, oldest first."""
        for row in self._database.run(_PAID, account, start, end):
            yield Payment(*row)

    def unused(self, identifier: str) -> float:
        """Return what of the money paid ahead for a resource is not used up."""
        now, total = self._now(), 0.0
        for amount, began, until in self._database.run(_UNSETTLED, identifier):
            total += amount * max(until - max(began, now), 0.0) / max(until - began, 1.0)
        return round(total, 2)

    def _turn(self, resource: Resource, meter: Meter | None) -> None:
        row = self._database.one(_OPEN, resource.id)
        text = None if meter is None else json.dumps(meter, sort_keys=True)
        if (None if row is None else row[2]) == text:
            return
        if row is not None:
            self._close(row[0], row[1], resource)
        if text is not None:
            owner = (resource.id, resource.kind, resource.account_id)
            self._database.run(_BEGIN, *owner, self._now(), text, resource.model_dump_json())
        self._pay(resource, {} if row is None else json.loads(row[2]), meter or {})

    def _close(self, number: int, began: float, resource: Resource) -> None:
        if began == self._now():
            self._database.run("DELETE FROM usage WHERE seq = ?", number)
        else:
            body = resource.model_dump_json()
            statement = "UPDATE usage SET ended = ?, body = ? WHERE seq = ?"
            self._database.run(statement, self._now(), body, number)

    def _pay(self, resource: Resource, old: Meter, new: Meter) -> None:
        before, after = old.get("PaidUntil"), new.get("PaidUntil")
        if after is None:
            if before is not None:
                self._pay_back(resource)
            return
        now = self._now()
        if before is None:
            self._add(resource, prices.ahead(resource.kind, new, now, after), now, after)
            return
        if after < before:
            # The time was cut short by an order of a tester: what was paid for is used up then.
            self._database.run(_CUT, after, resource.id, after)
        # Another type or size in the middle of the paid time costs the difference for the rest of it.
        rest = max(min(before, after), now)
        difference = prices.ahead(resource.kind, new, now, rest) - prices.ahead(resource.kind, old, now, rest)
        self._add(resource, difference, now, rest)
        if after > before:
            self._add(resource, prices.ahead(resource.kind, new, before, after), before, after)

    def _pay_back(self, resource: Resource) -> None:
        unused, now = self.unused(resource.id), self._now()
        self._database.run("UPDATE payments SET settled = 1 WHERE id = ?", resource.id)
        self._add(resource, -unused, now, now)
        self._database.run("UPDATE payments SET settled = 1 WHERE id = ?", resource.id)

    def _add(self, resource: Resource, amount: float, began: float, until: float) -> None:
        if round(amount, 2):
            owner = (resource.id, resource.kind, resource.account_id, self._now())
            body = resource.model_dump_json()
            self._database.run(_PAY, *owner, round(amount, 2), began, until, body)
