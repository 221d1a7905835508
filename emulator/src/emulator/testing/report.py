"""The calls of a test as lines of text. Imports nothing of the package."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MOST_CALLS, MOST_WIDTH = 50, 160


def calls(requests: Sequence[Mapping[str, Any]], violations: Sequence[Mapping[str, Any]]) -> str:
    """Return a line for each call, the last ones if they are many, and what was careless about them."""
    return "\n".join(_lines(requests, violations))


def _lines(requests: Sequence[Mapping[str, Any]], violations: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not requests:
        yield "no call was made"
    if len(requests) > MOST_CALLS:
        yield f"… {len(requests) - MOST_CALLS} calls before these"
    for call in requests[-MOST_CALLS:]:
        parameters = " ".join(f"{name}={value}" for name, value in call["parameters"].items())
        # A call that was cut before it was applied has no status.
        outcome = f"{call['status'] or 'cut'} {call['code']}".strip()
        yield _cut(
            f"{call['n']:>4} {call['time']} {call['product']} {call['action']} {outcome} | {parameters}"
        )
    for found in violations:
        yield _cut(f"careless: call {found['request']}, {found['kind']}: {found['text']}")


def _cut(line: str) -> str:
    return line if len(line) <= MOST_WIDTH else f"{line[: MOST_WIDTH - 1]}…"
