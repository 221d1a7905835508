"""CreateDisk, DeleteDisk, AttachDisk, DetachDisk and ModifyDiskAttribute (Ecs 2014-05-26)."""

from __future__ import annotations

from emulator.actions.common import new_tags_of, region_of
from emulator.actions.disk_orders import category_of
from emulator.errors import ApiError, incorrect_status, instance_not_found, missing_parameter
from emulator.parameters import Parameters
from emulator.registry import Call, Reply, action, idempotent
from emulator.resources import Disk, Instance
from emulator.resources.disk import EPHEMERAL, LOCAL
from emulator.rules import lifecycle, release, snapshots
from emulator.world import new_id

_CREATE = (
    "ZoneId DiskCategory Size DiskName Description Encrypted KMSKeyId PerformanceLevel "
    "MultiAttach SnapshotId ResourceGroupId ClientToken Tag.N.Key Tag.N.Value BurstingEnabled "
    "ProvisionedIops"
)
_FLAGS = {
    "DeleteWithInstance": "delete_with_instance",
    "DeleteAutoSnapshot": "delete_auto_snapshot",
    "EnableAutoSnapshot": "enable_auto_snapshot",
    "BurstingEnabled": "bursting_enabled",
}
_TEXTS = {"DiskName": "disk_name", "Description": "description"}
_MODIFY = " ".join(("DiskId", "DiskIds.N", *_FLAGS, *_TEXTS))
_MOST_IDS = 100


@action("Ecs", "CreateDisk", _CREATE, required="RegionId")
@idempotent
def create_disk(call: Call) -> Reply:
    """CreateDisk: a pay-as-you-go data disk that stays when an instance goes, until told otherwise."""
    parameters = call.parameters
    region, category = region_of(call), category_of(parameters, "DiskCategory", "cloud")
    if category in LOCAL | EPHEMERAL:
        raise ApiError(400, "InvalidDiskCategory.ValueNotSupported", "Local disks come with their instance.")
    if not parameters.given("ZoneId"):
        raise missing_parameter("ZoneId")
    if not parameters.given("Size") and not parameters.given("SnapshotId"):
        raise missing_parameter("Size")
    disk = Disk(
        id=new_id("d"),
        account_id=call.account,
        region_id=region,
        created_at=call.world.now,
        tags=new_tags_of(parameters),
        zone_id=parameters.text("ZoneId"),
        category=category,
        size=parameters.number("Size", 40, 1, 65536, "InvalidDiskSize.ValueNotSupported"),
        disk_name=parameters.text("DiskName"),
        description=parameters.text("Description"),
        encrypted=parameters.flag("Encrypted"),
        kms_key_id=parameters.text("KMSKeyId"),
        performance_level=parameters.text("PerformanceLevel", "PL1" if category == "cloud_essd" else ""),
        multi_attach=parameters.choice("MultiAttach", "Disabled", ("Disabled", "Enabled")),
        source_snapshot_id=parameters.text("SnapshotId"),
    )
    call.world.store.add(disk)
    return {"DiskId": disk.id}


@action("Ecs", "DeleteDisk", "", required="DiskId")
def delete_disk(call: Call) -> Reply:
    """DeleteDisk: only a disk that nothing uses."""
    disk = _disk(call, call.parameters.text("DiskId"))
    if disk.status != "Available":
        raise ApiError(403, "IncorrectDiskStatus", f"The disk {disk.id} is {disk.status}, not Available.")
    snapshots.disk_ends(call.world, disk)
    call.world.store.remove(disk)
    return {}


@action("Ecs", "AttachDisk", "DeleteWithInstance Device", required="InstanceId DiskId")
def attach_disk(call: Call) -> Reply:
    """AttachDisk: to a Running or Stopped instance of the same zone."""
    disk, instance = _disk(call, call.parameters.text("DiskId")), _holder(call)
    dies = call.parameters.flag("DeleteWithInstance", disk.delete_with_instance)
    lifecycle.check_unlocked(call.world, instance)
    _check_attachable(disk, instance)
    disk.status = "In_use"
    disk.attached_at = call.world.now
    if disk.shared:
        disk.attached_to.append(instance.id)
        instance.shared_disk_ids.append(disk.id)
        call.world.store.put(instance)
    else:
        others = call.world.store.under(Disk, instance.id)
        disk.device = call.parameters.text("Device", f"/dev/xvd{chr(ord('a') + len(others))}")
        disk.instance_id, disk.delete_with_instance = instance.id, dies
    call.world.store.put(disk)
    return {}


