"""Images on the clock, and what instances made of them have."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulator.cloud import Cloud
from tests.emulator.test_images import images
from tests.emulator.test_snapshots import disk_of, snapshots, taken, with_data


def own(cloud: Cloud) -> dict[str, Any]:
    (row,) = images(cloud, ImageOwnerAlias="self", Status="ALL")
    return row


def test_progress_goes_in_quarters_and_waits_for_the_snapshots(cloud: Cloud) -> None:
    cloud.control("settings", {"image_seconds": 4, "snapshot_seconds": 40})
    cloud.good("CreateImage", {"InstanceId": cloud.run()})
    seen = []
    for _ in range(5):
        seen.append((own(cloud)["Progress"], own(cloud)["Status"]))
        cloud.advance("PT10S")
    expected = [(f"{share}%", "Creating") for share in (0, 25, 50, 75)]
    assert seen == [*expected, ("100%", "Available")]


def test_an_image_fails_with_its_snapshot(cloud: Cloud) -> None:
    cloud.good("CreateImage", {"InstanceId": cloud.run()})
    cloud.event(fail=snapshots(cloud)[0]["SnapshotId"])
    cloud.advance("PT5S")
    image = own(cloud)
    assert image["Status"] == "CreateFailed"
    cloud.good("DeleteImage", {"ImageId": image["ImageId"]})
    assert [row["Usage"] for row in snapshots(cloud)] == ["none"]


def test_every_field_that_a_lookup_reads_is_there(cloud: Cloud) -> None:
    taken_of = cloud.run(with_data())
    cloud.good("CreateImage", {"InstanceId": taken_of, "ImageName": "golden", "Description": "of the day"})
    cloud.advance("PT5S")
    row = own(cloud)
    expected = {
        "ImageName": "golden",
        "Description": "of the day",
        "OSType": "linux",
        "OSName": "Ubuntu 24.04 64 bit",
        "Platform": "Ubuntu",
        "Architecture": "x86_64",
        "Size": 40,
        "ImageOwnerAlias": "self",
        "ImageOwnerId": 1000000000000001,
        "CreationTime": "2026-06-15T10:00:02Z",
        "Usage": "none",
        "IsPublic": False,
    }
    assert {name: row[name] for name in expected} == expected
    devices = row["DiskDeviceMappings"]["DiskDeviceMapping"]
    assert [(one["Device"], one["Type"], one["Size"]) for one in devices] == [
        ("/dev/xvda", "system", "40"),
        ("/dev/xvdb", "data", "40"),
    ]


def test_an_image_of_several_snapshots(cloud: Cloud) -> None:
    instance = cloud.run(with_data())
    system, data = taken(cloud, disk_of(cloud, instance)), taken(cloud, disk_of(cloud, instance, "data"))
    order = {
        "DiskDeviceMapping.1.SnapshotId": data,
        "DiskDeviceMapping.1.Size": 100,
        "DiskDeviceMapping.2.SnapshotId": system,
        "DiskDeviceMapping.3.Size": 20,
        "DiskDeviceMapping.3.Device": "/dev/xvdb",
        "Platform": "Windows Server 2022",
    }
    cloud.good("CreateImage", order)
    cloud.advance("PT5S")
    row = own(cloud)
    devices = row["DiskDeviceMappings"]["DiskDeviceMapping"]
    assert [(one["Device"], one["SnapshotId"], one["Size"]) for one in devices] == [
        ("/dev/xvda", system, "40"),
        ("/dev/xvdc", data, "100"),
        ("/dev/xvdb", "", "20"),
    ]
    assert row["OSType"] == "windows"


def test_an_instance_has_the_disks_of_its_image(cloud: Cloud) -> None:
    first = cloud.run(with_data())
    image = cloud.good("CreateImage", {"InstanceId": first})["ImageId"]
    cloud.advance("PT5S")
    made = cloud.run({"ImageId": image})
    rows = cloud.disks(InstanceId=made)
    assert [(row["Type"], row["Device"], row["DeleteWithInstance"]) for row in rows] == [
        ("system", "/dev/xvda", True),
        ("data", "/dev/xvdb", True),
    ]
    sources = {row["SourceSnapshotId"] for row in rows}
    assert sources == {row["SnapshotId"] for row in snapshots(cloud)}
    assert {row["Usage"] for row in snapshots(cloud)} == {"image_disk"}
    assert own(cloud)["Usage"] == "instance"
    other = {"DataDisk.1.Size": 80, "DataDisk.1.Device": "/dev/xvdb"}
    sizes = [row["Size"] for row in cloud.disks(InstanceId=cloud.run({"ImageId": image, **other}))]
    assert sizes == [40, 80]


def test_an_instance_shows_the_system_of_its_image(cloud: Cloud) -> None:
    windows = "win2022_21H2_x64_dtc_en-us_40G_alibase_20260105.vhd"
    instance = cloud.run({"ImageId": windows})
    row = cloud.instance(instance)
    assert (row["OSType"], row["OSName"]) == ("windows", "Windows Server 2022 Datacenter 64 bit")
    # What was shown while it ran is sent back by some.
    cloud.good("StopInstance", {"InstanceId": instance, "StoppedMode": row["StoppedMode"]})
    cloud.advance("PT1S")
    other = "anolis_8_x64_20G_alibase_20250101.vhd"
    cloud.good("ReplaceSystemDisk", {"InstanceId": instance, "ImageId": other})
    assert cloud.instance(instance)["OSName"] == "Anolis 64 bit"
    image = cloud.good("CreateImage", {"InstanceId": cloud.run({"ImageId": windows})})["ImageId"]
    cloud.advance("PT5S")
    assert own(cloud)["Platform"] == "Windows Server 2022"
    assert cloud.instance(cloud.run({"ImageId": image}))["OSType"] == "windows"


def test_a_deprecated_image_is_hidden_and_can_be_used(cloud: Cloud) -> None:
    image = cloud.good("CreateImage", {"InstanceId": cloud.run()})["ImageId"]
    cloud.advance("PT5S")
    cloud.good("ModifyImageAttribute", {"ImageId": image, "Status": "Deprecated", "ImageName": "old-one"})
    assert images(cloud, ImageOwnerAlias="self") == []
    assert own(cloud)["ImageName"] == "old-one"
    cloud.run({"ImageId": image})
    cloud.good("ModifyImageAttribute", {"ImageId": image, "Status": "Available"})
    assert len(images(cloud, ImageOwnerAlias="self")) == 1


FILTERS: list[tuple[str, dict[str, Any], int]] = [
    ("by id, in a list", {"ImageId": "ubuntu_24_04_x64_20G_alibase_20260101.vhd,m-0"}, 1),
    ("by pattern", {"ImageName": "ubuntu_*"}, 2),
    ("by machine", {"Architecture": "arm64"}, 0),
    ("in use", {"Usage": "instance"}, 1),
    (
        "before any of this year",
        {"Filter.1.Key": "CreationEndTime", "Filter.1.Value": "2025-12-31T00:00Z"},
        1,
    ),
    ("of the community", {"IsPublic": True, "ImageOwnerAlias": "others"}, 0),
    ("in any status", {"Status": "ALL", "PageSize": 100}, 5),
    ("the second page", {"PageSize": 2, "PageNumber": 3}, 1),
]


@pytest.mark.parametrize(("case", "filters", "found"), FILTERS, ids=[case for case, _, _ in FILTERS])
def test_images_are_found(cloud: Cloud, case: str, filters: dict[str, Any], found: int) -> None:
    cloud.run()
    assert len(images(cloud, **filters)) == found


def test_who_owes_gets_no_image_and_no_policy(cloud: Cloud) -> None:
    instance = cloud.run()
    cloud.event(overdue=True)
    outcome = "403 InvalidAccountStatus.NotEnoughBalance"
    policy = {"regionId": "cn-hangzhou", "timePoints": '["1"]', "repeatWeekdays": '["1"]', "retentionDays": 1}
    assert cloud.call("CreateImage", {"InstanceId": instance}).outcome == outcome
    assert cloud.call("CreateAutoSnapshotPolicy", policy).outcome == outcome


KINDS = ("disk", "snapshot", "snapshotgroup", "snapshotpolicy", "image")


def test_all_that_is_stored_can_be_tagged_and_counted(cloud: Cloud) -> None:
    instance = cloud.run()
    disk = disk_of(cloud, instance)
    group = cloud.good("CreateSnapshotGroup", {"InstanceId": instance})["SnapshotGroupId"]
    cloud.advance("PT2S")
    policy = {"regionId": "cn-hangzhou", "timePoints": '["1"]', "repeatWeekdays": '["1"]', "retentionDays": 1}
    ids = {
        "disk": disk,
        "snapshotgroup": group,
        "snapshot": snapshots(cloud)[0]["SnapshotId"],
        "image": cloud.good("CreateImage", {"InstanceId": instance})["ImageId"],
        "snapshotpolicy": cloud.good("CreateAutoSnapshotPolicy", policy)["AutoSnapshotPolicyId"],
    }
    tag = {"Tag.1.Key": "team", "Tag.1.Value": "red"}
    for kind in KINDS:
        cloud.good("TagResources", {"ResourceType": kind, "ResourceId.1": ids[kind], **tag})
        found = cloud.good("ListTagResources", {"ResourceType": kind, **tag})["TagResources"]["TagResource"]
        assert [row["ResourceId"] for row in found] == [ids[kind]]
    (row,) = cloud.good("DescribeTags")["Tags"]["Tag"]
    counted = {name: number for name, number in row["ResourceTypeCount"].items() if number}
    assert counted == {"Disk": 1, "Snapshot": 1, "SnapshotPolicy": 1, "Image": 1}
    cloud.good("UntagResources", {"ResourceType": "image", "ResourceId.1": ids["image"], "TagKey.1": "team"})
    assert cloud.good("DescribeTags", {"ResourceId": ids["image"]})["Tags"]["Tag"] == []
    assert cloud.disks(**tag)[0]["Tags"] == {"Tag": [{"TagKey": "team", "TagValue": "red"}]}
    assert len(snapshots(cloud, **tag, SnapshotIds=json.dumps([ids["snapshot"]]))) == 1
