"""`ecs-release extend` and `cancel`: release times changed in a hurry.

Imports cli, runner, domain and stacks. Both change the cloud, and tell what to change in the
environment file, which people review.
"""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from ecs_release.cli import groups
from ecs_release.cli.output import NOTHING_TO_DO, REFUSED, AsJson, Stack, Unusable, answered, show
from ecs_release.cli.project import Project, project_of
from ecs_release.domain.extension import Change, cancelled, declaration, extended, schedule_value
from ecs_release.domain.schedule import Schedule, parse_span
from ecs_release.domain.terms import GroupRecord
from ecs_release.gateway.gateway import Gateway
from ecs_release.runner.hurry import Members, members_of, set_times
from ecs_release.runner.journal import journal_directory
from stacks.load import Context, load

Group = Annotated[str, typer.Option("--group", help="The group whose members are changed.")]
By = Annotated[str, typer.Option("--by", help="How much later: 2h, 90m, 1d12h.")]


@dataclass(frozen=True, slots=True)
class Hurry:
    """One group as it is recorded, declared and seen."""

    project: Project
    record: GroupRecord
    gateway: Gateway
    members: Members
    declared: Schedule

    @property
    def name(self) -> str:
        """The group's name."""
        return self.record.group


def extend(group: Group, by: By, stack: Stack, as_json: AsJson = False) -> None:
    """Moves the release of a group's members to a later time, at once."""
    later = _duration(by)
    hurry = answered(lambda: _hurry(stack, group))
    changes = extended(hurry.members, hurry.declared, later, hurry.gateway.cloud_time())
    _carry_out(hurry, changes, as_json)


def cancel(group: Group, stack: Stack, as_json: AsJson = False) -> None:
    """Takes the release time off a group's members, at once: they then bill until they are released."""
    hurry = answered(lambda: _hurry(stack, group))
    _carry_out(hurry, cancelled(hurry.members, hurry.declared), as_json)


def _duration(text: str) -> timedelta:
    try:
        length = parse_span(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    if not length:
        raise typer.BadParameter("nothing to extend by; give a duration like 2h")
    return length


def _hurry(stack: str, group: str) -> Hurry:
    project = project_of(stack)
    environment = load(project.config, Context(project.stack, preview=True)).environment
    spec = environment.groups.get(group)
    declared = spec.release.timing if spec else Schedule()
    bounded = replace(declared, max_lifetime=environment.max_lifetime)
    for record, gateway in groups.groups_of(stack):
        if record.group == group:
            members, wrong = members_of(record, gateway)
            if wrong:
                raise Unusable(f"{group}: {wrong[0].reason.value}: {wrong[0].detail}")
            return Hurry(project, record, gateway, members, bounded)
    raise Unusable(f"{stack} records no group {group}; `ecs-release status` lists them")


def _carry_out(hurry: Hurry, changes: Sequence[Change], as_json: bool) -> None:
    report = _report(as_json)
    if not changes:
        report({"group": hurry.name, "result": "nothing to do"}, [_nothing(hurry)])
        raise typer.Exit(NOTHING_TO_DO)
    refused = [change for change in changes if change.refusal]
    # All or none: half a group that lives longer is what nobody declared.
    if refused:
        rows = [{**_row(hurry, change), "refused": change.refusal} for change in refused]
        report({"group": hurry.name, "result": "refused", "members": rows}, list(_refusal(hurry, refused)))
        raise typer.Exit(REFUSED)
    folder = journal_directory(os.environ)
    left = answered(lambda: set_times(changes, hurry.gateway, hurry.record, Path(folder)))
    file = list(_file_lines(hurry, changes))
    rows = [{**_row(hurry, change), "error": left.get(change.facts.instance_id, "")} for change in changes]
    lines = [_line(hurry, change, left.get(change.facts.instance_id, "")) for change in changes]
    result = {"group": hurry.name, "result": "done" if not left else "failed", "members": rows, "file": file}
    report(result, [*lines, *file])
    raise typer.Exit(1 if left else 0)


def _report(as_json: bool) -> Callable[[dict[str, Any], list[str]], None]:
    return lambda data, lines: show(json.dumps(data, indent=2) if as_json else "\n".join(lines))


def _nothing(hurry: Hurry) -> str:
    if hurry.record.at_expiry:
        return (
            f"{hurry.name}: its members end at their expiry, without a release time; to go on paying, take"
            f" at_expiry out of {hurry.project.file}, set auto_renew: true and run `pulumi up`"
        )
    return f"{hurry.name}: no member has a release time; nothing is changed"


def _refusal(hurry: Hurry, refused: Sequence[Change]) -> Sequence[str]:
    lines = [f"{hurry.name}: refused, nothing is changed"]
    lines += [f"  {change.member} {change.facts.instance_id}: {change.refusal}" for change in refused]
    ways = "extend by less, or raise or remove max_lifetime"
    return [*lines, f"  to do: {ways} in {hurry.project.file}, then repeat"]


def _line(hurry: Hurry, change: Change, error: str) -> str:
    before, after = hurry.declared.shown(change.before), hurry.declared.shown(change.after)
    what = f"{hurry.name}: {change.member} {change.facts.instance_id}"
    if error:
        return f"{what}: still {before}: {error}; repeat the command"
    return f"{what}: {before} -> {after}"


def _row(hurry: Hurry, change: Change) -> dict[str, str]:
    return {
        "member": change.member,
        "instance": change.facts.instance_id,
        "before": hurry.declared.shown(change.before),
        "after": hurry.declared.shown(change.after),
    }


def _file_lines(hurry: Hurry, changes: Sequence[Change]) -> Sequence[str]:
    """What the environment file has to say so that the next `up` does not undo it."""
    file, key = hurry.project.file, f"groups.{hurry.name}.release.schedule"
    wish = declaration(hurry.declared, changes, hurry.gateway.cloud_time())
    if wish == hurry.declared:
        return [f"{file} says so already; the next `pulumi up` leaves it"]
    if wish is None:
        return [
            "no single schedule says these times, because some were moved by hand before; the next"
            f" `pulumi up` goes by {key} of {file}: declare there what all members shall have"
        ]
    value = schedule_value(wish)
    if value is None:
        return [f"so that the next `pulumi up` does not undo it, take {key} out of {file}"]
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=1000).strip()
    return [f"so that the next `pulumi up` does not undo it, write in {file}:", f"  {key}: {text}"]
