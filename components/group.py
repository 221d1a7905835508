"""InstanceGroup: instances, the four resources that end them well, and who is told of it.

Imports pulumi, pulumi_alicloud, provider, the domain and stacks. The order network, Sweep,
instances, alarms, Teardown, then DiskRelease and ReleaseSchedule is what makes a destroy safe.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pulumi
from pulumi_alicloud import ecs

from components.audit import ReleaseAudit
from components.expiry import buys_once
from components.inputs import (
    Clock,
    disk_release_inputs,
    released_by,
    schedule_inputs,
    sweep_inputs,
    teardown_inputs,
)
from components.instances import instance_args, instance_options
from components.naming import (
    audit_name,
    disk_release_name,
    member_names,
    schedule_name,
    sweep_name,
    teardown_name,
)
from components.network import NetworkIds
from components.tags import instance_tags
from components.warnings import schedule_warnings
from ecs_release.domain.facts import Cloud
from ecs_release.provider.resources import DiskRelease, ReleaseSchedule, Sweep, Teardown
from ecs_release.runner.records import NO_TIME
from stacks.schema import AtExpiry, Group


class InstanceGroup(pulumi.ComponentResource):
    """A group of equal instances; `record` is what ending it needs, as Gate is told."""

    instances: dict[str, ecs.Instance]
    group_id: pulumi.Output[str]
    record: dict[str, Any]

    def __init__(
        self,
        name: str,
        spec: Group,
        *,
        network: NetworkIds,
        cloud: Cloud,
        tags: Mapping[str, str] | None = None,
        now: datetime | None = None,
        max_lifetime: timedelta | None = None,
        alarm: str | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("ecs-release:index:InstanceGroup", name, None, opts)
        passed = released_by(spec, now)
        warn_of_schedule(self, name, spec, passed, max_lifetime)
        # After its time the group is empty: declaring the members would create them again.
        members = member_names(name, spec.count if passed == NO_TIME else 0)
        clock = Clock(now, max_lifetime)
        wishes = sweep_inputs(name, spec, cloud, members, clock)
        before = pulumi.ResourceOptions(parent=self, depends_on=list(network.depends_on))
        sweep = Sweep(sweep_name(name), wishes, before)
        user_tags = {**(tags or {}), **spec.tags}
        self.instances = declare_instances(self, name, spec, members, network, user_tags, sweep)
        self.group_id = sweep.group_id
        identity = {"group_id": sweep.group_id, "account": sweep.account}
        self.record = teardown_inputs(name, spec, cloud, identity, self.instance_ids, passed)
        alarms = declare_alarms(self, name, alarm)
        declare_release(self, name, spec, clock, [sweep, *self.instances.values(), *alarms])
        self.register_outputs({"group_id": self.group_id, "instance_ids": self.instance_ids})

    @property
    def instance_ids(self) -> dict[str, pulumi.Output[str]]:
        """The instance id of each member."""
        return {member: instance.id for member, instance in self.instances.items()}

    @property
    def public_ips(self) -> dict[str, pulumi.Output[str]]:
        """The public address of each member, "" without one."""
        return {member: instance.public_ip for member, instance in self.instances.items()}


def warn_of_schedule(
    group: pulumi.Resource, name: str, spec: Group, passed: str, max_lifetime: timedelta | None
) -> None:
    """Says what the declared release time leads to, on the group's row; nothing once it has passed."""
    if passed != NO_TIME:
        return
    for line in schedule_warnings(name, spec, max_lifetime):
        pulumi.log.warn(line, group)


def declare_instances(
    group: pulumi.Resource,
    name: str,
    spec: Group,
    members: tuple[str, ...],
    network: NetworkIds,
    tags: Mapping[str, str],
    sweep: Sweep,
) -> dict[str, ecs.Instance]:
    """The stock instances, each tagged in the call that creates it."""
    hooks = buys_once(name, sweep) if isinstance(spec.release.schedule, AtExpiry) else None
    instances = {}
    for member in members:
        args = _all_args(name, spec, member, network, tags, sweep)
        options = instance_options(group, [sweep], spec.adopt.get(member), sorted(args), hooks)
        instances[member] = ecs.Instance(member, **args, opts=options)
    return instances


def _all_args(
    name: str, spec: Group, member: str, network: NetworkIds, tags: Mapping[str, str], sweep: Sweep
) -> dict[str, Any]:
    return {
        **instance_args(spec, member),
        # In RunInstances itself, so that even an `up` killed a moment later leaves nothing nameless.
        "tags": instance_tags(tags, name, member, sweep.group_id),
        "vswitch_id": network.vswitch_id,
        "security_groups": network.security_groups,
    }


def declare_alarms(group: InstanceGroup, name: str, alarm: str | None) -> list[pulumi.Resource]:
    """What tells of the end of the group's instances; nothing where nobody is to be told."""
    if alarm is None:
        return []
    child = pulumi.ResourceOptions(parent=group)
    return [ReleaseAudit(audit_name(name), alarm=alarm, instance_ids=group.instance_ids, opts=child)]


def declare_release(
    group: InstanceGroup,
    name: str,
    spec: Group,
    clock: Clock,
    depends_on: list[pulumi.Resource],
) -> None:
    """Teardown after instances and alarms; after it, what keeps disks and release time as declared."""
    after_instances = pulumi.ResourceOptions(parent=group, depends_on=depends_on)
    teardown = Teardown(teardown_name(name), group.record, after_instances)
    # Deleted before Teardown, so that a refused destroy leaves flags and time armed.
    after_teardown = pulumi.ResourceOptions(parent=group, depends_on=[teardown])
    disks = DiskRelease(disk_release_name(name), disk_release_inputs(group.record), after_teardown)
    # What the cloud releases goes by the flags of that moment, so they are right before the time is.
    after_disks = pulumi.ResourceOptions(parent=group, depends_on=[teardown, disks])
    ReleaseSchedule(schedule_name(name), schedule_inputs(group.record, spec, clock), after_disks)