@action("Ecs", "DetachDisk", "DeleteWithInstance", required="InstanceId DiskId")
def detach_disk(call: Call) -> Reply:
    """DetachDisk: a data disk that is not bound to its instance."""
    disk, instance = _disk(call, call.parameters.text("DiskId")), _holder(call)
    if "security" in instance.locks:
        lifecycle.check_unlocked(call.world, instance)
    if disk.shared and instance.id in disk.attached_to:
        release.leave(call.world, disk, instance)
        return {}
    if disk.instance_id != instance.id:
        raise ApiError(403, "DependencyViolation", f"The disk {disk.id} is not attached to {instance.id}.")
    if disk.type == "system" or not disk.portable:
        raise ApiError(403, "DiskNotPortable", f"The disk {disk.id} cannot be detached.")
    release.unplug(call.world, disk)
    return {}


@action("Ecs", "ModifyDiskAttribute", _MODIFY)
def modify_disk_attribute(call: Call) -> Reply:
    """ModifyDiskAttribute: one disk or up to 100; all are checked before any is changed."""
    parameters = call.parameters
    ids = _ids(parameters)
    flags = {field: parameters.flag(name) for name, field in _FLAGS.items() if parameters.given(name)}
    texts = {field: parameters.text(name) for name, field in _TEXTS.items() if parameters.given(name)}
    if not flags and not texts:
        raise ApiError(400, "NoAttributeToModify", "No attribute to be modified was specified.")
    disks = [_disk(call, identifier) for identifier in ids]
    # One refusal changes none, so all are checked first.
    for disk in disks:
        if flags.get("delete_with_instance") is not None:
            _check_flag(disk, flags["delete_with_instance"])
    for disk in disks:
        for field, value in {**flags, **texts}.items():
            setattr(disk, field, value)
        call.world.store.put(disk)
    return {}


def _ids(parameters: Parameters) -> list[str]:
    one, many = parameters.text("DiskId"), parameters.items("DiskIds")
    if one and many:
        raise ApiError(
            400, "ParameterConflict.DiskIdAndDiskIds", "DiskId and DiskIds cannot be given together."
        )
    if not one and not many:
        raise missing_parameter("DiskId or DiskIds", "MissingParameter.DiskIdOrDiskIds")
    if len(many) > _MOST_IDS:
        raise ApiError(400, "InvalidParameter.DiskIds", f"More than {_MOST_IDS} DiskIds.")
    return [one] if one else list(dict.fromkeys(many))


def _check_flag(disk: Disk, dies: bool) -> None:
    if disk.shared or (disk.marketplace and not dies):
        raise ApiError(
            403, "DeleteWithInstance.Conflict", f"The disk {disk.id} does not support the attribute."
        )
    bound = disk.category in LOCAL | EPHEMERAL or (disk.category == "cloud" and not disk.portable)
    if bound and not dies:
        raise ApiError(403, "DiskNotPortable", f"The disk {disk.id} cannot outlive its instance.")


def _check_attachable(disk: Disk, instance: Instance) -> None:
    # A multi-attach disk is In_use and may be attached once more.
    if disk.status != "Available" and not (disk.shared and instance.id not in disk.attached_to):
        raise ApiError(403, "IncorrectDiskStatus", f"The disk {disk.id} is {disk.status}, not Available.")
    if instance.status not in ("Running", "Stopped") or instance.releasing:
        raise incorrect_status(instance.id, instance.status, "Running, Stopped")
    if instance.zone_id != disk.zone_id:
        raise ApiError(403, "ResourcesNotInSameZone", "The disk and the instance are not in the same zone.")


def _holder(call: Call) -> Instance:
    identifier = call.parameters.text("InstanceId")
    return call.need(Instance, identifier, instance_not_found(identifier))


def _disk(call: Call, identifier: str) -> Disk:
    text = f"The specified DiskId {identifier} does not exist."
    return call.need(Disk, identifier, ApiError(404, "InvalidDiskId.NotFound", text))
