"""The stacks as the project's files have them: which there are, and a new one from another's file.

Standard library only; `new` is given the file's parsed content.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = "stacks"
# As strict as the strictest of those who have to live with it: tags, environments of pipelines, host names.
_NAME = re.compile(r"[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?")
_NAME_ALLOWED = "1 to 40 lower-case letters, digits and dashes, first a letter and last no dash"
# What belongs to the stack that they were made for.
_OWN_LINES = re.compile(r"^(?:encryptionsalt|secretsprovider|encryptedkey):.*\n?", re.MULTILINE)
LOCAL = "local"


class Unusable(Exception):
    """The command cannot do what it was asked; the text says why and what to do."""


def file_of(root: Path, stack: str) -> Path:
    """The file of a stack, which may be named with its organization and project."""
    return root / FOLDER / f"Pulumi.{stack.rpartition('/')[2]}.yaml"


def stacks(root: Path) -> list[str]:
    """The stacks that have a file, by name."""
    files = sorted((root / FOLDER).glob("Pulumi.*.yaml"))
    return [file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in files]


def check_new(root: Path, name: str, example: str) -> None:
    """Raises Unusable with all that stands against a new stack of this name."""
    against = list(_against(root, name, example))
    if against:
        raise Unusable("; ".join(against))


def _against(root: Path, name: str, example: str) -> Iterator[str]:
    if not _NAME.fullmatch(name):
        yield f"{name!r} is no name for an environment: {_NAME_ALLOWED}"
    elif name == LOCAL:
        yield f"{LOCAL} is every machine's own emulator; choose another name"
    elif file_of(root, name).exists():
        yield f"{file_of(root, name)} exists already; edit it, or choose another name"
    if not file_of(root, example).exists():
        yield f"there is no file of {example!r} to begin with; there are {', '.join(stacks(root)) or 'none'}"


def text_for(name: str, example: str, text: str, content: Any) -> str:
    """The new stack's file, out of the text and the content of the example's; raises Unusable."""
    foreign = [key for key in ("adopt", "secure") if _has_key(content, key)]
    if foreign:
        raise Unusable(
            f"the file of {example} has {' and '.join(foreign)}, which belongs to that stack alone;"
            " begin with another one, or copy the file by hand without it"
        )
    # As text and not as data, so that the comments come along.
    made = _OWN_LINES.sub("", text)
    return re.sub(rf"\benvironment: {re.escape(example)}\b", f"environment: {name}", made)


def _has_key(content: Any, key: str) -> bool:
    if isinstance(content, dict):
        return key in content or any(_has_key(part, key) for part in content.values())
    return isinstance(content, list) and any(_has_key(part, key) for part in content)
