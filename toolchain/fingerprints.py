"""Short digests that name what a thing was made from, so that a changed input makes it anew."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

_LENGTH = 16


def fingerprint(root: Path, files: Iterable[Path], facts: Iterable[str] = ()) -> str:
    """A digest of files, by their place under root, and of further facts; two checkouts give the same."""
    digest = hashlib.sha256()
    for file in sorted(files):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file.relative_to(root).as_posix()} {content}\n".encode())
    for fact in facts:
        digest.update(f"{fact}\n".encode())
    return digest.hexdigest()[:_LENGTH]


def identity(executable: Path | None) -> str:
    """Which program this is, without starting it: its place, size and time of change."""
    if executable is None:
        return "none"
    # Starting it to ask would cost half a second in every make command.
    status = executable.stat()
    return f"{executable} {status.st_size} {status.st_mtime_ns}"
