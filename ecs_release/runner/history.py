"""Earlier runs as their journals tell them: what was done, how it ended, whether it was broken off.

Imports the standard library, pydantic and the journal beside it.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ecs_release.runner.journal import DIRECTORY_VARIABLE, JournalUnreadable

SUFFIX = ".jsonl"
ENDINGS = ("outcome", "stopped")


class Entry(BaseModel):
    """One line of a journal: a time with its zone, what happened, and its details."""

    model_config = ConfigDict(extra="allow", frozen=True)

    time: AwareDatetime = Field(strict=True)
    event: str

    def detail(self, name: str) -> Any:
        """A detail of this event, None where it has none of that name."""
        return (self.model_extra or {}).get(name)


_ENTRY = TypeAdapter(Entry)


class Run(BaseModel):
    """One run over one group; `entries` are in the order in which they were written."""

    model_config = ConfigDict(frozen=True)

    name: str
    entries: tuple[Entry, ...]
    damaged: int = 0

    @property
    def group(self) -> str:
        """The group that the run was about."""
        return self._of_plan("group")

    @property
    def group_id(self) -> str:
        """Its id, which tells groups of one name in two stacks apart."""
        return self._of_plan("group_id")

    def _of_plan(self, key: str) -> str:
        plan = next((entry.detail("plan") for entry in self.entries if entry.event == "plan"), None)
        return str(plan.get(key, "")) if isinstance(plan, dict) else ""

    @property
    def began_at(self) -> datetime:
        """When the first entry was written."""
        return self.entries[0].time

    @property
    def calls(self) -> list[Entry]:
        """The calls that changed something, or were about to."""
        return [entry for entry in self.entries if entry.event == "call"]

    @property
    def ending(self) -> str:
        """done, refused, stopped, or broken off when the process was killed."""
        last = next((entry for entry in reversed(self.entries) if entry.event in ENDINGS), None)
        if last is None:
            return "broken off" if self.calls else "nothing to do"
        if last.event == "stopped":
            return "stopped"
        return "done" if last.detail("done") else "refused"


def read_run(path: Path) -> Run | None:
    """The run of a journal; lines that were cut or damaged are counted, None when none can be read."""
    entries: list[Entry] = []
    damaged = 0
    for line in _text(path).splitlines():
        try:
            entries.append(_ENTRY.validate_json(line))
        except ValidationError:
            # A process that was killed while it wrote leaves half a line.
            damaged += 1
    return Run(name=path.stem, entries=tuple(entries), damaged=damaged) if entries else None


def _text(path: Path) -> str:
    # A folder or a pipe of that name is no journal, and reading one would end or stop the command.
    try:
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    except OSError:
        return ""


def runs(directory: Path) -> Iterator[Run]:
    """All runs of a journal folder, the oldest first; raises JournalUnreadable where it is no folder."""
    for path in _journals(directory):
        run = read_run(path)
        if run is not None:
            yield run


def unreadable(directory: Path) -> list[str]:
    """The names of journals in which nothing can be read; an empty one had nothing to tell."""
    return [
        path.name
        for path in _journals(directory)
        if read_run(path) is None and not (path.is_file() and path.stat().st_size == 0)
    ]


def _journals(directory: Path) -> list[Path]:
    try:
        return sorted(path for path in directory.iterdir() if path.suffix == SUFFIX)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise JournalUnreadable(
            f"the journals in {directory} cannot be read ({error.strerror}); correct {DIRECTORY_VARIABLE} or"
            " the folder's rights"
        ) from error


def broken_off(directory: Path, group_id: str) -> Run | None:
    """The latest run over a group, where it ended without an outcome."""
    latest = next((run for run in reversed(list(runs(directory))) if run.group_id == group_id), None)
    return latest if latest is not None and latest.ending in ("broken off", "stopped") else None
