"""The pages on the actions, made from the registry and from what is told of them.

Imports registry, wire and the actions; the command line imports it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from emulator.actions import load
from emulator.reference.links import page_of
from emulator.reference.told import Told, everything
from emulator.registry import ACTIONS, COMMON, Action
from emulator.wire import PRODUCTS

_MADE = "Made by `make docs` from the code; what is changed here by hand is lost."
_OVERVIEW = Path(__file__).with_name("overview.md")


def pages() -> dict[str, str]:
    """Return the pages by the names of their files."""
    load()
    found = {_file(product): _product(version, product) for version, product in PRODUCTS.items()}
    return {"actions.md": _overview(), **found}


def write(folder: Path) -> None:
    """Write the pages into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


def _file(product: str) -> str:
    return f"actions-{product.lower()}.md"


def _of(product: str) -> list[Action]:
    return [entry for (owner, _), entry in sorted(ACTIONS.items()) if owner == product]


def _overview() -> str:
    told = everything()
    rows = [
        f"| [{product}]({_file(product)}) | {version} | {len(_of(product))} |"
        for version, product in PRODUCTS.items()
    ]
    return _OVERVIEW.read_text(encoding="utf-8").format(
        made=_MADE,
        products="\n".join(rows),
        known=told.compared,
        in_front=_codes(told.in_front),
        never="\n".join(f"- {_code(code)}: {reason}." for code, reason in told.never.items()),
    )


def _product(version: str, product: str) -> str:
    actions = "\n".join(_action(version, entry) for entry in _of(product))
    return f"""# {product} {version}

{_MADE} How to read it: [actions.md](actions.md).

{actions}"""


def _action(version: str, entry: Action) -> str:
    told = everything().actions.get(f"{entry.product} {entry.name}", Told())
    does = (entry.handler.__doc__ or "").partition(":")[2].strip()
    lines = "\n".join(f"- {word}: {text}" for word, text in _lines(version, entry, told) if text)
    return f"## {entry.name}\n\n{does[:1].upper()}{does[1:]}\n\n{lines}\n"


def _lines(version: str, entry: Action, told: Told) -> Iterator[tuple[str, str]]:
    known = (set(entry.allowed) | {*entry.required}) - COMMON | set(told.common)
    yield "reads", _names(entry, known - entry.ignored)
    yield "accepts, without effect", _names(entry, entry.ignored)
    yield "refuses", _names(entry, told.refused)
    yield "takes beyond", _names(entry, told.beyond)
    yield "answers", _codes(told.answers)
    yield "may answer", _codes(told.unseen)
    yield "never answers", "; ".join(f"{_code(code)} ({reason})" for code, reason in told.never.items())
    yield "page", _page(version, entry)


def _names(entry: Action, names: Iterable[str]) -> str:
    needed = {*entry.required, *entry.sent}
    # Mandatory ones first and bold: they are what a caller looks up.
    first = [f"**{name}**" for name in sorted(set(names) & needed)]
    return " ".join([*first, *sorted(set(names) - needed)])


def _codes(answers: list[str]) -> str:
    by_status: dict[str, list[str]] = {}
    for answer in sorted(answers):
        status, _, code = answer.partition(" ")
        by_status.setdefault(status, []).append(f"`{code}`")
    return "; ".join(f"{status} {' '.join(codes)}" for status, codes in by_status.items())


def _code(answer: str) -> str:
    status, _, code = answer.partition(" ")
    return f"{status} `{code}`"


def _page(version: str, entry: Action) -> str:
    address = page_of(entry.product, entry.name)
    name = f"API reference, {entry.product} {version}, {entry.name}"
    return f"[{name}]({address})" if address else name
