"""`*` for any characters and `?` for one, in actions, resources and conditions."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    first, *rest = (re.escape(part).replace(r"\?", ".") for part in pattern.split("*"))
    if not rest:
        return re.compile(first, re.DOTALL)
    # Part after part, each kept at its first place: otherwise a pattern of many stars never comes to an end.
    middle = "".join(f"(?>.*?{part})" for part in rest[:-1])
    return re.compile(f"{first}{middle}.*{rest[-1]}", re.DOTALL)


def fits(pattern: str, text: str) -> bool:
    """Match a whole text against a pattern, by case."""
    return _compiled(pattern).fullmatch(text) is not None


def fits_ignoring_case(pattern: str, text: str) -> bool:
    """Match a whole text against a pattern in either case."""
    return fits(pattern.lower(), text.lower())
