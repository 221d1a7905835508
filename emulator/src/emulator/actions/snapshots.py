"""Snapshots (Ecs 2014-05-26)."""

from __future__ import annotations

from emulator.actions.common import Paging, fits, new_tags_of, region_of, tags_of
from emulator.actions.storage_common import (
    created_within,
    description_of,
    name_of,
    not_enough_balance,
    owned_disk,
    owned_snapshot,
)
from emulator.errors import ApiError, dry_run_passed, invalid_parameter, locked_for_security
from emulator.parameters import Parameters
from emulator.registry import Call, Reply, action, idempotent
from emulator.resources import Disk, Instance
from emulator.resources.disk import UNSAVED
from emulator.resources.storage import Snapshot, link_of
from emulator.rules import snapshots

_CREATE = (
    "SnapshotName Description RetentionDays Category InstantAccess InstantAccessRetentionDays "
    "Tag.N.Key Tag.N.Value ResourceGroupId"
)
_DESCRIBE = (
    "SnapshotIds InstanceId DiskId SnapshotType SnapshotName Status Category Usage SourceDiskType Encrypted "
    "ResourceGroupId SnapshotLinkId KMSKeyId Tag.N.Key Tag.N.Value Filter.N.Key Filter.N.Value NextToken "
    "MaxResults PageNumber PageSize DryRun"
)
_MOST_IDS, _LONGEST, _LONGEST_INSTANT, _MOST_MANUAL = 100, 65536, 65535, 256
_WORDS = {
    "SnapshotType": (("auto", "user", "all"), "InvalidSnapshotType.NotFound"),
    "Status": (("progressing", "accomplished", "failed", "all"), "InvalidStatus.NotFound"),
    "Usage": (("image", "disk", "image_disk", "none"), "InvalidUsage"),
}
_NAME_CODE = "InvalidSnapshotName.Malformed"
# Names that begin so are kept for what policies take.
RESERVED = ("auto",)


@action("Ecs", "CreateSnapshot", _CREATE, required="DiskId", ignored="StorageLocationArn")
@idempotent
def create_snapshot(call: Call) -> Reply:
    """CreateSnapshot: begin a snapshot of one disk that was attached at least once."""
    parameters = call.parameters
    disk = owned_disk(call, parameters.text("DiskId"))
    name = name_of(parameters, "SnapshotName", _NAME_CODE, RESERVED)
    fields = {**_common(parameters, disk), "snapshot_name": name, "tags": new_tags_of(parameters)}
    check_disk(call, disk)
    return {"SnapshotId": snapshots.take(call.world, disk, **fields).id}


def _common(parameters: Parameters, disk: Disk) -> dict[str, object]:
    instant = parameters.flag("InstantAccess")
    if instant and parameters.given("Category"):
        raise invalid_parameter("Category", "it cannot be given together with InstantAccess")
    if instant and not disk.category.startswith(("cloud_essd", "cloud_auto")):
        raise invalid_parameter("InstantAccess", "only enterprise SSDs support it")
    category = parameters.text("Category", "standard").lower()
    if category not in ("standard", "flash"):
        raise ApiError(403, "InvalidSnapshotCategory.Malformed", "The specified Category is not valid.")
    days = parameters.number("RetentionDays", 0, 1, _LONGEST)
    most = parameters.number("InstantAccessRetentionDays", days, 1, _LONGEST_INSTANT)
    return {
        "description": description_of(parameters, status=404),
        "retention_days": days,
        "category": category,
        "instant_access": instant,
        "instant_access_retention_days": most if instant else 0,
        "resource_group_id": parameters.text("ResourceGroupId"),
    }


def check_disk(call: Call, disk: Disk) -> None:
    """Refuse a snapshot of a disk that cannot have one now."""
    if disk.category in UNSAVED:
        text = f"The category {disk.category} of the disk {disk.id} has no snapshots."
        raise ApiError(400, "DiskCategory.OperationNotSupported", text)
    if call.world.overdue(call.account):
        raise not_enough_balance()
    _check_place(call, disk)
    taken = call.world.store.under(Snapshot, disk.id)
    if any(one.status == "progressing" for one in taken):
        text = f"A snapshot of the disk {disk.id} is being created."
        raise ApiError(403, "IncorrectDiskStatus.CreatingSnapshot", text)
    if sum(one.snapshot_type == "user" for one in taken) >= _MOST_MANUAL:
        raise ApiError(403, "QuotaExceed.Snapshot", f"The disk has {_MOST_MANUAL} manual snapshots.")


def _check_place(call: Call, disk: Disk) -> None:
    if disk.status not in ("In_use", "Available"):
        raise ApiError(403, "IncorrectDiskStatus", f"The disk {disk.id} is {disk.status}.")
    holder = call.world.store.get(Instance, disk.instance_id) if disk.instance_id else None
    if holder is not None and "security" in holder.locks:
        raise locked_for_security(holder.id)
    if holder is not None and (holder.status not in ("Running", "Stopped") or holder.releasing):
        text = f"The instance {holder.id} is {holder.status}, not Running or Stopped."
        raise ApiError(400, "IncorrectInstanceStatus", text)
    if disk.attached_at is None:
        text = f"The disk {disk.id} was never attached to an instance."
        raise ApiError(403, "IncorrectDiskStatus.NeverAttached", text)


