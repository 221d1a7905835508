"""Buying time for what has ended or will end: RenewInstance and ReActivateInstances (Ecs 2014-05-26)."""

from __future__ import annotations

from emulator.actions.instance_orders import read_period
from emulator.actions.instances_read import owned_instance
from emulator.errors import (
    ApiError,
    incorrect_status,
    invalid_parameter,
    locked_for_security,
    missing_parameter,
)
from emulator.registry import Call, Reply, action, idempotent_or
from emulator.resources import Instance
from emulator.rules import lifecycle, subscription
from emulator.rules.subscription import PERIODS


@action("Ecs", "RenewInstance", "Period PeriodUnit ExpectedRenewDay", required="InstanceId")
@idempotent_or("InvalidClientToken.ValueNotSupported")
def renew_instance(call: Call) -> Reply:
    """RenewInstance: more time from the end of the paid time on; what has expired comes back, Stopped."""
    instance, parameters = owned_instance(call), call.parameters
    bad = ApiError(400, "InvalidPeriodUnit.ValueNotSupported", "The specified PeriodUnit is not valid.")
    unit = parameters.choice("PeriodUnit", "Month", ("Week", "Month"), bad)
    if parameters.given("ExpectedRenewDay"):
        raise invalid_parameter("ExpectedRenewDay", "no common day of expiry has been set for the account")
    if not parameters.given("Period"):
        raise missing_parameter("Period")
    count = read_period(parameters, "Period", unit, PERIODS, "InvalidPeriod")
    _check_renewable(call, instance)
    subscription.prolong(call.world, instance, count, unit)
    return {"OrderId": str(call.world.new_order())}


def _check_renewable(call: Call, instance: Instance) -> None:
    if not instance.subscription:
        text = "The operation is not permitted due to charge type of the instance."
        raise ApiError(403, "ChargeTypeViolation", text)
    if instance.releasing or "refunded" in instance.locks:
        raise incorrect_status(instance.id, instance.status, "Running, Stopped")
    if "security" in instance.locks:
        raise locked_for_security(instance.id)
    if instance.conversion is not None:
        raise ApiError(400, "LastOrderProcessing", "The previous order is still processing.")
    if call.world.overdue(call.account):
        text = "Your account does not have enough balance."
        raise ApiError(403, "InvalidAccountStatus.NotEnoughBalance", text)


@action("Ecs", "ReActivateInstances", "", required="InstanceId")
def re_activate_instances(call: Call) -> Reply:
    """ReActivateInstances: starts what was stopped for arrears, once they are paid."""
    instance = owned_instance(call)
    if instance.subscription:
        raise ApiError(404, "InvalidPayType.NotSupport", "The specified pre pay instance not support.")
    if "security" in instance.locks:
        raise locked_for_security(instance.id)
    if instance.status != "Stopped" or instance.releasing:
        raise incorrect_status(instance.id, instance.status, "Stopped")
    if not instance.suspended:
        text = "Instance status is not Expired, ImageExpired or EcsAndImageExpired."
        raise ApiError(400, "ReopenInstance.InstanceStatusNotValid", text)
    if call.world.overdue(call.account):
        raise ApiError(403, "InsufficientBalance", "Your account does not have enough balance.")
    lifecycle.begin_start(call.world, instance)
    return {}
