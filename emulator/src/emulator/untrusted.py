"""Reading JSON and numbers that anybody may have written. Imports nothing of the package."""

from __future__ import annotations

import json
import re
from typing import Any

_DIGITS = re.compile("[0-9]{1,9}")


def from_json(text: str | bytes) -> Any:
    """Read JSON that can be written again; ValueError for anything else."""
    try:
        value = json.loads(text)
        # What reads well need not be JSON: 1e999 becomes infinity, and half a character fits no file.
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None
    return value


def from_digits(text: str) -> int | None:
    """Read a number of plain digits that is not absurdly long; None for anything else."""
    return int(text) if _DIGITS.fullmatch(text) else None
