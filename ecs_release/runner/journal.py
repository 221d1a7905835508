"""One append-only file per run and group, synced before and after each changing call.

Imports the standard library only. Holds facts, plans, calls with request ids, outcomes; no
credentials ever reach it, because no caller has any.
"""

import json
import os
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

DIRECTORY_VARIABLE = "ECS_RELEASE_JOURNAL"
DEFAULT_DIRECTORY = ".ecs-release/journal"


class JournalUnwritable(Exception):
    """The journal cannot be written, so nothing may be changed."""


class JournalUnreadable(Exception):
    """The folder of the journals is there and cannot be listed."""


def journal_directory(environment: Mapping[str, str]) -> Path:
    """The folder of the journals: ECS_RELEASE_JOURNAL, else .ecs-release/journal of the project."""
    return Path(environment.get(DIRECTORY_VARIABLE) or DEFAULT_DIRECTORY)


class Journal:
    """The journal of one run over one group; the file appears with the first entry."""

    def __init__(self, directory: Path, group: str, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        # The random end keeps apart two runs that begin in the same second.
        name = f"{clock():%Y%m%dT%H%M%SZ}-{group}-{secrets.token_hex(3)}.jsonl"
        self.path = directory / name

    def write(self, event: str, **details: Any) -> None:
        """Appends one entry and syncs it to the disk; raises JournalUnwritable."""
        entry = {"time": self._clock().isoformat(timespec="milliseconds"), "event": event, **details}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry, default=str) + "\n")
                file.flush()
                # Before the call goes out: after a crash the journal must know more than nothing.
                os.fsync(file.fileno())
        except OSError as error:
            raise JournalUnwritable(
                f"the journal {self.path} cannot be written ({error.strerror}), so nothing was changed;"
                f" make the folder writable or set {DIRECTORY_VARIABLE}"
            ) from error
