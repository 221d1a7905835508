"""Subscriptions: periods, expiry, renewal, refund.

Imports world, resources and the lifecycle and release rules.
"""

from __future__ import annotations

from emulator import prices, times
from emulator.resources import Disk, Instance
from emulator.rules import history, lifecycle, release
from emulator.rules.lifecycle import on_instance
from emulator.world import World

KEPT_AFTER_EXPIRY = 15 * times.DAY
KEPT_WITH_FAILED_RENEWAL = 30 * times.DAY
# What can be bought, and by what a subscription can renew itself.
PERIODS = {"Week": {1, 2, 3, 4}, "Month": {*range(1, 10), 12, 24, 36, 48, 60}, "Year": {1, 2, 3, 4, 5}}
RENEWALS = {**PERIODS, "Month": {1, 2, 3, 6, 12, 24, 36, 48, 60}}
_STOP, _DELETE = "InstanceExpiration.Stop", "InstanceExpiration.Delete"
_EXPIRY_EVENTS = ("expire", "expired-stop", "expired-release")


def add_period(moment: float, count: int, unit: str) -> float:
    """Add weeks, calendar months or years; a month that is too short ends on its last day."""
    if unit == "Week":
        return moment + count * 7 * times.DAY
    return times.add_months(moment, count * (12 if unit == "Year" else 1))


def subscribe(world: World, instance: Instance, count: int, unit: str, with_disks: bool) -> None:
    """Make an instance a subscription that ends after a period; protection does not go with one."""
    instance.instance_charge_type = "PrePaid"
    # Protection and subscriptions exclude each other; which of them yields is not documented.
    instance.deletion_protection = False
    instance.renewal_duration, instance.renewal_unit = count, unit
    set_expiry(world, instance, add_period(times.cut_to_minute(world.now), count, unit))
    for disk in world.store.under(Disk, instance.id):
        if with_disks or disk.type == "system":
            disk.disk_charge_type = "PrePaid"
            disk.expired_at = instance.expired_at
            disk.portable = disk.type == "system" and disk.portable
            world.store.put(disk)


def unsubscribe(world: World, instance: Instance, with_disks: bool) -> None:
    """Make an instance pay-as-you-go."""
    history.avoid(world, instance, _STOP, _DELETE)
    instance.instance_charge_type = "PostPaid"
    instance.renewal_status, instance.renewal_duration, instance.renewal_unit = "Normal", 0, ""
    instance.expired_at = None
    world.store.put(instance)
    world.timers.disarm(instance.id, *_EXPIRY_EVENTS)
    for disk in world.store.under(Disk, instance.id):
        if with_disks or disk.type == "system":
            disk.disk_charge_type, disk.expired_at, disk.portable = "PostPaid", None, True
            world.store.put(disk)


def set_expiry(world: World, instance: Instance, moment: float) -> None:
    """Set the end of the paid time and what will follow from it; disks that are paid ahead go along."""
    instance.expired_at = moment
    instance.locks = [lock for lock in instance.locks if lock != "financial"]
    world.store.put(instance)
    _set_disks(world, instance)
    history.avoid(world, instance, _STOP, _DELETE)
    world.timers.disarm(instance.id, *_EXPIRY_EVENTS)
    world.timers.arm(instance.id, "expire", moment)


def _set_disks(world: World, instance: Instance) -> None:
    for disk in world.store.under(Disk, instance.id):
        if disk.disk_charge_type == "PrePaid":
            disk.expired_at = instance.expired_at
            world.store.put(disk)


@on_instance
def expire(world: World, instance: Instance) -> None:
    """The paid time is over: renewed if that was ordered and can be paid, else the instance expires."""
    if instance.renewal_status == "AutoRenewal" and not world.overdue(instance.account_id):
        renew(world, instance)
    else:
        lapse(world, instance)


def renew(world: World, instance: Instance) -> None:
    """Add the period of automatic renewal to the paid time."""
    prolong(world, instance, instance.renewal_duration or 1, instance.renewal_unit or "Month")


