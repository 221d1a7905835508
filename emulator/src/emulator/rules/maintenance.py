"""Maintenance and failures of the machines below: instances restart, stop, or were never really made.

Imports world, resources and the history, lifecycle and release rules.
"""

from __future__ import annotations

from emulator.resources import Instance
from emulator.rules import history, lifecycle, release
from emulator.rules.lifecycle import on_instance
from emulator.world import World

# Announced before they happen; the others just happen.
PLANNED = ("SystemMaintenance.Reboot", "SystemMaintenance.Redeploy")
FAILED = ("SystemFailure.Reboot", "SystemFailure.Redeploy", "InstanceFailure.Reboot", "SystemFailure.Delete")


def begin(world: World, instance: Instance, kind: str) -> None:
    """Announce maintenance, or let a failure happen."""
    if kind in PLANNED:
        due = world.now + world.settings.maintenance_seconds
        history.plan(world, instance, kind, due)
        world.timers.arm(instance.id, kind, due)
        return
    history.note(world, instance, kind)
    if kind == "SystemFailure.Delete":
        release.by_system(world, instance)
    else:
        _restart(world, instance)


def avoid(world: World, instance: Instance) -> None:
    """A restart by the user makes the announced one needless."""
    history.avoid(world, instance, *PLANNED)
    world.timers.disarm(instance.id, *PLANNED)


@on_instance
def reboot(world: World, instance: Instance) -> None:
    """The announced restart."""
    history.note(world, instance, "SystemMaintenance.Reboot")
    _restart(world, instance)


@on_instance
def redeploy(world: World, instance: Instance) -> None:
    """The announced move to another machine."""
    history.note(world, instance, "SystemMaintenance.Redeploy")
    _restart(world, instance)


def _restart(world: World, instance: Instance) -> None:
    if instance.status != "Running":
        return
    # The owner may have asked to find it stopped afterwards.
    if instance.maintenance.get("action") == "Stop":
        instance.stopped_mode = "KeepCharging"
        lifecycle.halt(world, instance)
    else:
        lifecycle.begin_start(world, instance)
