"""One row for each documented refusal of changing disks, setting them back and replacing them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.shelf import Row, Shelf, names_of

WEB = "http://example"
CHANGE: list[Row] = [
    (
        "ModifyDiskAttribute",
        "a bad name",
        {"DiskId": "spare", "DiskName": "1"},
        "400 InvalidDiskName.Malformed",
    ),
    (
        "ModifyDiskAttribute",
        "a web address",
        {"DiskId": "spare", "Description": WEB},
        "404 InvalidDescription.Malformed",
    ),
    (
        "ModifyDiskAttribute",
        "still creating",
        {"DiskId": "creating", "DeleteAutoSnapshot": False},
        "403 IncorrectDiskStatus",
    ),
    ("ResizeDisk", "unknown", {"DiskId": "d-0", "NewSize": 70}, "404 InvalidDiskId.NotFound"),
    ("ResizeDisk", "no size", {"DiskId": "spare"}, "400 MissingParameter"),
    (
        "ResizeDisk",
        "no such type",
        {"DiskId": "spare", "NewSize": 70, "Type": "hot"},
        "400 InvalidParam.Type",
    ),
    ("ResizeDisk", "smaller", {"DiskId": "spare", "NewSize": 63}, "403 InvalidDiskSize.TooSmall"),
    ("ResizeDisk", "the same", {"DiskId": "spare", "NewSize": 64}, "403 InvalidDiskSize"),
    ("ResizeDisk", "too large", {"DiskId": "spare", "NewSize": 65537}, "403 InvalidDiskSize.TooLarge"),
    (
        "ResizeDisk",
        "a system disk",
        {"DiskId": "running-system", "NewSize": 2049},
        "403 InvalidDiskSize.TooLarge",
    ),
    ("ResizeDisk", "a local disk", {"DiskId": "running-local_ssd_pro", "NewSize": 70}, "403 OperationDenied"),
    ("ResizeDisk", "still creating", {"DiskId": "creating", "NewSize": 70}, "403 IncorrectDiskStatus"),
    (
        "ResizeDisk",
        "a snapshot is being taken",
        {"DiskId": "saved", "NewSize": 70},
        "403 DiskCreatingSnapshot",
    ),
    ("ResizeDisk", "starting", {"DiskId": "pending-system", "NewSize": 70}, "403 IncorrectInstanceStatus"),
    ("ResizeDisk", "locked", {"DiskId": "locked-system", "NewSize": 70}, "403 InstanceLockedForSecurity"),
    (
        "ResizeDisk",
        "unpaid",
        {"DiskId": "unpaid-cloud_auto", "NewSize": 70},
        "403 InstanceExpiredOrInArrears",
    ),
    (
        "ResizeDisk",
        "online and basic",
        {"DiskId": "running-cloud", "NewSize": 70, "Type": "online"},
        "403 InvalidDiskCategory.NotSupported",
    ),
    (
        "ResizeDisk",
        "online and stopped",
        {"DiskId": "stopped-system", "NewSize": 70, "Type": "online"},
        "403 InvalidInstanceStatus.NotRunning",
    ),
    (
        "ResizeDisk",
        "online and alone",
        {"DiskId": "spare", "NewSize": 70, "Type": "online"},
        "403 IncorrectDiskStatus",
    ),
    ("ModifyDiskSpec", "unknown", {"DiskId": "d-0", "PerformanceLevel": "PL0"}, "404 InvalidDiskId.NotFound"),
    ("ModifyDiskSpec", "nothing to do", {"DiskId": "spare"}, "400 MissingParameter"),
    (
        "ModifyDiskSpec",
        "no such level",
        {"DiskId": "spare", "PerformanceLevel": "PL9"},
        "400 InvalidPerformanceLevel.Malformed",
    ),
    (
        "ModifyDiskSpec",
        "no such category",
        {"DiskId": "spare", "DiskCategory": "floppy"},
        "400 InvalidDiskCategory.ValueNotSupported",
    ),
    (
        "ModifyDiskSpec",
        "too small for the level",
        {"DiskId": "spare", "PerformanceLevel": "PL3"},
        "403 OperationDenied.PerformanceLevelNotMatch",
    ),
    (
        "ModifyDiskSpec",
        "a slower subscription",
        {"DiskId": "paid-cloud_ssd", "DiskCategory": "cloud_efficiency"},
        "403 OperationDenied",
    ),
    (
        "ModifyDiskSpec",
        "a local disk",
        {"DiskId": "running-local_ssd_pro", "DiskCategory": "cloud_essd"},
        "403 OperationDenied",
    ),
    (
        "ModifyDiskSpec",
        "a snapshot is being taken",
        {"DiskId": "saved", "PerformanceLevel": "PL0"},
        "403 DiskCreatingSnapshot",
    ),
    (
        "ModifyDiskSpec",
        "unpaid",
        {"DiskId": "unpaid-cloud_auto", "DiskCategory": "cloud_essd"},
        "403 InstanceExpiredOrInArrears",
    ),
    (
        "ModifyDiskSpec",
        "a dry run",
        {"DiskId": "spare", "PerformanceLevel": "PL0", "DryRun": True},
        "400 DryRunOperation",
    ),
]


def charge(instance: str, *disks: str, **more: Any) -> dict[str, Any]:
    return {"InstanceId": instance, "DiskIds": list(disks), "DiskChargeType": "PostPaid", **more}


CHARGE: list[Row] = [
    ("ModifyDiskChargeType", "no instance", charge(""), "400 MissingParameter.InstanceIdNotSupported"),
    ("ModifyDiskChargeType", "unknown instance", charge("i-0", "spare"), "400 InvalidInstanceId.Released"),
    ("ModifyDiskChargeType", "no disk", charge("paid"), "404 InvalidDiskIds.NotFound"),
    ("ModifyDiskChargeType", "unknown disk", charge("paid", "d-0"), "404 InvalidDiskIds.NotFound"),
    ("ModifyDiskChargeType", "not its disk", charge("paid", "spare"), "404 InvalidDiskIds.NotFound"),
    ("ModifyDiskChargeType", "its system disk", charge("paid", "paid-system"), "404 InvalidDiskIds.NotFound"),
    (
        "ModifyDiskChargeType",
        "pay-as-you-go",
        charge("running", "running-cloud_auto"),
        "403 InvalidInstanceChargeType.NotFound",
    ),
    (
        "ModifyDiskChargeType",
        "so already",
        charge("paid", "paid-cloud_auto", DiskChargeType="PrePaid"),
        "400 ChargeTypeViolation",
    ),
    (
        "ModifyDiskChargeType",
        "no such type",
        charge("paid", "paid-cloud_auto", DiskChargeType="Free"),
        "400 InvalidDiskChargeType.ValueNotSupported",
    ),
]
RESET: list[Row] = [
    ("ReInitDisk", "unknown", {"DiskId": "d-0"}, "404 InvalidDiskId.NotFound"),
    ("ReInitDisk", "attached to nobody", {"DiskId": "spare"}, "403 IncorrectDiskStatus"),
    ("ReInitDisk", "running", {"DiskId": "running-system"}, "403 IncorrectInstanceStatus"),
    ("ReInitDisk", "locked", {"DiskId": "locked-system"}, "403 InstanceLockedForSecurity"),
    ("ReInitDisk", "unpaid", {"DiskId": "unpaid-cloud_auto"}, "403 InstanceExpiredOrInArrears"),
    ("ReInitDisk", "local", {"DiskId": "running-local_ssd_pro"}, "400 DiskCategory.OperationNotSupported"),
    ("ResetDisk", "unknown disk", {"DiskId": "d-0", "SnapshotId": "lost"}, "404 InvalidDiskId.NotFound"),
    (
        "ResetDisk",
        "unknown snapshot",
        {"DiskId": "stopped-system", "SnapshotId": "s-0"},
        "404 InvalidSnapshotId.NotFound",
    ),
    (
        "ResetDisk",
        "another disk's snapshot",
        {"DiskId": "stopped-system", "SnapshotId": "of-data"},
        "403 InvalidParameter.Mismatch",
    ),
    (
        "ResetDisk",
        "running",
        {"DiskId": "running-system", "SnapshotId": "of-system"},
        "403 IncorrectInstanceStatus",
    ),
    (
        "ResetDisk",
        "a dry run",
        {"DiskId": "stopped-system", "SnapshotId": "lost", "DryRun": True},
        "400 DryRunOperation",
    ),
]


def replaced(instance: str, image: str = "system-image", **more: Any) -> dict[str, Any]:
    return {"InstanceId": instance, "ImageId": image, **more}


def sized(size: int, image: str = "image") -> dict[str, Any]:
    return replaced("stopped", image, **{"SystemDisk.Size": size})


REPLACE: list[Row] = [
    ("ReplaceSystemDisk", "unknown instance", replaced("i-0"), "404 InvalidInstanceId.NotFound"),
    ("ReplaceSystemDisk", "no image", replaced("stopped", ""), "400 MissingParameter"),
    ("ReplaceSystemDisk", "unknown image", replaced("stopped", "m-0"), "404 InvalidImageId.NotFound"),
    ("ReplaceSystemDisk", "no system's image", replaced("stopped", "ubuntu"), "404 InvalidImageId.NotFound"),
    (
        "ReplaceSystemDisk",
        "an image that is not ready",
        replaced("stopped", "slow-image"),
        "403 OperationDenied.ImageNotValid",
    ),
    ("ReplaceSystemDisk", "an image with data disks", replaced("stopped", "whole"), "400 OperationDenied"),
    ("ReplaceSystemDisk", "running", replaced("running"), "403 IncorrectInstanceStatus"),
    ("ReplaceSystemDisk", "locked", replaced("locked"), "403 InstanceLockedForSecurity"),
    ("ReplaceSystemDisk", "unpaid", replaced("unpaid"), "403 InstanceExpiredOrInArrears"),
    (
        "ReplaceSystemDisk",
        "smaller than the image",
        sized(39),
        "404 InvalidSystemDiskSize.LessThanImageSize",
    ),
    (
        "ReplaceSystemDisk",
        "smaller than any",
        sized(19, "tiny_2_x64_1G_alibase_20260101.vhd"),
        "404 InvalidSystemDiskSize.LessThanMinSize",
    ),
    ("ReplaceSystemDisk", "too large", sized(2049), "404 InvalidSystemDiskSize.MoreThanMaxSize"),
    ("ReplaceSystemDisk", "no size", sized(0), "400 InvalidSystemDiskSize.ValueNotSupported"),
]
ROWS = [*CHANGE, *CHARGE, *RESET, *REPLACE]


@pytest.mark.parametrize(("action", "case", "parameters", "outcome"), ROWS, ids=names_of(ROWS))
def test_refused(shelf: Shelf, action: str, case: str, parameters: dict[str, Any], outcome: str) -> None:
    shelf.check(action, parameters, outcome)
