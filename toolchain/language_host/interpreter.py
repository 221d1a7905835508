"""Finds the Python that runs a program: that of the virtual environment that a project or a pack names."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class NoInterpreterError(Exception):
    """The virtual environment that a project names has no Python; the message says what to do."""


@dataclass(frozen=True)
class Interpreter:
    """A Python and the environment variables that make it feel at home."""

    command: str
    environment: dict[str, str]


def find_interpreter(root: str, options: Mapping[str, object], inherited: Mapping[str, str]) -> Interpreter:
    """The Python for the project at root with these `runtime.options`."""
    environment = dict(inherited)
    named = virtual_environment(root, options)
    if named is None:
        return Interpreter(environment.get("PULUMI_PYTHON_CMD", "python3"), environment)
    python = named / "bin" / "python"
    if not python.exists():
        raise NoInterpreterError(
            f"{root}: its runtime options name the virtual environment {named}, "
            "which has no bin/python. Create it with `make toolchain` and run the command again."
        )
    # The same three changes as activating it makes, so that the program finds its own commands.
    environment.pop("PYTHONHOME", None)
    environment["VIRTUAL_ENV"] = str(named)
    environment["PATH"] = os.pathsep.join([str(python.parent), environment.get("PATH", os.defpath)])
    return Interpreter(str(python), environment)


def virtual_environment(root: str, options: Mapping[str, object]) -> Path | None:
    """Where these options put the virtual environment of the project at root; None when they name none."""
    name = options.get("virtualenv")
    # Pulumi's own host takes this folder for uv, and one Pulumi.yaml must serve both.
    if not name and options.get("toolchain") == "uv":
        name = ".venv"
    return Path(root, str(name)).absolute() if name else None
