"""Disks on their way: created, attached, detached, set back, and a new system disk.

Imports world, resources, and the rules of release, snapshots and states.
"""

from __future__ import annotations

from emulator.catalogue import MARKETPLACE
from emulator.resources import Disk, Instance
from emulator.rules import lifecycle, release, snapshots
from emulator.world import World, new_id

# Of a system disk that is replaced, what the new one does not take over.
_FRESH = {"tags", "disk_name", "description", "auto_snapshot_policy_id", "attached_at", "detached_at"}


def begin(world: World, disk: Disk, status: str) -> None:
    """Put a disk into a passing state, which ends a little later, or at once."""
    disk.status = status
    world.store.put(disk)
    if world.settings.disk_seconds:
        world.timers.arm(disk.id, "disk-settled", world.now + world.settings.disk_seconds)
    else:
        _settle(world, disk)


def settled(world: World, identifier: str) -> None:
    """A disk's passing state is over."""
    disk = world.store.get(Disk, identifier)
    if disk is not None:
        _settle(world, disk)


def _settle(world: World, disk: Disk) -> None:
    if disk.status == "Detaching":
        release.unplug(world, disk)
        return
    if disk.instance_id and (disk.status == "Attaching" or disk.attached_at is None):
        disk.attached_at = world.now
    disk.status = "In_use" if disk.instance_id else "Available"
    holder = world.store.get(Instance, disk.instance_id) if disk.starts_holder else None
    disk.starts_holder = False
    world.store.put(disk)
    if holder is not None and holder.status == "Stopped" and not holder.releasing:
        lifecycle.begin_start(world, holder)


def replace_system(world: World, instance: Instance, old: Disk, size: int, source_snapshot: str) -> Disk:
    """Destroy the system disk, with the automatic snapshots that go with it, and make another."""
    kept = old.model_dump(exclude=_FRESH)
    image = instance.image_id
    new = {"id": new_id("d"), "created_at": world.now, "size": size, "image_id": image}
    origin = {"source_snapshot_id": source_snapshot, "marketplace": image.startswith(MARKETPLACE)}
    disk = Disk(**{**kept, **new, **origin, "status": "Creating"})
    release.destroy(world, old)
    world.store.add(disk)
    if source_snapshot:
        snapshots.mark_use(world, source_snapshot)
    begin(world, disk, "Creating")
    return disk
