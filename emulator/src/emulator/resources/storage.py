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
    hidden: ClassVar[set[str]] = {"source_disk_size", "finished_at", "policy_id"}

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
    finished_at: float | None = None

    @property
    def parent(self) -> str:
        """Return the disk that it was taken of."""
        return self.source_disk_id

    def view(self) -> dict[str, Any]:
        """Return the snapshot as DescribeSnapshots shows it; its size is text there."""
        moments = {"CreationTime": times.to_second(self.created_at)}
        if self.finished_at is not None:
            moments["LastModifiedTime"] = times.to_second(self.finished_at)
        shown = {**super().view(), **moments, "SourceDiskSize": str(self.source_disk_size)}
        return {**shown, "Available": self.status == "accomplished", "ProductCode": "", "RemainTime": 0}


class SnapshotGroup(Resource):
    """Snapshots of several disks of one moment."""

    kind = "snapshot_groups"

    id: str = Field(serialization_alias="SnapshotGroupId")
    name: str = ""
    description: str = ""
    instance_id: str = ""
    status: str = "progressing"
    resource_group_id: str = ""


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
        return {**super().view(), **lists, "DiskNums": len(self.disk_ids), "VolumeNums": len(self.disk_ids)}


class Image(Resource):
    """A custom image; system images are a catalogue and no records."""

    kind = "images"
    hidden: ClassVar[set[str]] = {"snapshot_ids", "instance_id", "sizes"}

    id: str = Field(serialization_alias="ImageId")
    image_name: str = ""
    image_family: str = ""
    image_version: str = ""
    description: str = ""
    status: str = "Creating"
    progress: str = "0%"
    size: int = 40
    platform: str = "Ubuntu"
    os_type: str = Field(default="linux", serialization_alias="OSType")
    os_name: str = Field(default="Ubuntu 24.04 64 bit", serialization_alias="OSName")
    architecture: str = "x86_64"
    resource_group_id: str = ""
    instance_id: str = ""
    snapshot_ids: list[str] = Field(default_factory=list)
    sizes: list[int] = Field(default_factory=list)

    def view(self) -> dict[str, Any]:
        """Return the image as DescribeImages shows it."""
        devices = [
            {
                "SnapshotId": snapshot,
                "Size": str(size),
                "Device": f"/dev/xvd{chr(ord('a') + number)}",
                "Type": "data" if number else "system",
                "Format": "",
                "ImportOSSBucket": "",
                "ImportOSSObject": "",
            }
            for number, (snapshot, size) in enumerate(zip(self.snapshot_ids, self.sizes, strict=True))
        ]
        return {
            **super().view(),
            **image_fields(),
            "CreationTime": times.to_second(self.created_at),
            "OSNameEn": self.os_name,
            "DiskDeviceMappings": {"DiskDeviceMapping": devices},
        }


def image_fields() -> dict[str, Any]:
    """Return what is the same for every image here."""
    return {
        "ImageOwnerAlias": "self",
        "Usage": "none",
        "IsSelfShared": "",
        "IsSubscribed": False,
        "IsSupportIoOptimized": True,
        "IsSupportCloudinit": True,
        "IsCopied": False,
        "IsPublic": False,
        "BootMode": "BIOS",
        "ProductCode": "",
        "LoginAsNonRootSupported": True,
    }
