"""The end of an instance: who may release it, and what goes or stays with it.

Imports world and resources.
"""

from __future__ import annotations

from dataclasses import dataclass

from emulator.errors import ApiError, incorrect_status, locked_for_security
from emulator.resources import Disk, Instance, Vpc
from emulator.resources.disk import EPHEMERAL, LOCAL
from emulator.rules import attachment, elastic, history, snapshots, trail
from emulator.rules.lifecycle import on_instance
from emulator.world import World

BLOCKS = {
    "slb-configuring": (
        400,
        "DependencyViolation.SLBConfiguring",
        "A load balancer of the instance is being configured.",
    ),
    "route-entry": (
        400,
        "DependencyViolation.RouteEntry",
        "The instance is the next hop of a custom route entry.",
    ),
    "eni-linked": (
        403,
        "InvalidOperation.EniLinked",
        "A network interface of the instance is linked with others.",
    ),
    "system-managed": (
        403,
        "OperationDenied.SystemInstanceNotSupport",
        "The instance is managed by the system.",
    ),
    "volumes-attached": (403, "IncorrectInstanceStatus", "Volumes are still attached to the instance."),
}


@dataclass(frozen=True)
class Terms:
    """The parameters under which a release is asked for."""

    force: bool = False
    force_stop: bool = True
    terminate_subscription: bool = False


def check(world: World, instance: Instance, terms: Terms) -> None:
    """Refuse a release that the documentation refuses, in the order of its checks."""
    # First of all: Force does not override it, and neither does an expired charge.
    if instance.deletion_protection:
        text = f"The instance {instance.id} has deletion protection enabled."
        raise ApiError(403, "InvalidOperation.DeletionProtection", text)
    if instance.subscription and not _may_terminate(world, instance, terms):
        raise ApiError(403, "ChargeTypeViolation", "The operation is not permitted due to the charge type.")
    _check_status(world, instance, terms)
    if "security" in instance.locks and world.settings.security_lock_release == "refused":
        raise locked_for_security(instance.id)
    _check_dependencies(world, instance)


def _may_terminate(world: World, instance: Instance, terms: Terms) -> bool:
    # By the time, not by the status: an expired instance may still be running.
    over = instance.expired(world.now) or "refunded" in instance.locks
    return over and terms.terminate_subscription


def _check_status(world: World, instance: Instance, terms: Terms) -> None:
    # Some seconds after its creation even a Running instance may not be ready to go.
    early = world.now < instance.created_at + world.settings.initializing_seconds
    if early or instance.status in ("Pending", "Starting"):
        text = f"The instance {instance.id} is still being initialized."
        raise ApiError(403, "IncorrectInstanceStatus.Initializing", text)
    allowed = ("Running", "Stopped") if terms.force else ("Stopped",)
    if instance.releasing or instance.status not in allowed:
        raise incorrect_status(instance.id, instance.status, ", ".join(allowed))


def _check_dependencies(world: World, instance: Instance) -> None:
    blocks = list(instance.blocks)
    # Routes are kept with their VPC, which is one look for all of them.
    vpc = world.store.get(Vpc, instance.vpc_id)
    if vpc is not None and instance.id in vpc.routes.values():
        blocks.append("route-entry")
    if blocks:
        raise ApiError(*BLOCKS[blocks[0]])


def begin(world: World, instance: Instance, terms: Terms | None = None) -> None:
    """Accept a release: the instance is seen Stopping or Stopped for a while, then no more."""
    if instance.lingers:
        # A tester asked for an accepted release that does not happen.
        instance.lingers = False
        world.store.put(instance)
        return
    graceful = terms is not None and terms.force and not terms.force_stop and instance.status == "Running"
    settings = world.settings
    seconds = settings.graceful_release_seconds if graceful else settings.release_seconds
    instance.releasing = True
    instance.polls_left = settings.release_polls
    # Any other word than these five would fail a waiting client.
    if instance.status != "Stopped":
        instance.status = "Stopping"
    world.store.put(instance)
    # What was under way must not wake a dying instance up.
    world.timers.disarm(instance.id, "start", "run", "stopped", "auto-release")
    if instance.polls_left == 0:
        world.timers.arm(instance.id, "gone", world.now + seconds)


def seen(world: World, identifier: str) -> None:
    """Somebody looked at an instance that goes after so many looks."""
    instance = world.store.get(Instance, identifier)
    if instance is None or instance.polls_left == 0:
        return
    instance.polls_left -= 1
    world.store.put(instance)
    if instance.polls_left == 0:
        world.timers.arm(instance.id, "gone", world.now)


def by_system(world: World, instance: Instance) -> None:
    """Release as the cloud itself does: no check, protection included."""
    if not instance.releasing:
        begin(world, instance)
        if instance.releasing:
            trail.released_by_system(world, instance)


@on_instance
def scheduled(world: World, instance: Instance) -> None:
    """The release time has come; not honoured while the account is overdue, then done when it is no more."""
    if not world.overdue(instance.account_id):
        by_system(world, instance)


@on_instance
def gone(world: World, instance: Instance) -> None:
    """The instance passes out of sight, with everything that goes with it."""
    for disk in world.store.under(Disk, instance.id):
        if goes_with(disk, instance):
            destroy(world, disk)
        else:
            _keep(world, disk)
    for disk in filter(None, [world.store.get(Disk, one) for one in instance.shared_disk_ids]):
        leave(world, disk, instance)
    attachment.instance_ends(world, instance)
    history.avoid(world, instance)
    elastic.holder_ends(world, instance.id)
    world.addresses.give_back(f"public/{instance.id}")
    world.store.remove(instance)


def destroy(world: World, disk: Disk) -> None:
    """Destroy a disk with what goes with it."""
    snapshots.disk_ends(world, disk)
    world.store.remove(disk)
    if disk.source_snapshot_id:
        snapshots.mark_use(world, disk.source_snapshot_id)


def goes_with(disk: Disk, instance: Instance) -> bool:
    """Tell whether an attached disk is destroyed with its instance, as both are now."""
    # One that is being detached is no more the instance's.
    if disk.status == "Detaching":
        return False
    # Under a security lock the flag is accepted but ignored: every attached disk is destroyed.
    return "security" in instance.locks or disk.delete_with_instance or disk.category in LOCAL | EPHEMERAL


def _keep(world: World, disk: Disk) -> None:
    disk.type = "data"
    disk.disk_charge_type = "PostPaid"
    disk.expired_at = None
    disk.refunded = False
    disk.portable = True
    unplug(world, disk)


def unplug(world: World, disk: Disk) -> None:
    """Detach a disk."""
    disk.instance_id = ""
    disk.device = ""
    disk.status = "Available"
    disk.detached_at = world.now
    world.timers.disarm(disk.id, "disk-settled")
    world.store.put(disk)


def leave(world: World, disk: Disk, instance: Instance) -> None:
    """Detach a multi-attach disk from one of its instances."""
    disk.attached_to.remove(instance.id)
    disk.status = "In_use" if disk.attached_to else "Available"
    disk.detached_at = world.now
    world.store.put(disk)
    instance.shared_disk_ids = [one for one in instance.shared_disk_ids if one != disk.id]
    world.store.put(instance)
