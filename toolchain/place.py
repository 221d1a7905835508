"""Where the toolchain works: the checkout, the cache, the Python and the environment it was called with."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .cache import Cache, cache_folder

# These bend a Python that we start to the one that started us.
_BENDING = ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "__PYVENV_LAUNCHER__")


@dataclass(frozen=True)
class Place:
    """One checkout on one machine; the environment is the caller's, without what we have put into it."""

    root: Path
    cache: Cache
    environment: Mapping[str, str]
    python: str = sys.executable

    @property
    def sources(self) -> Path:
        """The folder with the Go modules and the language host."""
        return self.root / "toolchain"

    @property
    def requirements(self) -> Path:
        """The folder with the lock files."""
        return self.root / "requirements"

    @property
    def virtual_environment(self) -> Path:
        """The environment that Pulumi.yaml names."""
        return self.root / ".venv"

    @property
    def users_pulumi_home(self) -> Path:
        """Where a pulumi of the user's own keeps its plugins and its login."""
        return Path(self.environment.get("PULUMI_HOME") or Path.home() / ".pulumi")

    @property
    def python_facts(self) -> tuple[str, ...]:
        """What makes a virtual environment of another Python useless."""
        return (platform.python_version(), sys.base_prefix)

    @property
    def machine_facts(self) -> tuple[str, ...]:
        """What makes a binary of another machine useless, should a cache be on a shared disk."""
        return (platform.system(), platform.machine())

    def which(self, program: str) -> Path | None:
        """A program on the caller's PATH."""
        found = shutil.which(program, path=self.environment.get("PATH", os.defpath))
        return Path(found) if found else None


def this_place(environment: Mapping[str, str]) -> Place:
    """The checkout that this file is in."""
    cache = Cache(cache_folder(environment))
    root = Path(__file__).resolve().parent.parent
    python = getattr(sys, "_base_executable", None) or sys.executable
    return Place(root, cache, _as_before_us(environment, cache.folder), python)


def _as_before_us(environment: Mapping[str, str], cache: Path) -> dict[str, str]:
    # Called from a shell that has our tools on its PATH, we must not take them for the user's own.
    caller = {name: value for name, value in environment.items() if name not in _BENDING}
    folders = caller.get("PATH", os.defpath).split(os.pathsep)
    caller["PATH"] = os.pathsep.join(folder for folder in folders if not _inside(folder, cache))
    if _inside(caller.get("PULUMI_HOME", ""), cache):
        del caller["PULUMI_HOME"]
    return caller


def _inside(folder: str, cache: Path) -> bool:
    return bool(folder) and Path(folder).is_relative_to(cache)
