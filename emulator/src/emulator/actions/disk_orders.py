"""Disks as RunInstances and CreateDisk order them: defaults and refusals.

Imports parameters and errors.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from emulator.errors import ApiError, invalid_parameter, missing_parameter
from emulator.names import words
from emulator.parameters import Parameters
from emulator.resources.disk import CATEGORIES, EPHEMERAL, LEVELS, LOCAL

DISK_FIELDS = words(
    "Category Size DiskName Description PerformanceLevel AutoSnapshotPolicyId StorageClusterId "
    "Encrypted KMSKeyId ProvisionedIops BurstingEnabled DeleteWithInstance SnapshotId "
    "Device"
)
_SYSTEM_SIZE = 40


class DiskOrder(BaseModel):
    """A checked order of one disk."""

    model_config = ConfigDict(defer_build=True)

    type: str
    category: str
    size: int
    disk_name: str
    description: str
    device: str
    delete_with_instance: bool
    portable: bool
    encrypted: bool
    kms_key_id: str
    performance_level: str
    provisioned_iops: int
    bursting_enabled: bool
    auto_snapshot_policy_id: str
    storage_cluster_id: str
    source_snapshot_id: str


def category_of(parameters: Parameters, name: str, default: str) -> str:
    """Return a disk category that exists."""
    category = parameters.text(name, default)
    if category not in CATEGORIES:
        raise ApiError(
            400, "InvalidDiskCategory.ValueNotSupported", f"The category {category} is not supported."
        )
    return category


def level_of(parameters: Parameters, default: str) -> str:
    """Return a performance level that exists."""
    text = "The specified parameter PerformanceLevel is not valid."
    malformed = ApiError(400, "InvalidPerformanceLevel.Malformed", text)
    return parameters.choice("PerformanceLevel", default, LEVELS, malformed)


def disk_order(group: Parameters, system: bool) -> DiskOrder:
    """Read one SystemDisk or DataDisk.N group."""
    category = category_of(group, "Category", "cloud_efficiency")
    if not system and not group.given("Size") and not group.given("SnapshotId"):
        raise missing_parameter("DataDisk.N.Size")
    bound = category in LOCAL | EPHEMERAL
    dies = group.flag("DeleteWithInstance", True)
    if bound and not dies:
        raise invalid_parameter("DeleteWithInstance", f"a {category} disk cannot outlive its instance")
    return DiskOrder(
        type="system" if system else "data",
        category=category,
        size=group.number("Size", _SYSTEM_SIZE, 1, 65536, "InvalidDiskSize.ValueNotSupported"),
        disk_name=group.text("DiskName"),
        description=group.text("Description"),
        device=group.text("Device"),
        delete_with_instance=dies,
        portable=category not in LOCAL,
        **_options(group, category),
    )


def _options(group: Parameters, category: str) -> dict[str, Any]:
    level = "PL1" if category == "cloud_essd" else ""
    return {
        "encrypted": group.flag("Encrypted"),
        "kms_key_id": group.text("KMSKeyId"),
        "performance_level": level_of(group, level),
        "provisioned_iops": group.number("ProvisionedIops", 0, 0, 10**8),
        "bursting_enabled": group.flag("BurstingEnabled"),
        "auto_snapshot_policy_id": group.text("AutoSnapshotPolicyId"),
        "storage_cluster_id": group.text("StorageClusterId"),
        "source_snapshot_id": group.text("SnapshotId"),
    }
