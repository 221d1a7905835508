"""What the cloud does to an instance by itself is kept as an event, from its announcement on.

Imports world and resources.
"""

from __future__ import annotations

from emulator.resources import Instance
from emulator.resources.event import InstanceEvent
from emulator.world import World, new_id


def plan(world: World, instance: Instance, kind: str, moment: float) -> None:
    """Announce an event, named as the API names it; an older announcement of the same is avoided."""
    avoid(world, instance, kind)
    event = InstanceEvent(
        id=new_id("e"),
        account_id=instance.account_id,
        region_id=instance.region_id,
        created_at=world.now,
        tags=instance.tags,
        instance_id=instance.id,
        type=kind,
        status="Scheduled",
        not_before=moment,
        resource_group_id=instance.resource_group_id,
    )
    world.store.add(event)


def note(world: World, instance: Instance, kind: str) -> None:
    """Keep what has happened, announced or not."""
    if not _finish(world, instance, "Executed", kind):
        plan(world, instance, kind, world.now)
        _finish(world, instance, "Executed", kind)


def avoid(world: World, instance: Instance, *kinds: str) -> None:
    """Keep that what was announced will not happen; without names nothing of it will."""
    _finish(world, instance, "Avoided", *kinds)


def _finish(world: World, instance: Instance, status: str, *kinds: str) -> bool:
    found = [
        event
        for event in world.store.under(InstanceEvent, instance.id)
        if event.finished_at is None and (not kinds or event.type in kinds)
    ]
    for event in found:
        event.status, event.finished_at = status, world.now
        world.store.put(event)
    return bool(found)
