"""Disks on the clock: created, attached, detached, set back, replaced, bought for a subscription."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulator.cloud import Cloud, subscription
from tests.emulator.test_snapshots import disk_of, snapshots, taken, with_data

ZONE = "cn-hangzhou-b"


def shown(cloud: Cloud, disk: str) -> dict[str, Any]:
    (row,) = cloud.disks(DiskIds=json.dumps([disk]))
    return row


def made(cloud: Cloud, **fields: Any) -> str:
    order = {"ZoneId": ZONE, "DiskCategory": "cloud_essd", "Size": 40, **fields}
    return str(cloud.good("CreateDisk", order)["DiskId"])


def test_a_disk_is_created_attached_and_detached_a_little_later(cloud: Cloud) -> None:
    instance, disk = cloud.run(), made(cloud)
    pair = {"DiskId": disk, "InstanceId": instance}
    seen = []

    def look() -> None:
        row = shown(cloud, disk)
        found = len(cloud.disks(InstanceId=instance, DiskType="data"))
        seen.append((row["Status"], row["InstanceId"] == instance, row["Device"], found))

    for action in ("", "AttachDisk", "DetachDisk"):
        if action:
            cloud.good(action, pair)
        look()
        cloud.advance("PT1S")
        look()
    assert seen == [
        ("Creating", False, "", 0),
        ("Available", False, "", 0),
        ("Attaching", False, "/dev/xvdb", 0),
        ("In_use", True, "/dev/xvdb", 1),
        ("Detaching", True, "/dev/xvdb", 1),
        ("Available", False, "", 0),
    ]
    row = shown(cloud, disk)
    assert (row["AttachedTime"], row["DetachedTime"]) == ("2026-06-15T10:00:04Z", "2026-06-15T10:00:05Z")


def test_without_seconds_all_is_at_once(cloud: Cloud) -> None:
    cloud.control("settings", {"disk_seconds": 0})
    instance, disk = cloud.run(), made(cloud)
    cloud.good("AttachDisk", {"DiskId": disk, "InstanceId": instance})
    assert shown(cloud, disk)["Status"] == "In_use"
    cloud.good("DetachDisk", {"DiskId": disk, "InstanceId": instance})
    assert shown(cloud, disk)["Status"] == "Available"


@pytest.mark.parametrize(("action", "kept"), [("AttachDisk", False), ("DetachDisk", True)])
def test_a_disk_on_its_way_when_the_instance_goes(cloud: Cloud, action: str, kept: bool) -> None:
    instance = cloud.run(with_data())
    disk = disk_of(cloud, instance, "data") if action == "DetachDisk" else made(cloud)
    cloud.advance("PT1S")
    cloud.control("settings", {"disk_seconds": 60, "release_seconds": 1})
    cloud.good(action, {"DiskId": disk, "InstanceId": instance, "DeleteWithInstance": True})
    cloud.good("DeleteInstance", {"InstanceId": instance, "Force": True})
    cloud.advance("PT5M")
    left = {row["DiskId"]: row["Status"] for row in cloud.disks()}
    assert left.get(disk) == ("Available" if kept else None)


def test_attaching_without_the_flag_keeps_the_disk(cloud: Cloud) -> None:
    instance, disk = cloud.run(), made(cloud)
    cloud.advance("PT1S")
    cloud.good("ModifyDiskAttribute", {"DiskId": disk, "DeleteWithInstance": True})
    cloud.good("AttachDisk", {"DiskId": disk, "InstanceId": instance})
    assert shown(cloud, disk)["DeleteWithInstance"] is False


def test_devices_are_given_in_order_and_reused(cloud: Cloud) -> None:
    instance = cloud.run()
    disks = [made(cloud) for _ in range(3)]
    cloud.advance("PT1S")
    for disk in disks[:2]:
        cloud.good("AttachDisk", {"DiskId": disk, "InstanceId": instance})
        cloud.advance("PT1S")
    cloud.good("DetachDisk", {"DiskId": disks[0], "InstanceId": instance})
    cloud.advance("PT1S")
    cloud.good("AttachDisk", {"DiskId": disks[2], "InstanceId": instance})
    rows = {row["DiskId"]: row["Device"] for row in cloud.disks()}
    assert [rows[disk] for disk in disks] == ["", "/dev/xvdc", "/dev/xvdb"]


def test_seventeen_disks_are_the_most(cloud: Cloud) -> None:
    cloud.control("settings", {"disk_seconds": 0})
    instance = cloud.run()
    outcomes = [
        cloud.call("AttachDisk", {"DiskId": made(cloud), "InstanceId": instance}).outcome for _ in range(17)
    ]
    assert set(outcomes[:16]) == {"200"}
    assert outcomes[16] == "403 InstanceDiskLimitExceeded"


@pytest.mark.parametrize(("asked", "size"), [({}, 60), ({"Size": 80}, 80), ({"Size": 20}, 60)])
def test_a_disk_of_a_snapshot_is_at_least_as_large(cloud: Cloud, asked: dict[str, Any], size: int) -> None:
    snapshot = taken(cloud, disk_of(cloud, cloud.run({"SystemDisk.Size": 60})))
    order = {"ZoneId": ZONE, "DiskCategory": "cloud_essd", "SnapshotId": snapshot, **asked}
    disk = str(cloud.good("CreateDisk", order)["DiskId"])
    assert (shown(cloud, disk)["Size"], shown(cloud, disk)["SourceSnapshotId"]) == (size, snapshot)
    (row,) = snapshots(cloud)
    assert row["Usage"] == "disk"
    cloud.advance("PT1S")
    cloud.good("DeleteDisk", {"DiskId": disk})
    (row,) = snapshots(cloud)
    assert row["Usage"] == "none"


def test_a_disk_for_a_subscription_is_paid_with_it(cloud: Cloud) -> None:
    instance = cloud.run(subscription())
    bought = cloud.good("CreateDisk", {"InstanceId": instance, "DiskCategory": "cloud_essd", "Size": 40})
    assert bought["OrderId"]
    cloud.advance("PT1S")
    row = shown(cloud, bought["DiskId"])
    assert row["ExpiredTime"] == cloud.instance(instance)["ExpiredTime"]
    assert (row["Status"], row["DiskChargeType"], row["Portable"]) == ("In_use", "PrePaid", False)
    assert (row["InstanceId"], row["Device"]) == (instance, "/dev/xvdb")
    order = {"InstanceId": instance, "DiskIds": json.dumps([bought["DiskId"]])}
    assert cloud.good("ModifyDiskChargeType", {**order, "DiskChargeType": "PostPaid"})["OrderId"]
    row = shown(cloud, bought["DiskId"])
    assert (row["ExpiredTime"], row["Portable"]) == ("2099-12-31T15:59Z", True)
    cloud.good("ModifyDiskChargeType", order)
    assert shown(cloud, bought["DiskId"])["DiskChargeType"] == "PrePaid"


def test_a_disk_becomes_larger_and_faster(cloud: Cloud) -> None:
    disk = made(cloud)
    cloud.advance("PT1S")
    assert "OrderId" not in cloud.good("ResizeDisk", {"DiskId": disk, "NewSize": 500})
    assert "TaskId" not in cloud.good("ModifyDiskSpec", {"DiskId": disk, "PerformanceLevel": "PL2"})
    row = shown(cloud, disk)
    assert (row["Size"], row["PerformanceLevel"]) == (500, "PL2")
    change = {"DiskId": disk, "DiskCategory": "cloud_auto", "ProvisionedIops": 100}
    assert cloud.good("ModifyDiskSpec", change)["TaskId"]
    row = shown(cloud, disk)
    assert (row["Category"], row["PerformanceLevel"], row["ProvisionedIops"]) == ("cloud_auto", "", 100)


@pytest.mark.parametrize("action", ["ReInitDisk", "ResetDisk"])
def test_a_disk_is_set_back(cloud: Cloud, action: str) -> None:
    instance = cloud.stopped()
    disk = disk_of(cloud, instance)
    order: dict[str, Any] = {"DiskId": disk}
    if action == "ResetDisk":
        order["SnapshotId"] = taken(cloud, disk)
    cloud.good(action, order)
    assert shown(cloud, disk)["Status"] == "ReIniting"
    assert cloud.call(action, order).outcome == "403 IncorrectDiskStatus"
    cloud.advance("PT1S")
    assert (shown(cloud, disk)["Status"], cloud.instance(instance)["Status"]) == ("In_use", "Stopped")


def test_an_instance_may_start_when_its_disk_is_set_back(cloud: Cloud) -> None:
    instance = cloud.stopped()
    cloud.good("ReInitDisk", {"DiskId": disk_of(cloud, instance), "AutoStartInstance": True})
    assert cloud.instance(instance)["Status"] == "Stopped"
    cloud.advance("PT2S")
    assert cloud.instance(instance)["Status"] == "Running"


def test_a_disk_whose_source_is_gone_cannot_be_set_back(cloud: Cloud) -> None:
    instance = cloud.run(with_data())
    snapshot = taken(cloud, disk_of(cloud, instance, "data"))
    other = cloud.run({"DataDisk.1.SnapshotId": snapshot, "DataDisk.1.Category": "cloud_essd"})
    disk = disk_of(cloud, other, "data")
    cloud.good("DeleteSnapshot", {"SnapshotId": snapshot, "Force": True})
    cloud.good("StopInstance", {"InstanceId": other})
    cloud.advance("PT1S")
    assert cloud.call("ReInitDisk", {"DiskId": disk}).outcome == "403 InvalidSourceSnapshot"


def test_a_system_disk_is_replaced_and_takes_its_automatic_snapshots_along(cloud: Cloud) -> None:
    instance = cloud.run({"SystemDisk.Category": "cloud_essd", "SystemDisk.Size": 60})
    old = disk_of(cloud, instance)
    manual, policy = (
        taken(cloud, old),
        {"timePoints": '["19"]', "repeatWeekdays": '["1"]', "retentionDays": -1},
    )
    made_policy = cloud.good("CreateAutoSnapshotPolicy", {"regionId": "cn-hangzhou", **policy})
    applied = {"autoSnapshotPolicyId": made_policy["AutoSnapshotPolicyId"], "diskIds": json.dumps([old])}
    cloud.good("ApplyAutoSnapshotPolicy", applied)
    cloud.control("clock", {"set": "2026-06-15T11:00:10Z"})
    assert len(snapshots(cloud)) == 2
    cloud.good("StopInstance", {"InstanceId": instance})
    cloud.advance("PT1S")
    image = "debian_12_x64_20G_alibase_20260110.vhd"
    new = cloud.good("ReplaceSystemDisk", {"InstanceId": instance, "ImageId": image})["DiskId"]
    assert shown(cloud, new)["Status"] == "Creating"
    cloud.advance("PT1S")
    (row,) = cloud.disks(InstanceId=instance)
    kept = {"DiskId": new, "Type": "system", "Category": "cloud_essd", "Size": 40, "DeleteWithInstance": True}
    assert {name: row[name] for name in kept} == kept
    assert (row["Status"], row["ImageId"], row["AutoSnapshotPolicyId"]) == ("In_use", image, "")
    assert cloud.instance(instance)["ImageId"] == image
    assert [one["SnapshotId"] for one in snapshots(cloud)] == [manual]
    (left,) = cloud.look("state")["auto_snapshot_policies"].values()
    assert left["DiskNums"] == 0


def test_who_owes_gets_no_disk(cloud: Cloud) -> None:
    cloud.event(overdue=True)
    order = {"ZoneId": ZONE, "Size": 40}
    assert cloud.call("CreateDisk", order).outcome == "403 InvalidAccountStatus.NotEnoughBalance"


def test_disks_are_found_by_the_time_they_were_made(cloud: Cloud) -> None:
    first = made(cloud)
    cloud.advance("PT1H")
    made(cloud)
    until = {"Filter.1.Key": "CreationEndTime", "Filter.1.Value": "2026-06-15T10:30Z"}
    assert [row["DiskId"] for row in cloud.disks(**until)] == [first]
