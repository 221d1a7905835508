"""What others do to the instances of a group: people at the console, and the cloud by itself.

Each deed is done or refused as the emulator sees fit; whoever does it does not care.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ecs_release.domain.facts import CLAIMED_TAG, GROUP_ID_TAG, MEMBER_TAG
from tests.emulator.cloud import subscription
from tests.faults.line import USER, Console
from tests.properties.shop import GROUP_ID

Deed = Callable[[Console, str], object]
ANOTHER_GROUP = "f" * 20
GOES = {"DataDisk.1.DeleteWithInstance": True}
LOCAL = {"DataDisk.2.Category": "local_ssd_pro", "DataDisk.2.Size": 40, "DataDisk.2.DiskName": "scratch"}
ORDERS: Mapping[str, Mapping[str, Any]] = {
    "pay-as-you-go": {},
    "protected": {"DeletionProtection": True},
    "spot": {"SpotStrategy": "SpotAsPriceGo"},
    "subscription": subscription(),
    "with a fixed address": {"InternetMaxBandwidthOut": 5},
    "subscription with a fixed address": subscription(InternetMaxBandwidthOut=5),
    "with a local disk": LOCAL,
    "whose data go": GOES,
    "protected, whose data go": {"DeletionProtection": True, **GOES},
    "subscription whose data go": subscription(**GOES),
}
RIGHTS = (
    "ecs:DescribeInstances",
    "ecs:DescribeInstanceAttribute",
    "ecs:Describe*",
    "ecs:DescribeDisks",
    "ecs:DeleteInstances",
    "ecs:ModifyInstanceAttribute",
    "ecs:ModifyDiskAttribute",
    "bss*:*",
    "*",
)


def _attribute(protected: bool) -> Deed:
    told = {"DeletionProtection": protected}
    return lambda console, id_: console.call("ModifyInstanceAttribute", {"InstanceId": id_, **told})


def _power(action: str, **more: Any) -> Deed:
    return lambda console, id_: console.call(action, {"InstanceId": id_, **more})


def _refund(at_once: bool) -> Deed:
    told = {"ProductCode": "ecs", "ProductType": "", "ImmediatelyRelease": "1" if at_once else "0"}
    return lambda console, id_: console.call("RefundInstance", {"InstanceId": id_, **told}, "BssOpenApi")


def _schedule(console: Console, id_: str) -> None:
    soon = datetime.fromtimestamp(console.seconds(), UTC) + timedelta(hours=1)
    console.call(
        "ModifyInstanceAutoReleaseTime", {"InstanceId": id_, "AutoReleaseTime": f"{soon:%Y-%m-%dT%H:%M:00Z}"}
    )


def _convert(charge: str, **more: Any) -> Deed:
    told = {"InstanceChargeType": charge, "IncludeDataDisks": True, **more}
    return lambda console, id_: console.call(
        "ModifyInstanceChargeType", {"InstanceIds": json.dumps([id_]), **told}
    )


def _attach(goes: bool) -> Deed:
    order = {"ZoneId": "cn-hangzhou-b", "DiskCategory": "cloud_essd", "Size": 40, "DiskName": "by-hand"}

    def attach(console: Console, id_: str) -> None:
        made = console.call("CreateDisk", order)
        console.advance("PT2S")
        told = {"InstanceId": id_, "DiskId": made.body.get("DiskId", ""), "DeleteWithInstance": goes}
        console.call("AttachDisk", told)
        console.advance("PT2S")

    return attach


def _flip(console: Console, id_: str) -> None:
    for disk in console.state()["disks"].values():
        if disk["InstanceId"] == id_ and disk["Type"] == "data":
            told = {"DiskId": disk["DiskId"], "DeleteWithInstance": not disk["DeleteWithInstance"]}
            console.call("ModifyDiskAttribute", told)


def _tag(**tags: str) -> Deed:
    keys = {"group": GROUP_ID_TAG, "member": MEMBER_TAG, "claimed": CLAIMED_TAG}

    def tag(console: Console, id_: str) -> None:
        told = {"ResourceType": "instance", "ResourceId.1": id_}
        for number, (name, value) in enumerate(tags.items(), 1):
            told |= {f"Tag.{number}.Key": keys[name], f"Tag.{number}.Value": value or id_}
        console.call("TagResources", told)

    return tag


def _untag(console: Console, id_: str) -> None:
    told = {
        "ResourceType": "instance",
        "ResourceId.1": id_,
        "TagKey.1": GROUP_ID_TAG,
        "TagKey.2": CLAIMED_TAG,
    }
    console.call("UntagResources", told)


def _copy(console: Console, id_: str) -> None:
    """Launches a second one like it, tags and all."""
    tags = dict(tags_of(console.state()["instances"][id_]))
    made = console.call("RunInstances", console.order())
    if made.status == 200 and GROUP_ID_TAG in tags:
        console.tag(
            made.body["InstanceIdSets"]["InstanceIdSet"][0], tags.get(MEMBER_TAG, ""), tags[GROUP_ID_TAG]
        )


def _snapshot(console: Console, id_: str) -> None:
    for disk in console.state()["disks"].values():
        if disk["InstanceId"] == id_:
            console.call("CreateSnapshot", {"DiskId": disk["DiskId"]})


def _route(console: Console, id_: str) -> None:
    state = console.look("state")
    vpc = {"VpcId": state["instances"][id_]["VpcAttributes"]["VpcId"]}
    (table,) = state["vpcs"][vpc["VpcId"]]["RouterTableIds"]["RouterTableIds"]
    where = {"RouteTableId": table, "DestinationCidrBlock": f"192.168.{len(state['instances'])}.0/24"}
    console.call("CreateRouteEntry", {**where, "NextHopId": id_}, "Vpc")


def _bind(console: Console, id_: str) -> None:
    eip = console.good("AllocateEipAddress", {}, "Vpc")["AllocationId"]
    console.call("AssociateEipAddress", {"AllocationId": eip, "InstanceId": id_}, "Vpc")


def _event(name: str, *more: str) -> Deed:
    return lambda console, id_: console.try_event(**{name: [id_, *more] if more else id_})


BY_HAND: Mapping[str, Deed] = {
    "protect": _attribute(True),
    "unprotect": _attribute(False),
    "schedule": _schedule,
    "cancel the schedule": _power("ModifyInstanceAutoReleaseTime"),
    "stop": _power("StopInstance"),
    "start": _power("StartInstance"),
    "release": _power("DeleteInstance", Force=True),
}
WITH_MONEY: Mapping[str, Deed] = {
    "refund": _refund(False),
    "refund at once": _refund(True),
    "subscribe": _convert("PrePaid", Period=1, PeriodUnit="Month"),
    "give back": _convert("PostPaid"),
    "give back unpaid": _convert("PostPaid", AutoPay=False),
    "fall into arrears": lambda console, id_: console.event(overdue=True),
    "use up the refund quota": lambda console, id_: console.control("settings", {"refund_vcpu_hours": 1}),
}
WITH_TAGS: Mapping[str, Deed] = {
    "remove our tag": _untag,
    "put our tag back": _tag(group=GROUP_ID),
    "give it to another stack": _tag(group=ANOTHER_GROUP),
    "copy with its tags": _copy,
    "claim": _tag(claimed=""),
}
WITH_THINGS: Mapping[str, Deed] = {
    "attach a disk that goes": _attach(True),
    "attach a disk that stays": _attach(False),
    "flip the data disks' flags": _flip,
    "take snapshots": _snapshot,
    "route to it": _route,
    "bind an EIP": _bind,
}
BY_THE_CLOUD: Mapping[str, Deed] = {
    "lock for security": _event("lock", "security"),
    "expire": _event("expire"),
    "reclaim": _event("reclaim"),
    "linger": _event("linger"),
    "link its interfaces": _event("block", "eni-linked"),
    "manage it elsewhere": _event("block", "system-managed"),
    "configure a load balancer": _event("block", "slb-configuring"),
}
DEEDS: Mapping[str, Deed] = {**BY_HAND, **WITH_MONEY, **WITH_TAGS, **WITH_THINGS, **BY_THE_CLOUD}
# After these the cloud may take what was to stay, though our call said otherwise.
UNSAFE = ("lock for security", "flip the data disks' flags")


def settle(console: Console) -> None:
    """All trouble ends: locks, obstacles, arrears, faults that were ordered."""
    console.heal()
    console.control("settings", {"refund_vcpu_hours": 1_000_000})
    console.event(overdue=False)
    state = console.look("state")
    for id_, facts in state["instances"].items():
        for block in facts["Blocks"]:
            _event("unblock", block)(console, id_)
        _event("unlock", "security")(console, id_)
    for vpc in state["vpcs"].values():
        _remove_routes(console, vpc)


def allow_all(console: Console, recorded: Collection[str]) -> None:
    """Everything of the group can go: nothing is in the way, it carries its tags, and copies are claimed."""
    settle(console)
    grant(console)
    for id_, facts in console.state()["instances"].items():
        console.try_event(pay=id_)
        if id_ in recorded:
            DEEDS["put our tag back"](console, id_)
        elif tags_of(facts).get(GROUP_ID_TAG) == GROUP_ID:
            DEEDS["claim"](console, id_)
    # What is under way settles.
    console.advance("PT5M")


def _remove_routes(console: Console, vpc: Mapping[str, Any]) -> None:
    (table,) = vpc["RouterTableIds"]["RouterTableIds"]
    found = console.good("DescribeRouteEntryList", {"RouteTableId": table}, "Vpc")
    for entry in found["RouteEntrys"]["RouteEntry"]:
        if entry["Type"] == "Custom":
            told = {"RouteTableId": table, "DestinationCidrBlock": entry["DestinationCidrBlock"]}
            console.call(
                "DeleteRouteEntry", {**told, "NextHopId": entry["NextHops"]["NextHop"][0]["NextHopId"]}, "Vpc"
            )


def withdraw(console: Console, right: str) -> None:
    """Takes a right from the user that we are."""
    name = "without-" + str(RIGHTS.index(right))
    actions = ["bss:*", "bssapi:*"] if right.startswith("bss") else right
    denied = {"Version": "1", "Statement": [{"Effect": "Deny", "Action": actions, "Resource": "*"}]}
    console.call("CreatePolicy", {"PolicyName": name, "PolicyDocument": json.dumps(denied)}, "Ram")
    console.call("AttachPolicyToUser", {"PolicyType": "Custom", "PolicyName": name, "UserName": USER}, "Ram")


def grant(console: Console) -> None:
    """Gives the user all rights back."""
    held = console.good("ListPoliciesForUser", {"UserName": USER}, "Ram")["Policies"]["Policy"]
    for policy in held:
        if policy["PolicyType"] == "Custom":
            told = {"PolicyType": "Custom", "PolicyName": policy["PolicyName"], "UserName": USER}
            console.call("DetachPolicyFromUser", told, "Ram")


def tags_of(instance: Mapping[str, Any]) -> dict[str, str]:
    """The tags of an instance as the emulator's state shows it."""
    return {pair["TagKey"]: pair["TagValue"] for pair in instance["Tags"]["Tag"]}
