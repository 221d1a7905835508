"""One row for each documented refusal of the actions on snapshots, groups of them, and policies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulator.shelf import Row, Shelf, names_of

WEB = "http://example"


def of(disk: str, **more: Any) -> dict[str, Any]:
    return {"DiskId": disk, **more}


MANY = json.dumps(["s-1"] * 101)
CREATE: list[Row] = [
    ("CreateSnapshot", "no disk", {}, "400 MissingParameter"),
    ("CreateSnapshot", "unknown disk", of("d-0"), "404 InvalidDiskId.NotFound"),
    ("CreateSnapshot", "a web address", of("used", SnapshotName=WEB), "400 InvalidSnapshotName.Malformed"),
    (
        "CreateSnapshot",
        "a policy's name",
        of("used", SnapshotName="auto-1"),
        "400 InvalidSnapshotName.Malformed",
    ),
    ("CreateSnapshot", "a number first", of("used", SnapshotName="1st"), "400 InvalidSnapshotName.Malformed"),
    ("CreateSnapshot", "a bad description", of("used", Description=WEB), "404 InvalidDescription.Malformed"),
    ("CreateSnapshot", "no retention", of("used", RetentionDays=0), "400 InvalidParameter"),
    ("CreateSnapshot", "no such kind", of("used", Category="tape"), "403 InvalidSnapshotCategory.Malformed"),
    ("CreateSnapshot", "never attached", of("spare"), "403 IncorrectDiskStatus.NeverAttached"),
    ("CreateSnapshot", "still creating", of("creating"), "403 IncorrectDiskStatus"),
    ("CreateSnapshot", "starting", of("pending-system"), "400 IncorrectInstanceStatus"),
    ("CreateSnapshot", "another is being taken", of("saved"), "403 IncorrectDiskStatus.CreatingSnapshot"),
    ("CreateSnapshot", "security lock", of("locked-system"), "403 InstanceLockedForSecurity"),
    ("CreateSnapshot", "local", of("running-local_ssd_pro"), "400 DiskCategory.OperationNotSupported"),
    (
        "CreateSnapshot",
        "a tag twice",
        of("used", **{"Tag.1.Key": "a", "Tag.2.Key": "a"}),
        "400 Duplicate.TagKey",
    ),
    (
        "CreateSnapshot",
        "a tag of the cloud",
        of("used", **{"Tag.1.Key": "acs:a"}),
        "400 InvalidTagKey.Malformed",
    ),
]
READ: list[Row] = [
    ("DescribeSnapshots", "no region", {"RegionId": ""}, "400 MissingParameter"),
    ("DescribeSnapshots", "too many ids", {"SnapshotIds": MANY}, "403 InvalidSnapshotIds.Malformed"),
    ("DescribeSnapshots", "ids are JSON", {"SnapshotIds": "s-1"}, "403 InvalidSnapshotIds.Malformed"),
    ("DescribeSnapshots", "no such usage", {"Usage": "art"}, "404 InvalidUsage"),
    ("DescribeSnapshots", "no such source", {"SourceDiskType": "tape"}, "404 InvalidSourceDiskType"),
    ("DescribeSnapshots", "no such status", {"Status": "good"}, "404 InvalidStatus.NotFound"),
    ("DescribeSnapshots", "no such type", {"SnapshotType": "big"}, "404 InvalidSnapshotType.NotFound"),
    ("DescribeSnapshots", "no such filter", {"Filter.1.Key": "Mood"}, "404 InvalidFilterKey.NotFound"),
    ("DescribeSnapshots", "a tag without a key", {"Tag.1.Value": "b"}, "400 InvalidTag.Mismatch"),
    ("DescribeSnapshots", "a dry run", {"DryRun": True}, "400 DryRunOperation"),
]


def snapshot(name: str, **more: Any) -> dict[str, Any]:
    return {"SnapshotId": name, **more}


CHANGE: list[Row] = [
    (
        "ModifySnapshotAttribute",
        "unknown",
        snapshot("s-0", Description="d"),
        "404 InvalidSnapshotId.NotFound",
    ),
    ("ModifySnapshotAttribute", "nothing to do", snapshot("lost"), "400 NoAttributeToModify"),
    (
        "ModifySnapshotAttribute",
        "a policy's name",
        snapshot("lost", SnapshotName="auto"),
        "400 InvalidSnapshotName.Malformed",
    ),
    (
        "ModifySnapshotAttribute",
        "a web address",
        snapshot("lost", Description=WEB),
        "404 InvalidDescription.Malformed",
    ),
    ("DeleteSnapshot", "unknown", snapshot("s-0"), "404 InvalidSnapshotId.NotFound"),
    ("DeleteSnapshot", "an image is made of it", snapshot("in-image"), "403 SnapshotCreatedImage"),
    ("DeleteSnapshot", "even with Force", snapshot("in-image", Force=True), "403 SnapshotCreatedImage"),
    ("DeleteSnapshot", "a disk is made of it", snapshot("in-disk"), "403 SnapshotCreatedDisk"),
]
GROUP: list[Row] = [
    ("CreateSnapshotGroup", "of nothing", {}, "400 MissingParameter"),
    ("CreateSnapshotGroup", "unknown instance", {"InstanceId": "i-0"}, "404 InvalidInstanceId.NotFound"),
    ("CreateSnapshotGroup", "unknown disk", {"DiskId.1": "d-0"}, "404 InvalidDiskId.NotFound"),
    (
        "CreateSnapshotGroup",
        "in and out",
        {"DiskId.1": "used", "ExcludeDiskId.1": "x"},
        "400 InvalidParameter",
    ),
    ("CreateSnapshotGroup", "two zones", {"DiskId.1": "used", "DiskId.2": "far"}, "400 InvalidParameter"),
    (
        "CreateSnapshotGroup",
        "not the instance's",
        {"InstanceId": "stopped", "DiskId.1": "used"},
        "400 InvalidParameter",
    ),
    (
        "CreateSnapshotGroup",
        "a bad name",
        {"InstanceId": "stopped", "Name": "1"},
        "400 InvalidParameter.Name",
    ),
    (
        "CreateSnapshotGroup",
        "a bad description",
        {"InstanceId": "stopped", "Description": WEB},
        "404 InvalidDescription.Malformed",
    ),
    (
        "CreateSnapshotGroup",
        "no days",
        {"InstanceId": "stopped", "InstantAccess": True, "InstantAccessRetentionDays": 0},
        "400 InvalidRetentionDays.Malformed",
    ),
    ("CreateSnapshotGroup", "starting", {"InstanceId": "pending"}, "400 IncorrectInstanceStatus"),
    (
        "CreateSnapshotGroup",
        "local disks",
        {"InstanceId": "running"},
        "400 DiskCategory.OperationNotSupported",
    ),
    ("CreateSnapshotGroup", "security lock", {"InstanceId": "locked"}, "403 InstanceLockedForSecurity"),
    (
        "CreateSnapshotGroup",
        "one is being taken",
        {"DiskId.1": "saved"},
        "403 IncorrectDiskStatus.CreatingSnapshot",
    ),
    ("ModifySnapshotGroup", "unknown", {"SnapshotGroupId": "ssg-0"}, "404 InvalidSnapshotGroupId.NotFound"),
    ("DeleteSnapshotGroup", "unknown", {"SnapshotGroupId": "ssg-0"}, "404 InvalidSnapshotGroupId.NotFound"),
]
SENSE = {"regionId": "cn-hangzhou", "timePoints": '["1"]', "repeatWeekdays": '["1"]', "retentionDays": 7}


def policy(**more: Any) -> dict[str, Any]:
    return {**SENSE, **more}


def applied(*disks: str, **more: Any) -> dict[str, Any]:
    return {"autoSnapshotPolicyId": "policy", "diskIds": list(disks), **more}


BAD, GONE = "403 ParameterInvalid", "404 ParameterInvalid"
POLICY: list[Row] = [
    ("CreateAutoSnapshotPolicy", "no hour", policy(timePoints=""), "400 MissingParameter"),
    ("CreateAutoSnapshotPolicy", "hour 24", policy(timePoints='["24"]'), BAD),
    ("CreateAutoSnapshotPolicy", "no list", policy(timePoints="1"), BAD),
    ("CreateAutoSnapshotPolicy", "day 8", policy(repeatWeekdays='["8"]'), BAD),
    ("CreateAutoSnapshotPolicy", "0 days", policy(retentionDays=0), BAD),
    ("CreateAutoSnapshotPolicy", "no number", policy(retentionDays="long"), BAD),
    ("CreateAutoSnapshotPolicy", "two targets", policy(TargetCopyRegions='["a","b"]'), BAD),
    ("CreateAutoSnapshotPolicy", "by tags", policy(AssociationType="AssociatedWithInstanceTag"), BAD),
    (
        "CreateAutoSnapshotPolicy",
        "a bad name",
        policy(autoSnapshotPolicyName="1"),
        "400 InvalidAutoSnapshotPolicyName.Malformed",
    ),
    ("ModifyAutoSnapshotPolicyEx", "unknown", policy(autoSnapshotPolicyId="sp-0"), GONE),
    (
        "ModifyAutoSnapshotPolicyEx",
        "hour 24",
        policy(autoSnapshotPolicyId="policy", timePoints='["24"]'),
        BAD,
    ),
    (
        "ModifyAutoSnapshotPolicyEx",
        "of another region",
        policy(autoSnapshotPolicyId="policy", regionId="cn-beijing"),
        GONE,
    ),
    ("DeleteAutoSnapshotPolicy", "unknown", {"autoSnapshotPolicyId": "sp-0"}, GONE),
    ("ApplyAutoSnapshotPolicy", "unknown", applied("used", autoSnapshotPolicyId="sp-0"), GONE),
    ("ApplyAutoSnapshotPolicy", "unknown disk", applied("d-0"), "404 InvalidDiskId.NotFound"),
    ("ApplyAutoSnapshotPolicy", "no disk", applied(), BAD),
    ("ApplyAutoSnapshotPolicy", "no list", {**applied(), "diskIds": "used"}, BAD),
    (
        "ApplyAutoSnapshotPolicy",
        "a local disk",
        applied("used", "running-local_ssd_pro"),
        "400 PartofDiskCategory.OperationNotSupported",
    ),
    ("CancelAutoSnapshotPolicy", "unknown disk", {"diskIds": ["d-0"]}, GONE),
    ("CancelAutoSnapshotPolicy", "no list", {"diskIds": "used"}, GONE),
]
ROWS = [*CREATE, *READ, *CHANGE, *GROUP, *POLICY]


@pytest.mark.parametrize(("action", "case", "parameters", "outcome"), ROWS, ids=names_of(ROWS))
def test_refused(shelf: Shelf, action: str, case: str, parameters: dict[str, Any], outcome: str) -> None:
    shelf.check(action, parameters, outcome)
