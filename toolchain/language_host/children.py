"""The processes that this host has started, so that none outlives it."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from queue import Queue
from typing import IO

_SECONDS_TO_END = 3

Chunk = tuple[str, bytes]


class Children:
    """Starts processes and ends those that still run when the engine is done with us."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()

    @contextmanager
    def started(
        self, command: Sequence[str], folder: str, environment: Mapping[str, str], captured: bool = False
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A process for the length of the block, ended with it; its output is ours unless captured."""
        output = subprocess.PIPE if captured else None
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            # The engine interrupts our whole group, and a Python program answers that with a stack trace.
            process_group=0,
        )
        with self._lock:
            self._running.add(process)
        try:
            yield process
        finally:
            end(process)
            with self._lock:
                self._running.discard(process)

    def end_all(self) -> None:
        """End what still runs."""
        with self._lock:
            running = list(self._running)
        for process in running:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, and make it end when it does not."""
    if process.poll() is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        process.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def output_of(process: subprocess.Popen[bytes]) -> Iterator[Chunk]:
    """What a captured process writes, as ("stdout" or "stderr", bytes), until both streams are closed."""
    # Two threads, since a plugin that fills one pipe while we read the other would stand still.
    chunks: Queue[Chunk | None] = Queue()
    streams = {"stdout": process.stdout, "stderr": process.stderr}
    for name, stream in streams.items():
        assert stream is not None
        _in_background(_copy, name, stream, chunks)
    for _ in streams:
        yield from iter(chunks.get, None)


def _copy(name: str, stream: IO[bytes], chunks: Queue[Chunk | None]) -> None:
    for line in stream:
        chunks.put((name, line))
    chunks.put(None)


def _in_background(function: Callable[..., None], *arguments: object) -> None:
    threading.Thread(target=function, args=arguments, daemon=True).start()
