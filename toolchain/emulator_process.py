"""Starts and stops an emulator as a process of its own; standard library only."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from .errors import ToolchainError

SECONDS_TO_START = SECONDS_TO_STOP = 20.0


def control(port: int, path: str, timeout: float = 5.0) -> Any:
    """A reply of the emulator's control API as JSON; raises OSError when it does not answer."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/_emulator/{path}", timeout=timeout) as reply:
        return json.load(reply)


def is_up(port: int) -> bool:
    """Whether an emulator answers on this port."""
    try:
        return bool(control(port, "health", timeout=2.0).get("status") == "ok")
    except (OSError, ValueError, AttributeError):
        return False


def start(root: Path, port: int, state: Path) -> subprocess.Popen[bytes]:
    """Start an emulator that outlives this process; its state, log and process id go into `state`."""
    state.mkdir(parents=True, exist_ok=True)
    command = ["uv", "run", "--no-sync", "ecs-emulator", "serve"]
    command += ["--port", str(port), "--db", str(state / "emulator.db")]
    with (state / "emulator.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=root, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    (state / "emulator.pid").write_text(str(process.pid))
    _await(port, process, state)
    return process


def _await(port: int, process: subprocess.Popen[bytes], state: Path) -> None:
    ends_at = time.monotonic() + SECONDS_TO_START
    while not is_up(port):
        if process.poll() is not None or time.monotonic() > ends_at:
            raise ToolchainError(
                f"the emulator did not start on port {port}",
                f"its last words are in {state / 'emulator.log'}",
                f"free the port or remove {state}, then run the same command again",
            )
        time.sleep(0.1)


def stop(state: Path) -> bool:
    """Stop the emulator whose process id `state` keeps, and wait for its end; whether there was one."""
    note = state / "emulator.pid"
    if not note.exists():
        return False
    with contextlib.suppress(ProcessLookupError, ValueError, PermissionError):
        # The process id is that of a session of its own, so that `uv` and the server both end.
        os.killpg(int(note.read_text()), signal.SIGTERM)
        _await_end(int(note.read_text()))
    note.unlink()
    return True


def _await_end(session: int) -> None:
    """Returns when the session has no process left, with ProcessLookupError, or when it takes too long."""
    ends_at = time.monotonic() + SECONDS_TO_STOP
    while time.monotonic() < ends_at:
        # A process that this one has started stays in the table until it is asked for.
        with contextlib.suppress(ChildProcessError):
            os.waitpid(session, os.WNOHANG)
        os.killpg(session, 0)
        time.sleep(0.02)
