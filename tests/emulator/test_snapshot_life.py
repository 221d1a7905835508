"""Snapshots and policies on the clock: progress, retention, instant access, skipped hours, cut short."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulator.cloud import Cloud
from tests.emulator.test_snapshots import applied_policy, disk_of, released, snapshots, taken, with_data


def begun(cloud: Cloud, disk: str, **more: Any) -> str:
    return str(cloud.good("CreateSnapshot", {"DiskId": disk, **more})["SnapshotId"])


def test_progress_goes_in_quarters_of_a_time_that_may_depend_on_the_size(cloud: Cloud) -> None:
    cloud.control("settings", {"snapshot_seconds": 20, "snapshot_gib_seconds": 2})
    begun(cloud, disk_of(cloud, cloud.run()))
    seen = []
    for _ in range(5):
        (row,) = snapshots(cloud)
        seen.append((row["Progress"], row["RemainTime"], row["Status"]))
        cloud.advance("PT25S")
    assert seen == [
        ("0%", 100, "progressing"),
        ("25%", 75, "progressing"),
        ("50%", 50, "progressing"),
        ("75%", 25, "progressing"),
        ("100%", 0, "accomplished"),
    ]


def test_without_seconds_a_snapshot_is_there_at_once(cloud: Cloud) -> None:
    cloud.control("settings", {"snapshot_seconds": 0})
    begun(cloud, disk_of(cloud, cloud.run()))
    assert snapshots(cloud)[0]["Status"] == "accomplished"


def test_retention_counts_from_the_creation_and_only_grows(cloud: Cloud) -> None:
    made = taken(cloud, disk_of(cloud, cloud.run()), RetentionDays=2)
    change = {"SnapshotId": made, "RetentionDays": 1}
    assert cloud.call("ModifySnapshotAttribute", change).outcome == "400 InvalidRetentionDays.Malformed"
    cloud.advance("P1D")
    cloud.good("ModifySnapshotAttribute", {**change, "RetentionDays": 3})
    cloud.advance("PT47H")
    assert len(snapshots(cloud)) == 1
    cloud.advance("PT1H")
    assert snapshots(cloud) == []


def test_an_image_keeps_a_snapshot_past_its_retention(cloud: Cloud) -> None:
    made = taken(cloud, disk_of(cloud, cloud.run()), RetentionDays=1)
    cloud.good("CreateImage", {"SnapshotId": made})
    cloud.advance("P2D")
    (row,) = snapshots(cloud)
    assert (row["SnapshotId"], row["Usage"]) == (made, "image")


def test_instant_access_makes_it_available_and_ends_it(cloud: Cloud) -> None:
    disk = disk_of(cloud, cloud.run({"SystemDisk.Category": "cloud_essd"}))
    begun(cloud, disk, InstantAccess=True, InstantAccessRetentionDays=1, RetentionDays=9)
    (row,) = snapshots(cloud)
    assert (row["Status"], row["Available"], row["InstantAccess"]) == ("progressing", True, True)
    cloud.advance("P2D")
    assert snapshots(cloud) == []


def test_instant_access_can_be_given_up(cloud: Cloud) -> None:
    disk = disk_of(cloud, cloud.run({"SystemDisk.Category": "cloud_essd"}))
    made = begun(cloud, disk, InstantAccess=True, InstantAccessRetentionDays=1, RetentionDays=9)
    cloud.good("ModifySnapshotAttribute", {"SnapshotId": made, "DisableInstantAccess": True})
    cloud.advance("P2D")
    assert snapshots(cloud)[0]["InstantAccess"] is False


def test_a_snapshot_that_is_being_taken_can_be_cancelled(cloud: Cloud) -> None:
    disk = disk_of(cloud, cloud.run())
    cloud.good("DeleteSnapshot", {"SnapshotId": begun(cloud, disk)})
    assert snapshots(cloud) == []
    taken(cloud, disk)


def test_what_is_not_complete_when_the_disk_ends_is_lost(cloud: Cloud) -> None:
    instance = cloud.run(with_data())
    finished = taken(cloud, disk_of(cloud, instance))
    cloud.control("settings", {"snapshot_seconds": 60})
    image = cloud.good("CreateImage", {"InstanceId": instance})["ImageId"]
    released(cloud, instance)
    assert [row["SnapshotId"] for row in snapshots(cloud)] == [finished]
    cloud.advance("PT2M")
    state = cloud.look("state")
    assert state["images"][image]["Status"] == "CreateFailed"


def test_a_group_fails_with_the_disks(cloud: Cloud) -> None:
    instance = cloud.run(with_data())
    cloud.control("settings", {"snapshot_seconds": 60})
    group = cloud.good("CreateSnapshotGroup", {"InstanceId": instance})["SnapshotGroupId"]
    released(cloud, instance)
    (row,) = cloud.good("DescribeSnapshotGroups", {"SnapshotGroupId.1": group})["SnapshotGroups"][
        "SnapshotGroup"
    ]
    assert (row["Status"], row["Snapshots"]["Snapshot"]) == ("failed", [])


def test_a_group_lets_go_of_what_an_image_is_made_of(cloud: Cloud) -> None:
    instance = cloud.run(with_data())
    group = cloud.good("CreateSnapshotGroup", {"InstanceId": instance})["SnapshotGroupId"]
    cloud.advance("PT2S")
    system = disk_of(cloud, instance)
    (kept,) = [row["SnapshotId"] for row in snapshots(cloud, DiskId=system)]
    cloud.good("CreateImage", {"SnapshotId": kept})
    steps = cloud.good("DeleteSnapshotGroup", {"SnapshotGroupId": group})["OperationProgressSet"]
    told = {step["OperationStatus"]: step["ErrorCode"] for step in steps["OperationProgress"]}
    assert told == {"Success": "", "Failed": "SnapshotCreatedImage"}
    assert [row["SnapshotId"] for row in snapshots(cloud)] == [kept]
    assert cloud.look("state")["snapshot_groups"] == {}


HOURS = json.dumps([str(hour) for hour in range(24)])


def test_an_hour_is_skipped_while_a_snapshot_is_being_taken(cloud: Cloud) -> None:
    cloud.control("settings", {"snapshot_seconds": 4800})
    applied_policy(cloud, disk_of(cloud, cloud.run()), timePoints=HOURS)
    cloud.advance("PT5H30M")
    # Eighty minutes each: those of 11, 13 and 15 o'clock.
    assert [row["CreationTime"][11:16] for row in snapshots(cloud)] == ["11:00", "13:00", "15:00"]


@pytest.mark.parametrize(
    "why", ["the flag is off", "it is not in use", "nobody pays", "the policy is cancelled"]
)
def test_a_policy_passes_a_disk_over(cloud: Cloud, why: str) -> None:
    instance = cloud.run(with_data())
    disk = disk_of(cloud, instance, "data")
    policy = applied_policy(cloud, disk)
    if why == "the flag is off":
        cloud.good("ModifyDiskAttribute", {"DiskId": disk, "EnableAutoSnapshot": False})
    elif why == "it is not in use":
        cloud.good("DetachDisk", {"InstanceId": instance, "DiskId": disk})
    elif why == "nobody pays":
        cloud.event(overdue=True)
    else:
        cloud.good("CancelAutoSnapshotPolicy", {"diskIds": json.dumps([disk])})
    cloud.advance("P2D")
    assert snapshots(cloud) == []
    assert policy in cloud.look("state")["auto_snapshot_policies"]


def test_a_changed_policy_works_at_once_and_a_deleted_one_no_more(cloud: Cloud) -> None:
    disk = disk_of(cloud, cloud.run())
    policy = applied_policy(cloud, disk)
    change = {"autoSnapshotPolicyId": policy, "timePoints": '["20"]', "repeatWeekdays": '["2"]'}
    cloud.good("ModifyAutoSnapshotPolicyEx", change)
    cloud.advance("P2D")
    # Monday 18:00 there; Tuesday 20:00 is the only hour of two days.
    assert [row["CreationTime"] for row in snapshots(cloud)] == ["2026-06-16T12:00:00Z"]
    cloud.good("DeleteAutoSnapshotPolicy", {"autoSnapshotPolicyId": policy})
    cloud.advance("P14D")
    assert len(snapshots(cloud, MaxResults=100)) == 0
    assert cloud.disks()[0]["AutoSnapshotPolicyId"] == ""


def test_a_disk_has_one_policy(cloud: Cloud) -> None:
    disk = disk_of(cloud, cloud.run())
    first, second = applied_policy(cloud, disk), applied_policy(cloud, disk, autoSnapshotPolicyName="second")
    state = cloud.look("state")["auto_snapshot_policies"]
    assert [state[policy]["DiskNums"] for policy in (first, second)] == [0, 1]
    assert [row["DiskId"] for row in cloud.disks(AutoSnapshotPolicyId=second)] == [disk]


def test_a_policy_can_be_ordered_with_the_instance(cloud: Cloud) -> None:
    policy = applied_policy(cloud, disk_of(cloud, cloud.run()))
    other = cloud.run({"SystemDisk.AutoSnapshotPolicyId": policy})
    (row,) = cloud.disks(InstanceId=other)
    assert (row["AutoSnapshotPolicyId"], row["EnableAutomatedSnapshotPolicy"]) == (policy, True)
    cloud.advance("P1D")
    assert len(snapshots(cloud, InstanceId=other)) == 1
    released(cloud, other)
    assert cloud.look("state")["auto_snapshot_policies"][policy]["DiskNums"] == 1


def test_which_disks_have_which_policy(cloud: Cloud) -> None:
    disks = [row["DiskId"] for row in cloud.disks(InstanceId=cloud.run(with_data()))]
    policy = applied_policy(cloud, *disks)
    other = disk_of(cloud, cloud.run())
    applied_policy(cloud, other)

    def pairs(**filters: Any) -> list[str]:
        found = cloud.good("DescribeAutoSnapshotPolicyAssociations", filters)
        rows = found["AutoSnapshotPolicyAssociations"]["AutoSnapshotPolicyAssociation"]
        return [row["DiskId"] for row in rows]

    assert pairs(AutoSnapshotPolicyId=policy) == disks
    assert pairs(DiskId=other) == [other]
    assert pairs() == [*disks, other]


def test_groups_come_in_pages_by_token(cloud: Cloud) -> None:
    cloud.control("settings", {"snapshot_seconds": 0})
    instance = cloud.run()
    made = [cloud.good("CreateSnapshotGroup", {"InstanceId": instance})["SnapshotGroupId"] for _ in range(12)]
    first = cloud.good("DescribeSnapshotGroups")
    rest = cloud.good("DescribeSnapshotGroups", {"NextToken": first["NextToken"]})
    rows = [*first["SnapshotGroups"]["SnapshotGroup"], *rest["SnapshotGroups"]["SnapshotGroup"]]
    assert [row["SnapshotGroupId"] for row in rows] == made
    assert rest["NextToken"] == ""


def test_deleting_a_disk_by_hand_takes_the_automatic_ones(cloud: Cloud) -> None:
    instance = cloud.run(with_data())
    disk = disk_of(cloud, instance, "data")
    applied_policy(cloud, disk)
    cloud.advance("PT2H")
    manual = taken(cloud, disk)
    cloud.good("DetachDisk", {"InstanceId": instance, "DiskId": disk})
    cloud.advance("PT1S")
    assert len(snapshots(cloud)) == 2
    cloud.good("DeleteDisk", {"DiskId": disk})
    assert [row["SnapshotId"] for row in snapshots(cloud)] == [manual]


def test_snapshots_are_found_by_time_chain_and_use(cloud: Cloud) -> None:
    disk = disk_of(cloud, cloud.run())
    first = taken(cloud, disk)
    cloud.advance("PT1H")
    taken(cloud, disk)
    early = {"Filter.1.Key": "CreationEndTime", "Filter.1.Value": "2026-06-15T10:30Z"}
    assert [row["SnapshotId"] for row in snapshots(cloud, **early)] == [first]
    link = snapshots(cloud)[0]["SnapshotLinkId"]
    assert len(snapshots(cloud, SnapshotLinkId=link, SourceDiskType="System", Category="Standard")) == 2
    assert snapshots(cloud, Usage="image") == []


def test_two_hundred_and_fifty_six_are_the_most(cloud: Cloud) -> None:
    cloud.control("settings", {"snapshot_seconds": 0})
    disk = disk_of(cloud, cloud.run())
    outcomes = [cloud.call("CreateSnapshot", {"DiskId": disk}).outcome for _ in range(257)]
    assert set(outcomes[:256]) == {"200"}
    assert outcomes[256] == "403 QuotaExceed.Snapshot"
