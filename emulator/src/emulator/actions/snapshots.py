"""Snapshots and groups of them (Ecs 2014-05-26)."""

from __future__ import annotations

from collections.abc import Iterable

from emulator.actions.common import Paging, fits, new_tags_of, region_of, tags_of
from emulator.errors import (
    ApiError,
    dry_run_passed,
    instance_not_found,
    invalid_parameter,
    locked_for_security,
    missing_parameter,
)
from emulator.parameters import Parameters
from emulator.registry import Call, Reply, action, idempotent
from emulator.resources import Disk, Instance
from emulator.resources.disk import EPHEMERAL, LOCAL
from emulator.resources.storage import Image, Snapshot, SnapshotGroup
from emulator.rules import snapshots
from emulator.world import new_id

_CREATE = (
    "SnapshotName Description RetentionDays Category InstantAccess InstantAccessRetentionDays "
    "Tag.N.Key Tag.N.Value ResourceGroupId"
)
_DESCRIBE = (
    "SnapshotIds InstanceId DiskId SnapshotType SnapshotName Status Category Usage SourceDiskType Encrypted "
    "ResourceGroupId Tag.N.Key Tag.N.Value NextToken MaxResults PageNumber PageSize DryRun"
)
_GROUP = (
    "InstanceId DiskId.N ExcludeDiskId.N Name Description Tag.N.Key Tag.N.Value ResourceGroupId "
    "InstantAccess InstantAccessRetentionDays"
)
_GROUPS = (
    "SnapshotGroupId.N InstanceId Name Status.N NextToken MaxResults ResourceGroupId Tag.N.Key Tag.N.Value"
)
_MOST_IDS, _MOST_DISKS, _LONGEST = 100, 128, 65536
_TYPES = ("auto", "user", "all")
_STATES = ("progressing", "accomplished", "failed", "all")


@action("Ecs", "CreateSnapshot", _CREATE, required="DiskId", ignored="StorageLocationArn")
@idempotent
def create_snapshot(call: Call) -> Reply:
    """CreateSnapshot: begin a snapshot of one disk that was attached at least once."""
    parameters = call.parameters
    identifier = parameters.text("DiskId")
    text = f"The specified DiskId {identifier} does not exist."
    disk = call.need(Disk, identifier, ApiError(404, "InvalidDiskId.NotFound", text))
    name = _name(parameters, "SnapshotName", "InvalidSnapshotName.Malformed")
    fields = {**_common(parameters), "snapshot_name": name, "tags": new_tags_of(parameters)}
    _check(call, disk)
    return {"SnapshotId": snapshots.take(call.world, disk, **fields).id}


def _common(parameters: Parameters) -> dict[str, object]:
    return {
        "description": parameters.text("Description"),
        "retention_days": parameters.number("RetentionDays", 0, 1, _LONGEST),
        "category": parameters.choice("Category", "standard", ("standard", "flash")),
        "instant_access": parameters.flag("InstantAccess"),
        "instant_access_retention_days": parameters.number("InstantAccessRetentionDays", 0, 1, _LONGEST),
        "resource_group_id": parameters.text("ResourceGroupId"),
    }


def _name(parameters: Parameters, key: str, code: str) -> str:
    name = parameters.text(key)
    # Names that begin so are kept for what policies take.
    if name and (not 2 <= len(name) <= 128 or name.lower().startswith(("auto", "http://", "https://"))):
        raise ApiError(400, code, f"The specified {key} {name} is wrongly formed.")
    return name


def _check(call: Call, disk: Disk) -> None:
    if disk.category in LOCAL | EPHEMERAL:
        text = f"The category {disk.category} of the disk {disk.id} has no snapshots."
        raise ApiError(400, "DiskCategory.OperationNotSupported", text)
    if call.world.overdue(call.account):
        raise ApiError(403, "InvalidAccountStatus.NotEnoughBalance", "The account has not enough balance.")
    holder = call.world.store.get(Instance, disk.instance_id) if disk.instance_id else None
    if holder is not None and "security" in holder.locks:
        raise locked_for_security(holder.id)
    if disk.type == "data" and disk.attached_at is None:
        text = f"The disk {disk.id} was never attached to an instance."
        raise ApiError(403, "IncorrectDiskStatus.NeverAttached", text)
    if any(one.status == "progressing" for one in call.world.store.under(Snapshot, disk.id)):
        text = f"A snapshot of the disk {disk.id} is being created."
        raise ApiError(403, "IncorrectDiskStatus.CreatingSnapshot", text)


