"""Spot instances that the cloud takes back.

Imports world, resources and the lifecycle, release, subscription rules.
"""

from __future__ import annotations

from emulator.resources import Instance
from emulator.rules import history, lifecycle, release, subscription
from emulator.rules.lifecycle import on_instance
from emulator.world import World

_INTERRUPTION = "Instance:PreemptibleInstanceInterruption"


def reclaim(world: World, instance: Instance) -> None:
    """Announce the interruption with a lock; it follows about five minutes later."""
    subscription.lock(world, instance, "Recycling")
    due = world.now + world.settings.reclaim_seconds
    world.timers.arm(instance.id, "reclaim", due)
    history.plan(world, instance, _INTERRUPTION, due)


@on_instance
def interrupt(world: World, instance: Instance) -> None:
    """Release a spot instance, or stop it if it was bought that way."""
    history.note(world, instance, _INTERRUPTION)
    if instance.spot_interruption_behavior == "Stop":
        # The machine goes back to the market, so only the disks stay.
        instance.stopped_mode = "StopCharging"
        # Nothing is about to be taken back any more, and it may be started when there is room again.
        instance.locks = [lock for lock in instance.locks if lock != "Recycling"]
        lifecycle.halt(world, instance)
    else:
        release.by_system(world, instance)