def prolong(world: World, instance: Instance, count: int, unit: str) -> None:
    """Add a period to the paid time, from its end on, even if that is past."""
    set_expiry(world, instance, add_period(instance.expired_at or world.now, count, unit))


def lapse(world: World, instance: Instance) -> None:
    """Expire without renewal; one that failed buys time: it runs on for 15 days and goes after 30."""
    # It came here although renewal was ordered, so the payment failed.
    failed = instance.renewal_status == "AutoRenewal"
    expiry = instance.expired_at or world.now
    lock(world, instance, "financial")
    stop_after = KEPT_AFTER_EXPIRY if failed else world.settings.expired_stop_seconds
    release_after = KEPT_WITH_FAILED_RENEWAL if failed else KEPT_AFTER_EXPIRY
    for timer, kind, moment in (
        ("expired-stop", _STOP, expiry + stop_after),
        ("expired-release", _DELETE, expiry + release_after),
    ):
        world.timers.arm(instance.id, timer, moment)
        history.plan(world, instance, kind, moment)


def expire_now(world: World, instance: Instance) -> None:
    """End the paid time at this minute, unrenewed."""
    instance.expired_at = times.cut_to_minute(world.now)
    world.timers.disarm(instance.id, *_EXPIRY_EVENTS)
    _set_disks(world, instance)
    lapse(world, instance)


@on_instance
def stop(world: World, instance: Instance) -> None:
    """An expired instance is stopped by the cloud."""
    if instance.releasing or instance.status == "Stopped":
        history.avoid(world, instance, _STOP)
    else:
        history.note(world, instance, _STOP)
        instance.stopped_mode = "KeepCharging"
        lifecycle.halt(world, instance)


@on_instance
def end(world: World, instance: Instance) -> None:
    """An expired instance is released by the cloud."""
    history.note(world, instance, _DELETE)
    release.by_system(world, instance)


def refund(world: World, instance: Instance, immediately: bool) -> None:
    """Unsubscribe for money: the refund itself releases the instance, or stops it and waits for a release."""
    for disk in world.store.under(Disk, instance.id):
        disk.refunded = disk.disk_charge_type == "PrePaid"
        world.store.put(disk)
    # The refund itself destroys the instance; no DeleteInstance follows.
    if immediately:
        release.by_system(world, instance)
        return
    lock(world, instance, "refunded")
    world.timers.disarm(instance.id, *_EXPIRY_EVENTS)
    if instance.status in ("Running", "Starting", "Pending"):
        world.timers.disarm(instance.id, "start", "run")
        lifecycle.begin_stop(world, instance, "KeepCharging")


def price_of(world: World, instance: Instance, period: tuple[int, str], with_disks: bool) -> float:
    """Return what a period costs, from now on, with the system disk and perhaps the others."""
    until = add_period(times.cut_to_minute(world.now), *period)
    total = prices.ahead("instances", instance.facts, world.now, until)
    for disk in world.store.under(Disk, instance.id):
        if with_disks or disk.type == "system":
            total += prices.ahead("disks", disk.facts, world.now, until)
    return round(total, 2)


def hour_of(world: World, instance: Instance) -> float:
    """Return what an instance with its disks costs an hour."""
    disks = [("disks", disk.facts) for disk in world.store.under(Disk, instance.id)]
    meters = [("instances", instance.facts), *disks]
    return round(sum(sum(prices.hourly(kind, facts).values()) for kind, facts in meters), 4)


def worth(world: World, instance: Instance, with_data_disks: bool = True) -> float:
    """Return what would be paid back for the rest of a subscription with its disks."""
    disks = [
        disk
        for disk in world.store.under(Disk, instance.id)
        if disk.disk_charge_type == "PrePaid" and (with_data_disks or disk.type == "system")
    ]
    unused = (world.store.usage.unused(one) for one in (instance.id, *(disk.id for disk in disks)))
    return round(sum(unused), 2)


def lock(world: World, instance: Instance, reason: str) -> None:
    """Put an operation lock on an instance."""
    if reason not in instance.locks:
        instance.locks.append(reason)
    world.store.put(instance)
