"""DescribeDisks, ModifyDiskAttribute, and attaching: filters, pages and refusals."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulator.cloud import Cloud, subscription

ZONE = "cn-hangzhou-b"


def make(cloud: Cloud, **fields: Any) -> str:
    order = {"ZoneId": ZONE, "DiskCategory": "cloud_essd", "Size": 40, **fields}
    disk = str(cloud.good("CreateDisk", order)["DiskId"])
    cloud.advance("PT1S")
    return disk


def of(cloud: Cloud, instance: str, kind: str) -> str:
    (disk,) = cloud.disks(InstanceId=instance, DiskType=kind)
    return str(disk["DiskId"])


def test_defaults(cloud: Cloud) -> None:
    lone, instance = make(cloud), cloud.run({"DataDisk.1.Size": 40})
    (row,) = cloud.disks(DiskIds=json.dumps([lone]))
    assert (row["DeleteWithInstance"], row["DiskChargeType"], row["Status"]) == (
        False,
        "PostPaid",
        "Available",
    )
    rows = cloud.disks(InstanceId=instance)
    assert [(row["Type"], row["DeleteWithInstance"], row["Device"]) for row in rows] == [
        ("system", True, "/dev/xvda"),
        ("data", True, "/dev/xvdb"),
    ]
    assert rows[0]["OperationLocks"] == {"OperationLock": []}


@pytest.mark.parametrize(
    ("reason", "filters", "found"),
    [
        ("no filter", {}, 3),
        ("by type", {"DiskType": "system"}, 1),
        ("all types", {"DiskType": "all"}, 3),
        ("by status", {"Status": "Available"}, 1),
        ("by category", {"Category": "cloud_essd"}, 1),
        ("by flag", {"DeleteWithInstance": True}, 2),
        ("by tag", {"Tag.1.Key": "a", "Tag.1.Value": "b"}, 1),
        ("filters add up", {"DiskType": "system", "Status": "Available"}, 0),
        ("no id is no disk", {"DiskIds": "[]"}, 0),
        ("an unknown id is no error", {"DiskIds": '["d-0"]'}, 0),
        ("an unknown instance is no error", {"InstanceId": "i-0"}, 0),
        ("no disk is locked", {"LockReason": "financial"}, 0),
    ],
)
def test_filters(cloud: Cloud, reason: str, filters: dict[str, Any], found: int) -> None:
    make(cloud, **{"Tag.1.Key": "a", "Tag.1.Value": "b"})
    cloud.run({"DataDisk.1.Size": 40})
    assert len(cloud.disks(**filters)) == found


@pytest.mark.parametrize(
    ("reason", "filters", "outcome"),
    [
        ("no region, in their spelling", {"RegionId": ""}, "400 MissingParamter.RegionId"),
        ("ids are JSON", {"DiskIds": "d-1"}, "400 InvalidParameter.DiskIds"),
        ("too many ids", {"DiskIds": json.dumps(["d-1"] * 101)}, "403 InvalidDiskIds.Malformed"),
        ("not disk ids", {"DiskIds": '["i-1"]'}, "404 InvalidDiskIds.ValueNotSupported"),
        ("no such status", {"Status": "Gone"}, "400 InvalidStatus.ValueNotSupported"),
        ("no such type", {"DiskType": "big"}, "400 InvalidDiskType.ValueNotSupported"),
        ("no such charge type", {"DiskChargeType": "Free"}, "404 InvalidDiskChargeType.NotFound"),
        ("no such lock", {"LockReason": "mood"}, "404 InvalidLockReason.NotFound"),
        ("no such filter", {"Filter.1.Key": "Mood"}, "404 InvalidFilterKey.NotFound"),
        ("a tag without a key", {"Tag.1.Value": "b"}, "400 InvalidTag.Mismatch"),
        ("a dry run", {"DryRun": True}, "400 DryRunOperation"),
    ],
)
def test_describe_refuses(cloud: Cloud, reason: str, filters: dict[str, Any], outcome: str) -> None:
    assert cloud.call("DescribeDisks", filters).outcome == outcome


def test_pages_hold_10_to_500(cloud: Cloud) -> None:
    for _ in range(23):
        make(cloud)
    seen: list[str] = []
    token = ""
    for expected in (10, 10, 3):
        page = cloud.good("DescribeDisks", {"MaxResults": 1, "NextToken": token})
        assert len(page["Disks"]["Disk"]) == expected
        seen += [row["DiskId"] for row in page["Disks"]["Disk"]]
        token = page["NextToken"]
    assert len(set(seen)) == 23
    assert token == ""
    assert len(cloud.disks(MaxResults=1000)) == 23
    last = cloud.good("DescribeDisks", {"PageNumber": 3, "PageSize": 10})
    assert (len(last["Disks"]["Disk"]), last["TotalCount"]) == (3, 23)


@pytest.mark.parametrize(
    ("reason", "category", "flag", "outcome"),
    [
        ("a local disk cannot stay", "local_ssd_pro", False, "403 DiskNotPortable"),
        ("an ephemeral disk cannot stay", "elastic_ephemeral_disk_standard", False, "403 DiskNotPortable"),
        ("a local disk may be told to go", "local_ssd_pro", True, "200"),
        ("an ESSD may stay", "cloud_essd", False, "200"),
    ],
)
def test_who_may_stay(cloud: Cloud, reason: str, category: str, flag: bool, outcome: str) -> None:
    instance = cloud.run({"DataDisk.1.Size": 40, "DataDisk.1.Category": category})
    change = {"DiskId": of(cloud, instance, "data"), "DeleteWithInstance": flag}
    assert cloud.call("ModifyDiskAttribute", change).outcome == outcome


@pytest.mark.parametrize(
    ("reason", "order", "outcome"),
    [
        ("basic disk of a subscription", {"DataDisk.1.Category": "cloud"}, "403 DiskNotPortable"),
        ("ESSD of a subscription", {"DataDisk.1.Category": "cloud_essd"}, "200"),
    ],
)
def test_disks_of_a_subscription(cloud: Cloud, reason: str, order: dict[str, Any], outcome: str) -> None:
    instance = cloud.run({**subscription(), "DataDisk.1.Size": 40, **order})
    change = {"DiskId": of(cloud, instance, "data"), "DeleteWithInstance": False}
    assert cloud.call("ModifyDiskAttribute", change).outcome == outcome


def test_flags_that_conflict(cloud: Cloud) -> None:
    shared = make(cloud, MultiAttach="Enabled")
    system = of(cloud, cloud.run({"ImageId": "marketplace-wordpress"}), "system")
    for disk in (shared, system):
        answer = cloud.call("ModifyDiskAttribute", {"DiskId": disk, "DeleteWithInstance": False})
        assert answer.outcome == "403 DeleteWithInstance.Conflict"


def test_many_disks_change_together_or_not_at_all(cloud: Cloud) -> None:
    instance = cloud.run(
        {"DataDisk.1.Size": 40, "DataDisk.2.Size": 40, "DataDisk.2.Category": "ephemeral_ssd"}
    )
    ids = [row["DiskId"] for row in cloud.disks(InstanceId=instance)]
    many = {f"DiskIds.{index}": disk for index, disk in enumerate(ids, 1)}
    refused = cloud.call(
        "ModifyDiskAttribute", {**many, "DeleteWithInstance": False, "DeleteAutoSnapshot": False}
    )
    assert refused.outcome == "403 DiskNotPortable"
    assert all(row["DeleteWithInstance"] and row["DeleteAutoSnapshot"] for row in cloud.disks())
    cloud.good("ModifyDiskAttribute", {**many, "DeleteAutoSnapshot": False})
    assert not any(row["DeleteAutoSnapshot"] for row in cloud.disks())


@pytest.mark.parametrize(
    ("reason", "change", "outcome"),
    [
        ("neither", {"DeleteWithInstance": True}, "400 MissingParameter.DiskIdOrDiskIds"),
        ("both", {"DiskId": "d-1", "DiskIds.1": "d-2"}, "400 ParameterConflict.DiskIdAndDiskIds"),
        ("nothing to do", {"DiskId": "d-1"}, "400 NoAttributeToModify"),
        ("unknown", {"DiskId": "d-1", "DeleteWithInstance": True}, "404 InvalidDiskId.NotFound"),
    ],
)
def test_modify_refuses(cloud: Cloud, reason: str, change: dict[str, Any], outcome: str) -> None:
    assert cloud.call("ModifyDiskAttribute", change).outcome == outcome


def test_attach_detach_delete(cloud: Cloud) -> None:
    instance, disk = cloud.run(), make(cloud)
    pair = {"InstanceId": instance, "DiskId": disk}
    cloud.good("AttachDisk", {**pair, "DeleteWithInstance": True})
    cloud.advance("PT1S")
    assert cloud.call("AttachDisk", pair).outcome == "403 IncorrectDiskStatus"
    assert cloud.call("DeleteDisk", {"DiskId": disk}).outcome == "403 IncorrectDiskStatus"
    system = {**pair, "DiskId": of(cloud, instance, "system")}
    assert cloud.call("DetachDisk", system).outcome == "403 DiskTypeViolation"
    cloud.good("DetachDisk", pair)
    cloud.advance("PT1S")
    cloud.good("DeleteDisk", {"DiskId": disk})
    assert cloud.call("DeleteDisk", {"DiskId": disk}).outcome == "404 InvalidDiskId.NotFound"


@pytest.mark.parametrize(
    ("reason", "lock", "attach", "detach"),
    [
        ("security", "security", "403 InstanceLockedForSecurity", "403 InstanceLockedForSecurity"),
        ("arrears", "financial", "403 InstanceExpiredOrInArrears", "200"),
    ],
)
def test_locks(cloud: Cloud, reason: str, lock: str, attach: str, detach: str) -> None:
    instance, disk = cloud.run({"DataDisk.1.Size": 40}), make(cloud)
    held = of(cloud, instance, "data")
    cloud.event(lock=[instance, lock])
    assert cloud.call("AttachDisk", {"InstanceId": instance, "DiskId": disk}).outcome == attach
    assert cloud.call("DetachDisk", {"InstanceId": instance, "DiskId": held}).outcome == detach
    assert cloud.call("ModifyDiskAttribute", {"DiskId": held, "DeleteWithInstance": False}).status == 200
