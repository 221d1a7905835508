"""`ecs-release adopt`: instances that exist already become members. Imports cli, stacks, gateway and domain.

Writes our tags but the group id, which the `up` adds that imports them, so that nothing is ours before.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import typer

from ecs_release.cli.output import AsJson, Stack, Unusable, answered, confirm, show, show_table
from ecs_release.cli.project import Project, project_of
from ecs_release.domain.facts import (
    GROUP_ID_TAG,
    GROUP_TAG,
    MEMBER_TAG,
    PROJECT_TAG,
    STACK_TAG,
    Charge,
    InstanceFacts,
)
from ecs_release.gateway.gateway import Gateway
from stacks.adopted import AdoptedGroup, adopted_group

HEAD = ("instance", "name", "status", "charge", "protected", "becomes")
Ids = Annotated[list[str], typer.Argument(help="Ids of instances, i-…; or use --tag or --name.")]
Tags = Annotated[list[str], typer.Option("--tag", help="KEY=VALUE that they carry; may be repeated.")]
Name = Annotated[str, typer.Option("--name", help="Their name, which may have stars: 'web-*'.")]
Group = Annotated[str, typer.Option("--group", help="The group that they become members of.")]
First = Annotated[
    int, typer.Option("--first", help="The first free position: the group's count of now.", min=0)
]


def adopt(
    group: Group,
    stack: Stack,
    ids: Ids = [],  # noqa: B006
    tag: Tags = [],  # noqa: B006
    name: Name = "",
    first: First = 0,
    as_json: AsJson = False,
) -> None:
    """Tags instances that exist already as members, and prints the group for the environment file."""
    project = answered(lambda: project_of(stack))
    gateway = Gateway(project.cloud)
    found = answered(lambda: _found(gateway, ids, tag, name))
    adopted = adopted_group(group, first, found)
    members = [f"{group}-{first + position}" for position in range(len(found))]
    if not as_json:
        _show_before(found, members, adopted)
    if adopted.problems:
        answered(lambda: _refuse(group, adopted.problems))
    confirm(f"adopt {len(found)}")
    answered(lambda: _tag_all(found, members, gateway, _tags(project, group)))
    if as_json:
        told = {"group": group, "text": adopted.text, "notes": list(adopted.notes)}
        show(json.dumps({**told, "members": {m: f.instance_id for m, f in zip(members, found, strict=True)}}))
        return
    show(f"tagged. Put this under `groups` of {project.file}, then run `pulumi preview` and `pulumi up`:\n")
    show(adopted.text)


def _show_before(found: Sequence[InstanceFacts], members: list[str], adopted: AdoptedGroup) -> None:
    show_table(HEAD, [_row(facts, member) for facts, member in zip(found, members, strict=True)])
    for note in adopted.notes:
        show(f"note: {note}")


def _refuse(group: str, problems: Sequence[str]) -> None:
    raise Unusable(
        f"{group}: nothing was changed, these cannot be declared as one group: {'; '.join(problems)}"
    )


def _tags(project: Project, group: str) -> dict[str, str]:
    return {PROJECT_TAG: project.name, STACK_TAG: project.stack, GROUP_TAG: group}


def _tag_all(
    found: Sequence[InstanceFacts], members: list[str], gateway: Gateway, tags: dict[str, str]
) -> None:
    for facts, member in zip(found, members, strict=True):
        gateway.tag_instances([facts.instance_id], {MEMBER_TAG: member, **tags})


def _found(gateway: Gateway, ids: list[str], tags: list[str], name: str) -> tuple[InstanceFacts, ...]:
    if bool(ids) == bool(tags or name):
        raise Unusable("give either ids or --tag and --name, to say which instances are meant")
    pairs = dict(_pair(tag) for tag in tags)
    found = gateway.find_instances(ids) if ids else gateway.search_instances(pairs, name)
    missing = sorted(set(ids) - {facts.instance_id for facts in found})
    if missing or not found:
        raise Unusable(
            f"{', '.join(missing) or 'nothing'}: not seen; correct the ids, the region or the rights"
        )
    _check(found)
    # In the order given, or by name: their positions follow it.
    order = sorted(
        found, key=lambda facts: ids.index(facts.instance_id) if ids else (facts.name, facts.instance_id)
    )
    return _complete(order, gateway)


def _pair(tag: str) -> tuple[str, str]:
    key, equals, value = tag.partition("=")
    if not equals or not key:
        raise Unusable(f"--tag {tag}: not of the form KEY=VALUE")
    return key, value


def _check(found: Sequence[InstanceFacts]) -> None:
    taken = [facts.instance_id for facts in found if facts.tag(GROUP_ID_TAG)]
    if taken:
        raise Unusable(f"{', '.join(taken)}: already managed by ecs-release; take them out there first")
    if len({facts.charge for facts in found}) > 1:
        charges = ", ".join(f"{facts.instance_id} {facts.charge.value}" for facts in found)
        raise Unusable(f"one group has one billing method ({charges}); adopt them into groups of their own")


def _complete(found: Sequence[InstanceFacts], gateway: Gateway) -> tuple[InstanceFacts, ...]:
    ids = [facts.instance_id for facts in found]
    disks = gateway.disks_of(ids)
    renewals = gateway.renewals(ids) if found[0].charge is Charge.SUBSCRIPTION else {}
    return tuple(
        replace(
            facts,
            disks=tuple(disk for disk in disks if disk.instance_id == facts.instance_id),
            renewal=renewals.get(facts.instance_id, ""),
        )
        for facts in found
    )


def _row(facts: InstanceFacts, member: str) -> tuple[str, ...]:
    protected = "yes" if facts.deletion_protection else "no"
    return facts.instance_id, facts.name, facts.status.value, facts.charge.value, protected, member
