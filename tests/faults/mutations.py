"""A JSON value spoilt at every place in every way, and a text cut at every byte."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]
REMOVED, NULL, EMPTY, TYPE, VALUE, NESTED = "removed", "null", "empty", "wrong type", "other value", "nested"
MALFORMED = (REMOVED, NULL, EMPTY, TYPE, NESTED)
DEPTH = 60


@dataclass(frozen=True)
class Mutation:
    """One spoilt copy: where, how, of what, and what stands there instead; made when it is asked for."""

    path: Path
    kind: str
    whole: Any
    part: Any = None

    @property
    def value(self) -> Any:
        """The spoilt copy."""
        if self.kind == REMOVED:
            return without(self.whole, self.path)
        return replaced(self.whole, self.path, self.part)

    @property
    def is_malformed(self) -> bool:
        """Whether the whole is in no documented form; a row less or another value may be the truth."""
        is_row = bool(self.path) and isinstance(self.path[-1], int)
        if self.kind == VALUE or (self.kind == REMOVED and is_row):
            return False
        return not (self.kind == EMPTY and isinstance(self.part, str | list))

    @property
    def place(self) -> str:
        """The place in words, for a failure and for what an error has to name."""
        return ".".join(map(str, self.path))

    @property
    def key(self) -> str:
        """The last name on the way there; rows of a list have none of their own."""
        return next((str(part) for part in reversed(self.path) if isinstance(part, str)), "")

    def __str__(self) -> str:
        return f"{self.place} {self.kind}"


def mutations(value: Any) -> Iterator[Mutation]:
    """Every place of a value, spoilt in every way."""
    for path, part in places(value):
        if path:
            yield Mutation(path, REMOVED, value)
        for kind, other in others(part):
            yield Mutation(path, kind, value, other)


def places(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every part of a value with the way there, the whole first."""
    yield path, value
    if isinstance(value, dict):
        for key, part in value.items():
            yield from places(part, (*path, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from places(part, (*path, number))


def others(part: Any) -> Iterator[tuple[str, Any]]:
    """What stands there instead."""
    yield NULL, None
    deep: Any = "bottom"
    for _ in range(DEPTH):
        deep = [deep]
    yield NESTED, deep
    if isinstance(part, bool):
        yield from ((TYPE, str(part).lower()), (TYPE, []), (TYPE, 7), (VALUE, not part))
    elif isinstance(part, str):
        yield from ((EMPTY, ""), (TYPE, 7), (TYPE, [part]), (TYPE, {"x": part}), (TYPE, True))
        yield from ((VALUE, "another"), (VALUE, "\x00\x1b[31m\u202e\n"), (VALUE, "9" * 5000))
    elif isinstance(part, int | float):
        yield from ((TYPE, str(part)), (TYPE, []), (VALUE, -1), (VALUE, 10**30), (VALUE, 1e300))
    elif isinstance(part, dict):
        yield from ((TYPE, []), (TYPE, "{}"), (TYPE, 0), (EMPTY, {}), (VALUE, {**part, "unknown": 1}))
    elif isinstance(part, list):
        yield from ((TYPE, {}), (TYPE, "[]"), (TYPE, 0), (EMPTY, []), (NULL, [None]), (TYPE, [7]))


def replaced(value: Any, path: Path, part: Any) -> Any:
    """A copy with another part at a place."""
    if not path:
        return part
    made = copy.deepcopy(value)
    _holder(made, path)[path[-1]] = part
    return made


def without(value: Any, path: Path) -> Any:
    """A copy that lacks a place."""
    made = copy.deepcopy(value)
    del _holder(made, path)[path[-1]]
    return made


def at(value: Any, path: Path) -> Any:
    """The part at a place."""
    for part in path:
        value = value[part]
    return value


def _holder(value: Any, path: Path) -> Any:
    return at(value, path[:-1])


def cuts(text: str | bytes, step: int = 1) -> Iterator[Any]:
    """A text that ends after every byte but the last."""
    for length in range(0, len(text), step):
        yield text[:length]


def twisted(text: bytes, step: int = 1) -> Iterator[bytes]:
    """A text with one byte of it replaced by another that is no text, or with one bit turned."""
    for place in range(0, len(text), step):
        for byte in (0xFF, 0x00, text[place] ^ 0x10):
            yield text[:place] + bytes([byte]) + text[place + 1 :]


def compact(value: Any) -> str:
    """JSON in the fewest bytes."""
    return json.dumps(value, separators=(",", ":"))
