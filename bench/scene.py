"""A stack that exists and can be brought back: set up once, destroyed as often as is compared."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toolchain import emulator_process
from toolchain.stack import ROOT
from toolchain.stage import Stage, open_stage

SAVED = ("project", "backend", "emulator.db")
LATENCY_MILLISECONDS = 50
# Everything at once and no checkpoints: how a world is set up is not what is measured.
FAST = ("--parallel", "512")
FAST_ENVIRONMENT = {"PULUMI_SKIP_CHECKPOINTS": "true"}
OURS = "ecs-release"


@dataclass(frozen=True)
class Run:
    """What one command cost: seconds on the clock, seconds of processors, and every call it made."""

    seconds: float
    cpu_seconds: float
    calls: tuple[Mapping[str, Any], ...] = field(repr=False)


class Scene:
    """A stage whose world is saved while nothing runs, and restored before each measurement."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    @property
    def _saved(self) -> Path:
        return self.stage.folder / "saved"

    def command(self, *arguments: str) -> list[str]:
        """A pulumi command on the stack."""
        return ["pulumi", *arguments, "--stack", self.stage.stack, "--non-interactive"]

    def set_up(self, *command: str) -> None:
        """A command of the preparation, as fast as it goes; ends the bench when it fails."""
        self._must(list(command), FAST_ENVIRONMENT)

    def save(self) -> None:
        """Keeps the world as it is now."""
        emulator_process.stop(self.stage.folder)
        self._saved.mkdir()
        for name in SAVED:
            _copy(self.stage.folder / name, self._saved / name)

    def restore(self) -> None:
        """Brings the saved world back, at the latency that is compared."""
        emulator_process.stop(self.stage.folder)
        for name in SAVED:
            _remove(self.stage.folder / name)
            _copy(self._saved / name, self.stage.folder / name)
        emulator_process.start(ROOT, self.stage.port, self.stage.folder)
        self.control("latency", {"ms": LATENCY_MILLISECONDS})

    def control(self, path: str, body: object) -> None:
        """A control call of the emulator."""
        address = f"http://127.0.0.1:{self.stage.port}/_emulator/{path}"
        urllib.request.urlopen(urllib.request.Request(address, json.dumps(body).encode())).close()

    def look(self, path: str) -> Any:
        """What the emulator says of itself."""
        return emulator_process.control(self.stage.port, path, timeout=60.0)

    def run(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> Run:
        """One measured command; ends the bench when it fails, for then nothing was measured."""
        before = len(self.stage.requests())
        used, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        self._must(list(command), environment or {})
        seconds, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
        return Run(seconds, cpu, tuple(self.stage.requests()[before:]))

    def _must(self, command: list[str], environment: Mapping[str, str]) -> None:
        done = subprocess.run(
            command,
            cwd=self.stage.project,
            env={**self.stage.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"{' '.join(command)} ended with {done.returncode}, nothing is measured\n{done.stdout}")


@contextmanager
def open_scene(name: str) -> Iterator[Scene]:
    """An empty stack on an empty cloud, without latency until it is saved and restored."""
    with open_stage(name) as stage:
        scene = Scene(stage)
        scene.set_up("pulumi", "stack", "init", name, "--non-interactive")
        yield scene


def is_ours(request: Mapping[str, Any]) -> bool:
    """Whether a call was made by our provider and not by the stock one."""
    return OURS in str(request["user_agent"])


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True)
    else:
        shutil.copy(source, target)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
