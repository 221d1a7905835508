"""A project folder, a backend and an emulator of their own: where demo and bench play.

Nothing is written into the checkout, and nothing is left when the stage is closed.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import emulator_process
from .stack import ROOT, local_environment

LOCAL_ADDRESS = "127.0.0.1:8443"


@dataclass(frozen=True)
class Stage:
    """A port, a folder for everything that is written, an environment, and a stack's name."""

    port: int
    folder: Path
    environment: dict[str, str]
    stack: str

    @property
    def project(self) -> Path:
        """The project folder, a copy of the checkout's program."""
        return self.folder / "project"

    @property
    def config(self) -> Path:
        """The stack's configuration, the local stack's with a port of its own."""
        return self.project / "stacks" / f"Pulumi.{self.stack}.yaml"

    def state(self) -> dict[str, Any]:
        """What the emulator says of itself."""
        return dict(emulator_process.control(self.port, "state"))

    def requests(self) -> list[dict[str, Any]]:
        """Every call the emulator has seen."""
        return list(emulator_process.control(self.port, "requests?since=0"))

    def pulumi(self, *arguments: str) -> int:
        """A real pulumi command in the project folder; its exit code."""
        command = ["pulumi", *arguments, "--non-interactive"]
        if arguments[0] != "stack":
            command += ["--stack", self.stack]
        return subprocess.run(command, cwd=self.project, env=self.environment, check=False).returncode


@contextmanager
def open_stage(stack: str) -> Iterator[Stage]:
    """A stage with its emulator running; raises ToolchainError when that does not start."""
    with tempfile.TemporaryDirectory(prefix=f"ecs-release-{stack}-") as name:
        stage = _new_stage(Path(name), stack)
        try:
            emulator_process.start(ROOT, stage.port, stage.folder)
            _make_project(stage)
            yield stage
        finally:
            emulator_process.stop(stage.folder)


def free_port() -> int:
    """A port of the loopback that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _new_stage(folder: Path, stack: str) -> Stage:
    environment = {**os.environ, **local_environment(folder / "backend")}
    environment["ECS_RELEASE_JOURNAL"] = str(folder / "journal")
    return Stage(free_port(), folder, environment, stack)


def _make_project(stage: Stage) -> None:
    stage.config.parent.mkdir(parents=True)
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / name, stage.project)
    (stage.project / ".venv").symlink_to(ROOT / ".venv")
    local = (ROOT / "stacks" / "Pulumi.local.yaml").read_text()
    stage.config.write_text(local.replace(LOCAL_ADDRESS, f"127.0.0.1:{stage.port}"))
