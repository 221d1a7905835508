"""An account that does not pay: pay-as-you-go stops at once and goes after 15 days, as on the China site.

Imports world, resources and the lifecycle, release and subscription rules.
"""

from __future__ import annotations

from emulator import times
from emulator.resources import Instance
from emulator.rules import history, lifecycle, release, subscription
from emulator.rules.lifecycle import on_instance
from emulator.world import World

KEPT_WHILE_OVERDUE = 15 * times.DAY
_DELETE = "AccountUnbalanced.Delete"


def set_overdue(world: World, account: str, overdue: bool) -> None:
    """Let an account fall into arrears, or let it pay."""
    if overdue == world.overdue(account):
        return
    world.database.set_fact(f"overdue/{account}", overdue)
    for _, instance in world.store.owned(Instance, account):
        if instance.releasing:
            continue
        # What was paid for in advance goes on; what could not be renewed is renewed once there is money.
        if not instance.subscription:
            (_suspend if overdue else _resume)(world, instance)
        elif not overdue and instance.renewal_status == "AutoRenewal" and instance.expired(world.now):
            subscription.renew(world, instance)


def _suspend(world: World, instance: Instance) -> None:
    subscription.lock(world, instance, "financial")
    if instance.status != "Stopped":
        history.note(world, instance, "AccountUnbalanced.Stop")
        instance.stopped_mode = "KeepCharging"
    instance.suspended = True
    lifecycle.halt(world, instance)
    world.timers.arm(instance.id, "arrears-release", world.now + KEPT_WHILE_OVERDUE)
    history.plan(world, instance, _DELETE, world.now + KEPT_WHILE_OVERDUE)


def _resume(world: World, instance: Instance) -> None:
    if "financial" in instance.locks:
        instance.locks.remove("financial")
    world.store.put(instance)
    world.timers.disarm(instance.id, "arrears-release")
    history.avoid(world, instance, _DELETE)
    if instance.auto_release_at is not None:
        # A release time that passed meanwhile is honoured now, not in the past, when nothing was released.
        world.timers.arm(instance.id, "auto-release", max(instance.auto_release_at, world.now))


@on_instance
def end(world: World, instance: Instance) -> None:
    """The cloud releases what was not paid for; protection does not stop it."""
    history.note(world, instance, _DELETE)
    release.by_system(world, instance)
