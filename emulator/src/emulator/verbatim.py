"""JSON that was made before, put into a reply as it is. Imports nothing of the package."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

# Stands in for a text while the rest is encoded; a secret, so that no client can name anything so.
_MARK = secrets.token_hex(16)
_QUOTED = f'"{_MARK}"'


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A JSON text in the place of the value that it encodes."""

    text: str


def encode(value: Any) -> bytes:
    """Encode a value as JSON, with every Verbatim in it as its own text."""
    texts: list[str] = []

    def stand_in(part: object) -> str:
        if not isinstance(part, Verbatim):
            raise TypeError(f"{type(part).__name__} cannot be sent as JSON")
        texts.append(part.text)
        return _MARK

    frame = json.dumps(value, default=stand_in)
    if not texts:
        return frame.encode()
    first, *rest = frame.split(_QUOTED)
    pieces = [first]
    for text, after in zip(texts, rest, strict=True):
        pieces += text, after
    return "".join(pieces).encode()
