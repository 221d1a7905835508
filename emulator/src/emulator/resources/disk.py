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


class Disk(Resource):
    """A disk, attached or not."""

    kind = "disks"
    hidden: ClassVar[set[str]] = {"attached_at", "detached_at", "expired_at", "attached_to", "marketplace"}

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
    expired_at: float | None = None
    attached_at: float | None = None
    detached_at: float | None = None
    attached_to: list[str] = Field(default_factory=list)

    @property
    def parent(self) -> str:
        """Return the instance the disk is attached to."""
        return self.instance_id

    @property
    def shared(self) -> bool:
        """Tell a multi-attach disk."""
        return self.multi_attach == "Enabled"

    def view(self) -> dict[str, Any]:
        """Return the disk as DescribeDisks shows it."""
        return {**super().view(), **_moments(self), **_attachments(self), "ProductCode": ""}


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
    holders = disk.attached_to if disk.shared else [disk.instance_id] if disk.instance_id else []
    rows = [{"InstanceId": holder, "Device": disk.device, "AttachedTime": ""} for holder in holders]
    return {
        "Attachments": {"Attachment": rows},
        "MountInstances": {"MountInstance": rows if disk.shared else []},
        "MountInstanceNum": len(holders),
        "OperationLocks": {"OperationLock": []},
    }
