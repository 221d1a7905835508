"""ReleaseAudit: a record of what is done to instances, and an alarm at once when they are ended.

Imports pulumi, pulumi_alicloud, stacks and its sibling `naming`. All of it is stock resources.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pulumi
from pulumi_alicloud import actiontrail, eventbridge

from components.naming import rule_name, trail_name
from stacks.schema import Trail

# What ActionTrail publishes goes to this bus; every account has it.
BUS = "default"
RELEASES = ("DeleteInstance", "DeleteInstances", "ModifyInstanceAttribute", "ModifyInstanceAutoReleaseTime")
REFUNDS = ("RefundInstance",)
# One page has the product before it, another one ActionTrail itself; what a console does is an action too.
TYPES = (":ActionTrail:ApiCall", ":ActionTrail:ConsoleOperation")
PASSED_DRY_RUN = "DryRunOperation"


class ReleaseAudit(pulumi.ComponentResource):
    """A trail, and for given instances one rule for the calls of ECS and one for refunds."""

    def __init__(
        self,
        name: str,
        *,
        alarm: str | None = None,
        instance_ids: Mapping[str, pulumi.Input[str]] | None = None,
        trail: Trail | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("ecs-release:index:ReleaseAudit", name, None, opts)
        if trail:
            declare_trail(self, name, trail)
        # A pattern needs a value, and nobody can end what is not there.
        if alarm and instance_ids:
            ids = list(instance_ids.values())
            declare_rule(self, f"{name}-releases", alarm, ids, released)
            declare_rule(self, f"{name}-refunds", alarm, ids, refunded)
        self.register_outputs({})


def released(ids: Iterable[str]) -> dict[str, Any]:
    """The calls of ECS that end an instance, or decide when and whether it can end."""
    return {"eventName": list(RELEASES), "referencedResources": {"ACS::ECS::Instance": list(ids)}}


def refunded(ids: Iterable[str]) -> dict[str, Any]:
    """The refund, a call of another product, which names its instance in the request alone."""
    return {"eventName": list(REFUNDS), "requestParameters": {"InstanceId": list(ids)}}


def pattern(data: Mapping[str, Any]) -> str:
    """The events with these data, as EventBridge takes it; refused tries among them, dry runs not."""
    # A field that is not there is no value that could differ, so both are said.
    unlike_dry_runs = [{"exists": False}, {"anything-but": PASSED_DRY_RUN}]
    types = [{"suffix": suffix} for suffix in TYPES]
    return json.dumps({"type": types, "data": {**data, "errorCode": unlike_dry_runs}}, separators=(",", ":"))


def declare_trail(parent: pulumi.Resource, name: str, spec: Trail) -> None:
    """The trail; ActionTrail writes with the role of its own that is linked to the service."""
    actiontrail.Trail(
        f"{name}-trail",
        trail_name=trail_name(name),
        event_rw="Write",
        status="Enable",
        oss_bucket_name=spec.oss_bucket,
        sls_project_arn=spec.sls_project,
        opts=pulumi.ResourceOptions(parent=parent),
    )


def declare_rule(
    parent: pulumi.Resource, logical: str, alarm: str, ids: list[pulumi.Input[str]], data: Any
) -> None:
    """A rule that sends its events to one address, as they are."""
    eventbridge.Rule(
        logical,
        event_bus_name=BUS,
        rule_name=rule_name(logical),
        description="ecs-release: an alarm when somebody ends these instances",
        filter_pattern=pulumi.Output.all(*ids).apply(lambda known: pattern(data(known))),
        targets=[target(alarm)],
        opts=pulumi.ResourceOptions(parent=parent),
    )


def target(alarm: str) -> eventbridge.RuleTargetArgs:
    """Where an alarm goes; it is repeated for a day if nobody takes it."""
    constants = {"URL": alarm, "Network": "PublicNetwork"}
    return eventbridge.RuleTargetArgs(
        target_id="alarm",
        type=alarm.partition(":")[0],
        endpoint=alarm,
        push_retry_strategy="EXPONENTIAL_DECAY_RETRY",
        param_lists=[
            eventbridge.RuleTargetParamListArgs(resource_key="Body", form="ORIGINAL"),
            *(
                eventbridge.RuleTargetParamListArgs(resource_key=key, form="CONSTANT", value=value)
                for key, value in constants.items()
            ),
        ],
    )
