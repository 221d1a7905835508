"""ModifyDiskChargeType (Ecs 2014-05-26): data disks of a subscription, in and out of it."""

from __future__ import annotations

from emulator.actions.common import region_of
from emulator.errors import ApiError, missing_parameter
from emulator.registry import Call, Reply, action, idempotent
from emulator.resources import Disk, Instance
from emulator.resources.disk import UNSAVED
from emulator.rules import lifecycle

_MOST_IDS = 16
_TYPES = ("PrePaid", "PostPaid")


@action("Ecs", "ModifyDiskChargeType", "DiskIds InstanceId DiskChargeType", "RegionId", "AutoPay")
@idempotent
def modify_disk_charge_type(call: Call) -> Reply:
    """ModifyDiskChargeType: data disks of a subscription instance, paid for to the same day as it."""
    region_of(call)
    bad = ApiError(400, "InvalidDiskChargeType.ValueNotSupported", "The charge type is not supported.")
    charge_type = call.parameters.choice("DiskChargeType", "PrePaid", _TYPES, bad)
    holder = _holder(call)
    disks = [_disk(call, holder, identifier) for identifier in _ids(call)]
    for disk in disks:
        _check(disk, charge_type)
    for disk in disks:
        prepaid = charge_type == "PrePaid"
        disk.disk_charge_type, disk.portable = charge_type, not prepaid
        disk.expired_at = holder.expired_at if prepaid else None
        call.world.store.put(disk)
    return {"OrderId": str(call.world.new_order())}


def _holder(call: Call) -> Instance:
    identifier = call.parameters.text("InstanceId")
    if not identifier:
        raise missing_parameter("InstanceId", "MissingParameter.InstanceIdNotSupported")
    text = f"The specified Instance {identifier} does not exist."
    holder = call.need(Instance, identifier, ApiError(400, "InvalidInstanceId.Released", text))
    if not holder.subscription:
        text = "The charge type of the instance does not support this operation."
        raise ApiError(403, "InvalidInstanceChargeType.NotFound", text)
    if call.world.overdue(call.account):
        raise ApiError(400, "Account.Arrearage", "Your account has been in arrears.")
    lifecycle.check_unlocked(call.world, holder)
    return holder


def _ids(call: Call) -> list[str]:
    malformed = ApiError(404, "InvalidDiskIds.NotFound", "The specified DiskIds are not valid.")
    ids = call.parameters.json_list("DiskIds", _MOST_IDS, malformed)
    if ids is None:
        raise missing_parameter("DiskIds")
    if not ids:
        raise malformed
    return list(dict.fromkeys(ids))


def _disk(call: Call, holder: Instance, identifier: str) -> Disk:
    text = "Some of the specified data disks do not exist."
    unknown = ApiError(404, "InvalidDiskIds.NotFound", text)
    disk = call.need(Disk, identifier, unknown)
    if disk.holder != holder.id or disk.type != "data":
        raise unknown
    if disk.category in UNSAVED:
        raise ApiError(404, "InvalidDiskIds.NotPortable", f"The disk {disk.id} is not portable.")
    return disk


def _check(disk: Disk, charge_type: str) -> None:
    if disk.disk_charge_type == charge_type:
        raise ApiError(400, "ChargeTypeViolation", f"The disk {disk.id} is {charge_type} already.")
