"""`ecs-release plan`: what a destroy would do now. Imports cli, runner and domain."""

import json
import os
from typing import Annotated, Any

import typer

from ecs_release.cli import groups
from ecs_release.cli.output import NOTHING_TO_DO, REFUSED, AsJson, Stack, answered, show
from ecs_release.domain.approval import stack_approval, stack_digest
from ecs_release.domain.plan import Plan
from ecs_release.domain.render import plan_json, plan_lines, plan_markdown
from ecs_release.runner.commission import commissioned
from ecs_release.runner.observe import Errand, Sightings
from ecs_release.runner.prices import priced
from ecs_release.runner.remembered import Remembered
from ecs_release.runner.run import look

AsMarkdown = Annotated[bool, typer.Option("--markdown", help="Markdown, for a pull request.")]


def plan(stack: Stack, as_json: AsJson = False, as_markdown: AsMarkdown = False) -> None:
    """What `pulumi destroy` of the stack would do now; changes nothing and runs no program."""
    plans = answered(lambda: _plans(stack))
    for each in plans:
        Remembered().keep(each)
    show(_shown(stack, plans, as_json, as_markdown))
    raise typer.Exit(_exit_code(plans))


def _plans(stack: str) -> tuple[Plan, ...]:
    found = []
    for record, gateway in groups.groups_of(stack):
        errand = commissioned(Errand(record, record.terms), {}, os.environ)
        found.append(priced(look(errand, gateway, Sightings()), gateway))
    return tuple(found)


def _shown(stack: str, plans: tuple[Plan, ...], as_json: bool, as_markdown: bool) -> str:
    if as_json:
        return json.dumps(plans_json(stack, plans), indent=2)
    if not plans:
        return f"{stack}: no group is recorded"
    if as_markdown:
        return "\n".join(plan_markdown(each) for each in plans)
    lines = [line for each in plans for line in plan_lines(each)]
    # One group's own digest is enough; with several there is one for all of them.
    if len(plans) > 1:
        lines.append(f"digest of the whole stack: {stack_approval(plans)}")
    return "\n".join(lines)


def plans_json(stack: str, plans: tuple[Plan, ...]) -> dict[str, Any]:
    """All plans of a stack in the form that other programs read."""
    refused = any(each.refusals for each in plans)
    digest = stack_digest(plans) if plans else ""
    groups_json = [plan_json(each) for each in plans]
    return {"schema": 1, "stack": stack, "refused": refused, "digest": digest, "groups": groups_json}


def _exit_code(plans: tuple[Plan, ...]) -> int:
    if any(each.refusals for each in plans):
        return REFUSED
    # What waits will go in the same run, so it counts as going.
    return 0 if any(each.going for each in plans) else NOTHING_TO_DO
