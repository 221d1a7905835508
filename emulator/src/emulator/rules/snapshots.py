"""Snapshots over time, and what becomes of them when their disk ends. Imports world and resources."""

from __future__ import annotations

import math

from emulator import times
from emulator.resources import Disk
from emulator.resources.storage import AutoSnapshotPolicy, Image, Snapshot, SnapshotGroup
from emulator.rules.progress import stage
from emulator.world import World, new_id


def take(world: World, disk: Disk, **fields: object) -> Snapshot:
    """Begin a snapshot of a disk."""
    settings = world.settings
    snapshot = Snapshot(
        id=new_id("s"),
        account_id=disk.account_id,
        region_id=disk.region_id,
        created_at=world.now,
        finishes_at=world.now + settings.snapshot_seconds + settings.snapshot_gib_seconds * disk.size,
        source_disk_id=disk.id,
        source_disk_type=disk.type,
        source_disk_size=disk.size,
        instance_id=disk.instance_id,
        encrypted=disk.encrypted,
        kms_key_id=disk.kms_key_id,
        **fields,  # type: ignore[arg-type]
    )
    world.store.add(snapshot)
    arm_expiry(world, snapshot)
    _proceed(world, snapshot)
    return snapshot


def arm_expiry(world: World, snapshot: Snapshot) -> None:
    """Set the end of a snapshot that is kept for a time, which counts from its creation."""
    days = [snapshot.retention_days]
    if snapshot.instant_access:
        days.append(snapshot.instant_access_retention_days)
    limits = [one for one in days if one > 0]
    world.timers.disarm(snapshot.id, "snapshot-expired")
    if limits:
        ends = snapshot.created_at + min(limits) * times.DAY
        world.timers.arm(snapshot.id, "snapshot-expired", ends)


def progress(world: World, identifier: str) -> None:
    """A snapshot has come a step further."""
    snapshot = world.store.get(Snapshot, identifier)
    if snapshot is not None and snapshot.status == "progressing":
        _proceed(world, snapshot)


def _proceed(world: World, snapshot: Snapshot) -> None:
    left = snapshot.finishes_at - world.now
    if left <= 0:
        _finish(world, snapshot)
        return
    snapshot.progress, due = stage(snapshot.created_at, snapshot.finishes_at, world.now)
    snapshot.remain_time = math.ceil(left)
    world.store.put(snapshot)
    world.timers.arm(snapshot.id, "snapshot-progress", due)


def _finish(world: World, snapshot: Snapshot) -> None:
    snapshot.status, snapshot.progress, snapshot.finished_at = "accomplished", "100%", world.now
    snapshot.remain_time = 0
    world.store.put(snapshot)
    _settle_group(world, snapshot.snapshot_group_id)


def expired(world: World, identifier: str) -> None:
    """A snapshot's retention is over; one that an image is made of cannot go."""
    snapshot = world.store.get(Snapshot, identifier)
    if snapshot is not None and not snapshot.in_image:
        remove(world, snapshot)


def fail(world: World, snapshot: Snapshot) -> None:
    """Let a snapshot that is being taken fail."""
    snapshot.status = "failed"
    world.timers.disarm(snapshot.id, "snapshot-progress")
    world.store.put(snapshot)
    _settle_group(world, snapshot.snapshot_group_id)


def remove(world: World, snapshot: Snapshot) -> None:
    """Delete a snapshot; one that was being taken is not completed any more."""
    world.store.remove(snapshot)
    cut_short = snapshot.status == "progressing"
    _settle_group(world, snapshot.snapshot_group_id, cut_short)


def _settle_group(world: World, identifier: str, cut_short: bool = False) -> None:
    group = world.store.get(SnapshotGroup, identifier) if identifier else None
    if group is None:
        return
    states = [one.status for one in members(world, group)]
    if cut_short or "failed" in states:
        group.status = "failed"
    elif group.status == "progressing" and "progressing" not in states:
        group.status = "accomplished"
    world.store.put(group)


def members(world: World, group: SnapshotGroup) -> list[Snapshot]:
    """Return the snapshots of a group."""
    rows = world.store.owned(Snapshot, group.account_id, group.region_id)
    return [snapshot for _, snapshot in rows if snapshot.snapshot_group_id == group.id]


def mark_use(world: World, identifier: str) -> None:
    """Write into a snapshot whether images or disks are made of it."""
    snapshot = world.store.get(Snapshot, identifier)
    if snapshot is None:
        return
    place = (snapshot.account_id, snapshot.region_id)
    images = any(identifier in image.snapshot_ids for _, image in world.store.owned(Image, *place))
    disks = any(disk.source_snapshot_id == identifier for _, disk in world.store.owned(Disk, *place))
    snapshot.usage = "_".join(["image"] * images + ["disk"] * disks) or "none"
    world.store.put(snapshot)


def disk_ends(world: World, disk: Disk) -> None:
    """A disk is destroyed: its automatic snapshots go with it where its flag says so, manual ones stay."""
    for snapshot in world.store.under(Snapshot, disk.id):
        if goes_with(snapshot, disk):
            remove(world, snapshot)
    if disk.auto_snapshot_policy_id:
        leave_policy(world, disk)


def goes_with(snapshot: Snapshot, disk: Disk) -> bool:
    """Tell whether a snapshot is deleted with its disk."""
    goes = disk.delete_auto_snapshot and snapshot.snapshot_type == "auto" and not snapshot.in_image
    # What was not complete can never become so.
    return goes or snapshot.status == "progressing"


def join_policy(world: World, disk: Disk, policy: AutoSnapshotPolicy) -> None:
    """Put a disk under a policy, out of the one that it had."""
    if disk.auto_snapshot_policy_id not in ("", policy.id):
        leave_policy(world, disk)
    disk.auto_snapshot_policy_id = policy.id
    world.store.put(disk)
    if disk.id not in policy.disk_ids:
        policy.disk_ids.append(disk.id)
        world.store.put(policy)


def leave_policy(world: World, disk: Disk) -> None:
    """Take a disk out of its policy."""
    policy = world.store.get(AutoSnapshotPolicy, disk.auto_snapshot_policy_id)
    if policy is not None:
        policy.disk_ids = [one for one in policy.disk_ids if one != disk.id]
        world.store.put(policy)
    disk.auto_snapshot_policy_id = ""
