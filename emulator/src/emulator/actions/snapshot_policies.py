"""Automatic snapshot policies (Ecs 2014-05-26), whose parameters begin with small letters."""

from __future__ import annotations

from emulator.actions.common import Paging, new_tags_of, tags_of
from emulator.actions.storage_common import name_of, not_enough_balance
from emulator.errors import ApiError, missing_parameter
from emulator.parameters import Parameters
from emulator.registry import Call, Reply, action
from emulator.resources import Disk
from emulator.resources.disk import UNSAVED
from emulator.resources.storage import AutoSnapshotPolicy
from emulator.rules import snapshot_policies, snapshots
from emulator.untrusted import from_digits, from_json
from emulator.world import new_id

_FIELDS = (
    "regionId autoSnapshotPolicyName timePoints repeatWeekdays retentionDays EnableCrossRegionCopy "
    "TargetCopyRegions CopiedSnapshotsRetentionDays"
)
_MOST_POLICIES, _MOST_DISKS, _LONGEST = 100, 100, 65536
_BY_DISK = "AssociatedWithDisk"
_HOURS = tuple(str(hour) for hour in range(24))
_WEEKDAYS = tuple(str(day) for day in range(1, 8))
_COPIES = (
    "CopyEncryptionConfiguration.Encrypted CopyEncryptionConfiguration.KMSKeyId "
    "CopyEncryptionConfiguration.Arn.N.RoleType CopyEncryptionConfiguration.Arn.N.Rolearn "
    "CopyEncryptionConfiguration.Arn.N.AssumeRoleFor StorageLocationArn"
)


@action(
    "Ecs",
    "CreateAutoSnapshotPolicy",
    f"{_FIELDS} AssociationType ResourceGroupId Tag.N.Key Tag.N.Value",
    required="timePoints repeatWeekdays retentionDays",
    ignored=_COPIES,
)
def create_auto_snapshot_policy(call: Call) -> Reply:
    """CreateAutoSnapshotPolicy: hours and weekdays of UTC+8; it takes nothing until applied to disks."""
    region = _region(call)
    # A policy that finds its disks by the tags of instances is not emulated.
    call.parameters.choice("AssociationType", _BY_DISK, (_BY_DISK,), _invalid("AssociationType"))
    _check_quota(call, region)
    policy = AutoSnapshotPolicy(
        id=new_id("sp"),
        account_id=call.account,
        region_id=region,
        created_at=call.world.now,
        tags=new_tags_of(call.parameters),
        resource_group_id=call.parameters.text("ResourceGroupId"),
    )
    _read(call.parameters, policy)
    call.world.store.add(policy)
    snapshot_policies.arm(call.world, policy)
    return {"AutoSnapshotPolicyId": policy.id}


@action(
    "Ecs",
    "DescribeAutoSnapshotPolicyEx",
    "AutoSnapshotPolicyId AutoSnapshotPolicyName Tag.N.Key Tag.N.Value PageNumber PageSize",
    required="RegionId",
    ignored="ResourceGroupId",
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
    snapshot_policies.arm(call.world, policy)
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
    if call.world.overdue(call.account):
        raise not_enough_balance()
    policy = _policy(call)
    unknown = ApiError(404, "InvalidDiskId.NotFound", "A specified disk does not exist in the region.")
    disks = _disks(call, policy.region_id, 403, unknown)
    for disk in disks:
        if disk.category in UNSAVED:
            text = f"The category {disk.category} of the disk {disk.id} has no snapshots."
            raise ApiError(400, "PartofDiskCategory.OperationNotSupported", text)
    for disk in disks:
        snapshots.join_policy(call.world, disk, policy)
    return {}


@action("Ecs", "CancelAutoSnapshotPolicy", "regionId", required="diskIds")
def cancel_auto_snapshot_policy(call: Call) -> Reply:
    """CancelAutoSnapshotPolicy: the disks go on without a policy."""
    for disk in _disks(call, call.parameters.text("regionId"), 404, _invalid("DiskIds", 404)):
        if disk.auto_snapshot_policy_id:
            snapshots.leave_policy(call.world, disk)
            call.world.store.put(disk)
    return {}


def _check_quota(call: Call, region: str) -> None:
    if call.world.overdue(call.account):
        raise not_enough_balance()
    if sum(1 for _ in call.world.store.owned(AutoSnapshotPolicy, call.account, region)) >= _MOST_POLICIES:
        text = f"There are {_MOST_POLICIES} automatic snapshot policies in the region."
        raise ApiError(403, "AutoSnapshotPolicy.QuotaExceed", text)


def _read(parameters: Parameters, policy: AutoSnapshotPolicy) -> None:
    name = name_of(parameters, "autoSnapshotPolicyName", "InvalidAutoSnapshotPolicyName.Malformed")
    policy.auto_snapshot_policy_name = name or policy.auto_snapshot_policy_name
    if parameters.given("timePoints"):
        policy.time_points = _choices(parameters, "timePoints", _HOURS)
    if parameters.given("repeatWeekdays"):
        policy.repeat_weekdays = _choices(parameters, "repeatWeekdays", _WEEKDAYS)
    policy.retention_days = _days(parameters, "retentionDays", policy.retention_days)
    policy.enable_cross_region_copy = parameters.flag(
        "EnableCrossRegionCopy", policy.enable_cross_region_copy
    )
    kept = _days(parameters, "CopiedSnapshotsRetentionDays", policy.copied_snapshots_retention_days)
    policy.copied_snapshots_retention_days = kept
    targets = parameters.json_list("TargetCopyRegions", 1, _invalid("TargetCopyRegions"))
    policy.target_copy_regions = targets or policy.target_copy_regions


def _days(parameters: Parameters, name: str, default: int) -> int:
    text = parameters.text(name, str(default))
    days = -1 if text == "-1" else from_digits(text)
    if days is None or not (days == -1 or 1 <= days <= _LONGEST):
        raise _invalid(name)
    return days


def _choices(parameters: Parameters, name: str, allowed: tuple[str, ...]) -> list[str]:
    try:
        # Some clients send numbers in the array, others text.
        values = list(dict.fromkeys(str(value) for value in from_json(parameters.text(name))))
    except (ValueError, TypeError):
        raise _invalid(name) from None
    if not values or not set(values) <= set(allowed):
        raise _invalid(name)
    return values


def _region(call: Call) -> str:
    region = call.parameters.text("regionId") or call.region
    if not region:
        raise missing_parameter("regionId")
    return region


def _policy(call: Call) -> AutoSnapshotPolicy:
    identifier = call.parameters.text("autoSnapshotPolicyId")
    text = f"The specified automatic snapshot policy {identifier} does not exist."
    unknown = ApiError(404, "ParameterInvalid", text)
    policy = call.need(AutoSnapshotPolicy, identifier, unknown)
    if call.parameters.text("regionId", policy.region_id) != policy.region_id:
        raise unknown
    return policy


def _disks(call: Call, region: str, status: int, unknown: ApiError) -> list[Disk]:
    malformed = _invalid("DiskIds", status)
    ids = call.parameters.json_list("diskIds", _MOST_DISKS, malformed)
    if not ids:
        raise malformed
    disks = [call.need(Disk, identifier, unknown) for identifier in dict.fromkeys(ids)]
    if any(region not in ("", disk.region_id) for disk in disks):
        raise unknown
    return disks


# The actions on policies share one code, in two statuses.
def _invalid(name: str, status: int = 403) -> ApiError:
    return ApiError(status, "ParameterInvalid", f"The specified {name} parameter is invalid.")
