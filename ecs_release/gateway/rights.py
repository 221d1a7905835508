"""Which rights an identity has, as far as calls without effect can tell.

Imports the gateway's own call, errors and instances.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ecs_release.gateway.call import Call, Caller
from ecs_release.gateway.clients import BSS, ECS, VPC, Product
from ecs_release.gateway.errors import CloudError, NoPermission, NotFound
from ecs_release.gateway.instances import DRY_RUN_PASSED, NO_RIGHT

# A dry run that passes is reported as an error of one of these codes.
PASSED = (DRY_RUN_PASSED, "DRYRUN.SUCCESS")
REFUSED = (*NO_RIGHT, "InvalidUser.Unauthorized")
LEFT_NETWORK = "find what an `up` left of a network"
Parameters = Callable[[str], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Probe:
    """A right, what it is for, and a call that needs it and changes nothing; None: there is no such call.

    Without the `always` ones no release works; the others belong to a term or a command.
    """

    right: str
    purpose: str
    parameters: Parameters | None = None
    product: Product = ECS
    action: str = ""
    always: bool = False


def _dry(instance_id: str) -> Mapping[str, Any]:
    return {"InstanceId": [instance_id], "DryRun": True}


PROBES = (
    Probe("ecs:DescribeInstances", "look at instances", lambda _: {"DryRun": True}, always=True),
    Probe(
        "ecs:DescribeInstanceAttribute",
        "prove that one is gone",
        lambda id_: {"InstanceId": id_},
        always=True,
    ),
    Probe("ecs:DescribeDisks", "look at disks", lambda _: {"MaxResults": 10}, always=True),
    Probe("ecs:DescribeSnapshots", "look at snapshots", lambda _: {"MaxResults": 10}, always=True),
    Probe(
        "ecs:DescribeNetworkInterfaces", "look at network interfaces", lambda _: {"PageSize": 10}, always=True
    ),
    Probe("ecs:DescribeImages", "look at images", lambda _: {"ImageOwnerAlias": "self"}),
    Probe(
        "bss:DescribeInstances",
        "see how subscriptions renew",
        lambda id_: {"InstanceIDs": id_, "ProductCode": "ecs"},
        BSS,
        "QueryAvailableInstances",
    ),
    Probe("ecs:DeleteInstances", "release", _dry, always=True),
    Probe("ecs:StopInstances", "shutdown: graceful", _dry),
    Probe("ecs:CreateImage", "backup: image", lambda id_: {"InstanceId": id_, "DryRun": True}),
    Probe("ecs:CreateSnapshot", "backup: snapshots"),
    Probe("ecs:ModifyDiskAttribute", "keep disks"),
    Probe("ecs:ModifyInstanceAttribute", "on_protected: lift"),
    Probe("ecs:ConvertNatPublicIpToEip", "public_ip.on_release: keep"),
    Probe("ecs:ModifyInstanceAutoReleaseTime", "schedule"),
    Probe("ecs:ModifyInstanceChargeType", "on_active_subscription: convert"),
    Probe("bss:RefundBatchRemainRefund", "on_active_subscription: refund"),
    Probe("ecs:TagResources", "tag instances and disks"),
    Probe("ecs:DescribeSecurityGroups", LEFT_NETWORK, lambda _: {"MaxResults": 10}),
    Probe("vpc:DescribeVSwitches", LEFT_NETWORK, lambda _: {"PageSize": 10}, VPC),
    Probe("vpc:DescribeVpcs", LEFT_NETWORK, lambda _: {"PageSize": 10}, VPC),
)


def has_right(caller: Caller, region: str, probe: Probe, instance_id: str) -> bool | None:
    """Whether the right is there, None where nothing without effect can tell; raises other CloudErrors."""
    if probe.parameters is None:
        return None
    action = probe.action or probe.right.partition(":")[2]
    # Reading an attribute has no region in the API, which refuses what it does not know.
    place = {} if action == "DescribeInstanceAttribute" else {_region_key(probe): region}
    try:
        caller.perform(Call(action, {**place, **probe.parameters(instance_id)}, "", probe.product))
    except NoPermission as error:
        if error.code.startswith(REFUSED):
            return False
        raise
    # Rights are asked before the resource is looked up, so an unknown one proves the right.
    except NotFound:
        return True
    except CloudError as error:
        if error.code not in PASSED:
            raise
    return True


def _region_key(probe: Probe) -> str:
    return "Region" if probe.product is BSS else "RegionId"
