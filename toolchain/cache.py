"""The folder of the user's that holds what is slow to make, outside every checkout and shared by all."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from .process import say


def cache_folder(environment: Mapping[str, str]) -> Path:
    """`$ECS_RELEASE_CACHE`, else `$XDG_CACHE_HOME/ecs-release`, else `~/.cache/ecs-release`."""
    if own := environment.get("ECS_RELEASE_CACHE"):
        return Path(own).expanduser().absolute()
    if shared := environment.get("XDG_CACHE_HOME"):
        return Path(shared, "ecs-release")
    return Path.home() / ".cache" / "ecs-release"


class Cache:
    """Folders named by what they are and what they were made from; one that is there is whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._unfinished = folder / "unfinished"

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the cache alone: two set-ups at once would each build for ten minutes on the same cores."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say(f"waiting for another set-up that works in {self.folder}")
                fcntl.flock(lock, fcntl.LOCK_EX)
            # What is left here is from a set-up that was killed: a running one would hold the lock.
            shutil.rmtree(self._unfinished, ignore_errors=True)
            yield

    def entry(self, kind: str, key: str) -> Path:
        """Where the thing of this kind and key is, or would be."""
        return self.folder / kind / key

    def kept(self, entry: Path, fill: Callable[[Path], None]) -> Path:
        """The entry: had at once if it is there, even while others build for minutes; else made alone."""
        if entry.exists():
            return entry
        with self.exclusive():
            return self.make(entry, fill)

    def make(self, entry: Path, fill: Callable[[Path], None]) -> Path:
        """Make an entry that is missing: filled elsewhere, then moved to its place in one step."""
        if entry.exists():
            return entry
        self._unfinished.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=self._unfinished))
        try:
            fill(folder)
            folder.chmod(0o755)
            entry.parent.mkdir(parents=True, exist_ok=True)
            folder.rename(entry)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return entry