@action("Ecs", "DescribeSnapshots", _DESCRIBE, required="RegionId")
def describe_snapshots(call: Call) -> Reply:
    """DescribeSnapshots: of an instance's disks, of a disk, by ids; an unknown id is left out."""
    parameters = call.parameters
    region, tags = region_of(call), tags_of(parameters)
    _check_words(parameters)
    moment, paging = created_within(parameters), Paging(parameters, 100)
    malformed = ApiError(403, "InvalidSnapshotIds.Malformed", "The specified SnapshotIds are not valid.")
    ids = parameters.json_list("SnapshotIds", _MOST_IDS, malformed)
    if parameters.flag("DryRun"):
        raise dry_run_passed()
    disks = _disks_asked_for(call)
    rows = call.world.store.listed(Snapshot, call.account, region, ids, tags, paging.after)
    chosen, reply = paging.cut(
        (seq, row)
        for seq, row in rows
        if (disks is None or row.record.source_disk_id in disks)
        and moment(row.record.created_at)
        and _wanted(parameters, row.record)
    )
    return {**reply, "Snapshots": {"Snapshot": [row.shown() for row in chosen]}}


def _check_words(parameters: Parameters) -> None:
    for name, (allowed, code) in _WORDS.items():
        unknown = ApiError(404, code, f"The specified {name} is not valid.")
        parameters.choice(name, allowed[-1], allowed, unknown)
    if parameters.text("SourceDiskType", "all").lower() not in ("system", "data", "all"):
        raise ApiError(404, "InvalidSourceDiskType", "The specified SourceDiskType is not valid.")


def _disks_asked_for(call: Call) -> set[str] | None:
    instance, disk = call.parameters.text("InstanceId"), call.parameters.text("DiskId")
    # Of the disks that it holds now: a detached disk takes its snapshots along.
    attached = {one.id for one in call.world.store.under(Disk, instance)} if instance else None
    if not disk:
        return attached
    return {disk} if attached is None else attached & {disk}


def _wanted(parameters: Parameters, snapshot: Snapshot) -> bool:
    exact = {
        "SnapshotType": snapshot.snapshot_type,
        "Status": snapshot.status,
        "Category": snapshot.category,
        "Usage": snapshot.usage,
        "SourceDiskType": snapshot.source_disk_type,
        "ResourceGroupId": snapshot.resource_group_id,
        "SnapshotLinkId": link_of(snapshot.source_disk_id),
        "KMSKeyId": snapshot.kms_key_id,
    }
    if any(
        parameters.text(name, "all").lower() not in ("all", value.lower()) for name, value in exact.items()
    ):
        return False
    if parameters.given("Encrypted") and parameters.flag("Encrypted") != snapshot.encrypted:
        return False
    return fits(parameters.text("SnapshotName", "*"), snapshot.snapshot_name)


_MODIFY = "SnapshotName Description RetentionDays DisableInstantAccess"


@action("Ecs", "ModifySnapshotAttribute", _MODIFY, required="SnapshotId")
def modify_snapshot_attribute(call: Call) -> Reply:
    """ModifySnapshotAttribute: name, description, and a longer retention, which counts from the creation."""
    parameters = call.parameters
    if not any(parameters.given(name) for name in _MODIFY.split()):
        raise ApiError(400, "NoAttributeToModify", "No attribute to be modified in this request.")
    name = name_of(parameters, "SnapshotName", _NAME_CODE, RESERVED)
    days = parameters.number("RetentionDays", 0, 1, _LONGEST)
    ends = parameters.flag("DisableInstantAccess")
    snapshot = owned_snapshot(call, parameters.text("SnapshotId"))
    text = description_of(parameters, snapshot.description, status=404, shortest=0)
    if days and not snapshot.retention_days <= days:
        short = f"The retention of {snapshot.retention_days} days can only be extended."
        raise ApiError(400, "InvalidRetentionDays.Malformed", short)
    snapshot.snapshot_name, snapshot.description = name or snapshot.snapshot_name, text
    snapshot.retention_days = days or snapshot.retention_days
    snapshot.instant_access = snapshot.instant_access and not ends
    call.world.store.put(snapshot)
    snapshots.arm_expiry(call.world, snapshot)
    return {}


@action("Ecs", "DeleteSnapshot", "Force", required="SnapshotId")
def delete_snapshot(call: Call) -> Reply:
    """DeleteSnapshot: never one that an image is made of; one that a disk was made of with Force only."""
    force = call.parameters.flag("Force")
    snapshot = owned_snapshot(call, call.parameters.text("SnapshotId"))
    refusal = why_kept(snapshot, force)
    if refusal is not None:
        raise refusal
    snapshots.remove(call.world, snapshot)
    return {}


def why_kept(snapshot: Snapshot, force: bool) -> ApiError | None:
    """Return what forbids the deletion of a snapshot."""
    if snapshot.in_image:
        text = f"The snapshot {snapshot.id} has been used to create an image."
        return ApiError(403, "SnapshotCreatedImage", text)
    if not force and "disk" in snapshot.usage:
        text = f"The snapshot {snapshot.id} has been used to create disks."
        return ApiError(403, "SnapshotCreatedDisk", text)
    return None
