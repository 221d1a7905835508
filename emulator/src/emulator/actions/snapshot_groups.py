"""Groups of snapshots that are taken at one moment (Ecs 2014-05-26)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from emulator.actions.common import Paging, fits, new_tags_of, region_of, tags_of
from emulator.actions.snapshots import check_disk, why_kept
from emulator.actions.storage_common import description_of, name_of, owned_disk
from emulator.errors import (
    ApiError,
    incorrect_status,
    instance_not_found,
    invalid_parameter,
    missing_parameter,
)
from emulator.registry import Call, Reply, action, idempotent
from emulator.resources import Disk, Instance
from emulator.resources.storage import Snapshot, SnapshotGroup
from emulator.rules import snapshots
from emulator.world import new_id

_GROUP = (
    "InstanceId DiskId.N ExcludeDiskId.N Name Description Tag.N.Key Tag.N.Value ResourceGroupId "
    "InstantAccess InstantAccessRetentionDays"
)
_GROUPS = "SnapshotGroupId.N InstanceId Name Status.N NextToken MaxResults Tag.N.Key Tag.N.Value"
_GROUPS_INERT = "AdditionalAttributes.N ResourceGroupId"
_MOST_DISKS, _MOST_GIB, _LONGEST = 128, 256 * 1024, 65535
_SHOWN = (
    "SnapshotId SourceDiskId SourceDiskType Progress Available InstantAccess InstantAccessRetentionDays Tags"
)


@action("Ecs", "CreateSnapshotGroup", _GROUP, required="RegionId", ignored="StorageLocationArn")
@idempotent
def create_snapshot_group(call: Call) -> Reply:
    """CreateSnapshotGroup: snapshots of several disks of one zone, of one moment."""
    parameters = call.parameters
    region, name = region_of(call), name_of(parameters, "Name", "InvalidParameter.Name")
    text, instant = description_of(parameters, status=404), _instant(call)
    disks = _group_disks(call)
    for disk in disks:
        check_disk(call, disk)
    group = SnapshotGroup(
        id=new_id("ssg"),
        account_id=call.account,
        region_id=region,
        created_at=call.world.now,
        tags=new_tags_of(parameters),
        name=name,
        description=text,
        instance_id=parameters.text("InstanceId"),
        resource_group_id=parameters.text("ResourceGroupId"),
    )
    call.world.store.add(group)
    for disk in disks:
        snapshots.take(call.world, disk, snapshot_group_id=group.id, snapshot_name=name, **instant)
    return {"SnapshotGroupId": group.id}


def _instant(call: Call) -> dict[str, Any]:
    wanted = call.parameters.flag("InstantAccess")
    code = "InvalidRetentionDays.Malformed"
    days = call.parameters.number("InstantAccessRetentionDays", 0, 1, _LONGEST, code)
    return {"instant_access": wanted, "instant_access_retention_days": days if wanted else 0}


def _group_disks(call: Call) -> list[Disk]:
    wanted = list(dict.fromkeys(call.parameters.items("DiskId")))
    left_out, identifier = call.parameters.items("ExcludeDiskId"), call.parameters.text("InstanceId")
    if wanted and left_out:
        raise invalid_parameter("DiskId", "DiskId.N and ExcludeDiskId.N exclude each other")
    if not identifier and not wanted:
        raise missing_parameter("InstanceId")
    attached = _attached(call, identifier) if identifier else []
    found = [owned_disk(call, one) for one in wanted]
    if identifier and any(disk.instance_id != identifier for disk in found):
        raise invalid_parameter("DiskId", "each disk must be attached to the instance")
    found = found or [one for one in attached if one.id not in left_out]
    if not 1 <= len(found) <= _MOST_DISKS or len({disk.zone_id for disk in found}) > 1:
        raise invalid_parameter("DiskId", f"1 to {_MOST_DISKS} disks of one zone")
    if sum(disk.size for disk in found) > _MOST_GIB:
        raise invalid_parameter("DiskId", f"the disks have more than {_MOST_GIB} GiB")
    return found


def _attached(call: Call, identifier: str) -> list[Disk]:
    instance = call.need(Instance, identifier, instance_not_found(identifier))
    if instance.status not in ("Running", "Stopped") or instance.releasing:
        refused = incorrect_status(instance.id, instance.status, "Running, Stopped")
        # The page of this action says 400 where others say 403.
        raise ApiError(400, refused.code, refused.message)
    return call.world.store.under(Disk, identifier)


@action("Ecs", "DescribeSnapshotGroups", _GROUPS, required="RegionId", ignored=_GROUPS_INERT)
def describe_snapshot_groups(call: Call) -> Reply:
    """DescribeSnapshotGroups: each with its snapshots."""
    parameters = call.parameters
    ids, paging = parameters.items("SnapshotGroupId") or None, Paging(parameters, 100, by_token=True)
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
    return {
        "NextToken": reply["NextToken"],
        "SnapshotGroups": {"SnapshotGroup": list(_groups_shown(call, chosen))},
    }


def _groups_shown(call: Call, groups: Iterable[SnapshotGroup]) -> Iterable[Reply]:
    for group in groups:
        inside = [_shown(one) for one in snapshots.members(call.world, group)]
        yield {**group.view(), "Snapshots": {"Snapshot": inside}}


def _shown(snapshot: Snapshot) -> Reply:
    view = snapshot.view()
    return {name: view[name] for name in _SHOWN.split()}


@action("Ecs", "ModifySnapshotGroup", "Name Description", required="RegionId SnapshotGroupId")
def modify_snapshot_group(call: Call) -> Reply:
    """ModifySnapshotGroup: name and description."""
    parameters = call.parameters
    name, group = name_of(parameters, "Name", "InvalidParameter.Name"), _group(call)
    group.name = name or group.name
    group.description = description_of(parameters, group.description, status=404)
    call.world.store.put(group)
    return {}


@action("Ecs", "DeleteSnapshotGroup", "", required="RegionId SnapshotGroupId")
def delete_snapshot_group(call: Call) -> Reply:
    """DeleteSnapshotGroup: the group and its snapshots, but for those that images are made of."""
    group = _group(call)
    found = snapshots.members(call.world, group)
    call.world.store.remove(group)
    return {"OperationProgressSet": {"OperationProgress": [_deleted(call, one) for one in found]}}


def _deleted(call: Call, snapshot: Snapshot) -> Reply:
    refusal = why_kept(snapshot, force=True)
    if refusal is None:
        snapshots.remove(call.world, snapshot)
    else:
        snapshot.snapshot_group_id = ""
        call.world.store.put(snapshot)
    return {
        "OperationStatus": "Success" if refusal is None else "Failed",
        "ErrorCode": "" if refusal is None else refusal.code,
        "ErrorMsg": "" if refusal is None else refusal.message,
        "RelatedItemSet": {"RelatedItem": [{"Name": "SnapshotId", "Value": snapshot.id}]},
    }


def _group(call: Call) -> SnapshotGroup:
    identifier = call.parameters.text("SnapshotGroupId")
    text = f"The specified SnapshotGroupId {identifier} does not exist."
    return call.need(SnapshotGroup, identifier, ApiError(404, "InvalidSnapshotGroupId.NotFound", text))
