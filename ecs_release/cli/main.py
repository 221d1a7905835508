"""The commands of ecs-release. Exit codes: 0 will release, 1 error, 2 usage, 10 refused, 11 nothing to do.

Imports cli, runner, gateway and domain. Only `claim` and `disown` change anything, and only tags.
"""

import json
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console

from ecs_release.cli.state import StateUnavailable, export_stack, records_in
from ecs_release.domain.facts import GROUP_ID_TAG, MEMBER_TAG, OUR_TAGS, InstanceFacts
from ecs_release.domain.plan import Answer, Plan
from ecs_release.domain.render import plan_json, plan_lines
from ecs_release.domain.terms import GroupRecord
from ecs_release.gateway.errors import CloudError
from ecs_release.gateway.gateway import Gateway
from ecs_release.runner.observe import Errand, Sightings, claim_tag, identity_findings
from ecs_release.runner.records import UnreadableRecord
from ecs_release.runner.run import look

# Apart from 1 and 2, so that a pipeline can tell a refusal from a failure.
REFUSED, NOTHING_TO_DO = 10, 11
Stack = Annotated[str, typer.Option("--stack", help="The stack whose state is read.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]
Result = TypeVar("Result")
InstanceId = Annotated[str, typer.Argument(help="The instance's id, i-…")]

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


@app.callback()
def ecs_release() -> None:
    """Shows how the ECS instances of a stack would end, and settles whose a stray one is."""


@app.command()
def plan(stack: Stack, as_json: AsJson = False) -> None:
    """What `pulumi destroy` of the stack would do now; changes nothing and runs no program."""
    plans = _answered(lambda: _plans(stack))
    if as_json:
        _print(json.dumps(_plans_json(stack, plans), indent=2))
    else:
        for group in plans:
            _print("\n".join(plan_lines(group)))
        if not plans:
            _print(f"{stack}: no group is recorded")
    raise typer.Exit(_exit_code(plans))


@app.command()
def claim(instance_id: InstanceId, stack: Stack) -> None:
    """Declares an unrecorded instance to be the stack's own: the next run releases it."""
    record, gateway, facts = _answered(lambda: _stray(stack, instance_id))
    _answered(lambda: gateway.tag_instances([instance_id], claim_tag(instance_id)))
    _print(
        f"{record.group}: {facts.tag(MEMBER_TAG)} {instance_id} is claimed; the next `pulumi up` or"
        " `pulumi destroy` releases it"
    )


@app.command()
def disown(instance_id: InstanceId, stack: Stack) -> None:
    """Takes our tags off an unrecorded instance: no run of the stack will ever touch it."""
    record, gateway, _ = _answered(lambda: _stray(stack, instance_id))
    _answered(lambda: gateway.untag_instances([instance_id], list(OUR_TAGS)))
    _print(f"{record.group}: {instance_id} is disowned; it stays, bills, and nothing here releases it")


def _plans(stack: str) -> tuple[Plan, ...]:
    records = records_in(export_stack(stack))
    return tuple(look(Errand(record, record.terms), Gateway(record.cloud), Sightings()) for record in records)


def _plans_json(stack: str, plans: tuple[Plan, ...]) -> dict[str, Any]:
    refused = any(group.refusals for group in plans)
    return {"schema": 1, "stack": stack, "refused": refused, "groups": [plan_json(group) for group in plans]}


def _exit_code(plans: tuple[Plan, ...]) -> int:
    if any(group.refusals for group in plans):
        return REFUSED
    # What waits will go in the same run, so it counts as going.
    going = any(group.answered(Answer.RELEASE) or group.answered(Answer.WAIT) for group in plans)
    return 0 if going else NOTHING_TO_DO


def _stray(stack: str, instance_id: str) -> tuple[GroupRecord, Gateway, InstanceFacts]:
    """The group whose id an instance carries; an instance that the state records is no stray."""
    for record in records_in(export_stack(stack)):
        gateway = Gateway(record.cloud)
        wrong = identity_findings(record, gateway.identity())
        if wrong:
            raise StateUnavailable(f"{record.group}: {wrong[0].reason.value}: {wrong[0].detail}")
        # Disowning a recorded member would leave it billing with nobody to end it.
        if record.member_of(instance_id):
            raise StateUnavailable(f"{instance_id} is recorded as {record.member_of(instance_id)}, no stray")
        for facts in gateway.find_instances([instance_id]):
            if facts.tag(GROUP_ID_TAG) == record.group_id:
                return record, gateway, facts
    raise StateUnavailable(f"{instance_id} carries no group id of {stack}; see `ecs-release plan`")


def _answered(ask: Callable[[], Result]) -> Result:
    try:
        return ask()
    except (CloudError, StateUnavailable, UnreadableRecord) as error:
        errors.print(f"error: {error}", markup=False)
        raise typer.Exit(1) from None


def _print(text: str) -> None:
    console.print(text, markup=False)
