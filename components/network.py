"""Network: where the instances are, made or existing. Imports pulumi, pulumi_alicloud, domain and stacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_alicloud import ecs, vpc

from components.naming import shown_name
from ecs_release.domain.networks import NAME_ENDS, SECURITY_GROUP, VPC, VSWITCH, network_mark
from stacks.schema import ExistingNetwork, MadeNetwork


@dataclass(frozen=True)
class NetworkIds:
    """What an instance needs of a network, and what has to outlive the instance."""

    vswitch_id: pulumi.Input[str]
    security_group_ids: Sequence[pulumi.Input[str]] | pulumi.Output[Sequence[str]]
    depends_on: Sequence[pulumi.Input[Any]] = ()

    @property
    def security_groups(self) -> Any:
        """The ids as the stock instance takes them; those of a component elsewhere are known only later."""
        ids = self.security_group_ids
        return ids if isinstance(ids, pulumi.Output) else list(ids)


class Network(pulumi.ComponentResource):
    """A VPC with one vSwitch and one security group, or the ids of what exists."""

    ids: NetworkIds

    def __init__(
        self,
        name: str,
        spec: MadeNetwork | ExistingNetwork,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("ecs-release:index:Network", name, None, opts)
        self.ids = existing(spec) if isinstance(spec, ExistingNetwork) else make(self, name, spec)
        self.register_outputs(
            {"vswitch_id": self.ids.vswitch_id, "security_group_ids": self.ids.security_groups}
        )


def existing(spec: ExistingNetwork) -> NetworkIds:
    """What is there already is referred to, not managed."""
    return NetworkIds(spec.vswitch, spec.security_groups)


def make(parent: pulumi.Resource, name: str, spec: MadeNetwork) -> NetworkIds:
    """The three resources of a network of our own."""
    opts = pulumi.ResourceOptions(parent=parent)
    # Sent with the creation, so that it tells whose a thing is that no state came to record.
    mark = network_mark(pulumi.get_project(), pulumi.get_stack())
    network = vpc.Network(
        f"{name}{NAME_ENDS[VPC]}",
        vpc_name=shown_name(f"{name}{NAME_ENDS[VPC]}"),
        description=mark,
        cidr_block=spec.cidr,
        opts=opts,
    )
    vswitch = vpc.Switch(
        f"{name}{NAME_ENDS[VSWITCH]}",
        vswitch_name=shown_name(f"{name}{NAME_ENDS[VSWITCH]}"),
        description=mark,
        vpc_id=network.id,
        cidr_block=spec.cidr,
        zone_id=spec.zone,
        opts=opts,
    )
    security_group = ecs.SecurityGroup(
        f"{name}{NAME_ENDS[SECURITY_GROUP]}",
        security_group_name=shown_name(f"{name}{NAME_ENDS[SECURITY_GROUP]}"),
        description=mark,
        vpc_id=network.id,
        opts=opts,
    )
    # Both outlive the instances, or the cloud would refuse to delete them.
    return NetworkIds(vswitch.id, [security_group.id], [vswitch, security_group])
