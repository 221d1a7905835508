"""`ecs-release journal`: earlier runs, listed or one of them shown. Imports cli and runner."""

import json
import os
from typing import Annotated

import typer

from ecs_release.cli.output import AsJson, Unusable, answered, note, show, show_table
from ecs_release.runner.history import Run, runs, unreadable
from ecs_release.runner.journal import journal_directory

# Too long for a line; the JSON has them.
WHOLE = ("plan", "members")
Name = Annotated[str, typer.Argument(help="A run's name, or how it begins; left out: all runs.")]


def journal(name: Name = "", as_json: AsJson = False) -> None:
    """The runs that wrote a journal here: when, over what, how they ended; or one run, call by call."""
    directory = journal_directory(os.environ)
    found = answered(lambda: list(runs(directory)))
    for damaged in unreadable(directory):
        note(f"{damaged}: nothing in it can be read")
    if name:
        _show_one(answered(lambda: _named(found, name)), as_json)
    elif as_json:
        show(json.dumps([_summary(run) for run in found], indent=2))
    else:
        show_table(("run", "group", "ended", "calls"), [_row(run) for run in found])


def _named(found: list[Run], name: str) -> Run:
    chosen = [run for run in found if run.name.startswith(name)]
    if len(chosen) != 1:
        known = ", ".join(run.name for run in chosen or found) or "none"
        raise Unusable(f"{len(chosen)} runs are called {name}...; there are {known}")
    return chosen[0]


def _row(run: Run) -> tuple[str, ...]:
    return run.name, run.group, run.ending, str(len(run.calls))


def _summary(run: Run) -> dict[str, object]:
    return {
        "run": run.name,
        "group": run.group,
        "began_at": run.began_at.isoformat(),
        "ended": run.ending,
        "calls": len(run.calls),
        "damaged_lines": run.damaged,
    }


def _show_one(run: Run, as_json: bool) -> None:
    if as_json:
        entries = [entry.model_dump(mode="json") for entry in run.entries]
        show(json.dumps({**_summary(run), "entries": entries}, indent=2))
        return
    show(f"{run.name}: group {run.group}, {run.ending}")
    for entry in run.entries:
        details = [pair for pair in (entry.model_extra or {}).items() if pair[0] not in WHOLE]
        told = " ".join(f"{key}={_short(value)}" for key, value in details)
        show(f"  {entry.time:%Y-%m-%dT%H:%M:%SZ} {entry.event} {told}".rstrip())
    if run.damaged:
        show(f"  {run.damaged} lines cannot be read: the process was killed while it wrote")


def _short(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
