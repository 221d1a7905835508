"""The operators of a policy's Condition. Imports wildcards only."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from operator import eq, ge, gt, le, lt
from typing import Any

from emulator.access.wildcards import fits

Test = Callable[[str, str], bool]


def _string_like(value: str, wanted: str) -> bool:
    return fits(wanted, value)


def _equals_ignoring_case(value: str, wanted: str) -> bool:
    return value.lower() == wanted.lower()


def _address_in(value: str, wanted: str) -> bool:
    return ipaddress.ip_address(value) in ipaddress.ip_network(wanted, strict=False)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _compared(
    read: Callable[[str], Any], relation: Callable[[Any, Any], bool], value: str, wanted: str
) -> bool:
    return relation(read(value), read(wanted))


def _family(name: str, read: Callable[[str], Any]) -> dict[str, Test]:
    relations = {
        "Equals": eq,
        "LessThan": lt,
        "LessThanEquals": le,
        "GreaterThan": gt,
        "GreaterThanEquals": ge,
    }
    return {f"{name}{word}": partial(_compared, read, relation) for word, relation in relations.items()}


_POSITIVE: dict[str, Test] = {
    "StringEquals": eq,
    "StringEqualsIgnoreCase": _equals_ignoring_case,
    "StringLike": _string_like,
    "Bool": _equals_ignoring_case,
    "IpAddress": _address_in,
    **_family("Numeric", float),
    **_family("Date", _moment),
}
# The negative ones hold where none of the values fits.
_NEGATIVE = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}
OPERATORS = frozenset([*_POSITIVE, *_NEGATIVE])


def holds(operator: str, value: str | None, wanted: list[str]) -> bool:
    """Tell whether a key's value fulfils a condition; a key that the request lacks fits no value."""
    negative = operator in _NEGATIVE
    test = _POSITIVE[_NEGATIVE.get(operator, operator)]
    found = value is not None and any(_passes(test, value, one) for one in wanted)
    return found != negative


def readable(operator: str, wanted: str) -> bool:
    """Tell whether a value can be compared by an operator at all."""
    test = _POSITIVE[_NEGATIVE.get(operator, operator)]
    try:
        if test is _address_in:
            ipaddress.ip_network(wanted, strict=False)
        else:
            test(wanted, wanted)
    except ValueError:
        return False
    return operator != "Bool" or wanted.lower() in ("true", "false")


def _passes(test: Test, value: str, wanted: str) -> bool:
    # A request's value of another kind, such as a tag that is no number, fits nothing.
    try:
        return test(value, wanted)
    except ValueError:
        return False
