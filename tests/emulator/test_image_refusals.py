"""One row for each documented refusal of the actions on images, and of instances made of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.shelf import Row, Shelf, names_of

WEB = "http://example"
NAME, DENIED = "400 InvalidImageName.Malformed", "400 OperationDenied"


def of(instance: str = "stopped", **more: Any) -> dict[str, Any]:
    return {"InstanceId": instance, **more}


def mapped(*snapshots: str, **more: Any) -> dict[str, Any]:
    return {f"DiskDeviceMapping.{n}.SnapshotId": one for n, one in enumerate(snapshots, 1)} | {
        f"DiskDeviceMapping.1.{key}": value for key, value in more.items()
    }


CREATE: list[Row] = [
    ("CreateImage", "of nothing", {}, "400 MissingParameter"),
    ("CreateImage", "unknown instance", of("i-0"), "404 InvalidInstanceId.NotFound"),
    ("CreateImage", "unknown snapshot", {"SnapshotId": "s-0"}, "404 InvalidSnapshotId.NotFound"),
    ("CreateImage", "a snapshot in progress", {"SnapshotId": "taking"}, "403 InvalidSnapshotId.NotReady"),
    ("CreateImage", "a data disk's snapshot", {"SnapshotId": "of-data"}, "403 OperationDenied"),
    ("CreateImage", "starting", of("pending"), "400 IncorrectInstanceStatus"),
    ("CreateImage", "security lock", of("locked"), "400 InstanceLockedForSecurity"),
    ("CreateImage", "a snapshot is being taken", of("unpaid"), "403 IncorrectDiskStatus.CreatingSnapshot"),
    ("CreateImage", "a name twice", of(ImageName="golden"), "400 InvalidImageName.Duplicated"),
    ("CreateImage", "a name of the cloud", of(ImageName="aliyun-1"), NAME),
    ("CreateImage", "a web address", of(ImageName=WEB), NAME),
    ("CreateImage", "one letter", of(ImageName="a"), NAME),
    ("CreateImage", "a bad family", of(ImageFamily="acs:a"), "400 InvalidImageFamily.Malformed"),
    ("CreateImage", "a long version", of(ImageVersion="1" * 41), "400 InvalidImageVersion.Malformed"),
    ("CreateImage", "a bad description", of(Description=WEB), "400 InvalidDescription.Malformed"),
    ("CreateImage", "no such machine", of(Architecture="z80"), "400 InvalidArchitecture.Malformed"),
    ("CreateImage", "no such start", of(BootMode="Tape"), "400 InvalidBootMode.NotSupport"),
    ("CreateImage", "no system disk", mapped("of-data"), DENIED),
    ("CreateImage", "two system disks", mapped("of-system", "lost"), DENIED),
    ("CreateImage", "no such device", mapped("of-system", Device="/dev/x"), "400 InvalidDevice.Malformed"),
    (
        "CreateImage",
        "a device twice",
        {**mapped("of-system", "of-data", Device="/dev/xvdb"), "DiskDeviceMapping.2.Device": "/dev/xvdb"},
        "400 InvalidDevice.InUse",
    ),
    ("CreateImage", "smaller", mapped("of-system", Size=39), "400 InvalidSize.ValueNotSupported"),
    ("CreateImage", "a dry run", of(DryRun=True), "400 DryRunOperation"),
]
READ: list[Row] = [
    ("DescribeImages", "no region", {"RegionId": ""}, "400 MissingParameter"),
    (
        "DescribeImages",
        "no such owner",
        {"ImageOwnerAlias": "me"},
        "400 InvalidImageOwnerAlias.ValueNotSupported",
    ),
    ("DescribeImages", "no such usage", {"Usage": "art"}, "404 InvalidUsage"),
    ("DescribeImages", "no such system", {"OSType": "dos"}, "404 InvalidOSType"),
    ("DescribeImages", "no such machine", {"Architecture": "z80"}, "404 InvalidArchitecture"),
    ("DescribeImages", "no such filter", {"Filter.1.Key": "Mood"}, "404 InvalidFilterKey.NotFound"),
    (
        "DescribeImages",
        "no time",
        {"Filter.1.Key": "CreationEndTime", "Filter.1.Value": "x"},
        "400 InvalidParameter",
    ),
    ("DescribeImages", "a tag without a key", {"Tag.1.Value": "b"}, "400 InvalidTag.Mismatch"),
    ("DescribeImages", "a dry run", {"DryRun": True}, "400 DryRunOperation"),
    ("DescribeTags", "no region", {"RegionId": ""}, "400 MissingParameter"),
    ("DescribeTags", "no such type", {"ResourceType": "cat"}, "404 InvalidResourceType.NotFound"),
]


def image(name: str, **more: Any) -> dict[str, Any]:
    return {"ImageId": name, **more}


CHANGE: list[Row] = [
    ("ModifyImageAttribute", "unknown", image("m-0"), "404 InvalidImageId.NotFound"),
    ("ModifyImageAttribute", "a system's", image("system-image"), "404 InvalidImageId.NotFound"),
    ("ModifyImageAttribute", "not ready", image("slow-image"), "403 InvalidStatus.ImageIsCreating"),
    (
        "ModifyImageAttribute",
        "a name twice",
        image("whole", ImageName="golden"),
        "400 InvalidImageName.Duplicated",
    ),
    ("ModifyImageAttribute", "a bad name", image("whole", ImageName="acs:a"), NAME),
    (
        "ModifyImageAttribute",
        "a bad description",
        image("whole", Description=WEB),
        "400 InvalidDescription.Malformed",
    ),
    (
        "ModifyImageAttribute",
        "not deprecated",
        image("whole", Status="Available"),
        "403 ImageStatus.NotDeprecated",
    ),
    (
        "ModifyImageAttribute",
        "a dry run",
        image("whole", Description="ab", DryRun=True),
        "400 DryRunOperation",
    ),
    ("DeleteImage", "unknown", image("m-0"), "404 InvalidImageId.NotFound"),
    ("DeleteImage", "a system's", image("system-image", Force=True), "404 InvalidImageId.NotFound"),
    ("DeleteImage", "not ready", image("slow-image", Force=True), "403 ImageIsCreating"),
    ("DeleteImage", "used by an instance", image("image"), "403 ImageUsingByInstance"),
    ("DeleteImage", "a dry run", image("whole", DryRun=True), "400 DryRunOperation"),
]


def run(name: str, **more: Any) -> dict[str, Any]:
    place = {"VSwitchId": "vswitch", "SecurityGroupId": "group"}
    return {"ImageId": name, "InstanceType": "ecs.g7.large", **place, **more}


def size(gib: int) -> dict[str, Any]:
    return {"SystemDisk.Size": gib}


def disk(**more: Any) -> dict[str, Any]:
    return {f"DataDisk.1.{key}": value for key, value in more.items()}


RUN: list[Row] = [
    ("RunInstances", "unknown image", run("m-0"), "404 InvalidImageId.NotFound"),
    ("RunInstances", "no name of the system's", run("ubuntu"), "404 InvalidImageId.NotFound"),
    ("RunInstances", "not ready", run("slow-image"), "403 OperationDenied.ImageNotValid"),
    (
        "RunInstances",
        "smaller than the image",
        run("image", **size(39)),
        "404 InvalidSystemDiskSize.LessThanImageSize",
    ),
    (
        "RunInstances",
        "unknown snapshot",
        run("image", **disk(SnapshotId="s-0")),
        "404 InvalidDataDiskSnapshotId.NotFound",
    ),
    (
        "RunInstances",
        "a snapshot in progress",
        run("image", **disk(SnapshotId="taking")),
        "403 InvalidSnapshotId.NotReady",
    ),
    (
        "RunInstances",
        "smaller than the snapshot",
        run("image", **disk(SnapshotId="of-data", Size=63)),
        "403 InvalidDiskSize.TooSmall",
    ),
    (
        "RunInstances",
        "unknown policy",
        run("image", **disk(Size=64, AutoSnapshotPolicyId="sp-0")),
        "404 InvalidAutoSnapshotPolicyId.NotFound",
    ),
    ("RunInstances", "a good one", run("image", DryRun=True), "400 DryRunOperation"),
    (
        "RunInstances",
        "a system's that is not listed",
        run("anolis_8_x64_20G_alibase_20250101.vhd", DryRun=True),
        "400 DryRunOperation",
    ),
]
ROWS = [*CREATE, *READ, *CHANGE, *RUN]


@pytest.mark.parametrize(("action", "case", "parameters", "outcome"), ROWS, ids=names_of(ROWS))
def test_refused(shelf: Shelf, action: str, case: str, parameters: dict[str, Any], outcome: str) -> None:
    shelf.check(action, parameters, outcome)
