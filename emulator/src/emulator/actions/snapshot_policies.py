"""Automatic snapshot policies (Ecs 2014-05-26), whose parameters begin with small letters."""

from __future__ import annotations

from emulator.actions.common import Paging, new_tags_of, tags_of
from emulator.errors import ApiError, invalid_parameter, missing_parameter
from emulator.parameters import Parameters
from emulator.registry import Call, Reply, action
from emulator.resources import Disk
from emulator.resources.disk import EPHEMERAL, LOCAL
from emulator.resources.storage import AutoSnapshotPolicy
from emulator.rules import snapshots
from emulator.untrusted import from_json
from emulator.world import new_id

_FIELDS = (
    "regionId autoSnapshotPolicyName timePoints repeatWeekdays retentionDays EnableCrossRegionCopy "
    "TargetCopyRegions CopiedSnapshotsRetentionDays"
)
_HOURS = tuple(str(hour) for hour in range(24))
_WEEKDAYS = tuple(str(day) for day in range(1, 8))
_COPIES = "CopyEncryptionConfiguration.Encrypted CopyEncryptionConfiguration.KMSKeyId StorageLocationArn"


@action(
    "Ecs",
    "CreateAutoSnapshotPolicy",
    f"{_FIELDS} ResourceGroupId Tag.N.Key Tag.N.Value",
    required="timePoints repeatWeekdays retentionDays",
    ignored=_COPIES,
)
def create_auto_snapshot_policy(call: Call) -> Reply:
    """CreateAutoSnapshotPolicy: hours and weekdays of UTC+8; it takes nothing until applied to disks."""
    policy = AutoSnapshotPolicy(
        id=new_id("sp"),
        account_id=call.account,
        region_id=_region(call),
        created_at=call.world.now,
        tags=new_tags_of(call.parameters),
        resource_group_id=call.parameters.text("ResourceGroupId"),
    )
    _read(call.parameters, policy)
    call.world.store.add(policy)
    snapshots.arm_policy(call.world, policy)
    return {"AutoSnapshotPolicyId": policy.id}


@action(
    "Ecs",
    "DescribeAutoSnapshotPolicyEx",
    "AutoSnapshotPolicyId AutoSnapshotPolicyName ResourceGroupId Tag.N.Key Tag.N.Value PageNumber PageSize",
    required="RegionId",
)
def describe_auto_snapshot_policy_ex(call: Call) -> Reply:
    """DescribeAutoSnapshotPolicyEx: an unknown id is an empty list."""
    parameters = call.parameters
    ids = [parameters.text("AutoSnapshotPolicyId")] if parameters.given("AutoSnapshotPolicyId") else None
    paging, name = Paging(parameters, 100), parameters.text("AutoSnapshotPolicyName")
    rows = call.world.store.owned(AutoSnapshotPolicy, call.account, call.region, ids, tags_of(parameters))
    chosen, reply = paging.cut((seq, row) for seq, row in rows if name in ("", row.auto_snapshot_policy_name))
    return {**reply, "AutoSnapshotPolicies": {"AutoSnapshotPolicy": [row.view() for row in chosen]}}


@action("Ecs", "ModifyAutoSnapshotPolicyEx", _FIELDS, required="autoSnapshotPolicyId", ignored=_COPIES)
def modify_auto_snapshot_policy_ex(call: Call) -> Reply:
    """ModifyAutoSnapshotPolicyEx: what is given changes, the rest stays."""
    policy = _policy(call)
    _read(call.parameters, policy)
    call.world.store.put(policy)
    snapshots.arm_policy(call.world, policy)
    return {}


@action("Ecs", "DeleteAutoSnapshotPolicy", "regionId", required="autoSnapshotPolicyId")
def delete_auto_snapshot_policy(call: Call) -> Reply:
    """DeleteAutoSnapshotPolicy: its disks go on without one; the snapshots that it took stay."""
    policy = _policy(call)
    for disk in filter(None, [call.find(Disk, one) for one in policy.disk_ids]):
        disk.auto_snapshot_policy_id = ""
        call.world.store.put(disk)
    call.world.store.remove(policy)
    return {}


