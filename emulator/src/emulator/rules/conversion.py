"""The change between subscription and pay-as-you-go, which is ordered now and done a little later.

Imports world, resources and the subscription rules.
"""

from __future__ import annotations

from emulator.errors import ApiError
from emulator.resources import Instance
from emulator.rules import subscription
from emulator.rules.lifecycle import on_instance
from emulator.world import World


def check(world: World, instance: Instance, charge_type: str) -> None:
    """Refuse a conversion that the documentation refuses."""
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
        raise ApiError(403, "Account.Arrearage", "Your account has an outstanding payment.")
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


def order(
    world: World, instance: Instance, charge_type: str, count: int, unit: str, with_disks: bool
) -> None:
    """Order a conversion."""
    instance.conversion = {"charge_type": charge_type, "count": count, "unit": unit, "with_disks": with_disks}
    world.store.put(instance)
    world.timers.arm(instance.id, "convert", world.now + world.settings.convert_seconds)


@on_instance
def finish(world: World, instance: Instance) -> None:
    """Carry a conversion out."""
    order, instance.conversion = instance.conversion or {}, None
    if order["charge_type"] == "PrePaid":
        subscription.subscribe(world, instance, order["count"], order["unit"], order["with_disks"])
    else:
        subscription.unsubscribe(world, instance, order["with_disks"])


def _refused(code: str, message: str) -> ApiError:
    return ApiError(400, code, message)