@action("Ecs", "DescribeSnapshots", _DESCRIBE, required="RegionId", ignored="SnapshotLinkId KMSKeyId")
def describe_snapshots(call: Call) -> Reply:
    """DescribeSnapshots: of an instance's disks, of a disk, by ids; an unknown id is left out."""
    parameters = call.parameters
    region, tags = region_of(call), tags_of(parameters)
    parameters.choice("SnapshotType", "all", _TYPES)
    parameters.choice("Status", "all", _STATES)
    ids, paging = parameters.json_list("SnapshotIds", _MOST_IDS), Paging(parameters, 100)
    if parameters.flag("DryRun"):
        raise dry_run_passed()
    disks = _disks_asked_for(call)
    rows = call.world.store.listed(Snapshot, call.account, region, ids, tags, paging.after)
    chosen, reply = paging.cut(
        (seq, row)
        for seq, row in rows
        if (disks is None or row.record.source_disk_id in disks) and _wanted(parameters, row.record)
    )
    return {**reply, "Snapshots": {"Snapshot": [row.shown() for row in chosen]}}


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
    }
    if any(parameters.text(name, "all").lower() not in ("all", value) for name, value in exact.items()):
        return False
    if parameters.given("Encrypted") and parameters.flag("Encrypted") != snapshot.encrypted:
        return False
    return fits(parameters.text("SnapshotName", "*"), snapshot.snapshot_name)


_MODIFY = "SnapshotName Description RetentionDays DisableInstantAccess"


@action("Ecs", "ModifySnapshotAttribute", _MODIFY, required="SnapshotId")
def modify_snapshot_attribute(call: Call) -> Reply:
    """ModifySnapshotAttribute: name, description, retention."""
    parameters, snapshot = call.parameters, _snapshot(call)
    name = _name(parameters, "SnapshotName", "InvalidSnapshotName.Malformed")
    snapshot.snapshot_name = name or snapshot.snapshot_name
    snapshot.description = parameters.text("Description", snapshot.description)
    if parameters.given("RetentionDays"):
        snapshot.retention_days = parameters.number("RetentionDays", 0, 1, _LONGEST)
        ends = snapshot.created_at + snapshot.retention_days * 86400
        call.world.timers.arm(snapshot.id, "snapshot-expired", ends)
    if parameters.flag("DisableInstantAccess"):
        snapshot.instant_access = False
    call.world.store.put(snapshot)
    return {}


@action("Ecs", "DeleteSnapshot", "Force", required="SnapshotId")
def delete_snapshot(call: Call) -> Reply:
    """DeleteSnapshot: never one that an image is made of; one that a disk was made of with Force only."""
    snapshot = _snapshot(call)
    images = call.world.store.owned(Image, call.account, snapshot.region_id)
    if any(snapshot.id in image.snapshot_ids for _, image in images):
        text = f"The snapshot {snapshot.id} has been used to create an image."
        raise ApiError(403, "SnapshotCreatedImage", text)
    disks = call.world.store.owned(Disk, call.account, snapshot.region_id)
    if not call.parameters.flag("Force") and any(disk.source_snapshot_id == snapshot.id for _, disk in disks):
        raise ApiError(
            403, "SnapshotCreatedDisk", f"The snapshot {snapshot.id} has been used to create disks."
        )
    call.world.store.remove(snapshot)
    return {}


def _snapshot(call: Call) -> Snapshot:
    identifier = call.parameters.text("SnapshotId")
    text = f"The specified SnapshotId {identifier} does not exist."
    return call.need(Snapshot, identifier, ApiError(404, "InvalidSnapshotId.NotFound", text))


