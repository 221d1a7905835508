"""Custom images over time. Imports world, resources and snapshots."""

from __future__ import annotations

from emulator.resources.storage import Image, Snapshot
from emulator.rules import snapshots
from emulator.rules.progress import stage
from emulator.world import World


def begin(world: World, image: Image, taken: list[Snapshot]) -> None:
    """Begin an image, which is not ready before the snapshots that it is made of."""
    ends = [one.finishes_at for one in taken if one.status == "progressing"]
    image.finishes_at = max([world.now + world.settings.image_seconds, *ends])
    world.store.add(image)
    for snapshot in taken:
        snapshots.mark_use(world, snapshot.id)
    _proceed(world, image)


def progress(world: World, identifier: str) -> None:
    """An image has come a step further."""
    image = world.store.get(Image, identifier)
    if image is not None and image.status == "Creating":
        _proceed(world, image)


def _proceed(world: World, image: Image) -> None:
    if _broken(world, image):
        image.status = "CreateFailed"
    elif world.now >= image.finishes_at:
        image.status, image.progress = "Available", "100%"
    else:
        image.progress, due = stage(image.created_at, image.finishes_at, world.now)
        world.timers.arm(image.id, "image-progress", due)
    world.store.put(image)


def _broken(world: World, image: Image) -> bool:
    found = [world.store.get(Snapshot, one) for one in image.snapshot_ids if one]
    return any(snapshot is None or snapshot.status == "failed" for snapshot in found)


def remove(world: World, image: Image) -> None:
    """Delete an image; its snapshots stay and are free again."""
    world.store.remove(image)
    for identifier in filter(None, image.snapshot_ids):
        snapshots.mark_use(world, identifier)
