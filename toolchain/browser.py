"""Finds a Chromium for the tests that open a page, or gets Debian's package of it."""

from __future__ import annotations

import os

from .errors import ToolchainError
from .place import Place
from .process import run, say

NAMES = ("chromium", "chromium-browser", "google-chrome")
INSTALL = ("install", "--yes", "--no-install-recommends", "chromium")


def find_or_get(place: Place, is_root: bool | None = None) -> str:
    """The command that starts a Chromium; one on PATH, or Debian's package where that may be installed."""
    found = _found(place)
    if found:
        return found
    apt = place.which("apt-get")
    may_install = os.geteuid() == 0 if is_root is None else is_root
    if apt is None or not may_install:
        raise ToolchainError(
            f"no browser: none of {', '.join(NAMES)} is on PATH",
            "the tests open a page in a real one, and only root can install Debian's package",
            "install Chromium by hand (Debian: `apt-get install chromium`) and try again",
        )
    say("installing Debian's package of Chromium, for the tests that open a page")
    environment = {**place.environment, "DEBIAN_FRONTEND": "noninteractive"}
    run("reading the list of packages", [str(apt), "update"], environment)
    run("installing Chromium", [str(apt), *INSTALL], environment)
    found = _found(place)
    if not found:
        raise ToolchainError(
            "Chromium was installed and is not on PATH",
            f"none of {', '.join(NAMES)} is found",
            "add the folder of the package's command to PATH",
        )
    return found


def _found(place: Place) -> str:
    return next((str(path) for name in NAMES if (path := place.which(name))), "")
