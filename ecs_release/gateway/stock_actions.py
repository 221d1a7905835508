"""What the stock provider sends for what an environment declares: its network and its instances.

Imports the table beside it and the domain. Measured, not written by hand from its source: a test
holds the table against what a real `up`, `refresh` and `destroy` send. Changes of a living
instance's size, image, network or protection are not in it; they are the stock provider's own and
take more.
"""

from ecs_release.domain.rights import Action, Command, Demand, Grant
from ecs_release.gateway.actions import ACTIONS

ECS, VPC = "ecs", "vpc"
UP, DESTROY = frozenset({Command.UP}), frozenset({Command.DESTROY})
READS = frozenset({Command.UP, Command.REFRESH})
GONE = READS | {Command.DESTROY}
MADE = Demand.MADE_NETWORK


def _action(product: str, name: str, *grants: Grant, changes: bool = False) -> Action:
    return Action(name, product, f"{product}:{name}", grants, changes=changes)


def _read(product: str, name: str, demand: Demand = Demand.ALWAYS) -> Action:
    return _action(product, name, Grant(READS, demand))


def _network(product: str, name: str, commands: frozenset[Command], *kinds: str) -> Action:
    return _action(product, name, Grant(commands, MADE, kinds), changes=True)


STOCK_ACTIONS = (
    _read(ECS, "DescribeInstances"),
    _read(ECS, "DescribeInstanceAttribute"),
    _read(ECS, "DescribeInstanceAttachmentAttributes"),
    _read(ECS, "DescribeInstanceMaintenanceAttributes"),
    _read(ECS, "DescribeInstanceRamRole"),
    _read(ECS, "DescribeInstanceAutoRenewAttribute", Demand.SUBSCRIPTION),
    _read(ECS, "DescribeDisks"),
    _read(ECS, "DescribeNetworkInterfaces"),
    _read(ECS, "DescribeUserData"),
    _read(ECS, "DescribeSecurityGroups", MADE),
    _read(ECS, "DescribeSecurityGroupAttribute", MADE),
    _read(VPC, "DescribeRouteTableList", MADE),
    # Asked once more after a delete, until they are gone.
    _action(VPC, "DescribeVpcAttribute", Grant(GONE, MADE)),
    _action(VPC, "DescribeVSwitchAttributes", Grant(GONE, MADE)),
    # It names images, networks and keys that need not be the stack's, so nothing narrows it.
    _action(ECS, "RunInstances", Grant(UP), changes=True),
    # No call, but what RunInstances takes beside its own right where it gives a role.
    Action("RunInstances", ECS, "ram:PassRole", (Grant(UP, Demand.RAM_ROLE, ("role",)),), changes=True),
    # A declared tag that was removed by hand is put back, and then nothing tells whose it was.
    _action(ECS, "TagResources", Grant(UP, kinds=("instance",)), changes=True),
    _action(ECS, "UntagResources", Grant(UP, Demand.ADOPTED, ("instance",)), changes=True),
    _network(VPC, "CreateVpc", UP),
    _network(VPC, "CreateVSwitch", UP),
    _network(ECS, "CreateSecurityGroup", UP),
    _network(ECS, "DeleteSecurityGroup", DESTROY, "securitygroup"),
    _network(VPC, "DeleteVSwitch", DESTROY, "vswitch"),
    _network(VPC, "DeleteVpc", DESTROY, "vpc"),
)
# What a command of Pulumi's needs is both.
ALL_ACTIONS = (*ACTIONS.values(), *STOCK_ACTIONS)
