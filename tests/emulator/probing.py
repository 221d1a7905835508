"""Asks an action for everything that it may refuse: right calls with one wrong value, one after the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from emulator.registry import ACTIONS

from tests.emulator.inside import Inside
from tests.emulator.nasty import Values
from tests.emulator.reading.handlers import Key, reads, sent

WRONG = [
    "!", "-1", "0", "7", "999999", "[", "[]", '["a"]', json.dumps(["i-0"] * 101), "[1]", "i-0", "no", "a b",
    "aliyun", "http://x", "x" * 129, "x" * 12000, "9999-12-31T23:59Z", "2026-06-15T10:00:00Z", "10.0.0.0/99",
    "1.2.3.4", "{}", "1",
]  # fmt: skip
MOST_RIGHT = 12
TAGS = [
    {"Tag.1.Value": "a"},
    {f"Tag.{n}.Key": f"key-{n}" for n in range(1, 22)},
    {"Tag.1.Key": "acs:a"},
    {"Tag.1.Key": "a", "Tag.1.Value": "acs:a"},
    {"Tag.1.Key": "a", "Tag.2.Key": "a"},
]
Order = dict[str, str]


def answers(cloud: Inside, key: Key, values: Values, wanted: set[str] | None = None) -> set[str]:
    """Return all that an action answers, or as much as it takes to have what is wanted."""
    found: set[str] = set()
    for orders in _orders(key, values):
        if wanted is not None and wanted <= found:
            break
        with taken_back(cloud):
            found |= {cloud.call(key[1], order, key[0]).said for order in orders}
    return found


@contextmanager
def taken_back(cloud: Inside) -> Iterator[None]:
    """Take back all that is done, so that each call finds the same world."""
    connection = cloud.world.database.connection
    connection.execute("SAVEPOINT probe")
    yield
    connection.execute("ROLLBACK TO probe")
    connection.execute("RELEASE probe")


def _orders(key: Key, values: Values) -> Iterator[list[Order]]:
    """Yield calls of one action, each with those that have to come before it."""
    action, base = ACTIONS[key], _base(key, values)
    yield from _right(key, values)
    for name in sorted(reads(key) | set(action.required)):
        yield from ([{**base, sent(name): value}] for value in WRONG)
    yield from ([{**base, **tags}] for tags in TAGS if "Tag.N.Key" in action.allowed)
    yield [{name: value for name, value in base.items() if name == "RegionId"}]
    for name in sorted(reads(key) - {"ClientToken"}):
        yield [{**base, "ClientToken": "a"}, {**base, "ClientToken": "a", sent(name): "2"}]


def _right(key: Key, values: Values) -> Iterator[list[Order]]:
    base = _base(key, values)
    yield [base]
    for name in sorted(reads(key) | set(ACTIONS[key].required)):
        yield from ([{**base, sent(name): value}] for value in values.candidates(name)[:MOST_RIGHT])


def _base(key: Key, values: Values) -> Order:
    whole = values.complete.get(" ".join(key)) or values.complete.get(key[1], {})
    names = {*whole, *ACTIONS[key].required, "RegionId"}
    return {sent(name): whole.get(name) or values.candidates(name)[0] for name in sorted(names)}
