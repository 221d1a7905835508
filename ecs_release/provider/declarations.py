"""What the checks of one operation saw declared, known to every plugin process of it.

Imports runner's records. One operation can have several plugin processes: when the
engine replaces its own provider resource (`--replace **`), the old records are deleted by a
process that has checked nothing. Each process writes what it saw into a file of its own and
locks it for as long as it lives, so that what an earlier operation left is never believed.
"""

import contextlib
import fcntl
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from ecs_release.runner.records import UnreadableRecord

GroupKey = tuple[str, str, str]
FOLDER = Path(".ecs-release/run")
WATCH_SECONDS = 2.0
READ_ATTEMPTS, READ_PAUSE_SECONDS = 40, 0.05


class DeclarationsUnwritable(Exception):
    """What is declared cannot be shared with the other processes of the operation."""


def group_key(properties: Mapping[str, Any]) -> GroupKey:
    """What names a group in its program: project, stack, group; raises UnreadableRecord."""
    missing = [key for key in ("project", "stack", "group") if key not in properties]
    if missing:
        raise UnreadableRecord(
            f"the record of {properties.get('group')} cannot be read: {missing[0]}: missing"
        )
    return (str(properties["project"]), str(properties["stack"]), str(properties["group"]))


class Declarations:
    """The declared groups and sweeps of one operation, named by its engine's address."""

    def __init__(self, engine: str, answers: Callable[[], bool], folder: Path = FOLDER) -> None:
        self._answers = answers
        # Two operations of one folder have two engines, so they never read each other's files.
        self._prefix = f"{engine.replace(':', '_') or 'no-engine'}."
        self._folder = folder
        self._lock = threading.Lock()
        self._groups: dict[GroupKey, dict[str, Any]] = {}
        self._swept: set[GroupKey] = set()
        self._file: TextIO | None = None

    def declare(self, properties: Mapping[str, Any]) -> None:
        """Notes what Teardown's check saw; raises DeclarationsUnwritable."""
        with self._lock:
            self._groups[group_key(properties)] = dict(properties)
            self._write()

    def sweep(self, key: GroupKey) -> None:
        """Notes that a group's Sweep was checked; raises DeclarationsUnwritable."""
        with self._lock:
            self._swept.add(key)
            self._write()

    def group(self, key: GroupKey) -> dict[str, Any] | None:
        """The declared inputs of a group's Teardown, None when no check has seen it."""
        return next((properties for found, properties in self._all_groups() if found == key), None)

    def is_swept(self, key: GroupKey) -> bool:
        """Whether a check of the group's Sweep ran in this operation."""
        return any(list(key) in said["swept"] for said in self._said())

    def members(self) -> dict[str, str]:
        """Every declared instance id, with its member."""
        return {
            str(instance_id): str(member)
            for _, properties in self._all_groups()
            for member, instance_id in dict(properties.get("members") or {}).items()
        }

    def _all_groups(self) -> Iterator[tuple[GroupKey, dict[str, Any]]]:
        for said in self._said():
            for properties in said["groups"]:
                yield group_key(properties), properties

    def _said(self) -> list[dict[str, Any]]:
        with self._lock:
            own = self._own()
            others = [path for path in self._folder.glob(f"{self._prefix}*") if path != self._path]
        return [own, *(said for path in others if (said := _of_a_living_process(path)))]

    def _own(self) -> dict[str, Any]:
        return {"groups": list(self._groups.values()), "swept": [list(key) for key in self._swept]}

    @property
    def _path(self) -> Path:
        return self._folder / f"{self._prefix}{os.getpid()}"

    def _write(self) -> None:
        if self._file is None:
            self._file = self._open()
        self._file.seek(0)
        self._file.truncate()
        self._file.write(json.dumps(self._own(), default=str))
        self._file.flush()

    def _open(self) -> TextIO:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            # What dead processes left goes now, so that the folder does not grow.
            for path in self._folder.iterdir():
                _of_a_living_process(path)
            file = _locked(self._path)
        except OSError as error:
            raise DeclarationsUnwritable(
                f"{self._folder} cannot be written ({error.strerror}), so no move could be told from an end;"
                " make the project's folder writable, then repeat"
            ) from error
        threading.Thread(target=self._let_go_without_engine, args=(file,), daemon=True).start()
        return file

    def _let_go_without_engine(self, file: TextIO) -> None:
        """A process that outlives its killed engine must not speak for a later one at the same address."""
        while self._answers():
            time.sleep(WATCH_SECONDS)
        fcntl.flock(file, fcntl.LOCK_UN)


def _locked(path: Path) -> TextIO:
    """A file that is there for others only once it is locked."""
    unborn = path.with_name(f".{path.name}")
    file = unborn.open("w", encoding="utf-8")
    fcntl.flock(file, fcntl.LOCK_EX)
    unborn.rename(path)
    return file


def _of_a_living_process(path: Path) -> dict[str, Any] | None:
    """What the process that holds the file's lock has said; None, and the file removed, without one."""
    if path.name.startswith("."):
        return None
    try:
        with path.open(encoding="utf-8") as file:
            return _said_in(file, path)
    except FileNotFoundError:
        return None


def _said_in(file: TextIO, path: Path) -> dict[str, Any] | None:
    for _ in range(READ_ATTEMPTS):
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            with contextlib.suppress(ValueError):
                file.seek(0)
                return dict(json.load(file))
            # Its process is in the middle of writing, so it has something to say.
            time.sleep(READ_PAUSE_SECONDS)
        else:
            path.unlink(missing_ok=True)
            return None
    raise DeclarationsUnwritable(f"{path} cannot be read though its process lives; repeat the command")
