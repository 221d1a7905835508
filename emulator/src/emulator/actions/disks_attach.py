"""AttachDisk and DetachDisk (Ecs 2014-05-26)."""

from __future__ import annotations

import re

from emulator.actions.storage_common import free_device, incorrect_disk, not_portable, owned_disk
from emulator.errors import ApiError, incorrect_status, instance_not_found, locked_for_security
from emulator.parameters import Parameters
from emulator.registry import Call, Reply, action
from emulator.resources import Disk, Instance
from emulator.resources.disk import EPHEMERAL
from emulator.rules import disks, lifecycle, release

_DEVICE = re.compile(r"^/dev/xvd[a-z]$")
_MOST_HOLDERS = 16


@action(
    "Ecs",
    "AttachDisk",
    "DeleteWithInstance Device Bootable",
    required="InstanceId DiskId",
    ignored="Force KeyPairName Password",
)
def attach_disk(call: Call) -> Reply:
    """AttachDisk: to a Running or Stopped instance of the same zone, a little later."""
    parameters = call.parameters
    dies, device = parameters.flag("DeleteWithInstance"), _device(parameters)
    disk, instance = owned_disk(call, parameters.text("DiskId")), _holder(call)
    lifecycle.check_unlocked(call.world, instance)
    _check_attachable(disk, instance)
    _check_flag(disk, dies)
    if disk.shared:
        _share(call, disk, instance)
        return {}
    disk.device = free_device(call, instance, device)
    disk.instance_id, disk.delete_with_instance = instance.id, dies
    disks.begin(call.world, disk, "Attaching")
    return {}


def _device(parameters: Parameters) -> str:
    device = parameters.text("Device")
    if device and not _DEVICE.match(device):
        raise ApiError(400, "InvalidDevice.Malformed", f"The specified device {device} is not valid.")
    if parameters.flag("Bootable"):
        raise ApiError(403, "InvalidDevice.InUse", "The instance has a system disk.")
    return device


def _check_attachable(disk: Disk, instance: Instance) -> None:
    # A multi-attach disk is In_use and may be attached once more.
    if disk.status != "Available" and not (disk.shared and disk.status == "In_use"):
        raise incorrect_disk(disk)
    if instance.id in disk.attached_to:
        raise incorrect_disk(disk)
    if instance.status not in ("Running", "Stopped") or instance.releasing:
        refused = incorrect_status(instance.id, instance.status, "Running, Stopped")
        # The page of this action says 400 where others say 403.
        raise ApiError(400, refused.code, refused.message)
    if instance.zone_id != disk.zone_id:
        raise ApiError(403, "ResourcesNotInSameZone", "The disk and the instance are not in the same zone.")


def _check_flag(disk: Disk, dies: bool) -> None:
    if disk.shared and dies:
        text = "A multi-attach disk has no DeleteWithInstance attribute."
        raise ApiError(403, "DeleteWithInstance.Conflict", text)
    if disk.category in EPHEMERAL and not dies:
        text = "DeleteWithInstance of an elastic ephemeral disk must be true."
        raise ApiError(403, "InvalidParameter.DeleteWithInstance", text)


# At once: one status cannot tell that it is on its way to one instance and attached to another.
def _share(call: Call, disk: Disk, instance: Instance) -> None:
    if len(disk.attached_to) >= _MOST_HOLDERS:
        text = f"The disk {disk.id} is attached to {_MOST_HOLDERS} instances."
        raise ApiError(404, "DiskAttachedNumberExceeded", text)
    disk.status, disk.attached_at = "In_use", call.world.now
    disk.attached_to.append(instance.id)
    call.world.store.put(disk)
    instance.shared_disk_ids.append(disk.id)
    call.world.store.put(instance)


@action("Ecs", "DetachDisk", "DeleteWithInstance", required="InstanceId DiskId")
def detach_disk(call: Call) -> Reply:
    """DetachDisk: a data disk that is not bound to its instance, a little later."""
    disk, instance = owned_disk(call, call.parameters.text("DiskId")), _holder(call)
    if "security" in instance.locks:
        raise locked_for_security(instance.id)
    dies = call.parameters.flag("DeleteWithInstance")
    if disk.shared and instance.id in disk.attached_to:
        _check_flag(disk, dies)
        release.leave(call.world, disk, instance)
        return {}
    _check_detachable(disk, instance)
    disk.delete_with_instance = dies
    disks.begin(call.world, disk, "Detaching")
    return {}


def _check_detachable(disk: Disk, instance: Instance) -> None:
    if disk.instance_id != instance.id:
        raise ApiError(403, "DependencyViolation", f"The disk {disk.id} is not attached to {instance.id}.")
    if disk.status == "Detaching":
        text = f"The disk {disk.id} is being detached."
        raise ApiError(403, "InvalidOperation.DiskDetachingFromThisEcs", text)
    if disk.type == "system":
        raise ApiError(403, "DiskTypeViolation", f"The disk {disk.id} is a system disk.")
    if disk.category in EPHEMERAL:
        text = f"The category {disk.category} of the disk {disk.id} cannot be detached."
        raise ApiError(403, "InvalidOperation.DiskCategoryUnsupported", text)
    if not disk.portable:
        raise not_portable(disk)
    if disk.status != "In_use":
        raise incorrect_disk(disk)
    if instance.status not in ("Running", "Stopped") or instance.releasing:
        raise incorrect_status(instance.id, instance.status, "Running, Stopped")


def _holder(call: Call) -> Instance:
    identifier = call.parameters.text("InstanceId")
    return call.need(Instance, identifier, instance_not_found(identifier))
