"""One row for each documented refusal of making, attaching and deleting disks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.shelf import EPHEMERAL, ZONE, Row, Shelf, names_of

WEB = "http://example"
HERE = {"ZoneId": ZONE, "DiskCategory": "cloud_essd", "Size": 64}
CREATE: list[Row] = [
    ("CreateDisk", "no region", {**HERE, "RegionId": ""}, "400 MissingParameter"),
    ("CreateDisk", "no zone and no instance", {"Size": 40}, "400 MissingParameter"),
    ("CreateDisk", "neither size nor snapshot", {"ZoneId": ZONE}, "400 MissingParameter"),
    ("CreateDisk", "a region that cannot be", {**HERE, "RegionId": "x"}, "404 InvalidRegionId.NotFound"),
    (
        "CreateDisk",
        "a zone of another region",
        {**HERE, "ZoneId": "cn-beijing-a"},
        "404 InvalidZoneId.NotFound",
    ),
    ("CreateDisk", "a name with a slash", {**HERE, "DiskName": "a/b"}, "400 InvalidDiskName.Malformed"),
    ("CreateDisk", "a name of one letter", {**HERE, "DiskName": "a"}, "400 InvalidDiskName.Malformed"),
    ("CreateDisk", "a web address", {**HERE, "Description": WEB}, "400 InvalidDescription.Malformed"),
    ("CreateDisk", "too small", {**HERE, "Size": 19}, "400 InvalidSize.ValueNotSupported"),
    ("CreateDisk", "too large", {**HERE, "Size": 65537}, "400 InvalidSize.ValueNotSupported"),
    (
        "CreateDisk",
        "too small for its level",
        {**HERE, "PerformanceLevel": "PL2", "Size": 460},
        "400 InvalidSize.ValueNotSupported",
    ),
    (
        "CreateDisk",
        "no such level",
        {**HERE, "PerformanceLevel": "PL9"},
        "400 InvalidPerformanceLevel.Malformed",
    ),
    (
        "CreateDisk",
        "no such category",
        {**HERE, "DiskCategory": "floppy"},
        "400 InvalidDiskCategory.ValueNotSupported",
    ),
    (
        "CreateDisk",
        "a local disk",
        {**HERE, "DiskCategory": "local_ssd_pro"},
        "400 InvalidDiskCategory.ValueNotSupported",
    ),
    ("CreateDisk", "unknown snapshot", {**HERE, "SnapshotId": "s-0"}, "404 InvalidSnapshotId.NotFound"),
    (
        "CreateDisk",
        "snapshot in progress",
        {**HERE, "SnapshotId": "taking"},
        "403 InvalidSnapshotId.NotReady",
    ),
    (
        "CreateDisk",
        "an ephemeral disk of a snapshot",
        {**HERE, "DiskCategory": EPHEMERAL, "SnapshotId": "of-data"},
        "403 OperationDenied",
    ),
    (
        "CreateDisk",
        "a key without Encrypted",
        {**HERE, "KMSKeyId": "k"},
        "400 InvalidParameter.EncryptedIllegal",
    ),
    (
        "CreateDisk",
        "a basic disk for many",
        {**HERE, "DiskCategory": "cloud", "MultiAttach": "Enabled"},
        "400 InvalidParameter.Conflict",
    ),
    ("CreateDisk", "zone and instance", {**HERE, "InstanceId": "paid"}, "400 InvalidParameter.Conflict"),
    ("CreateDisk", "for pay-as-you-go", {"Size": 40, "InstanceId": "running"}, "403 ChargeTypeViolation"),
    ("CreateDisk", "for nobody", {"Size": 40, "InstanceId": "i-0"}, "404 InvalidInstanceId.NotFound"),
]


def pair(disk: str, instance: str = "running", **more: Any) -> dict[str, Any]:
    return {"DiskId": disk, "InstanceId": instance, **more}


ATTACH: list[Row] = [
    ("AttachDisk", "unknown disk", pair("d-0"), "404 InvalidDiskId.NotFound"),
    ("AttachDisk", "unknown instance", pair("spare", "i-0"), "404 InvalidInstanceId.NotFound"),
    ("AttachDisk", "no instance", {"DiskId": "spare"}, "400 MissingParameter"),
    ("AttachDisk", "a device of no name", pair("spare", Device="/dev/x"), "400 InvalidDevice.Malformed"),
    ("AttachDisk", "a device in use", pair("spare", Device="/dev/xvdb"), "403 InvalidDevice.InUse"),
    ("AttachDisk", "as a second system disk", pair("spare", Bootable=True), "403 InvalidDevice.InUse"),
    ("AttachDisk", "in use", pair("stopped-cloud_auto"), "403 IncorrectDiskStatus"),
    ("AttachDisk", "still creating", pair("creating"), "403 IncorrectDiskStatus"),
    ("AttachDisk", "twice to one", pair("shared"), "403 IncorrectDiskStatus"),
    ("AttachDisk", "another zone", pair("far"), "403 ResourcesNotInSameZone"),
    ("AttachDisk", "an instance that starts", pair("spare", "pending"), "400 IncorrectInstanceStatus"),
    ("AttachDisk", "security lock", pair("spare", "locked"), "403 InstanceLockedForSecurity"),
    ("AttachDisk", "arrears", pair("spare", "unpaid"), "403 InstanceExpiredOrInArrears"),
    (
        "AttachDisk",
        "a shared disk that would go",
        pair("shared", "stopped", DeleteWithInstance=True),
        "403 DeleteWithInstance.Conflict",
    ),
    (
        "AttachDisk",
        "an ephemeral disk that would stay",
        pair("spare-ephemeral"),
        "403 InvalidParameter.DeleteWithInstance",
    ),
    ("DetachDisk", "unknown disk", pair("d-0"), "404 InvalidDiskId.NotFound"),
    ("DetachDisk", "unknown instance", pair("spare", "i-0"), "404 InvalidInstanceId.NotFound"),
    ("DetachDisk", "attached to nobody", pair("spare"), "403 DependencyViolation"),
    ("DetachDisk", "attached to another", pair("stopped-cloud_auto"), "403 DependencyViolation"),
    ("DetachDisk", "the system disk", pair("running-system"), "403 DiskTypeViolation"),
    ("DetachDisk", "a local disk", pair("running-local_ssd_pro"), "403 DiskNotPortable"),
    ("DetachDisk", "a subscription's disk", pair("paid-cloud_auto", "paid"), "403 DiskNotPortable"),
    (
        "DetachDisk",
        "an ephemeral disk",
        pair(f"running-{EPHEMERAL}"),
        "403 InvalidOperation.DiskCategoryUnsupported",
    ),
    (
        "DetachDisk",
        "a shared disk that would go",
        pair("shared", DeleteWithInstance=True),
        "403 DeleteWithInstance.Conflict",
    ),
    ("DetachDisk", "security lock", pair("locked-cloud_auto", "locked"), "403 InstanceLockedForSecurity"),
]
DELETE: list[Row] = [
    ("DeleteDisk", "unknown", {"DiskId": "d-0"}, "404 InvalidDiskId.NotFound"),
    ("DeleteDisk", "in use", {"DiskId": "stopped-cloud_auto"}, "403 IncorrectDiskStatus"),
    ("DeleteDisk", "still creating", {"DiskId": "creating"}, "403 IncorrectDiskStatus.Initializing"),
    ("DeleteDisk", "a system disk", {"DiskId": "running-system"}, "403 DiskTypeViolation"),
    ("DeleteDisk", "a subscription's disk", {"DiskId": "paid-cloud_auto"}, "403 DiskNotPortable"),
    ("DeleteDisk", "a snapshot is being taken", {"DiskId": "saved"}, "403 DiskCreatingSnapshot"),
]
ROWS = [*CREATE, *ATTACH, *DELETE]


@pytest.mark.parametrize(("action", "case", "parameters", "outcome"), ROWS, ids=names_of(ROWS))
def test_refused(shelf: Shelf, action: str, case: str, parameters: dict[str, Any], outcome: str) -> None:
    shelf.check(action, parameters, outcome)
