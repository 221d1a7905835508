"""Snapshots, groups and automatic policies over time, and what of them outlives a release."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulator.cloud import Cloud


def disk_of(cloud: Cloud, instance: str, kind: str = "system") -> str:
    (disk,) = [row["DiskId"] for row in cloud.disks(InstanceId=instance) if row["Type"] == kind]
    return str(disk)


def with_data(**more: Any) -> dict[str, Any]:
    return {"DataDisk.1.Size": 40, "DataDisk.1.Category": "cloud_essd", **more}


def snapshots(cloud: Cloud, **filters: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = cloud.good("DescribeSnapshots", filters)["Snapshots"]["Snapshot"]
    return rows


def taken(cloud: Cloud, disk: str, **more: Any) -> str:
    identifier = str(cloud.good("CreateSnapshot", {"DiskId": disk, **more})["SnapshotId"])
    cloud.advance("PT2S")
    return identifier


def test_a_snapshot_makes_progress_and_is_accomplished(cloud: Cloud) -> None:
    disk = disk_of(cloud, cloud.run())
    made = cloud.good("CreateSnapshot", {"DiskId": disk, "SnapshotName": "before", "RetentionDays": 2})
    seen = []
    for _ in range(3):
        (row,) = snapshots(cloud, SnapshotIds=json.dumps([made["SnapshotId"]]))
        seen.append((row["Status"], row["Progress"], row["Available"]))
        cloud.advance("PT1S")
    assert seen == [
        ("progressing", "0%", False),
        ("progressing", "50%", False),
        ("accomplished", "100%", True),
    ]
    assert (row["SourceDiskId"], row["SnapshotType"], row["SourceDiskSize"]) == (disk, "user", "40")
    cloud.advance("P3D")
    assert snapshots(cloud) == []


REFUSED: list[tuple[str, str]] = [
    ("unknown disk", "404 InvalidDiskId.NotFound"),
    ("never attached", "403 IncorrectDiskStatus.NeverAttached"),
    ("another is being taken", "403 IncorrectDiskStatus.CreatingSnapshot"),
    ("security lock", "403 InstanceLockedForSecurity"),
    ("local disk", "400 DiskCategory.OperationNotSupported"),
    ("a name of policies", "400 InvalidSnapshotName.Malformed"),
    ("arrears", "403 InvalidAccountStatus.NotEnoughBalance"),
    ("no retention", "400 InvalidParameter"),
]


@pytest.mark.parametrize(("case", "outcome"), REFUSED, ids=[case for case, _ in REFUSED])
def test_create_snapshot_refuses(cloud: Cloud, case: str, outcome: str) -> None:
    local = case == "local disk"
    instance = cloud.run({"SystemDisk.Category": "ephemeral_ssd"} if local else {})
    order: dict[str, Any] = {"DiskId": disk_of(cloud, instance)}
    if case == "unknown disk":
        order["DiskId"] = "d-nothing"
    elif case == "never attached":
        fresh = {"Size": 40, "ZoneId": "cn-hangzhou-b", "DiskCategory": "cloud_essd"}
        order["DiskId"] = cloud.good("CreateDisk", fresh)["DiskId"]
        cloud.advance("PT1S")
    elif case == "another is being taken":
        cloud.good("CreateSnapshot", order)
    elif case == "security lock":
        cloud.event(lock=[instance, "security"])
    elif case == "a name of policies":
        order["SnapshotName"] = "auto-mine"
    elif case == "arrears":
        cloud.event(overdue=True)
    elif case == "no retention":
        order["RetentionDays"] = 0
    before = snapshots(cloud)
    assert cloud.call("CreateSnapshot", order).outcome == outcome
    assert snapshots(cloud) == before


def test_a_snapshot_can_fail(cloud: Cloud) -> None:
    made = cloud.good("CreateSnapshot", {"DiskId": disk_of(cloud, cloud.run())})["SnapshotId"]
    cloud.event(fail=made)
    cloud.advance("PT1H")
    (row,) = snapshots(cloud, Status="failed")
    assert (row["SnapshotId"], row["Available"]) == (made, False)


def test_describe_snapshots_by_instance_disk_and_kind(cloud: Cloud) -> None:
    first, second = cloud.run(with_data()), cloud.run()
    ids = {
        name: taken(cloud, disk_of(cloud, *place))
        for name, place in {"system": (first,), "data": (first, "data"), "other": (second,)}.items()
    }

    def found(**filters: Any) -> set[str]:
        return {row["SnapshotId"] for row in snapshots(cloud, **filters)}

    assert found(InstanceId=first) == {ids["system"], ids["data"]}
    assert found(DiskId=disk_of(cloud, second)) == {ids["other"]}
    assert found(InstanceId=first, SourceDiskType="data") == {ids["data"]}
    assert found(SnapshotType="auto") == set()
    assert found(SnapshotIds='["s-nothing"]') == set()


def test_describe_snapshots_in_pages(cloud: Cloud) -> None:
    disk = disk_of(cloud, cloud.run())
    made = [taken(cloud, disk) for _ in range(12)]
    first = cloud.good("DescribeSnapshots", {"MaxResults": 10})
    rest = cloud.good("DescribeSnapshots", {"MaxResults": 10, "NextToken": first["NextToken"]})
    rows = [*first["Snapshots"]["Snapshot"], *rest["Snapshots"]["Snapshot"]]
    assert ([row["SnapshotId"] for row in rows], rest["NextToken"]) == (made, "")


def test_a_snapshot_is_renamed_and_deleted(cloud: Cloud) -> None:
    made = taken(cloud, disk_of(cloud, cloud.run()))
    cloud.good("ModifySnapshotAttribute", {"SnapshotId": made, "SnapshotName": "kept", "Description": "d"})
    (row,) = snapshots(cloud)
    assert (row["SnapshotName"], row["Description"]) == ("kept", "d")
    cloud.good("DeleteSnapshot", {"SnapshotId": made})
    assert cloud.call("DeleteSnapshot", {"SnapshotId": made}).outcome == "404 InvalidSnapshotId.NotFound"


def test_a_snapshot_that_something_was_made_of(cloud: Cloud) -> None:
    made = taken(cloud, disk_of(cloud, cloud.run()))
    place = {"ZoneId": "cn-hangzhou-b", "DiskCategory": "cloud_essd", "SnapshotId": made}
    cloud.good("CreateDisk", place)
    assert cloud.call("DeleteSnapshot", {"SnapshotId": made}).outcome == "403 SnapshotCreatedDisk"
    image = cloud.good("CreateImage", {"SnapshotId": made})["ImageId"]
    outcome = cloud.call("DeleteSnapshot", {"SnapshotId": made, "Force": True}).outcome
    assert outcome == "403 SnapshotCreatedImage"
    cloud.advance("PT2S")
    cloud.good("DeleteImage", {"ImageId": image, "Force": True})
    cloud.good("DeleteSnapshot", {"SnapshotId": made, "Force": True})


def released(cloud: Cloud, instance: str) -> None:
    cloud.good("DeleteInstance", {"InstanceId": instance, "Force": True})
    cloud.advance("PT5S")


def applied_policy(cloud: Cloud, *disks: str, **more: Any) -> str:
    order = {"timePoints": '["19"]', "repeatWeekdays": '["1","2","3","4","5","6","7"]', "retentionDays": 7}
    made = cloud.good("CreateAutoSnapshotPolicy", {"regionId": "cn-hangzhou", **order, **more})
    policy = str(made["AutoSnapshotPolicyId"])
    cloud.good("ApplyAutoSnapshotPolicy", {"autoSnapshotPolicyId": policy, "diskIds": json.dumps(disks)})
    return policy


def test_a_policy_takes_snapshots_at_its_hour_of_china_and_keeps_them_for_its_days(cloud: Cloud) -> None:
    disk = disk_of(cloud, cloud.run())
    applied_policy(cloud, disk)
    cloud.control("clock", {"set": "2026-06-15T10:59:59Z"})
    assert snapshots(cloud) == []
    cloud.advance("PT10S")
    (row,) = snapshots(cloud)
    assert (row["SnapshotType"], row["SourceDiskId"], row["Status"]) == ("auto", disk, "accomplished")
    cloud.advance("P3D")
    assert len(snapshots(cloud)) == 4
    cloud.advance("P30D")
    assert len(snapshots(cloud, MaxResults=100)) == 7


@pytest.mark.parametrize(
    ("flags", "left"),
    [
        ({"DeleteAutoSnapshot": True}, {"manual"}),
        ({"DeleteAutoSnapshot": False}, {"manual", "automatic"}),
        ({"DeleteAutoSnapshot": True, "DeleteWithInstance": False}, {"manual", "automatic"}),
    ],
    ids=["go with the disk", "outlive it", "the disk is kept"],
)
def test_what_of_a_disks_snapshots_outlives_the_release(
    cloud: Cloud, flags: dict[str, Any], left: set[str]
) -> None:
    instance = cloud.run(with_data())
    disk = disk_of(cloud, instance, "data")
    cloud.good("ModifyDiskAttribute", {"DiskId": disk, "DeleteWithInstance": True, **flags})
    applied_policy(cloud, disk)
    cloud.control("clock", {"set": "2026-06-15T11:00:10Z"})
    manual = taken(cloud, disk)
    kinds = {"automatic" if row["SnapshotType"] == "auto" else "manual" for row in snapshots(cloud)}
    assert kinds == {"manual", "automatic"}
    released(cloud, instance)
    rows = snapshots(cloud)
    assert {"automatic" if row["SnapshotType"] == "auto" else "manual" for row in rows} == left
    assert manual in {row["SnapshotId"] for row in rows}


def test_a_policy_is_shown_as_text_changed_and_deleted(cloud: Cloud) -> None:
    disk = disk_of(cloud, cloud.run())
    policy = applied_policy(cloud, disk, autoSnapshotPolicyName="nightly")
    rows = cloud.good("DescribeAutoSnapshotPolicyEx", {"AutoSnapshotPolicyId": policy})
    (row,) = rows["AutoSnapshotPolicies"]["AutoSnapshotPolicy"]
    assert (row["TimePoints"], row["Status"], row["DiskNums"]) == ('["19"]', "Normal", 1)
    order = {"autoSnapshotPolicyId": policy, "timePoints": "[1, 2]", "retentionDays": -1}
    cloud.good("ModifyAutoSnapshotPolicyEx", order)
    cloud.good("CancelAutoSnapshotPolicy", {"diskIds": json.dumps([disk])})
    rows = cloud.good("DescribeAutoSnapshotPolicyEx", {"AutoSnapshotPolicyId": policy})
    (row,) = rows["AutoSnapshotPolicies"]["AutoSnapshotPolicy"]
    assert (row["TimePoints"], row["RetentionDays"], row["DiskNums"]) == ('["1", "2"]', -1, 0)
    cloud.good("DeleteAutoSnapshotPolicy", {"autoSnapshotPolicyId": policy})
    gone = cloud.call("DeleteAutoSnapshotPolicy", {"autoSnapshotPolicyId": policy}).outcome
    assert gone == "404 ParameterInvalid"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"timePoints": '["24"]'}, "ParameterInvalid"),
        ({"timePoints": "19"}, "ParameterInvalid"),
        ({"repeatWeekdays": '["0"]'}, "ParameterInvalid"),
        ({"retentionDays": 0}, "ParameterInvalid"),
        ({"retentionDays": ""}, "MissingParameter"),
    ],
)
def test_a_policy_without_sense_is_refused(cloud: Cloud, change: dict[str, Any], code: str) -> None:
    order = {"timePoints": '["1"]', "repeatWeekdays": '["1"]', "retentionDays": 7, **change}
    assert cloud.call("CreateAutoSnapshotPolicy", {"regionId": "cn-hangzhou", **order}).code == code


def test_a_group_is_complete_when_its_snapshots_are(cloud: Cloud) -> None:
    instance = cloud.run(with_data())
    group = cloud.good("CreateSnapshotGroup", {"InstanceId": instance, "Name": "both"})["SnapshotGroupId"]

    def shown() -> dict[str, Any]:
        rows = cloud.good("DescribeSnapshotGroups", {"SnapshotGroupId.1": group})
        (row,) = rows["SnapshotGroups"]["SnapshotGroup"]
        return dict(row)

    assert (shown()["Status"], len(shown()["Snapshots"]["Snapshot"])) == ("progressing", 2)
    cloud.advance("PT2S")
    assert shown()["Status"] == "accomplished"
    cloud.good("ModifySnapshotGroup", {"SnapshotGroupId": group, "Description": "nightly"})
    assert shown()["Description"] == "nightly"
    cloud.good("DeleteSnapshotGroup", {"SnapshotGroupId": group})
    assert snapshots(cloud) == []


def test_a_group_names_disks_or_leaves_some_out_and_not_both(cloud: Cloud) -> None:
    instance = cloud.run(with_data())
    system, data = disk_of(cloud, instance), disk_of(cloud, instance, "data")
    both = {"InstanceId": instance, "DiskId.1": system, "ExcludeDiskId.1": data}
    assert cloud.call("CreateSnapshotGroup", both).outcome == "400 InvalidParameter"
    assert cloud.call("CreateSnapshotGroup", {}).outcome == "400 MissingParameter"
    cloud.good("CreateSnapshotGroup", {"InstanceId": instance, "ExcludeDiskId.1": data})
    assert [row["SourceDiskId"] for row in snapshots(cloud)] == [system]
