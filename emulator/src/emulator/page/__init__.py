"""The page that a browser gets at `/`: the files of this folder, read once, and the headers that confine it.

Imports nothing of the package; what the page shows it asks from the control calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

FOLDER = "/_emulator/page/"
# What of this folder is served, by its ending.
_TYPES = {"html": "text/html", "css": "text/css", "svg": "image/svg+xml", "js": "text/javascript"}
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
    kinds = {entry: _TYPES.get(entry.name.rpartition(".")[2]) for entry in files(__name__).iterdir()}
    return {entry.name: File(entry.read_bytes(), kind) for entry, kind in kinds.items() if kind}
