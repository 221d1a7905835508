"""What an expression can be worth, as far as the text of the program tells.

A value is a list of options, or None where nothing is known. An option is a plain Python object, or one of
the stand-ins below for what exists only while a call is answered.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

Options = list[Any] | None
MOST_OPTIONS = 400


class Fields:
    """The values of the fields of a dataclass."""

    def __init__(self, values: dict[str, Options]) -> None:
        self.values = values

    def __repr__(self) -> str:
        return f"Fields({[(name, shown(value)) for name, value in self.values.items()]})"


@dataclass(frozen=True)
class Refusal:
    """An error that has been made, which is as good as raised."""

    status: Any
    code: str


@dataclass(frozen=True)
class Reader:
    """The parameters of a call, or the group of them whose names begin with a prefix."""

    prefix: str = ""


@dataclass(frozen=True)
class Thing:
    """An object of a class of the emulator, of which the class is known, and what it was made with."""

    kind: type
    made_with: Fields | None = None


class Row:
    """A tuple whose parts are values."""

    def __init__(self, parts: list[Options]) -> None:
        self.parts = parts

    def __repr__(self) -> str:
        return f"Row({[shown(part) for part in self.parts]})"


class Each:
    """Something to go through, any element of which can be one of the options."""

    def __init__(self, options: Options) -> None:
        self.options = options

    def __repr__(self) -> str:
        return f"Each({shown(self.options)})"


class Table:
    """A mapping of which only all keys and all values are known."""

    def __init__(self, keys: Options, values: Options) -> None:
        self.keys = keys
        self.values = values

    def __repr__(self) -> str:
        return f"Table({shown(self.keys)}, {shown(self.values)})"


class Method:
    """A method of an object that is known."""

    def __init__(self, owner: Any, name: str) -> None:
        self.owner = owner
        self.name = name

    def __repr__(self) -> str:
        return f"Method({self.owner!r}, {self.name})"


STAND_INS = (Refusal, Reader, Thing, Row, Each, Table, Method)


def shown(options: Options) -> str:
    """One text for equal values."""
    return "?" if options is None else " | ".join(sorted({repr(one) for one in options}))


def union(values: Iterable[Options]) -> Options:
    """Either of the values."""
    found: dict[str, Any] = {}
    # All of them first: each may be an expression that is to be gone through.
    for value in list(values):
        if value is None:
            return None
        found |= {repr(one): one for one in value}
    return list(found.values()) if len(found) <= MOST_OPTIONS else None


def concrete(option: Any) -> bool:
    """Whether an option is the object itself."""
    return not isinstance(option, STAND_INS)


def combined(work: Callable[..., Any], *values: Options) -> Options:
    """What comes of each combination; None if one of the values is unknown or the work cannot be done."""
    if any(value is None or not all(map(concrete, value)) for value in values):
        return None
    if math.prod(len(value or []) for value in values) > MOST_OPTIONS:
        return None
    try:
        return union([[work(*one)] for one in itertools.product(*(value or [] for value in values))])
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, StopIteration):
        return None


def elements(value: Options) -> Options:
    """What one element of it can be."""
    return None if value is None else union(_elements(one) for one in value)


def _elements(option: Any) -> Options:
    if isinstance(option, Each):
        return option.options
    if isinstance(option, Row):
        return union(option.parts)
    if isinstance(option, Table):
        return option.keys
    if isinstance(option, Collection) and not isinstance(option, str | bytes):
        return list(option)
    return None


def part(value: Options, index: int) -> Options:
    """What stands at a place of it."""
    return None if value is None else union(_part(one, index) for one in value)


def _part(option: Any, index: int) -> Options:
    if isinstance(option, Row) and -len(option.parts) <= index < len(option.parts):
        return option.parts[index]
    if isinstance(option, tuple | list) and -len(option) <= index < len(option):
        return [option[index]]
    return _elements(option) if isinstance(option, Each) else None


def truth(value: Options) -> set[bool]:
    """Whether it can be true, false or both."""
    if value is None or any(isinstance(one, Row | Each | Table | Method) for one in value):
        return {True, False}
    return {bool(one) if concrete(one) else True for one in value}


def joined(left: Options, right: Options) -> Options:
    """What `+` or `|` makes of containers that are not known in full."""
    keys, many = union([elements(left), elements(right)]), [*(left or []), *(right or [])]
    if any(isinstance(one, Table | dict) for one in many):
        return [Table(keys, union([values_in(left), values_in(right)]))]
    return [Each(keys)] if keys else None


def values_in(value: Options) -> Options:
    """What a value of a mapping can be."""
    return None if value is None else union(values_of(one) for one in value)


def values_of(option: Any) -> Options:
    """What a value of one mapping can be."""
    if isinstance(option, Table):
        return option.values
    return list(option.values()) if isinstance(option, dict) else None


def flat(parts: tuple[Any, ...], spread: list[bool]) -> tuple[Any, ...]:
    """A tuple of the parts, with the tuples among them that are to be spread."""
    many = [tuple(one) if inner else (one,) for one, inner in zip(parts, spread, strict=True)]
    return tuple(one for inner in many for one in inner)
