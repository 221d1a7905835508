"""Pages that are written by hand but for one part, which stands between two marks."""

from __future__ import annotations

from collections.abc import Iterable


def renewed(text: str, begin: str, lines: Iterable[str], end: str) -> str:
    """The page with these lines between its marks; what is before and after stays."""
    before, _, rest = text.partition(begin)
    return "\n".join((f"{before}{begin}", *lines, f"{end}{rest.partition(end)[2]}"))
