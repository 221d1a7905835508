"""A block storage disk as a record. Imports the base record and times only."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from emulator import times
from emulator.resources.base import Resource

CLOUD = {"cloud", "cloud_efficiency", "cloud_ssd", "cloud_essd", "cloud_auto", "cloud_essd_entry",
         "cloud_regional_disk_auto"}  # fmt: skip
EPHEMERAL = {"elastic_ephemeral_disk_standard", "elastic_ephemeral_disk_premium"}
LOCAL = {"local_ssd_pro", "local_hdd_pro", "ephemeral", "ephemeral_ssd"}
CATEGORIES = CLOUD | EPHEMERAL | LOCAL
# Of these nobody takes snapshots.
UNSAVED = EPHEMERAL | LOCAL
# From the slowest on; a subscription only goes up.
SPEEDS = ("cloud", "cloud_efficiency", "cloud_essd_entry", "cloud_ssd", "cloud_auto", "cloud_essd")
LEVELS = ("PL0", "PL1", "PL2", "PL3")
_SIZES = {
    "cloud": (5, 2000),
    "cloud_efficiency": (20, 32768),
    "cloud_ssd": (20, 32768),
    "cloud_auto": (1, 65536),
    "cloud_essd_entry": (10, 32768),
    "cloud_regional_disk_auto": (10, 65536),
    **dict.fromkeys(EPHEMERAL, (64, 8192)),
}
_SMALLEST_OF_LEVEL = {"PL0": 1, "PL1": 20, "PL2": 461, "PL3": 1261}
_LARGEST_SYSTEM, _LARGEST_BASIC_SYSTEM, _SMALLEST_SYSTEM = 2048, 500, 20
# While a disk is on its way to or from an instance, only these say whose it is.
_HELD = {"In_use", "Detaching", "ReIniting"}


def sizes_of(category: str, level: str, system: bool = False) -> tuple[int, int]:
    """Return the smallest and the largest size of a disk in GiB."""
    smallest, largest = _SIZES.get(category, (1, 65536))
    if category == "cloud_essd":
        smallest = _SMALLEST_OF_LEVEL.get(level, 20)
    if not system:
        return smallest, largest
    if category not in ("cloud_essd", "cloud_auto"):
        smallest = max(smallest, _SMALLEST_SYSTEM)
    return smallest, _LARGEST_BASIC_SYSTEM if category == "cloud" else _LARGEST_SYSTEM


class Disk(Resource):
    """A disk, attached or not."""

    kind = "disks"
    bills = True
    hidden: ClassVar[set[str]] = {
        "attached_at",
        "detached_at",
        "expired_at",
        "attached_to",
        "marketplace",
        "starts_holder",
        "refunded",
    }

    id: str = Field(serialization_alias="DiskId")
    disk_name: str = ""
    description: str = ""
    type: str = "data"
    category: str = "cloud_efficiency"
    size: int
    status: str = "Available"
    zone_id: str
    instance_id: str = ""
    device: str = ""
    portable: bool = True
    delete_with_instance: bool = False
    delete_auto_snapshot: bool = True
    enable_auto_snapshot: bool = True
    bursting_enabled: bool = False
    disk_charge_type: str = "PostPaid"
    encrypted: bool = False
    kms_key_id: str = Field(default="", serialization_alias="KMSKeyId")
    performance_level: str = ""
    provisioned_iops: int = 0
    auto_snapshot_policy_id: str = ""
    source_snapshot_id: str = ""
    storage_cluster_id: str = ""
    image_id: str = ""
    resource_group_id: str = ""
    multi_attach: str = "Disabled"
    marketplace: bool = False
    starts_holder: bool = False
    refunded: bool = False
    expired_at: float | None = None
    attached_at: float | None = None
    detached_at: float | None = None
    attached_to: list[str] = Field(default_factory=list)

    @property
    def parent(self) -> str:
        """Return the instance the disk is attached to."""
        return self.instance_id

    @property
    def facts(self) -> dict[str, Any]:
        """Return what the price of a disk depends on."""
        return {"Category": self.category, "Size": self.size}

    @property
    def meter(self) -> dict[str, Any] | None:
        """Return the facts and the paid time; local disks are in the price of their instance."""
        if self.category in LOCAL or self.refunded:
            return None
        if self.disk_charge_type == "PostPaid":
            return self.facts
        return None if self.expired_at is None else {**self.facts, "PaidUntil": self.expired_at}

    @property
    def shared(self) -> bool:
        """Tell a multi-attach disk."""
        return self.multi_attach == "Enabled"

    @property
    def holder(self) -> str:
        """Return the instance that the disk is shown with: none before it is attached."""
        return self.instance_id if self.status in _HELD else ""

    def view(self) -> dict[str, Any]:
        """Return the disk as DescribeDisks shows it."""
        shown = {**super().view(), **_moments(self), **_attachments(self), "InstanceId": self.holder}
        fixed = {"ProductCode": "", "StorageSetId": "", "StorageSetPartitionNumber": 0, "BdfId": ""}
        policy = {"EnableAutomatedSnapshotPolicy": self.auto_snapshot_policy_id != ""}
        return {**shown, **fixed, **policy, "SerialNumber": self.id.removeprefix("d-")}


def _moments(disk: Disk) -> dict[str, Any]:
    def shown(moment: float | None) -> str:
        return "" if moment is None else times.to_second(moment)

    expiry = times.NEVER_EXPIRES if disk.expired_at is None else times.to_minute(disk.expired_at)
    created = times.to_second(disk.created_at)
    attached, detached = shown(disk.attached_at), shown(disk.detached_at)
    return {
        "ExpiredTime": expiry,
        "CreationTime": created,
        "AttachedTime": attached,
        "DetachedTime": detached,
    }


def _attachments(disk: Disk) -> dict[str, Any]:
    holders = disk.attached_to if disk.shared else [disk.holder] if disk.holder else []
    since = "" if disk.attached_at is None else times.to_second(disk.attached_at)
    rows = [{"InstanceId": holder, "Device": disk.device, "AttachedTime": since} for holder in holders]
    return {
        "Attachments": {"Attachment": rows},
        "MountInstances": {"MountInstance": rows if disk.shared else []},
        "MountInstanceNum": len(holders),
        "OperationLocks": {"OperationLock": []},
    }
