"""Start and stop: Pending, Starting, Running, Stopping, Stopped. Imports world and resources."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from emulator.errors import ApiError, incorrect_status, locked_for_security
from emulator.resources import Disk, Instance
from emulator.resources.disk import LOCAL
from emulator.world import Handler, World

_UNPAID = {"financial", "dedicatedhostfinancial", "refunded"}


def on_instance(rule: Callable[[World, Instance], None]) -> Handler:
    """Turn a rule about an instance into a timer's handler; a timer of a vanished instance does nothing."""

    @wraps(rule)
    def handler(world: World, identifier: str) -> None:
        instance = world.store.get(Instance, identifier)
        if instance is not None:
            rule(world, instance)

    return handler


@on_instance
def start(world: World, instance: Instance) -> None:
    """Pending to Starting."""
    instance.status = "Starting"
    world.store.put(instance)
    world.timers.arm(instance.id, "run", world.now + world.settings.starting_seconds)


@on_instance
def run(world: World, instance: Instance) -> None:
    """Starting to Running."""
    instance.status = "Running"
    instance.started_at = world.now
    world.store.put(instance)


@on_instance
def stopped(world: World, instance: Instance) -> None:
    """Stopping to Stopped."""
    halt(world, instance)


def halt(world: World, instance: Instance) -> None:
    """Make an instance Stopped at once; with StopCharging its fixed public address goes."""
    instance.status = "Stopped"
    if instance.stopped_mode == "StopCharging":
        world.addresses.give_back(f"public/{instance.id}")
        instance.public_ip = ""
    world.timers.disarm(instance.id, "start", "run", "stopped")
    world.store.put(instance)


def check_stop(world: World, instance: Instance) -> None:
    """Refuse to stop what is not Running, is locked, or is not paid for."""
    check_unlocked(world, instance)
    # An instance that is Stopped already is refused too; a client that stops first must bear it.
    if instance.status != "Running":
        raise incorrect_status(instance.id, instance.status, "Running")
    if "system-managed" in instance.blocks:
        raise ApiError(
            403, "OperationDenied.SystemInstanceNotSupport", "The instance is managed by the system."
        )


def begin_stop(world: World, instance: Instance, stopped_mode: str) -> None:
    """Running to Stopping; the mode is ignored where the cloud does not support it."""
    # Local disks would lose their data if the machine were given up.
    local = any(disk.category in LOCAL for disk in world.store.under(Disk, instance.id))
    unsupported = local or instance.subscription
    instance.stopped_mode = "KeepCharging" if unsupported or not stopped_mode else stopped_mode
    instance.status = "Stopping"
    world.store.put(instance)
    world.timers.arm(instance.id, "stopped", world.now + world.settings.stop_seconds)


def check_start(world: World, instance: Instance) -> None:
    """Refuse to start what is not Stopped, is locked, or is being released."""
    check_unlocked(world, instance)
    if instance.status != "Stopped" or instance.releasing:
        raise incorrect_status(instance.id, instance.status, "Stopped")


def begin_start(world: World, instance: Instance) -> None:
    """Stopped to Starting, with a new fixed public address if the old one was given up."""
    instance.status = "Starting"
    instance.stopped_mode = "Not-applicable"
    instance.suspended = False
    if instance.internet_max_bandwidth_out and not instance.public_ip and not instance.eip:
        instance.public_ip = world.public_address(instance.id)
    world.store.put(instance)
    world.timers.arm(instance.id, "run", world.now + world.settings.starting_seconds)


def check_unlocked(world: World, instance: Instance) -> None:
    """Refuse what neither a locked nor an unpaid instance allows."""
    if "security" in instance.locks:
        raise locked_for_security(instance.id)
    if _UNPAID & set(instance.locks) or instance.expired(world.now):
        text = f"The instance {instance.id} has expired or is in arrears."
        raise ApiError(403, "InstanceExpiredOrInArrears", text)
