"""`*` for any characters and `?` for one, in actions, resources and conditions."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = ({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern)
    return re.compile("".join(parts), re.DOTALL)


def fits(pattern: str, text: str) -> bool:
    """Match a whole text against a pattern, by case."""
    return _compiled(pattern).fullmatch(text) is not None


def fits_ignoring_case(pattern: str, text: str) -> bool:
    """Match a whole text against a pattern in either case."""
    return fits(pattern.lower(), text.lower())
