"""Starts the programs that do the work, and tells the user what is going on meanwhile."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from .errors import ToolchainError

_SECONDS_BETWEEN_SIGNS_OF_LIFE = 60
_SECONDS_FOR_AN_ANSWER = 20
_LINES_OF_A_FAILURE = 12


def say(text: str) -> None:
    """One line for the user; standard output stays free for what other programs read."""
    print(f"toolchain: {text}", file=sys.stderr, flush=True)


def run(
    doing: str,
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    folder: Path | None = None,
    limit: float | None = None,
) -> str:
    """Run a command to its end and return what it printed; a failure says what it was doing."""
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        code = _run_to_the_end(doing, command, environment, folder, limit, output)
        output.seek(0)
        printed = output.read()
    if code != 0:
        raise ToolchainError(
            f"{doing} failed: {command[0]} ended with exit code {code}",
            "\n        ".join(printed.strip().splitlines()[-_LINES_OF_A_FAILURE:]) or "it printed nothing",
            "mend what it names and run the same command again; what is finished is kept",
        )
    return printed


def ask(command: Sequence[str], environment: Mapping[str, str]) -> str | None:
    """What a program answers to a quick question about itself; None when it fails or hangs."""
    try:
        return run("asking", command, environment, limit=_SECONDS_FOR_AN_ANSWER).strip()
    except ToolchainError:
        return None


def _run_to_the_end(
    doing: str,
    command: Sequence[str],
    environment: Mapping[str, str],
    folder: Path | None,
    limit: float | None,
    output: IO[str],
) -> int:
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    except OSError as error:
        raise ToolchainError(
            f"{doing} failed: {command[0]} cannot be started",
            error.strerror or str(error),
            "check that the file is there and may be executed",
        ) from None
    try:
        return _wait(doing, process, limit)
    finally:
        # Whatever ends the wait, an interrupt too, must not leave a compiler running behind it.
        process.kill()
        process.wait()


def _wait(doing: str, process: subprocess.Popen[bytes], limit: float | None) -> int:
    began = time.monotonic()
    while True:
        passed = time.monotonic() - began
        left = _SECONDS_BETWEEN_SIGNS_OF_LIFE if limit is None else limit - passed
        if left <= 0:
            raise ToolchainError(
                f"{doing} failed: no end after {limit:.0f} seconds",
                "the program hangs, or the network does not answer",
                "try again, or see what it does when started by hand",
            )
        try:
            return process.wait(min(left, _SECONDS_BETWEEN_SIGNS_OF_LIFE))
        except subprocess.TimeoutExpired:
            say(f"{doing}: still at it after {(time.monotonic() - began) / 60:.0f} min")
