"""DescribeDisks (Ecs 2014-05-26)."""

from __future__ import annotations

from collections.abc import Callable

from emulator.actions.common import Paging, region_of, tags_of
from emulator.actions.storage_common import created_within
from emulator.errors import ApiError, dry_run_passed
from emulator.parameters import Parameters
from emulator.registry import Call, Reply, action
from emulator.resources import Disk, Instance
from emulator.resources.disk import CATEGORIES

_EXACT: dict[str, Callable[[Disk], str]] = {
    "Category": lambda disk: disk.category,
    "Status": lambda disk: disk.status,
    "DiskChargeType": lambda disk: disk.disk_charge_type,
    "ZoneId": lambda disk: disk.zone_id,
    "DiskName": lambda disk: disk.disk_name,
    "MultiAttach": lambda disk: disk.multi_attach,
    "PerformanceLevel": lambda disk: disk.performance_level,
    "AutoSnapshotPolicyId": lambda disk: disk.auto_snapshot_policy_id,
    "KMSKeyId": lambda disk: disk.kms_key_id,
    "SnapshotId": lambda disk: disk.source_snapshot_id,
    "ResourceGroupId": lambda disk: disk.resource_group_id,
}
_FLAGS: dict[str, Callable[[Disk], bool]] = {
    "DeleteWithInstance": lambda disk: disk.delete_with_instance,
    "DeleteAutoSnapshot": lambda disk: disk.delete_auto_snapshot,
    "EnableAutoSnapshot": lambda disk: disk.enable_auto_snapshot,
    "Portable": lambda disk: disk.portable,
    "Encrypted": lambda disk: disk.encrypted,
    "EnableAutomatedSnapshotPolicy": lambda disk: disk.auto_snapshot_policy_id != "",
}
_OTHERS = (
    "DiskIds InstanceId DiskType LockReason Tag.N.Key Tag.N.Value Filter.N.Key Filter.N.Value "
    "NextToken MaxResults PageNumber PageSize DryRun"
)
_WORDS = {
    "DiskType": (("all", "system", "data"), 400, "InvalidDiskType.ValueNotSupported"),
    "Status": (
        ("In_use", "Available", "Attaching", "Detaching", "Creating", "ReIniting", "All"),
        400,
        "InvalidStatus.ValueNotSupported",
    ),
    "Category": (("all", *sorted(CATEGORIES)), 400, "InvalidCategory.ValueNotSupported"),
    "DiskChargeType": (("PrePaid", "PostPaid"), 404, "InvalidDiskChargeType.NotFound"),
    "LockReason": (
        ("financial", "security", "recycling", "dedicatedhostfinancial"),
        404,
        "InvalidLockReason.NotFound",
    ),
}
_INERT = "AdditionalAttributes.N EnableShared"
_MOST_IDS = 100
_PARAMETERS = " ".join((*_EXACT, *_FLAGS, _OTHERS))


@action(
    "Ecs",
    "DescribeDisks",
    _PARAMETERS,
    "RegionId:MissingParamter.RegionId",
    "AdditionalAttributes.N EnableShared",
)
def describe_disks(call: Call) -> Reply:
    """DescribeDisks: pages of 10 to 500; an unknown id is missing from the list."""
    parameters = call.parameters
    region, tags = region_of(call, 400, "InvalidRegion.NotFound"), tags_of(parameters)
    _check(parameters)
    ids, paging = _ids(parameters), Paging(parameters, 500)
    if parameters.flag("DryRun"):
        raise dry_run_passed()
    instance, moment = parameters.text("InstanceId"), created_within(parameters)
    store = call.world.store
    if instance and ids is None:
        ids = [disk.id for disk in store.under(Disk, instance)] + _shared(call, instance)
    rows = store.listed(Disk, call.account, region, ids, tags, paging.after)
    chosen, reply = paging.cut(
        (seq, row) for seq, row in rows if moment(row.record.created_at) and _wanted(parameters, row.record)
    )
    return {**reply, "Disks": {"Disk": [row.shown() for row in chosen]}}


def _ids(parameters: Parameters) -> list[str] | None:
    error = ApiError(400, "InvalidParameter.DiskIds", "The specified DiskIds are not valid.")
    ids = parameters.json_list("DiskIds", 10**6, error)
    if ids is not None and len(ids) > _MOST_IDS:
        raise ApiError(403, "InvalidDiskIds.Malformed", f"More than {_MOST_IDS} DiskIds.")
    if ids is not None and not all(identifier.startswith("d-") for identifier in ids):
        raise ApiError(404, "InvalidDiskIds.ValueNotSupported", "The specified DiskIds are not supported.")
    return ids


def _shared(call: Call, instance_id: str) -> list[str]:
    # A multi-attach disk shows no InstanceId but is still found by one.
    instance = call.find(Instance, instance_id)
    return [] if instance is None else instance.shared_disk_ids


def _check(parameters: Parameters) -> None:
    for name, (allowed, status, code) in _WORDS.items():
        parameters.choice(
            name, "", allowed, ApiError(status, code, f"The specified {name} is not supported.")
        )


def _wanted(parameters: Parameters, disk: Disk) -> bool:
    for name, read in _EXACT.items():
        if parameters.text(name).lower() not in ("", "all") and parameters.text(name) != read(disk):
            return False
    for flag, shown in _FLAGS.items():
        if parameters.given(flag) and parameters.flag(flag) != shown(disk):
            return False
    holder = parameters.text("InstanceId")
    if holder and holder != disk.holder and holder not in disk.attached_to:
        return False
    # No disk is locked here, so a filter for a lock finds none.
    return parameters.text("DiskType", "all") in ("all", disk.type) and not parameters.given("LockReason")
