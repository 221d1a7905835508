"""Earlier runs as their journals tell them: what was done, how it ended, whether it was broken off.

Imports the standard library, pydantic and the journal beside it.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

SUFFIX = ".jsonl"
ENDINGS = ("outcome", "stopped")


class Entry(BaseModel):
    """One line of a journal: a time with its zone, what happened, and its details."""

    model_config = ConfigDict(extra="allow", frozen=True)

    time: datetime
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
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            entries.append(_ENTRY.validate_json(line))
        except ValidationError:
            # A process that was killed while it wrote leaves half a line.
            damaged += 1
    return Run(name=path.stem, entries=tuple(entries), damaged=damaged) if entries else None


def runs(directory: Path) -> Iterator[Run]:
    """All runs of a journal folder, the oldest first; none where there is no folder."""
    for path in sorted(directory.glob(f"*{SUFFIX}")):
        run = read_run(path)
        if run is not None:
            yield run


def broken_off(directory: Path, group_id: str) -> Run | None:
    """The latest run over a group, where it ended without an outcome."""
    latest = next((run for run in reversed(list(runs(directory))) if run.group_id == group_id), None)
    return latest if latest is not None and latest.ending in ("broken off", "stopped") else None
