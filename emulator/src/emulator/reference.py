"""The table of actions as docs/emulator.md shows it, made from the registry.

Imports registry, wire and the actions; the command line imports it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from emulator.actions import load
from emulator.registry import ACTIONS, COMMON, Action
from emulator.wire import PRODUCTS

_HEAD = ("| action | reads | accepts, without effect | does |", "| --- | --- | --- | --- |")
_MARKED = re.compile(r"(?<=<!-- actions: made by `make docs` -->\n).*?(?=<!-- /actions -->)", re.DOTALL)


def table() -> str:
    """Return every product's actions as Markdown tables, with what each reads and what each ignores."""
    load()
    return "".join(
        f"\n{part}\n" for version, product in PRODUCTS.items() for part in _product(version, product)
    )


def renewed(text: str) -> str:
    """Return a page with the table between its two marks made anew; ValueError if it has no such marks."""
    found, count = _MARKED.subn(lambda _: f"{table()}\n", text)
    if count != 1:
        raise ValueError("the page has no place for the table of actions")
    return found


def _product(version: str, product: str) -> Iterator[str]:
    actions = [entry for (owner, _), entry in sorted(ACTIONS.items()) if owner == product]
    if actions:
        yield "\n".join([f"### {product} {version}\n", *_HEAD, *(_row(entry) for entry in actions)])


def _row(entry: Action) -> str:
    # Required ones first and bold: they are what a caller looks up.
    needed = [f"**{name}**" for name in sorted({*entry.required, *entry.sent})]
    read = sorted(entry.allowed - entry.ignored - COMMON - set(entry.required) - entry.sent)
    does = (entry.handler.__doc__ or "").partition(":")[2].strip()
    return f"| {entry.name} | {' '.join(needed + read)} | {' '.join(sorted(entry.ignored))} | {does} |"
