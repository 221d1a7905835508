"""Snapshots, groups of them, policies that take them, custom images. Imports the base record and times."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from pydantic import Field

from emulator import times
from emulator.resources.base import Resource


class Snapshot(Resource):
    """A snapshot of one disk; `finished_at` is when it was complete, None while it is being taken."""

    kind = "snapshots"
    bills = True
    hidden: ClassVar[set[str]] = {
        "source_disk_size",
        "finishes_at",
        "finished_at",
        "policy_id",
        "instance_id",
    }

    id: str = Field(serialization_alias="SnapshotId")
    snapshot_name: str = ""
    description: str = ""
    snapshot_type: str = "user"
    status: str = "progressing"
    progress: str = "0%"
    source_disk_id: str
    source_disk_type: str = "data"
    source_disk_size: int = 0
    instance_id: str = ""
    category: str = "standard"
    encrypted: bool = False
    kms_key_id: str = Field(default="", serialization_alias="KMSKeyId")
    retention_days: int = 0
    instant_access: bool = False
    instant_access_retention_days: int = 0
    usage: str = "none"
    snapshot_group_id: str = ""
    resource_group_id: str = ""
    policy_id: str = ""
    remain_time: int = 0
    finishes_at: float = 0.0
    finished_at: float | None = None

    @property
    def parent(self) -> str:
        """Return the disk that it was taken of."""
        return self.source_disk_id

    @property
    def meter(self) -> dict[str, Any] | None:
        """Return the size of the disk; what failed costs nothing."""
        return None if self.status == "failed" else {"Size": self.source_disk_size}

    @property
    def in_image(self) -> bool:
        """Tell whether an image is made of it, which keeps it from being deleted."""
        return "image" in self.usage

    @property
    def available(self) -> bool:
        """Tell whether a disk can be made of it or set back to it."""
        return self.status == "accomplished" or (self.status == "progressing" and self.instant_access)

    def view(self) -> dict[str, Any]:
        """Return the snapshot as DescribeSnapshots shows it; its size is text there."""
        changed = self.created_at if self.finished_at is None else self.finished_at
        return {
            **super().view(),
            "CreationTime": times.to_second(self.created_at),
            "LastModifiedTime": times.to_second(changed),
            "SourceDiskSize": str(self.source_disk_size),
            "SourceStorageType": "disk",
            "SnapshotSN": self.id.removeprefix("s-"),
            "SnapshotLinkId": link_of(self.source_disk_id),
            "Available": self.available,
            "ProductCode": "",
        }


def link_of(disk_id: str) -> str:
    """Return the id of the chain that all snapshots of a disk are in."""
    return f"sl-{disk_id.removeprefix('d-')}"


class SnapshotGroup(Resource):
    """Snapshots of several disks of one moment."""

    kind = "snapshot_groups"

    id: str = Field(serialization_alias="SnapshotGroupId")
    name: str = ""
    description: str = ""
    instance_id: str = ""
    status: str = "progressing"
    progress_status: str = ""
    resource_group_id: str = ""

    def view(self) -> dict[str, Any]:
        """Return the group as DescribeSnapshotGroups shows it, without its snapshots."""
        return {**super().view(), "CreationTime": times.to_second(self.created_at)}


class AutoSnapshotPolicy(Resource):
    """When snapshots are taken by themselves; hours and weekdays are those of UTC+8."""

    kind = "auto_snapshot_policies"
    hidden: ClassVar[set[str]] = {"time_points", "repeat_weekdays", "disk_ids", "target_copy_regions"}

    id: str = Field(serialization_alias="AutoSnapshotPolicyId")
    auto_snapshot_policy_name: str = ""
    status: str = "Normal"
    retention_days: int = -1
    time_points: list[str] = Field(default_factory=list)
    repeat_weekdays: list[str] = Field(default_factory=list)
    enable_cross_region_copy: bool = False
    copied_snapshots_retention_days: int = -1
    target_copy_regions: list[str] = Field(default_factory=list)
    type: str = "Custom"
    resource_group_id: str = ""
    disk_ids: list[str] = Field(default_factory=list)

    def view(self) -> dict[str, Any]:
        """Return the policy as DescribeAutoSnapshotPolicyEx shows it: lists travel as JSON text."""
        lists = {
            "TimePoints": json.dumps(self.time_points),
            "RepeatWeekdays": json.dumps(self.repeat_weekdays),
            "TargetCopyRegions": json.dumps(self.target_copy_regions),
        }
        numbers = {"DiskNums": len(self.disk_ids), "VolumeNums": 0}
        return {**super().view(), **lists, **numbers, "AssociationType": "AssociatedWithDisk"}


class Image(Resource):
    """A custom image; system images are a catalogue and no records."""

    kind = "images"
    hidden: ClassVar[set[str]] = {"snapshot_ids", "instance_id", "sizes", "devices", "finishes_at"}

    id: str = Field(serialization_alias="ImageId")
    image_name: str = ""
    image_family: str = ""
    image_version: str = ""
    description: str = ""
    status: str = "Creating"
    progress: str = "0%"
    size: int = 40
    platform: str = "Others Linux"
    os_type: str = Field(default="linux", serialization_alias="OSType")
    os_name: str = Field(default="", serialization_alias="OSName")
    architecture: str = "x86_64"
    boot_mode: str = "BIOS"
    resource_group_id: str = ""
    instance_id: str = ""
    # The system disk first; an empty id is a disk without content.
    snapshot_ids: list[str] = Field(default_factory=list)
    sizes: list[int] = Field(default_factory=list)
    devices: list[str] = Field(default_factory=list)
    finishes_at: float = 0.0

    def view(self) -> dict[str, Any]:
        """Return the image as DescribeImages shows it; whether it is in use is not its own knowledge."""
        rows = [self._device(number) for number in range(len(self.devices))]
        return {
            **super().view(),
            **image_fields(),
            "BootMode": self.boot_mode,
            "CreationTime": times.to_second(self.created_at),
            "OSNameEn": self.os_name,
            "ImageOwnerId": int(self.account_id),
            "Usable": self.status in ("Available", "Deprecated"),
            "DiskDeviceMappings": {"DiskDeviceMapping": rows},
        }

    def _device(self, number: int) -> dict[str, Any]:
        return {
            "SnapshotId": self.snapshot_ids[number],
            "Size": str(self.sizes[number]),
            "Device": self.devices[number],
            "Type": "data" if number else "system",
            "Format": "",
            "ImportOSSBucket": "",
            "ImportOSSObject": "",
            "Progress": "",
            "RemainTime": 0,
            "Encrypted": False,
        }


def image_fields() -> dict[str, Any]:
    """Return what is the same for every image here."""
    return {
        "ImageOwnerAlias": "self",
        "Usage": "none",
        "IsSelfShared": "False",
        "IsSubscribed": False,
        "IsSupportIoOptimized": True,
        "IsSupportCloudinit": True,
        "IsCopied": False,
        "IsPublic": False,
        "ProductCode": "",
        "SupplierName": "",
        "LicenseType": "Auto",
        "LoginAsNonRootSupported": True,
        "Features": {"NvmeSupport": "supported", "ImdsSupport": ""},
        "DetectionOptions": {"Status": "", "Items": {"Item": []}},
    }
