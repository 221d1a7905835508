"""How what a program or plugin needs is installed: its virtual environment, and its requirements."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from .interpreter import virtual_environment

_REQUIREMENTS = "requirements.txt"


class NoInstallerError(Exception):
    """Nothing can be installed; the message says what to do."""


def install_commands(
    root: str, folder: str, options: Mapping[str, object], environment: Mapping[str, str]
) -> list[list[str]]:
    """The commands, in order, that install what a folder's requirements name; none without a named place."""
    place = virtual_environment(root, options)
    if place is None:
        return []
    uv = shutil.which("uv", path=environment.get("PATH", os.defpath))
    if uv is None:
        raise NoInstallerError(
            "uv is not on PATH, so nothing can be installed. "
            "Run `make toolchain`, which puts it beside pulumi, and start pulumi through make."
        )
    python = place / "bin" / "python"
    base = environment.get("PULUMI_PYTHON_CMD", "python3")
    # One that is there is kept, so that a second call costs a moment.
    commands = [] if python.exists() else [[uv, "venv", "--python", base, str(place)]]
    requirements = Path(folder, _REQUIREMENTS)
    if requirements.exists():
        commands.append([uv, "pip", "install", "--python", str(python), "--requirements", str(requirements)])
    return commands


def install_environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """The environment in which uv trusts what the system trusts and fetches no Python."""
    bent = ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH")
    kept = {name: value for name, value in inherited.items() if name not in bent}
    return {**kept, "UV_PYTHON_DOWNLOADS": "never", "UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}
