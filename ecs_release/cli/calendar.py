"""`ecs-release calendar`: when the groups of all stacks of the project end. Imports cli, domain and stacks.

The declarations come from the stacks' files, what is armed from the cloud. A stack of which one of
them cannot be had is shown with what is known, and with the reason.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from ecs_release.cli import groups
from ecs_release.cli.calendar_file import calendar_file
from ecs_release.cli.calendar_page import calendar_page
from ecs_release.cli.calendar_text import calendar_rows, time_line
from ecs_release.cli.output import (
    EXPECTED,
    NOTHING_TO_DO,
    AsJson,
    Unusable,
    answered,
    console,
    show,
    show_table,
)
from ecs_release.cli.project import project_of, stacks_of
from ecs_release.domain.calendar import Declared, Line, calendar_line, in_order, renewed
from ecs_release.domain.facts import InstanceFacts
from stacks.load import Context, load
from stacks.parts import Subscription
from stacks.schema import AtExpiry, Group

Days = Annotated[int, typer.Option("--days", min=1, max=1096, help="How far ahead.")]
Ics = Annotated[str, typer.Option("--ics", help="Writes iCalendar to this file, - for the output.")]
Html = Annotated[
    str, typer.Option("--html", help="Writes one page with a picture to this file, - for the output.")
]
Offline = Annotated[bool, typer.Option("--offline", help="Files only: asks neither state nor cloud.")]
Only = Annotated[list[str], typer.Option("--stack", help="Only this stack; may be repeated.")]
Seen = Mapping[str, Mapping[str, InstanceFacts]]
# Whatever COLUMNS says, a line is drawn in memory first.
PIPE_COLUMNS, MOST_COLUMNS = 100, 1000


def calendar(
    stack: Only = [],  # noqa: B006
    days: Days = 30,
    ics: Ics = "",
    html: Html = "",
    as_json: AsJson = False,
    offline: Offline = False,
) -> None:
    """When the groups of all stacks end by themselves, on a time line."""
    project, names = answered(lambda: stacks_of(Path()))
    now, horizon = datetime.now(UTC), timedelta(days=days)
    chosen = [name for name in names if not stack or name in stack]
    lines = in_order([line for name in chosen for line in _stack_lines(name, now, horizon, offline)])
    if not lines:
        show(f"{project}: no group is declared in the files of {', '.join(chosen) or 'any stack'}")
        raise typer.Exit(NOTHING_TO_DO)
    if ics:
        _write(ics, calendar_file(project, lines, now))
    if html:
        _write(html, calendar_page(project, lines, now, horizon))
    if as_json:
        show(json.dumps([_row(line) for line in lines], indent=2))
    elif not (ics or html):
        _show(lines, now, horizon)


def _write(target: str, text: str) -> None:
    if target == "-":
        sys.stdout.write(text)
        return

    def write() -> None:
        try:
            Path(target).write_text(text, encoding="utf-8", errors="backslashreplace", newline="")
        except OSError as error:
            raise Unusable(f"{target} cannot be written: {error.strerror}; name another file") from None

    answered(write)


def _show(lines: list[Line], now: datetime, horizon: timedelta) -> None:
    head, rows = calendar_rows(lines, now)
    show_table(head, rows)
    columns = min(console.width, MOST_COLUMNS) if console.is_terminal else PIPE_COLUMNS
    show("\n".join(time_line(lines, now, horizon, columns)))


def _stack_lines(stack: str, now: datetime, horizon: timedelta, offline: bool) -> Iterator[Line]:
    try:
        project = project_of(stack)
        environment = load(project.config, Context(stack, preview=True)).environment
    except EXPECTED as error:
        why = f"its file cannot be used: {str(error).splitlines()[0]}"
        yield Line(stack, "?", 0, "unknown", note=why)
        return
    seen, note = ({}, "") if offline else _seen(stack)
    for name, group in environment.groups.items():
        line = calendar_line(_declared(stack, name, group), seen.get(name), now, horizon)
        # A renewal that pays by itself is no end, whatever date the cloud shows.
        is_renewed = isinstance(group.charge, Subscription) and group.charge.auto_renew
        yield _noted(renewed(line) if is_renewed else line, note)


def _noted(line: Line, note: str) -> Line:
    return replace(line, note="; ".join(part for part in (line.note, note) if part))


def _declared(stack: str, name: str, group: Group) -> Declared:
    members = tuple(f"{name}-{number}" for number in range(group.count))
    at_expiry = isinstance(group.release.schedule, AtExpiry)
    return Declared(stack, name, members, group.release.timing, at_expiry)


def _seen(stack: str) -> tuple[Seen, str]:
    """What the cloud has of each recorded group, and why it is not known where it is not."""
    seen: dict[str, Mapping[str, InstanceFacts]] = {}
    try:
        for record, gateway in groups.groups_of(stack):
            ids = sorted(record.members.values())
            found = {facts.instance_id: facts for facts in gateway.find_instances(ids)} if ids else {}
            seen[record.group] = {name: found[id_] for name, id_ in record.members.items() if id_ in found}
    except EXPECTED as error:
        return {}, f"as declared only: {str(error).splitlines()[0]}"
    return seen, "" if seen else "as declared only: nothing is recorded yet"


def _row(line: Line) -> dict[str, Any]:
    ends = [
        {
            "when": end.when.isoformat(),
            "members": list(end.members),
            "source": end.source.value,
            "expires": end.expires,
        }
        for end in line.ends
    ]
    return {
        "stack": line.stack,
        "group": line.group,
        "count": line.count,
        "how": line.how,
        "zone": line.zone,
        "ends": ends,
        "note": line.note,
    }
