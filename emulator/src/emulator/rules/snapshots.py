"""Snapshots and images over time, and what becomes of them when their disk ends.

Imports world and resources.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from emulator.resources import Disk
from emulator.resources.disk import EPHEMERAL, LOCAL
from emulator.resources.storage import AutoSnapshotPolicy, Image, Snapshot, SnapshotGroup
from emulator.world import World, new_id

# The hours and weekdays of a policy are those of China.
_CHINA = timezone(timedelta(hours=8))
_DAY = 86400.0


def take(world: World, disk: Disk, **fields: object) -> Snapshot:
    """Begin a snapshot of a disk."""
    snapshot = Snapshot(
        id=new_id("s"),
        account_id=disk.account_id,
        region_id=disk.region_id,
        created_at=world.now,
        source_disk_id=disk.id,
        source_disk_type=disk.type,
        source_disk_size=disk.size,
        instance_id=disk.instance_id,
        encrypted=disk.encrypted,
        kms_key_id=disk.kms_key_id,
        **fields,  # type: ignore[arg-type]
    )
    world.store.add(snapshot)
    seconds = world.settings.snapshot_seconds
    world.timers.arm(snapshot.id, "snapshot-half", world.now + seconds / 2)
    world.timers.arm(snapshot.id, "snapshot-done", world.now + seconds)
    return snapshot


def half(world: World, identifier: str) -> None:
    """Show that a snapshot makes progress."""
    snapshot = world.store.get(Snapshot, identifier)
    if snapshot is not None:
        snapshot.progress = "50%"
        world.store.put(snapshot)


def done(world: World, identifier: str) -> None:
    """A snapshot is accomplished; one that is kept for a time ends after it."""
    snapshot = world.store.get(Snapshot, identifier)
    if snapshot is None:
        return
    snapshot.status, snapshot.progress, snapshot.finished_at = "accomplished", "100%", world.now
    world.store.put(snapshot)
    if snapshot.retention_days > 0:
        world.timers.arm(snapshot.id, "snapshot-expired", world.now + snapshot.retention_days * _DAY)
    _settle_group(world, snapshot.snapshot_group_id)


def expired(world: World, identifier: str) -> None:
    """A snapshot's retention is over."""
    snapshot = world.store.get(Snapshot, identifier)
    if snapshot is not None:
        world.store.remove(snapshot)


def fail(world: World, snapshot: Snapshot) -> None:
    """Let a snapshot that is being taken fail."""
    snapshot.status = "failed"
    world.timers.disarm(snapshot.id, "snapshot-half", "snapshot-done")
    world.store.put(snapshot)
    _settle_group(world, snapshot.snapshot_group_id)


def _settle_group(world: World, identifier: str) -> None:
    group = world.store.get(SnapshotGroup, identifier) if identifier else None
    if group is None:
        return
    states = [one.status for one in members(world, group)]
    if "progressing" not in states:
        group.status = "failed" if "failed" in states else "accomplished"
        world.store.put(group)


def members(world: World, group: SnapshotGroup) -> list[Snapshot]:
    """Return the snapshots of a group."""
    rows = world.store.owned(Snapshot, group.account_id, group.region_id)
    return [snapshot for _, snapshot in rows if snapshot.snapshot_group_id == group.id]


def image_done(world: World, identifier: str) -> None:
    """A custom image can be used."""
    # It may have been deleted while it was made.
    image = world.store.get(Image, identifier)
    if image is not None and image.status == "Creating":
        image.status, image.progress = "Available", "100%"
        world.store.put(image)


def disk_ends(world: World, disk: Disk) -> None:
    """A disk is destroyed: its automatic snapshots go with it where its flag says so, manual ones stay."""
    if disk.delete_auto_snapshot:
        for snapshot in world.store.under(Snapshot, disk.id):
            if snapshot.snapshot_type == "auto":
                world.store.remove(snapshot)
    if disk.auto_snapshot_policy_id:
        leave_policy(world, disk)


def leave_policy(world: World, disk: Disk) -> None:
    """Take a disk out of its policy."""
    policy = world.store.get(AutoSnapshotPolicy, disk.auto_snapshot_policy_id)
    if policy is not None:
        policy.disk_ids = [one for one in policy.disk_ids if one != disk.id]
        world.store.put(policy)
    disk.auto_snapshot_policy_id = ""


def arm_policy(world: World, policy: AutoSnapshotPolicy) -> None:
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


def automatic(world: World, identifier: str) -> None:
    """A policy's time has come: one snapshot of each of its disks that is in use and wants it."""
    policy = world.store.get(AutoSnapshotPolicy, identifier)
    if policy is None:
        return
    for disk in filter(None, [world.store.get(Disk, one) for one in policy.disk_ids]):
        if disk.status == "In_use" and disk.enable_auto_snapshot and disk.category not in LOCAL | EPHEMERAL:
            name = f"auto2.0_{datetime.fromtimestamp(world.now, _CHINA):%Y%m%d}_{policy.id}"
            days = max(policy.retention_days, 0)
            take(
                world,
                disk,
                snapshot_name=name,
                snapshot_type="auto",
                retention_days=days,
                policy_id=policy.id,
            )
    arm_policy(world, policy)
