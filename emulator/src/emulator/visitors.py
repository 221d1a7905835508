"""Which requests a browser may bring to the page and the control calls: those of the page itself.

Imports nothing of the package; the server asks before it answers.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

# Nobody can register a name under these.
_LOCAL = (".localhost", ".internal", ".test")
_OF_THE_PAGE = ("", "none", "same-origin")


class Visitors:
    """Knows by which names this machine is addressed; `names` are further ones."""

    def __init__(self, names: tuple[str, ...] = ()) -> None:
        self._names = {name.lower() for name in names}

    def refusal(self, headers: Mapping[str, str], reads: bool) -> str:
        """Return why a request is refused, or nothing; `reads` tells a control call from the empty page."""
        host = headers.get("host", "")
        if not self._is_ours(host):
            return f"this is not {host}; a name of this machine with a dot in it has to be told by --name"
        origin = headers.get("origin")
        if origin is not None and _place(origin) != host.lower():
            return "another web site must not send control calls"
        if reads and headers.get("sec-fetch-site", "") not in _OF_THE_PAGE:
            return "another web site must not read control calls"
        return ""

    def _is_ours(self, host: str) -> bool:
        # A site that lets its own name lead to this machine would be one origin with it, and read everything.
        # Such a name has a dot; addresses have no other meaning, and names without one are local.
        name = _name(host).rstrip(".")
        return "." not in name or _is_address(name) or name.endswith(_LOCAL) or name in self._names


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        # No browser sends what is no name at all.
        return "no.name"


def _place(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
