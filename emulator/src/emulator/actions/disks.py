"""DeleteDisk and ModifyDiskAttribute (Ecs 2014-05-26)."""

from __future__ import annotations

from emulator.actions.storage_common import (
    check_unsaved,
    description_of,
    incorrect_disk,
    name_of,
    not_portable,
    owned_disk,
)
from emulator.errors import ApiError, missing_parameter
from emulator.parameters import Parameters
from emulator.registry import Call, Reply, action
from emulator.resources import Disk
from emulator.resources.disk import UNSAVED
from emulator.rules import release

_FLAGS = {
    "DeleteWithInstance": "delete_with_instance",
    "DeleteAutoSnapshot": "delete_auto_snapshot",
    "EnableAutoSnapshot": "enable_auto_snapshot",
    "BurstingEnabled": "bursting_enabled",
}
_MODIFY = " ".join(("DiskId", "DiskIds.N", *_FLAGS, "DiskName", "Description"))
_MOST_IDS = 100


@action("Ecs", "DeleteDisk", "", required="DiskId")
def delete_disk(call: Call) -> Reply:
    """DeleteDisk: only a data disk that nothing uses; its manual snapshots stay."""
    disk = owned_disk(call, call.parameters.text("DiskId"))
    if disk.type == "system":
        raise ApiError(403, "DiskTypeViolation", f"The disk {disk.id} is a system disk.")
    if disk.status == "Creating":
        raise ApiError(403, "IncorrectDiskStatus.Initializing", f"The disk {disk.id} is being created.")
    if not disk.portable:
        raise not_portable(disk)
    if disk.status != "Available":
        raise incorrect_disk(disk)
    check_unsaved(call.world, disk)
    release.destroy(call.world, disk)
    return {}


@action("Ecs", "ModifyDiskAttribute", _MODIFY)
def modify_disk_attribute(call: Call) -> Reply:
    """ModifyDiskAttribute: one disk or up to 100; all are checked before any is changed."""
    parameters = call.parameters
    ids = _ids(parameters)
    flags = {field: parameters.flag(name) for name, field in _FLAGS.items() if parameters.given(name)}
    texts = _texts(parameters)
    if not flags and not texts:
        raise ApiError(400, "NoAttributeToModify", "No attribute to be modified was specified.")
    disks = [owned_disk(call, identifier) for identifier in ids]
    # One refusal changes none, so all are checked first.
    for disk in disks:
        if disk.status == "Creating":
            raise incorrect_disk(disk)
        if flags.get("delete_with_instance") is not None:
            _check_flag(disk, flags["delete_with_instance"])
    for disk in disks:
        for field, value in {**flags, **texts}.items():
            setattr(disk, field, value)
        call.world.store.put(disk)
    return {}


def _texts(parameters: Parameters) -> dict[str, str]:
    found = {
        "disk_name": name_of(parameters, "DiskName", "InvalidDiskName.Malformed"),
        "description": description_of(parameters, status=404),
    }
    return {field: value for field, value in found.items() if value}


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
    bound = disk.category in UNSAVED or (disk.category == "cloud" and not disk.portable)
    if bound and not dies:
        raise ApiError(403, "DiskNotPortable", f"The disk {disk.id} cannot outlive its instance.")
