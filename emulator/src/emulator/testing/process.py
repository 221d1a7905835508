"""An emulator process of a test run's own. Imports emulator of this folder."""

from __future__ import annotations

import os
import re
import selectors
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from emulator.testing.emulator import Emulator

_SECONDS_TO_START = _SECONDS_TO_STOP = 60.0


class StartError(Exception):
    """The process did not start; the text has its last words."""


class Process:
    """A process on a free port; it ends with this one, however this one ends."""

    def __init__(self, folder: Path, options: Sequence[str] = ()) -> None:
        self._folder = folder
        self._options = options
        self._start()

    def fresh(self) -> Emulator:
        """Return an emulator with an empty world, in a new process if the last one is gone."""
        if self._process.poll() is not None:
            self.stop()
            self._start()
        self.emulator.reset()
        return self.emulator

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        try:
            self._process.wait(_SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def _start(self) -> None:
        database = self._folder / "world.db"
        command = [sys.executable, "-m", "emulator.testing.child", "serve", "--port", "0"]
        with (self._folder / "errors.txt").open("w+", encoding="utf-8") as errors:
            self._process = subprocess.Popen(
                [*command, "--db", str(database), *self._options],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=_environment(),
            )
            assert self._process.stdout is not None
            ready = re.search(rb"http://\S+:(\d+)", _line(self._process.stdout))
            if ready is None:
                self.stop()
                errors.seek(0)
                raise StartError(f"the emulator did not start: {errors.read().strip()}")
        self.emulator = Emulator(int(ready.group(1)), database=database)


def _environment() -> dict[str, str]:
    # Options that are meant for a server elsewhere come the same way.
    return {name: value for name, value in os.environ.items() if not name.startswith("ECS_EMULATOR_")}


def _line(stream: IO[bytes]) -> bytes:
    """The first line, or nothing when none comes."""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        return stream.readline() if selector.select(_SECONDS_TO_START) else b""
