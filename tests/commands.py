"""A command that a test runs as a person or a pipeline would, to its end."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def ended(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], seconds: float, typed: str = ""
) -> tuple[int, str]:
    """How a command ended, and all that it printed, with its errors; it has this environment and no other."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        input=typed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds,
        check=False,
    )
    return done.returncode, done.stdout
