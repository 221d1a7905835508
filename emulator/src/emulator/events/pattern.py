"""Event patterns: which events a rule wants. Imports nothing of the package."""

from __future__ import annotations

import ipaddress
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

MOST_EXPRESSIONS = 5
_DEEPEST = 32
Test = Callable[[Any], bool]
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class _Absent:
    """Stands for a field that an event has not."""


ABSENT = _Absent()


@dataclass(frozen=True, slots=True)
class Pattern:
    """Fields that all must hold: a field by its name, with tests of which one is enough, or a part of it."""

    tests: tuple[tuple[str, tuple[Test, ...]], ...]
    parts: tuple[tuple[str, Pattern], ...]

    def matches(self, event: Any) -> bool:
        """Tell whether an event has everything that the pattern wants."""
        held = event if isinstance(event, dict) else {}
        return all(_any(tests, held.get(name, ABSENT)) for name, tests in self.tests) and all(
            part.matches(held.get(name)) for name, part in self.parts
        )


def pattern(value: Any, depth: int = 0) -> Pattern:
    """Read a pattern; ValueError for anything that is none."""
    if not isinstance(value, dict) or not value:
        raise ValueError("a pattern is an object with at least one field")
    if depth > _DEEPEST:
        raise ValueError(f"its fields are nested more than {_DEEPEST} deep")
    tests, parts = [], []
    for name, wanted in value.items():
        if isinstance(wanted, dict):
            parts.append((name, pattern(wanted, depth + 1)))
        elif isinstance(wanted, list) and wanted:
            tests.append((name, tuple(_test(one) for one in wanted)))
        else:
            raise ValueError(f"the field {name} has neither a list of values nor fields of its own")
    return Pattern(tuple(tests), tuple(parts))


def _any(tests: tuple[Test, ...], value: Any) -> bool:
    # A list in the event meets a condition when one of its elements does.
    values = value if isinstance(value, list) else [value]
    return any(test(each) for test in tests for each in values)


def _test(wanted: Any) -> Test:
    if isinstance(wanted, list):
        raise ValueError("a list within a list of values")
    if not isinstance(wanted, dict):
        return lambda value: _same(value, wanted)
    if not 1 <= len(wanted) <= MOST_EXPRESSIONS:
        raise ValueError(f"a value has 1 to {MOST_EXPRESSIONS} expressions")
    tests = list(_expressions(wanted))
    return lambda value: all(test(value) for test in tests)


def _expressions(wanted: dict[str, Any]) -> Iterator[Test]:
    for word, operand in wanted.items():
        make = _WORDS.get(word)
        if make is None:
            raise ValueError(f"{word} is none of {', '.join(_WORDS)}")
        yield make(operand)


def _same(value: Any, wanted: Any) -> bool:
    # 1 and true are equal in Python and different in JSON.
    return isinstance(value, bool) is isinstance(wanted, bool) and value is not ABSENT and value == wanted


def _text(word: str, test: Callable[[str, str], bool]) -> Callable[[Any], Test]:
    def make(operand: Any) -> Test:
        if not isinstance(operand, str):
            raise ValueError(f"{word} takes a text")
        return lambda value: isinstance(value, str) and test(value, operand)

    return make


def _anything_but(operand: Any) -> Test:
    if isinstance(operand, dict):
        if set(operand) != {"prefix"}:
            raise ValueError("anything-but takes a value, a list of values, or a prefix")
        unwanted = [_WORDS["prefix"](operand["prefix"])]
    else:
        listed = operand if isinstance(operand, list) else [operand]
        if not listed or any(isinstance(one, list | dict) for one in listed):
            raise ValueError("anything-but takes texts and numbers")
        unwanted = [_test(one) for one in listed]
    # A field that is not there has no value that could be another one.
    return lambda value: value is not ABSENT and not any(test(value) for test in unwanted)


def _numeric(operand: Any) -> Test:
    pairs = list(zip(operand[::2], operand[1::2], strict=False)) if isinstance(operand, list) else []
    if not pairs or len(operand) != 2 * len(pairs):
        raise ValueError("numeric takes pairs of a comparison and a number")
    for word, number in pairs:
        if word not in _COMPARE or not _is_number(number):
            raise ValueError(f"numeric knows {', '.join(_COMPARE)}, each with a number")
    return lambda value: _is_number(value) and all(_COMPARE[word](value, number) for word, number in pairs)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _cidr(operand: Any) -> Test:
    network = ipaddress.IPv4Network(operand) if isinstance(operand, str) else None
    if network is None:
        raise ValueError("cidr takes a range of IPv4 addresses")
    return lambda value: isinstance(value, str) and _within(value, network)


def _within(value: str, network: ipaddress.IPv4Network) -> bool:
    try:
        return ipaddress.IPv4Address(value) in network
    except ValueError:
        return False


def _exists(operand: Any) -> Test:
    if not isinstance(operand, bool):
        raise ValueError("exists takes true or false")
    return lambda value: (value is not ABSENT) is operand


_WORDS: dict[str, Callable[[Any], Test]] = {
    "prefix": _text("prefix", str.startswith),
    "suffix": _text("suffix", str.endswith),
    "contains": _text("contains", str.__contains__),
    "anything-but": _anything_but,
    "numeric": _numeric,
    "cidr": _cidr,
    "exists": _exists,
}
