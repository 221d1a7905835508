"""Makes what the emulator's pages tell of its actions: `python -m tests.emulator.reference_file`.

The emulator itself neither reads its own code nor knows the official clients; so this is done from here.
"""

from __future__ import annotations

import json

from emulator.reference.told import FILE, Everything, Told
from emulator.registry import COMMON

from tests.emulator.documented_codes import CANNOT_OCCUR, DOCUMENTED
from tests.emulator.documented_parameters import refused, unknown
from tests.emulator.given import NOWHERE, kept
from tests.emulator.reading.handlers import Key, facts, in_front, reads, refusals

# The error tables whose actions belong to another product than Ecs, by their section.
_PRODUCTS = {"13": "BssOpenApi"}
_ORDERED = "not by itself, only as a fault orders it"


def made() -> str:
    """Return the text that the file should have."""
    actions = {" ".join(key): told(key) for key in facts()}
    compared = {row.action for row in DOCUMENTED} - {"any"}
    found = Everything(
        in_front=sorted(in_front()), never=_never("any", "Ecs"), compared=len(compared), actions=actions
    )
    return f"{json.dumps(found.model_dump(), indent=1, ensure_ascii=False)}\n"


def told(key: Key) -> Told:
    """Return what is to be told of an action."""
    return Told(
        common=sorted(reads(key) & COMMON),
        refused=refused(key),
        beyond=unknown(key),
        answers=sorted(refusals(key) - in_front() - kept(NOWHERE, key)),
        unseen=sorted(kept(NOWHERE, key)),
        never=_never(key[1], key[0]),
    )


def _never(action: str, product: str) -> dict[str, str]:
    rows = {row for row in DOCUMENTED if row.action == action}
    mine = {row.outcome: row for row in sorted(rows) if _PRODUCTS.get(row.section, "Ecs") == product}
    given = in_front() | (refusals((product, action)) if action != "any" else set())
    return {one: CANNOT_OCCUR.get(row, _ORDERED) for one, row in mine.items() if one not in given}


if __name__ == "__main__":
    FILE.write_text(made(), encoding="utf-8")
