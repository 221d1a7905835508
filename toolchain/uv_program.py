"""The uv command: the one on PATH, else one of our own from `requirements/bootstrap.lock`."""

from __future__ import annotations

from pathlib import Path

from .errors import ToolchainError
from .fingerprints import fingerprint
from .place import Place
from .process import ask, run, say
from .versions import at_least

# From here on uv has all the options that we call it with.
_LOWEST = "0.8"


def find_or_get(place: Place) -> Path:
    """The first uv that will do."""
    users = place.which("uv")
    if users is not None and _will_do(place, users):
        return users
    lock = place.requirements / "bootstrap.lock"
    key = fingerprint(place.root, [lock], (*place.machine_facts, *place.python_facts))
    entry = place.cache.entry("uv", key)
    return place.cache.make(entry, lambda folder: _fetch(place, lock, folder)) / "bin" / "uv"


def uv_environment(place: Place) -> dict[str, str]:
    """The caller's environment, with which uv trusts what the system trusts and fetches no Python."""
    return {
        **place.environment,
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_SYSTEM_CERTS": "1",
        # Up to 0.9 the same switch had this name.
        "UV_NATIVE_TLS": "1",
    }


def _will_do(place: Place, command: Path) -> bool:
    have = ask([str(command), "--version"], place.environment) or "of unknown version"
    if at_least(have, _LOWEST):
        return True
    say(f"not using {command}: it is {have}, and {_LOWEST} or newer is needed")
    return False


def _fetch(place: Place, lock: Path, folder: Path) -> None:
    say("fetching uv with pip")
    _make_virtual_environment(place, folder)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    run(
        "fetching uv",
        [*pip, "--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(lock)],
        place.environment,
    )


def _make_virtual_environment(place: Place, folder: Path) -> None:
    try:
        run("making a virtual environment", [place.python, "-m", "venv", str(folder)], place.environment)
    except ToolchainError as error:
        raise ToolchainError(
            "uv is not on this machine and cannot be put there",
            f"{place.python} makes no virtual environment ({error})",
            "install uv 0.8 or newer, or this Python's venv module (on Debian: python3-venv)",
        ) from None
