"""CreateDisk (Ecs 2014-05-26): empty or of a snapshot, alone or for a subscription instance."""

from __future__ import annotations

from typing import Any

from emulator.actions.common import new_tags_of, region_of
from emulator.actions.disk_orders import category_of, level_of
from emulator.actions.storage_common import (
    check_ready,
    description_of,
    free_device,
    name_of,
    not_enough_balance,
    owned_snapshot,
)
from emulator.errors import (
    ApiError,
    incorrect_status,
    instance_not_found,
    invalid_parameter,
    missing_parameter,
)
from emulator.parameters import Parameters
from emulator.registry import Call, Reply, action, idempotent
from emulator.resources import Disk, Instance
from emulator.resources.disk import EPHEMERAL, LOCAL, sizes_of
from emulator.resources.storage import Snapshot
from emulator.rules import disks, lifecycle, snapshots
from emulator.world import new_id

_OBEYED = (
    "ZoneId InstanceId DiskCategory Size DiskName Description Encrypted KMSKeyId PerformanceLevel "
    "MultiAttach SnapshotId ResourceGroupId Tag.N.Key Tag.N.Value BurstingEnabled ProvisionedIops "
    "StorageClusterId"
)
_INERT = (
    "AdvancedFeatures EncryptAlgorithm StorageSetId StorageSetPartitionNumber Arn.N.RoleType Arn.N.Rolearn "
    "Arn.N.AssumeRoleFor"
)
_MOST_IOPS = 50000


@action("Ecs", "CreateDisk", _OBEYED, required="RegionId", ignored=_INERT)
@idempotent
def create_disk(call: Call) -> Reply:
    """CreateDisk: a pay-as-you-go data disk that stays when an instance goes, until told otherwise."""
    region, category = region_of(call), _category(call.parameters)
    holder, source = _holder(call), _source(call, category)
    fields = {**_fields(call.parameters, category), "size": _size(call.parameters, category, source)}
    if source is not None:
        fields["source_snapshot_id"] = source.id
        fields["encrypted"] = fields["encrypted"] or source.encrypted
    if call.world.overdue(call.account):
        raise not_enough_balance()
    place = {"account_id": call.account, "region_id": region, "created_at": call.world.now}
    where = _of(call, holder) if holder is not None else _alone(call.parameters, region)
    # Unlike a disk that comes with an instance, or the stock provider would differ from it for ever.
    fields["delete_auto_snapshot"] = False
    disk = Disk(**{"id": new_id("d"), "category": category, **place, **fields, **where})
    call.world.store.add(disk)
    if source is not None:
        snapshots.mark_use(call.world, source.id)
    disks.begin(call.world, disk, "Creating")
    return {"DiskId": disk.id, **({"OrderId": str(call.world.new_order())} if holder is not None else {})}


def _category(parameters: Parameters) -> str:
    category = category_of(parameters, "DiskCategory", "cloud")
    if category in LOCAL:
        raise ApiError(400, "InvalidDiskCategory.ValueNotSupported", "Local disks come with their instance.")
    return category


def _alone(parameters: Parameters, region: str) -> dict[str, Any]:
    zone = parameters.text("ZoneId")
    if not zone:
        raise missing_parameter("ZoneId")
    if not zone.startswith(region):
        raise ApiError(404, "InvalidZoneId.NotFound", f"The specified zone {zone} does not exist.")
    own = {"resource_group_id": parameters.text("ResourceGroupId"), "tags": new_tags_of(parameters)}
    return {"zone_id": zone, **own}


# What is bought for a subscription has its charge type, and no tags of its own.
def _of(call: Call, holder: Instance) -> dict[str, Any]:
    return {
        "zone_id": holder.zone_id,
        "instance_id": holder.id,
        "device": free_device(call, holder),
        "disk_charge_type": "PrePaid",
        "expired_at": holder.expired_at,
        "portable": False,
        "delete_with_instance": True,
    }


def _holder(call: Call) -> Instance | None:
    identifier = call.parameters.text("InstanceId")
    if not identifier:
        return None
    conflict = "ZoneId" if call.parameters.given("ZoneId") else ""
    if call.parameters.text("MultiAttach") == "Enabled":
        conflict = "MultiAttach"
    if conflict:
        why = f"it cannot be given together with {conflict}"
        raise invalid_parameter("InstanceId", why, "InvalidParameter.Conflict")
    holder = call.need(Instance, identifier, instance_not_found(identifier))
    if not holder.subscription:
        raise ApiError(403, "ChargeTypeViolation", f"The instance {holder.id} is no subscription.")
    lifecycle.check_unlocked(call.world, holder)
    if holder.status not in ("Running", "Stopped") or holder.releasing:
        raise incorrect_status(holder.id, holder.status, "Running, Stopped")
    return holder


def _source(call: Call, category: str) -> Snapshot | None:
    identifier = call.parameters.text("SnapshotId")
    if not identifier:
        return None
    snapshot = owned_snapshot(call, identifier)
    check_ready(snapshot)
    if category in EPHEMERAL:
        raise ApiError(403, "OperationDenied", f"A {category} disk cannot be made of a snapshot.")
    return snapshot


def _size(parameters: Parameters, category: str, source: Snapshot | None) -> int:
    if not parameters.given("Size") and source is None:
        raise missing_parameter('"SnapshotId" or "Size"')
    level = parameters.text("PerformanceLevel", "PL1")
    smallest, largest = sizes_of(category, level)
    wanted = parameters.number("Size", 0, 1, 10**6, "InvalidSize.ValueNotSupported")
    size = max(wanted, 0 if source is None else source.source_disk_size)
    if not smallest <= size <= largest:
        text = f"The specified Size {size} is not within {smallest} to {largest} GiB."
        raise ApiError(400, "InvalidSize.ValueNotSupported", text)
    return size


def _fields(parameters: Parameters, category: str) -> dict[str, Any]:
    encrypted = parameters.flag("Encrypted")
    if parameters.given("KMSKeyId") and not encrypted:
        text = "Encrypted must be true when KMSKeyId is not empty."
        raise ApiError(400, "InvalidParameter.EncryptedIllegal", text)
    return {
        # The page says true; its clients do not set it, and take the answer for a change of theirs.
        "delete_auto_snapshot": False,
        "disk_name": name_of(parameters, "DiskName", "InvalidDiskName.Malformed"),
        "description": description_of(parameters),
        "encrypted": encrypted,
        "kms_key_id": parameters.text("KMSKeyId"),
        "storage_cluster_id": parameters.text("StorageClusterId"),
        "multi_attach": _multi_attach(parameters, category),
        "bursting_enabled": parameters.flag("BurstingEnabled") and category == "cloud_auto",
        "provisioned_iops": parameters.number("ProvisionedIops", 0, 0, _MOST_IOPS),
        "performance_level": _level(parameters, category),
    }


def _level(parameters: Parameters, category: str) -> str:
    level = level_of(parameters, "PL1")
    return level if category == "cloud_essd" else ""


def _multi_attach(parameters: Parameters, category: str) -> str:
    value = parameters.choice("MultiAttach", "Disabled", ("Disabled", "Enabled"))
    if value == "Enabled" and category not in ("cloud_essd", "cloud_auto", "cloud_regional_disk_auto"):
        why = f"a {category} disk cannot be attached to many"
        raise invalid_parameter("MultiAttach", why, "InvalidParameter.Conflict")
    return value
