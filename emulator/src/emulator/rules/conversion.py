"""The change between subscription and pay-as-you-go, which is ordered now and done a little later.

Imports world, resources and the subscription rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from emulator import times
from emulator.errors import ApiError
from emulator.resources import Instance
from emulator.rules import subscription
from emulator.rules.lifecycle import on_instance
from emulator.world import World


@dataclass(frozen=True)
class Conversion:
    """What was ordered."""

    charge_type: str
    count: int
    unit: str
    with_disks: bool
    paid: bool = True


def check(world: World, instance: Instance, charge_type: str) -> None:
    """Refuse a conversion that the documentation refuses."""
    if instance.conversion is not None and not instance.conversion.get("paid", True):
        raise _refused("InvalidInstance.UnpaidOrder", "The instance has an unpaid order.")
    if instance.conversion is not None:
        raise _refused(
            "InstanceHasProcessingConvertOrder", "The instance has a conversion order in progress."
        )
    if instance.status not in ("Running", "Stopped") or instance.releasing:
        raise _refused("InvalidStatus.ValueNotSupported", "The instance must be Running or Stopped.")
    # The way out of an expired subscription is TerminateSubscription alone.
    if instance.expired(world.now):
        raise _refused("ExpiredInstance", "The instance has expired.")
    if world.overdue(instance.account_id):
        raise _unpaid(charge_type)
    if instance.instance_charge_type == charge_type:
        raise _refused(
            "InvalidInstanceChargeType.ValueNotSupported", f"The instance is {charge_type} already."
        )
    if charge_type == "PrePaid":
        _check_pay_as_you_go(instance)


def _check_pay_as_you_go(instance: Instance) -> None:
    if instance.auto_release_at is not None:
        raise _refused("ReleaseTimeHaveBeenSet", "The instance has an automatic release time.")
    if instance.spot:
        raise _refused("InvalidSpotStrategy", "A spot instance cannot be converted.")


def _unpaid(charge_type: str) -> ApiError:
    # The table has two codes; who buys lacks the balance, who gives back has debts.
    if charge_type == "PrePaid":
        text = "Your account does not have enough balance."
        return ApiError(403, "InvalidAccountStatus.NotEnoughBalance", text)
    return ApiError(403, "Account.Arrearage", "Your account has an outstanding payment.")


def spend_quota(world: World, account: str, instances: Iterable[Instance]) -> None:
    """Count the vCPU-hours that are given back against the month's quota, or refuse."""
    fact = f"refunded/{account}/{times.to_minute(world.now)[:7]}"
    hours = sum(
        instance.cpu * max((instance.expired_at or 0.0) - world.now, 0.0) / times.HOUR
        for instance in instances
    )
    spent = float(world.database.fact(fact) or 0.0) + hours
    if spent > world.settings.refund_vcpu_hours:
        raise _refused("QuotaExceed.RufundVcpu", "The monthly refund quota of vCPU-hours is used up.")
    world.database.set_fact(fact, spent)


def order(world: World, instance: Instance, conversion: Conversion) -> None:
    """Order a conversion; what is not paid for waits."""
    instance.conversion = asdict(conversion)
    world.store.put(instance)
    if conversion.paid:
        world.timers.arm(instance.id, "convert", world.now + world.settings.convert_seconds)


def pay(world: World, instance: Instance) -> None:
    """Somebody pays for a conversion in the console."""
    order(world, instance, Conversion(**{**(instance.conversion or {}), "paid": True}))


@on_instance
def finish(world: World, instance: Instance) -> None:
    """Carry a conversion out."""
    done, instance.conversion = Conversion(**(instance.conversion or {})), None
    if done.charge_type == "PrePaid":
        # Set while the order was under way; a subscription has no release time.
        instance.auto_release_at = None
        world.timers.disarm(instance.id, "auto-release")
        subscription.subscribe(world, instance, done.count, done.unit, done.with_disks)
    else:
        subscription.unsubscribe(world, instance, done.with_disks)


def _refused(code: str, message: str) -> ApiError:
    return ApiError(400, code, message)
