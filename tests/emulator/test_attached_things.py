"""Every row of "What happens to the attached things", after a normal release and under a security lock."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from emulator.resources.disk import EPHEMERAL, LOCAL

from tests.emulator import states
from tests.emulator.cloud import Cloud, subscription
from tests.emulator.states import Make, ordered

Left = Callable[[Cloud], Iterable[Any]]


@dataclass(frozen=True)
class Thing:
    name: str
    make: Make
    # What is found of it afterwards.
    left: Left
    normal: list[Any]
    locked: list[Any]
    order: dict[str, Any] | None = None


def data_disk(**fields: Any) -> dict[str, Any]:
    return {f"DataDisk.1.{name}": value for name, value in {"Size": 40, **fields}.items()}


def disks(cloud: Cloud) -> list[str]:
    """Tell each disk that is left: what it is, what it is doing, and who pays how."""
    rows = cloud.disks()
    return [f"{row['Type']} {row['Status']} {row['DiskChargeType']}{row['InstanceId']}" for row in rows]


def system_disk_to_stay(cloud: Cloud) -> str:
    instance = cloud.run()
    (disk,) = cloud.disks(InstanceId=instance, DiskType="system")
    cloud.good("ModifyDiskAttribute", {"DiskId": disk["DiskId"], "DeleteWithInstance": False})
    return instance


def of_an_ended_subscription(cloud: Cloud) -> str:
    instance = cloud.run({**subscription(), **data_disk(DeleteWithInstance=False)})
    cloud.event(expire=instance)
    return instance


def attached_later(cloud: Cloud, **fields: Any) -> str:
    instance = cloud.run()
    order = {"ZoneId": "cn-hangzhou-b", "DiskCategory": "cloud_essd", "Size": 40, **fields}
    disk = cloud.good("CreateDisk", order)["DiskId"]
    cloud.advance("PT2S")
    cloud.good("AttachDisk", {"InstanceId": instance, "DiskId": disk})
    cloud.advance("PT2S")
    return instance


def interfaces(cloud: Cloud) -> list[str]:
    rows = cloud.good("DescribeNetworkInterfaces")["NetworkInterfaceSets"]["NetworkInterfaceSet"]
    return [f"{row['Type']} {row['Status']}{row['InstanceId']}" for row in rows]


def with_interface(stays: bool) -> Make:
    extra = {"NetworkInterface.1.InstanceType": "Secondary"}
    return ordered(**extra, **({"NetworkInterface.1.DeleteOnRelease": False} if stays else {}))


def with_key_pair(cloud: Cloud) -> str:
    cloud.good("CreateKeyPair", {"KeyPairName": "ops"})
    return cloud.run({"KeyPairName": "ops"})


def deleted_key_pair(cloud: Cloud) -> list[str]:
    return [cloud.call("DeleteKeyPairs", {"KeyPairNames": '["ops"]'}).outcome]


def tagged(cloud: Cloud) -> list[str]:
    order = {"ResourceType": "instance", "Tag.1.Key": "role"}
    return list(cloud.good("ListTagResources", order)["TagResources"]["TagResource"])


def deleted_group(cloud: Cloud) -> list[str]:
    (group,) = cloud.good("DescribeSecurityGroups")["SecurityGroups"]["SecurityGroup"]
    return [cloud.call("DeleteSecurityGroup", {"SecurityGroupId": group["SecurityGroupId"]}).outcome]


def addresses(cloud: Cloud) -> list[str]:
    return [word for word in cloud.http.get("/_emulator/state").text.split('"') if word.startswith("198.18.")]


KEPT = ["data Available PostPaid"]
GONE: list[str] = []
DISKS = [
    Thing("system-disk-true", states.running, disks, GONE, GONE),
    Thing("system-disk-false", system_disk_to_stay, disks, KEPT, GONE),
    Thing("data-disk-true", ordered(**data_disk(DeleteWithInstance=True)), disks, GONE, GONE),
    Thing("data-disk-default", ordered(**data_disk()), disks, GONE, GONE),
    Thing("data-disk-false", ordered(**data_disk(DeleteWithInstance=False)), disks, KEPT, GONE),
    Thing(
        "subscription-data-disk-false",
        of_an_ended_subscription,
        disks,
        KEPT,
        GONE,
        {"TerminateSubscription": True},
    ),
    *(
        Thing(category, ordered(**data_disk(Category=category)), disks, GONE, GONE)
        for category in sorted(LOCAL | EPHEMERAL)
    ),
    Thing("data-disk-attached-later", attached_later, disks, KEPT, GONE),
    Thing("multi-attach-disk", lambda c: attached_later(c, MultiAttach="Enabled"), disks, KEPT, KEPT),
]
KEPT_INTERFACE = ["Secondary Available"]
OTHERS = [
    Thing("primary-ENI", states.running, interfaces, GONE, GONE),
    Thing("ENI-DeleteOnRelease-true", with_interface(stays=False), interfaces, GONE, GONE),
    Thing("ENI-DeleteOnRelease-false", with_interface(True), interfaces, KEPT_INTERFACE, KEPT_INTERFACE),
    Thing("fixed-public-IP", ordered(InternetMaxBandwidthOut=5), addresses, GONE, GONE),
    Thing("key-pair", with_key_pair, deleted_key_pair, ["200"], ["200"]),
    Thing("tags", ordered(**{"Tag.1.Key": "role"}), tagged, GONE, GONE),
    Thing("security-group", states.running, deleted_group, ["200"], ["200"]),
]


@pytest.mark.parametrize("column", ["normal", "security-lock"])
@pytest.mark.parametrize("thing", [*DISKS, *OTHERS], ids=lambda thing: thing.name)
def test_what_becomes_of(cloud: Cloud, thing: Thing, column: str) -> None:
    instance = thing.make(cloud)
    if column == "security-lock":
        cloud.event(lock=[instance, "security"])
    cloud.good("DeleteInstance", {"InstanceId": instance, "Force": True, **(thing.order or {})})
    before = cloud.disks()
    cloud.advance("PT2S")
    # Nothing goes before the instance does.
    assert {row["Status"] for row in before} == {"In_use"}
    assert list(thing.left(cloud)) == (thing.normal if column == "normal" else thing.locked)
    # History alone still speaks of it.
    state = cloud.http.get("/_emulator/state").json()
    assert instance not in json.dumps({**state, "instance_events": {}})


def test_a_flag_that_is_set_under_a_security_lock_is_taken_and_ignored(cloud: Cloud) -> None:
    instance = states.locked(ordered(**data_disk()))(cloud)
    for disk in cloud.disks(InstanceId=instance):
        cloud.good("ModifyDiskAttribute", {"DiskId": disk["DiskId"], "DeleteWithInstance": False})
    assert not any(disk["DeleteWithInstance"] for disk in cloud.disks())
    cloud.good("DeleteInstance", {"InstanceId": instance, "Force": True})
    cloud.advance("PT2S")
    assert cloud.disks() == []


def test_a_lock_that_is_lifted_in_time_spares_the_disk(cloud: Cloud) -> None:
    instance = states.locked(ordered(**data_disk(DeleteWithInstance=False)))(cloud)
    cloud.event(unlock=[instance, "security"])
    cloud.good("DeleteInstance", {"InstanceId": instance, "Force": True})
    cloud.advance("PT2S")
    assert disks(cloud) == KEPT