@action("Ecs", "CreateSnapshotGroup", _GROUP, required="RegionId", ignored="StorageLocationArn")
@idempotent
def create_snapshot_group(call: Call) -> Reply:
    """CreateSnapshotGroup: snapshots of several disks of one zone, of one moment."""
    parameters = call.parameters
    region = region_of(call)
    disks = _group_disks(call)
    for disk in disks:
        _check(call, disk)
    group = SnapshotGroup(
        id=new_id("ssg"),
        account_id=call.account,
        region_id=region,
        created_at=call.world.now,
        tags=new_tags_of(parameters),
        name=_name(parameters, "Name", "InvalidSnapshotGroupName.Malformed"),
        description=parameters.text("Description"),
        instance_id=parameters.text("InstanceId"),
        resource_group_id=parameters.text("ResourceGroupId"),
    )
    call.world.store.add(group)
    for disk in disks:
        snapshots.take(call.world, disk, snapshot_group_id=group.id, snapshot_name=group.name)
    return {"SnapshotGroupId": group.id}


def _group_disks(call: Call) -> list[Disk]:
    parameters = call.parameters
    wanted, left_out = parameters.items("DiskId"), parameters.items("ExcludeDiskId")
    if wanted and left_out:
        raise invalid_parameter("DiskId", "DiskId.N and ExcludeDiskId.N exclude each other")
    identifier = parameters.text("InstanceId")
    if not identifier and not wanted:
        raise missing_parameter("InstanceId")
    attached: list[Disk] = []
    if identifier:
        call.need(Instance, identifier, instance_not_found(identifier))
        attached = call.world.store.under(Disk, identifier)
    found = [_of_group(call, one) for one in wanted] or [one for one in attached if one.id not in left_out]
    if not 1 <= len(found) <= _MOST_DISKS or len({disk.zone_id for disk in found}) > 1:
        raise invalid_parameter("DiskId", f"1 to {_MOST_DISKS} disks of one zone")
    return found


def _of_group(call: Call, identifier: str) -> Disk:
    text = f"The specified DiskId {identifier} does not exist."
    return call.need(Disk, identifier, ApiError(404, "InvalidDiskId.NotFound", text))


@action("Ecs", "DescribeSnapshotGroups", _GROUPS, required="RegionId", ignored="AdditionalAttributes.N")
def describe_snapshot_groups(call: Call) -> Reply:
    """DescribeSnapshotGroups: each with its snapshots."""
    parameters = call.parameters
    ids, paging = parameters.items("SnapshotGroupId") or None, Paging(parameters, 100)
    states, instance = parameters.items("Status"), parameters.text("InstanceId")
    rows = call.world.store.owned(
        SnapshotGroup, call.account, region_of(call), ids, tags_of(parameters), paging.after
    )
    chosen, reply = paging.cut(
        (seq, group)
        for seq, group in rows
        if instance in ("", group.instance_id)
        and (not states or group.status in states)
        and fits(parameters.text("Name", "*"), group.name)
    )
    return {**reply, "SnapshotGroups": {"SnapshotGroup": list(_groups_shown(call, chosen))}}


def _groups_shown(call: Call, groups: Iterable[SnapshotGroup]) -> Iterable[Reply]:
    for group in groups:
        inside = [{**one.view(), "InstantAccess": False} for one in snapshots.members(call.world, group)]
        yield {**group.view(), "Snapshots": {"Snapshot": inside}}


@action("Ecs", "ModifySnapshotGroup", "Name Description", required="RegionId SnapshotGroupId")
def modify_snapshot_group(call: Call) -> Reply:
    """ModifySnapshotGroup: name and description."""
    group = _group(call)
    group.name = call.parameters.text("Name", group.name)
    group.description = call.parameters.text("Description", group.description)
    call.world.store.put(group)
    return {}


@action("Ecs", "DeleteSnapshotGroup", "", required="RegionId SnapshotGroupId")
def delete_snapshot_group(call: Call) -> Reply:
    """DeleteSnapshotGroup: the group and its snapshots."""
    group = _group(call)
    for snapshot in snapshots.members(call.world, group):
        call.world.store.remove(snapshot)
    call.world.store.remove(group)
    return {}


def _group(call: Call) -> SnapshotGroup:
    identifier = call.parameters.text("SnapshotGroupId")
    text = f"The specified SnapshotGroupId {identifier} does not exist."
    return call.need(SnapshotGroup, identifier, ApiError(404, "InvalidSnapshotGroupId.NotFound", text))
