"""A world with something of each kind, and every reading call of Ecs and Vpc about it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from emulator.actions import load
from emulator.registry import ACTIONS

from tests.emulator.cloud import IMAGE, Cloud

load()
READS = [
    (product, name)
    for product, name in sorted(ACTIONS)
    if product in ("Ecs", "Vpc") and name.startswith(("Describe", "List"))
]
# What a call needs although no single parameter of it is mandatory.
_ALSO: dict[str, dict[str, Any]] = {
    "DescribeAvailableResource": {"DestinationResource": "Zone"},
    "DescribePrice": {"ResourceType": "disk", "DataDisk.1.Category": "cloud_essd", "DataDisk.1.Size": 40},
}


def populated(cloud: Cloud) -> dict[str, str]:
    """Make a world; return the value of each parameter that a reading call may need."""
    network = cloud.network()
    tags = {"Tag.1.Key": "role", "Tag.1.Value": "web"}
    order = {**network, **tags, "DataDisk.1.Size": 40, "KeyPairName": "ops", "UserData": "aGk="}
    cloud.good("CreateKeyPair", {"KeyPairName": "ops"})
    instance = cloud.run({**order, "AutoReleaseTime": "2026-06-16T10:00:00Z"})
    (system,) = cloud.disks(InstanceId=instance, DiskType="system")
    row = cloud.instance(instance)
    values = {
        **network,
        "InstanceId": instance,
        "DiskId": system["DiskId"],
        **_others(cloud, instance, system),
    }
    values["VpcId"] = row["VpcAttributes"]["VpcId"]
    values["NetworkInterfaceId"] = row["NetworkInterfaces"]["NetworkInterface"][0]["NetworkInterfaceId"]
    cloud.advance("PT1M")
    return values


def _others(cloud: Cloud, instance: str, system: dict[str, Any]) -> dict[str, str]:
    policy = {"timePoints": '["1"]', "repeatWeekdays": '["1"]', "retentionDays": 1}
    eip = cloud.good("AllocateEipAddress", {}, "Vpc")["AllocationId"]
    cloud.good("AssociateEipAddress", {"AllocationId": eip, "InstanceId": instance}, "Vpc")
    return {
        "AutoSnapshotPolicyId": cloud.good("CreateAutoSnapshotPolicy", policy)["AutoSnapshotPolicyId"],
        "SnapshotId": cloud.good("CreateSnapshot", {"DiskId": system["DiskId"]})["SnapshotId"],
        "DeploymentSetId": cloud.good("CreateDeploymentSet")["DeploymentSetId"],
        "AllocationId": eip,
    }


def asked(product: str, name: str, values: dict[str, str]) -> dict[str, Any]:
    """Return the least that a call needs."""
    kind = "VPC" if product == "Vpc" else "instance"
    more = {
        "ResourceType": kind,
        "ImageId": IMAGE,
        "ResourceId": values["VpcId" if kind == "VPC" else "InstanceId"],
    }
    known, order = {**values, **more}, {**_ALSO.get(name, {})}
    for parameter in ACTIONS[product, name].required:
        single = parameter.removesuffix(".N")
        if single.endswith("Ids"):
            order[single] = json.dumps([known.get(single.removesuffix("s"), "")])
        elif single != "RegionId":
            order[parameter.replace(".N", ".1")] = known.get(single, "any")
    if name == "ListTagResources":
        order["ResourceId.1"] = known["ResourceId"]
    if name == "DescribeInstanceAutoRenewAttribute":
        order["InstanceId"] = known["InstanceId"]
    return order


def calls(values: dict[str, str]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return every reading call with what it needs."""
    return [(product, name, asked(product, name, values)) for product, name in READS]


def looked(cloud: Cloud, values: dict[str, str]) -> list[dict[str, Any]]:
    """Return the body of every reading call that has one."""
    answers = {name: cloud.call(name, order, product) for product, name, order in calls(values)}
    refused = {name: answer.outcome for name, answer in answers.items() if answer.status != 200}
    # A call that is refused proves nothing, so few may be.
    assert len(refused) <= len(answers) // 10, refused
    return [answer.body for answer in answers.values() if answer.status == 200]


def parts(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every field at any depth with its name; an item of a list has the list's name."""
    yield name, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from parts(inner, key)
    if isinstance(value, list):
        for inner in value:
            yield from parts(inner, name)
