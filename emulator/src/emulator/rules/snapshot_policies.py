"""Policies that take snapshots when their hour has come. Imports world, resources and snapshots."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from emulator.resources import Disk
from emulator.resources.disk import UNSAVED
from emulator.resources.storage import AutoSnapshotPolicy, Snapshot
from emulator.rules import snapshots
from emulator.world import World

# The hours and weekdays of a policy are those of China.
_CHINA = timezone(timedelta(hours=8))


def arm(world: World, policy: AutoSnapshotPolicy) -> None:
    """Set a policy's next moment."""
    moment = next_moment(policy, world.now)
    if moment is not None:
        world.timers.arm(policy.id, "auto-snapshot", moment)


def next_moment(policy: AutoSnapshotPolicy, after: float) -> float | None:
    """Return the policy's first full hour after a moment, None without hours or weekdays."""
    hour = datetime.fromtimestamp(after, UTC).astimezone(_CHINA).replace(minute=0, second=0, microsecond=0)
    for ahead in range(1, 8 * 24 + 1):
        moment = hour + timedelta(hours=ahead)
        if str(moment.hour) in policy.time_points and str(moment.isoweekday()) in policy.repeat_weekdays:
            return moment.timestamp()
    return None


def due(world: World, identifier: str) -> None:
    """A policy's time has come: one snapshot of each of its disks that is in use and wants it."""
    policy = world.store.get(AutoSnapshotPolicy, identifier)
    if policy is None:
        return
    # Nobody would pay for them.
    if not world.overdue(policy.account_id):
        for disk in filter(None, [world.store.get(Disk, one) for one in policy.disk_ids]):
            if _wanted(world, disk):
                _take(world, disk, policy)
    arm(world, policy)


def _wanted(world: World, disk: Disk) -> bool:
    if disk.status != "In_use" or not disk.enable_auto_snapshot or disk.category in UNSAVED:
        return False
    # While another is being taken, the hour is skipped.
    return all(one.status != "progressing" for one in world.store.under(Snapshot, disk.id))


def _take(world: World, disk: Disk, policy: AutoSnapshotPolicy) -> None:
    day = f"{datetime.fromtimestamp(world.now, _CHINA):%Y%m%d}"
    snapshots.take(
        world,
        disk,
        snapshot_name=f"auto2.0_{day}_{policy.id}",
        snapshot_type="auto",
        retention_days=max(policy.retention_days, 0),
        policy_id=policy.id,
    )
