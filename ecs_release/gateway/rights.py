"""Which rights an identity has, as far as calls without effect can tell.

Imports the gateway's own table of actions, call, errors and instances.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ecs_release.gateway.actions import ACTIONS
from ecs_release.gateway.call import Call, Caller
from ecs_release.gateway.clients import BSS
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

    action: str
    purpose: str
    parameters: Parameters | None = None
    always: bool = False

    @property
    def right(self) -> str:
        """The right's name in a policy."""
        return ACTIONS[self.action].right


def _dry(instance_id: str) -> Mapping[str, Any]:
    return {"InstanceId": [instance_id], "DryRun": True}


PROBES = (
    Probe("DescribeInstances", "look at instances", lambda _: {"DryRun": True}, always=True),
    Probe(
        "DescribeInstanceAttribute",
        "prove that one is gone",
        lambda id_: {"InstanceId": id_},
        always=True,
    ),
    Probe("DescribeDisks", "look at disks", lambda _: {"MaxResults": 10}, always=True),
    Probe("DescribeSnapshots", "look at snapshots", lambda _: {"MaxResults": 10}, always=True),
    Probe("DescribeNetworkInterfaces", "look at network interfaces", lambda _: {"PageSize": 10}, always=True),
    Probe("DescribeImages", "look at images", lambda _: {"ImageOwnerAlias": "self"}),
    Probe(
        "QueryAvailableInstances",
        "see how subscriptions renew",
        lambda id_: {"InstanceIDs": id_, "ProductCode": "ecs"},
    ),
    Probe("DeleteInstances", "release", _dry, always=True),
    Probe("StopInstances", "shutdown: graceful before a refund", _dry),
    Probe("CreateImage", "backup: image", lambda id_: {"InstanceId": id_, "DryRun": True}),
    Probe("CreateSnapshot", "backup: snapshots"),
    Probe("ModifyDiskAttribute", "keep disks"),
    Probe("ModifyInstanceAttribute", "on_protected: lift"),
    Probe("ConvertNatPublicIpToEip", "public_ip.on_release: keep"),
    Probe("ModifyInstanceAutoReleaseTime", "schedule"),
    Probe("ModifyInstanceChargeType", "on_active_subscription: convert"),
    Probe("RefundInstance", "on_active_subscription: refund"),
    Probe("TagResources", "tag instances and disks"),
    Probe("DescribeSecurityGroups", LEFT_NETWORK, lambda _: {"MaxResults": 10}),
    Probe("DescribeVSwitches", LEFT_NETWORK, lambda _: {"PageSize": 10}),
    Probe("DescribeVpcs", LEFT_NETWORK, lambda _: {"PageSize": 10}),
)


def has_right(caller: Caller, region: str, probe: Probe, instance_id: str) -> bool | None:
    """Whether the right is there, None where nothing without effect can tell; raises other CloudErrors."""
    if probe.parameters is None:
        return None
    # Reading an attribute has no region in the API, which refuses what it does not know.
    call = Call(probe.action, probe.parameters(instance_id))
    place = {} if probe.action == "DescribeInstanceAttribute" else {_region_key(call): region}
    try:
        caller.perform(replace(call, parameters={**place, **call.parameters}))
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


def _region_key(call: Call) -> str:
    return "Region" if call.product is BSS else "RegionId"
