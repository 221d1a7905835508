"""What the cloud does to an instance by itself is kept as an event. Imports world and resources."""

from __future__ import annotations

from emulator.resources import Instance
from emulator.resources.event import InstanceEvent
from emulator.world import World, new_id


def note(world: World, instance: Instance, kind: str) -> None:
    """Keep one event, named as the API names it."""
    event = InstanceEvent(
        id=new_id("e"),
        account_id=instance.account_id,
        region_id=instance.region_id,
        created_at=world.now,
        instance_id=instance.id,
        type=kind,
    )
    world.store.add(event)
