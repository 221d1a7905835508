"""Larger and faster disks: ResizeDisk and ModifyDiskSpec (Ecs 2014-05-26)."""

from __future__ import annotations

from emulator.actions.disk_orders import category_of, level_of
from emulator.actions.storage_common import (
    check_holder,
    check_unsaved,
    incorrect_disk,
    owned_disk,
)
from emulator.errors import ApiError, dry_run_passed, missing_parameter
from emulator.registry import Call, Reply, action, idempotent
from emulator.resources import Disk
from emulator.resources.disk import SPEEDS, UNSAVED, sizes_of
from emulator.world import new_id

_MOST_IOPS = 50000


@action("Ecs", "ResizeDisk", "Type", required="DiskId NewSize")
@idempotent
def resize_disk(call: Call) -> Reply:
    """ResizeDisk: a disk only grows; its new size is seen at once, whatever the type."""
    disk = owned_disk(call, call.parameters.text("DiskId"))
    unknown = ApiError(400, "InvalidParam.Type", "The specified type is not supported.")
    way = call.parameters.choice("Type", "offline", ("offline", "online"), unknown)
    size = call.parameters.number("NewSize", 0, 1, 10**6)
    _check(call, disk)
    if way == "online":
        _check_online(call, disk)
    _check_size(disk, size)
    disk.size = size
    call.world.store.put(disk)
    return {"OrderId": str(call.world.new_order())} if disk.disk_charge_type == "PrePaid" else {}


def _check(call: Call, disk: Disk) -> None:
    if disk.category in UNSAVED:
        text = f"The category {disk.category} of the disk {disk.id} does not support the operation."
        raise ApiError(403, "OperationDenied", text)
    if disk.status not in ("In_use", "Available"):
        raise incorrect_disk(disk)
    check_holder(call, disk, "Running", "Stopped")
    check_unsaved(call.world, disk)


def _check_online(call: Call, disk: Disk) -> None:
    if disk.category == "cloud":
        text = f"The category {disk.category} does not support resizing online."
        raise ApiError(403, "InvalidDiskCategory.NotSupported", text)
    if disk.status != "In_use":
        raise incorrect_disk(disk)
    holder = check_holder(call, disk, "Running", "Stopped")
    if holder is not None and holder.status != "Running":
        text = f"The instance {holder.id} must be running for resizing online."
        raise ApiError(403, "InvalidInstanceStatus.NotRunning", text)


def _check_size(disk: Disk, size: int) -> None:
    if size < disk.size:
        text = f"The specified size {size} is less than the disk's {disk.size} GiB."
        raise ApiError(403, "InvalidDiskSize.TooSmall", text)
    if size == disk.size:
        raise ApiError(403, "InvalidDiskSize", f"The disk has {disk.size} GiB already.")
    _, largest = sizes_of(disk.category, disk.performance_level, disk.type == "system")
    if size > largest:
        text = f"The specified size {size} is beyond the {largest} GiB of this disk."
        raise ApiError(403, "InvalidDiskSize.TooLarge", text)


_SPEC_INERT = (
    "DestinationZoneId PerformanceControlOptions.IOPS PerformanceControlOptions.Recover "
    "PerformanceControlOptions.Throughput AutoPay"
)
_SPEC = "DiskCategory PerformanceLevel ProvisionedIops DryRun"


@action("Ecs", "ModifyDiskSpec", _SPEC, required="DiskId", ignored=_SPEC_INERT)
def modify_disk_spec(call: Call) -> Reply:
    """ModifyDiskSpec: another category, performance level or provisioned IOPS, at once."""
    parameters, disk = call.parameters, owned_disk(call, call.parameters.text("DiskId"))
    if not any(parameters.given(name) for name in _SPEC.split()[:3]):
        raise missing_parameter("PerformanceLevel")
    category = category_of(parameters, "DiskCategory", disk.category)
    level = level_of(parameters, disk.performance_level or "PL1")
    iops = parameters.number("ProvisionedIops", disk.provisioned_iops, 0, _MOST_IOPS)
    _check(call, disk)
    _check_spec(disk, category, level)
    if parameters.flag("DryRun"):
        raise dry_run_passed()
    changed = category != disk.category
    disk.category, disk.provisioned_iops = category, iops if category == "cloud_auto" else 0
    disk.performance_level = level if category == "cloud_essd" else ""
    call.world.store.put(disk)
    order = {"OrderId": str(call.world.new_order())} if disk.disk_charge_type == "PrePaid" else {}
    return {**order, **({"TaskId": new_id("t")} if changed else {})}


def _check_spec(disk: Disk, category: str, level: str) -> None:
    if category in UNSAVED or category not in SPEEDS:
        text = f"The category {category} cannot be changed to."
        raise ApiError(400, "InvalidDiskCategory.ValueNotSupported", text)
    essd = category == "cloud_essd"
    smallest, _ = sizes_of(category, level, disk.type == "system")
    if essd and disk.size < smallest:
        text = f"{level} needs a disk of at least {smallest} GiB."
        raise ApiError(403, "OperationDenied.PerformanceLevelNotMatch", text)
    slower = _rank(category, level if essd else "") < _rank(disk.category, disk.performance_level)
    if slower and disk.disk_charge_type == "PrePaid":
        raise ApiError(403, "OperationDenied", "A subscription disk can only become faster.")


def _rank(category: str, level: str) -> tuple[int, str]:
    return (SPEEDS.index(category) if category in SPEEDS else 0), level
