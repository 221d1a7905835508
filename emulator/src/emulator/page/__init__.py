"""The page that a browser gets at `/`: a fixed list of files, read once, and the headers that confine them.

Imports nothing of the package; what the page shows it asks from the control calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

FOLDER = "/_emulator/page/"
_TYPES = {
    "index.html": "text/html",
    "style.css": "text/css",
    "icon.svg": "image/svg+xml",
    "main.js": "text/javascript",
    "emulator.js": "text/javascript",
    "elements.js": "text/javascript",
    "moments.js": "text/javascript",
    "resources.js": "text/javascript",
    "parts.js": "text/javascript",
    "table.js": "text/javascript",
    "things.js": "text/javascript",
    "instance.js": "text/javascript",
    "upcoming.js": "text/javascript",
    "costs.js": "text/javascript",
    "calls.js": "text/javascript",
}
# No other site may hold these answers, not even as a picture or a script.
APART = {"cross-origin-resource-policy": "same-origin", "x-content-type-options": "nosniff"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    # Text can never turn into markup, whatever a script does with it.
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    **APART,
    "content-security-policy": _POLICY,
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}


@dataclass(frozen=True)
class File:
    """One file of the page."""

    content: bytes
    media_type: str


def is_wanted(scope: Mapping[str, Any], headers: Mapping[str, str]) -> bool:
    """Tell a browser that opens the page from a client that calls an action."""
    plain = scope["method"] == "GET" and scope["path"] == "/" and not scope["query_string"]
    calls = "authorization" in headers or "x-acs-action" in headers
    return plain and not calls and "text/html" in headers.get("accept", "")


def file_of(path: str) -> File | None:
    """Return the file at a path, None if there is none."""
    return _files().get("index.html" if path == "/" else path.removeprefix(FOLDER))


@cache
def _files() -> dict[str, File]:
    folder = files(__name__)
    return {name: File(folder.joinpath(name).read_bytes(), kind) for name, kind in _TYPES.items()}
