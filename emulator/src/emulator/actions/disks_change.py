"""Larger and faster disks: ResizeDisk and ModifyDiskSpec (Ecs 2014-05-26)."""

from __future__ import annotations

from emulator.actions.disk_orders import category_of
from emulator.errors import ApiError, dry_run_passed, locked_for_security, missing_parameter
from emulator.registry import Call, Reply, action, idempotent
from emulator.resources import Disk, Instance
from emulator.resources.disk import EPHEMERAL, LOCAL

_LARGEST = {"cloud": 2000, "cloud_essd": 65536, "cloud_auto": 65536, "cloud_regional_disk_auto": 65536}
_LARGEST_OTHER, _LARGEST_SYSTEM = 32768, 2048
_LEVELS = ("PL0", "PL1", "PL2", "PL3")


@action("Ecs", "ResizeDisk", "Type", required="DiskId NewSize")
@idempotent
def resize_disk(call: Call) -> Reply:
    """ResizeDisk: a disk only grows; offline ones of a running instance need a restart to be seen there."""
    disk = _disk(call)
    call.parameters.choice("Type", "offline", ("offline", "online"))
    size = call.parameters.number("NewSize", 0, 1, 65536, "InvalidDiskSize.ValueNotSupported")
    _check(call, disk)
    if size <= disk.size:
        text = f"The specified size {size} is not larger than the disk's {disk.size} GiB."
        raise ApiError(403, "InvalidDiskSize.TooSmall", text)
    largest = _LARGEST_SYSTEM if disk.type == "system" else _LARGEST.get(disk.category, _LARGEST_OTHER)
    if size > largest:
        text = f"The specified size {size} is beyond the {largest} GiB of this disk."
        raise ApiError(400, "InvalidDiskSize.ValueNotSupported", text)
    disk.size = size
    call.world.store.put(disk)
    return {}


_SPEC_INERT = (
    "AutoPay DestinationZoneId PerformanceControlOptions.IOPS PerformanceControlOptions.Recover "
    "PerformanceControlOptions.Throughput"
)
_SPEC = "DiskCategory PerformanceLevel ProvisionedIops DryRun"


@action("Ecs", "ModifyDiskSpec", _SPEC, required="DiskId", ignored=_SPEC_INERT)
def modify_disk_spec(call: Call) -> Reply:
    """ModifyDiskSpec: another category, performance level or provisioned IOPS, at once."""
    parameters, disk = call.parameters, _disk(call)
    if not any(parameters.given(name) for name in _SPEC.split()[:3]):
        raise missing_parameter("PerformanceLevel")
    category = category_of(parameters, "DiskCategory", disk.category)
    level = parameters.choice("PerformanceLevel", disk.performance_level, _LEVELS)
    iops = parameters.number("ProvisionedIops", disk.provisioned_iops, 0, 50000)
    _check(call, disk)
    if level and category != "cloud_essd" and parameters.given("PerformanceLevel"):
        raise ApiError(400, "InvalidPerformanceLevel.Unnecessary", "Only enterprise SSDs have such a level.")
    if parameters.flag("DryRun"):
        raise dry_run_passed()
    disk.category, disk.provisioned_iops = category, iops
    disk.performance_level = (level or "PL1") if category == "cloud_essd" else ""
    call.world.store.put(disk)
    return {}


def _disk(call: Call) -> Disk:
    identifier = call.parameters.text("DiskId")
    text = f"The specified DiskId {identifier} does not exist."
    return call.need(Disk, identifier, ApiError(404, "InvalidDiskId.NotFound", text))


def _check(call: Call, disk: Disk) -> None:
    if disk.category in LOCAL | EPHEMERAL:
        text = f"The category {disk.category} of the disk {disk.id} cannot be changed."
        raise ApiError(400, "InvalidDiskCategory.NotSupported", text)
    if disk.status not in ("In_use", "Available"):
        raise ApiError(403, "IncorrectDiskStatus", f"The disk {disk.id} is {disk.status}.")
    holder = call.world.store.get(Instance, disk.instance_id) if disk.instance_id else None
    if holder is not None and "security" in holder.locks:
        raise locked_for_security(holder.id)
