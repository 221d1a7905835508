"""A folder of wheels: all that the emulator's own distribution is installed, built and tried with.

With it, the tests install that distribution as a user would, with pip, and without a network.
"""

from __future__ import annotations

from pathlib import Path

from .errors import ToolchainError
from .fingerprints import fingerprint
from .place import Place
from .process import run, say

LOCK = Path("emulator") / "requirements" / "tools.lock"


def find_or_get(place: Place) -> Path:
    """The folder in the cache, filled from the package index where it is missing."""
    return place.cache.kept(_entry(place), lambda folder: _fetch(place, folder))


def found(place: Place) -> Path:
    """The folder; ToolchainError when nobody has filled it."""
    if not _entry(place).exists():
        raise ToolchainError(
            "the wheels of the emulator's distribution are not on this machine",
            f"they are fetched by the set-up, and {LOCK} may have changed since",
            "run `make toolchain` and try again",
        )
    return _entry(place)


def _entry(place: Place) -> Path:
    key = fingerprint(place.root, [place.root / LOCK], (*place.machine_facts, *place.python_facts))
    return place.cache.entry("wheels", key)


def _fetch(place: Place, folder: Path) -> None:
    say(f"fetching the wheels of {LOCK}")
    # uv has no such command; this pip is the one of the environment that tests run in.
    python = place.virtual_environment / "bin" / "python"
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "download", "--quiet"]
    pinned = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(place.root / LOCK)]
    run("fetching wheels", [*command, *pinned, "--dest", str(folder)], place.environment)
