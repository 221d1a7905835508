"""Images over time, and disks that grow or get another category."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulator.cloud import Cloud
from tests.emulator.test_snapshots import disk_of, released, snapshots, with_data


def images(cloud: Cloud, **filters: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = cloud.good("DescribeImages", filters)["Images"]["Image"]
    return rows


def test_an_image_of_an_instance_is_available_after_its_snapshots(cloud: Cloud) -> None:
    instance = cloud.run(with_data())
    made = cloud.good("CreateImage", {"InstanceId": instance, "ImageName": "golden", "Tag.1.Key": "a"})
    image = made["ImageId"]
    assert images(cloud, ImageOwnerAlias="self") == []
    (row,) = images(cloud, ImageOwnerAlias="self", Status="Creating,Available")
    assert (row["Status"], row["Progress"]) == ("Creating", "0%")
    cloud.advance("PT2S")
    (row,) = images(cloud, **{"Tag.1.Key": "a"})
    devices = row["DiskDeviceMappings"]["DiskDeviceMapping"]
    assert (row["ImageId"], row["Progress"]) == (image, "100%")
    assert [device["Type"] for device in devices] == ["system", "data"]
    assert {one["SnapshotId"] for one in devices} == {one["SnapshotId"] for one in snapshots(cloud)}
    assert cloud.good("DescribeTags", {"ResourceType": "image", "ResourceId": image})["Tags"]["Tag"] != []
    released(cloud, instance)
    assert [one["ImageId"] for one in images(cloud, ImageOwnerAlias="self")] == [image]


IMAGE_REFUSED: list[tuple[str, str]] = [
    ("unknown instance", "404 InvalidInstanceId.NotFound"),
    ("unknown snapshot", "404 InvalidSnapshotId.NotFound"),
    ("nothing to make it of", "400 MissingParameter"),
    ("a name twice", "400 InvalidImageName.Duplicated"),
    ("a bad name", "400 InvalidImageName.Malformed"),
    ("an instance that stops", "400 IncorrectInstanceStatus"),
    ("security lock", "400 InstanceLockedForSecurity"),
]


@pytest.mark.parametrize(("case", "outcome"), IMAGE_REFUSED, ids=[case for case, _ in IMAGE_REFUSED])
def test_create_image_refuses(cloud: Cloud, case: str, outcome: str) -> None:
    instance = cloud.run()
    order: dict[str, Any] = {"InstanceId": instance, "ImageName": "golden"}
    if case == "unknown instance":
        order["InstanceId"] = "i-nothing"
    elif case == "unknown snapshot":
        order = {"SnapshotId": "s-nothing"}
    elif case == "nothing to make it of":
        order = {}
    elif case == "a name twice":
        cloud.good("CreateImage", order)
        cloud.advance("PT5S")
    elif case == "a bad name":
        order["ImageName"] = "acs:mine"
    elif case == "an instance that stops":
        cloud.good("StopInstance", {"InstanceId": instance})
    elif case == "security lock":
        cloud.event(lock=[instance, "security"])
    assert cloud.call("CreateImage", order).outcome == outcome


def test_system_images_are_everybodys_and_found_by_their_properties(cloud: Cloud) -> None:
    listed = images(cloud, ImageOwnerAlias="system", PageSize=100)
    assert {row["ImageOwnerAlias"] for row in listed} == {"system"}
    assert "ubuntu_24_04_x64_20G_alibase_20260101.vhd" in {row["ImageId"] for row in listed}
    assert {row["OSType"] for row in images(cloud, OSType="windows")} == {"windows"}
    assert images(cloud, ImageFamily="acs:debian_12_x64")[0]["Platform"] == "Debian"
    assert images(cloud, ImageOwnerAlias="others") == []


def test_an_image_in_use_is_deleted_with_force_only(cloud: Cloud) -> None:
    image = cloud.good("CreateImage", {"InstanceId": cloud.run()})["ImageId"]
    cloud.advance("PT2S")
    cloud.run({"ImageId": image})
    assert cloud.call("DeleteImage", {"ImageId": image}).outcome == "403 ImageUsingByInstance"
    cloud.good("DeleteImage", {"ImageId": image, "Force": True})
    assert cloud.call("DeleteImage", {"ImageId": image}).outcome == "404 InvalidImageId.NotFound"


RESIZE: list[tuple[dict[str, Any], str]] = [
    ({"NewSize": 60}, "200"),
    ({"NewSize": 60, "Type": "online"}, "200"),
    ({"NewSize": 40}, "403 InvalidDiskSize"),
    ({"NewSize": 20}, "403 InvalidDiskSize.TooSmall"),
    ({"NewSize": 2049}, "403 InvalidDiskSize.TooLarge"),
    ({"NewSize": 60, "Type": "hot"}, "400 InvalidParam.Type"),
    ({"NewSize": 60, "DiskId": "d-nothing"}, "404 InvalidDiskId.NotFound"),
]


@pytest.mark.parametrize(("order", "outcome"), RESIZE)
def test_a_disk_only_grows(cloud: Cloud, order: dict[str, Any], outcome: str) -> None:
    disk = disk_of(cloud, cloud.run())
    assert cloud.call("ResizeDisk", {"DiskId": disk, **order}).outcome == outcome
    (row,) = cloud.disks(DiskIds=json.dumps([disk]))
    assert row["Size"] == (60 if outcome == "200" else 40)


SPEC: list[tuple[dict[str, Any], str]] = [
    ({"PerformanceLevel": "PL0"}, "200"),
    ({"PerformanceLevel": "PL2"}, "403 OperationDenied.PerformanceLevelNotMatch"),
    ({"DiskCategory": "cloud_auto", "ProvisionedIops": 100}, "200"),
    ({"DiskCategory": "floppy"}, "400 InvalidDiskCategory.ValueNotSupported"),
    ({"DiskCategory": "elastic_ephemeral_disk_premium"}, "400 InvalidDiskCategory.ValueNotSupported"),
    ({"PerformanceLevel": "PL9"}, "400 InvalidPerformanceLevel.Malformed"),
    ({}, "400 MissingParameter"),
    ({"PerformanceLevel": "PL0", "DryRun": True}, "400 DryRunOperation"),
]


@pytest.mark.parametrize(("order", "outcome"), SPEC)
def test_a_disk_gets_another_category_or_level(cloud: Cloud, order: dict[str, Any], outcome: str) -> None:
    disk = disk_of(cloud, cloud.run({"SystemDisk.Category": "cloud_essd"}))
    before = cloud.disks(DiskIds=json.dumps([disk]))
    assert cloud.call("ModifyDiskSpec", {"DiskId": disk, **order}).outcome == outcome
    assert (cloud.disks(DiskIds=json.dumps([disk])) == before) is (outcome != "200")
