"""What the engine tells of a resource, as the facts that the domain judges.

Imports pulumi_policy's types, the domain, and runner.records and runner.schedules, which read the same words
for the providers. Values that a preview does not know yet raise pulumi_policy's own error.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_policy import ResourceValidationArgs

from ecs_release.domain.facts import Charge
from ecs_release.domain.guardrails import DeclaredGroup, DeclaredInstance
from ecs_release.domain.terms import ReleaseTerms
from ecs_release.runner.records import TermsModel, parse_disks
from ecs_release.runner.schedules import parse_schedule

# Of all resources of a group the first: what it violates is refused before any instance exists.
GROUP_TYPE = "pulumi-python:dynamic/ecs-release:Sweep"
COMPONENT_TYPE = "ecs-release:index:InstanceGroup"
INSTANCE_TYPE = "alicloud:ecs/instance:Instance"
INSTANCE_TYPES = (INSTANCE_TYPE, "alicloud:ecs/ecsInstanceSet:EcsInstanceSet")
SCHEDULE_KEYS = ("group", "at", "after", "daily", "zone")


def stack_of(urn: str) -> str:
    """The stack in a resource's URN."""
    return urn.split("::")[0].removeprefix("urn:pulumi:")


def declared_group(args: ResourceValidationArgs) -> DeclaredGroup:
    """The group that a Sweep stands for; raises UnreadableRecord."""
    props = args.props
    words = {key: props[key] for key in SCHEDULE_KEYS if key in props}
    return DeclaredGroup(
        group=str(props["group"]),
        members=tuple(_plain(props.get("members", ()))),
        terms=ReleaseTerms(**TermsModel.model_validate(_plain(props.get("terms", {}))).model_dump()),
        disks=parse_disks(_plain(props.get("disks", ()))),
        schedule=parse_schedule(words),
        at_expiry=bool(props.get("at_expiry", False)),
    )


def declared_instance(args: ResourceValidationArgs) -> DeclaredInstance:
    """A stock instance with the group whose component is its parent."""
    props = args.props
    return DeclaredInstance(
        name=args.name,
        group=_group_of(args.opts.parent or ""),
        charge=_charge(props),
        is_protected=props.get("deletionProtection") is True,
    )


def _group_of(parent: str) -> str:
    # The last type in a URN is the resource's own, those before it are its parents'.
    types, _, name = parent.rpartition("::")
    own = types.rpartition("::")[2].rpartition("$")[2]
    return name if own == COMPONENT_TYPE else ""


def _charge(props: Mapping[str, Any]) -> Charge:
    if props.get("instanceChargeType") == "PrePaid":
        return Charge.SUBSCRIPTION
    spot = props.get("spotStrategy") or "NoSpot"
    return Charge.PAY_AS_YOU_GO if spot == "NoSpot" else Charge.SPOT


def _plain(value: Any) -> Any:
    """A value without the proxies around it; raises where a part of it is not known yet."""
    if isinstance(value, Mapping):
        return {key: _plain(value[key]) for key in value}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(value[position]) for position in range(len(value))]
    return value