@action("Ecs", "ApplyAutoSnapshotPolicy", "regionId", required="autoSnapshotPolicyId diskIds")
def apply_auto_snapshot_policy(call: Call) -> Reply:
    """ApplyAutoSnapshotPolicy: a disk has one policy, so the new one takes the place of another."""
    policy, disks = _policy(call), _disks(call)
    for disk in disks:
        if disk.category in LOCAL | EPHEMERAL:
            text = f"The category {disk.category} of the disk {disk.id} has no snapshots."
            raise ApiError(400, "DiskCategory.OperationNotSupported", text)
    for disk in disks:
        if disk.auto_snapshot_policy_id not in ("", policy.id):
            snapshots.leave_policy(call.world, disk)
        disk.auto_snapshot_policy_id = policy.id
        call.world.store.put(disk)
    policy.disk_ids = list(dict.fromkeys([*policy.disk_ids, *(disk.id for disk in disks)]))
    call.world.store.put(policy)
    return {}


@action("Ecs", "CancelAutoSnapshotPolicy", "regionId", required="diskIds")
def cancel_auto_snapshot_policy(call: Call) -> Reply:
    """CancelAutoSnapshotPolicy: the disks go on without a policy."""
    for disk in _disks(call):
        if disk.auto_snapshot_policy_id:
            snapshots.leave_policy(call.world, disk)
            call.world.store.put(disk)
    return {}


def _read(parameters: Parameters, policy: AutoSnapshotPolicy) -> None:
    policy.auto_snapshot_policy_name = parameters.text(
        "autoSnapshotPolicyName", policy.auto_snapshot_policy_name
    )
    if parameters.given("timePoints"):
        policy.time_points = _choices(parameters, "timePoints", _HOURS)
    if parameters.given("repeatWeekdays"):
        policy.repeat_weekdays = _choices(parameters, "repeatWeekdays", _WEEKDAYS)
    days = parameters.number("retentionDays", policy.retention_days, -1, 65536)
    if days == 0:
        raise invalid_parameter("retentionDays", "-1 (for good) or 1 to 65536")
    policy.retention_days = days
    policy.enable_cross_region_copy = parameters.flag(
        "EnableCrossRegionCopy", policy.enable_cross_region_copy
    )
    kept = parameters.number(
        "CopiedSnapshotsRetentionDays", policy.copied_snapshots_retention_days, -1, 65536
    )
    policy.copied_snapshots_retention_days = kept
    policy.target_copy_regions = parameters.json_list("TargetCopyRegions", 10) or policy.target_copy_regions


def _choices(parameters: Parameters, name: str, allowed: tuple[str, ...]) -> list[str]:
    try:
        # Some clients send numbers in the array, others text.
        values = [str(value) for value in from_json(parameters.text(name))]
    except (ValueError, TypeError):
        raise invalid_parameter(name, "not a JSON array") from None
    if not values or not set(values) <= set(allowed):
        raise invalid_parameter(name, f"each must be one of {allowed[0]} to {allowed[-1]}")
    return values


def _region(call: Call) -> str:
    region = call.parameters.text("regionId") or call.region
    if not region:
        raise missing_parameter("regionId")
    return region


def _policy(call: Call) -> AutoSnapshotPolicy:
    identifier = call.parameters.text("autoSnapshotPolicyId")
    text = f"The specified autoSnapshotPolicyId {identifier} does not exist."
    return call.need(
        AutoSnapshotPolicy, identifier, ApiError(404, "InvalidAutoSnapshotPolicyId.NotFound", text)
    )


def _disks(call: Call) -> list[Disk]:
    ids = call.parameters.json_list("diskIds", 100) or []
    error = ApiError(404, "InvalidDiskId.NotFound", "A specified disk does not exist.")
    return [call.need(Disk, identifier, error) for identifier in ids]
