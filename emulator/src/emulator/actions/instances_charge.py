"""ModifyInstanceChargeType and automatic renewal (Ecs 2014-05-26)."""

from __future__ import annotations

from typing import Any

from emulator import prices
from emulator.actions.common import Paging
from emulator.actions.instance_orders import read_period
from emulator.errors import ApiError, dry_run_passed, missing_parameter
from emulator.parameters import Parameters
from emulator.registry import Call, Reply, action, idempotent_or
from emulator.resources import Instance
from emulator.rules import conversion, subscription
from emulator.rules.conversion import Conversion
from emulator.rules.subscription import PERIODS, RENEWALS
from emulator.untrusted import from_digits

_CONVERT = "InstanceChargeType IncludeDataDisks Period PeriodUnit AutoPay DryRun"
_RENEW = "RenewalStatus AutoRenew Duration PeriodUnit"
_MOST_CONVERTED = 20
_MOST_RENEWED = 100
_STATUSES = ("AutoRenewal", "Normal", "NotRenewal")
_UNITS = ("Week", "Month", "Year")


@action("Ecs", "ModifyInstanceChargeType", _CONVERT, "RegionId InstanceIds", "IsDetailFee")
@idempotent_or("InvalidClientToken.ValueNotSupported")
def modify_instance_charge_type(call: Call) -> Reply:
    """ModifyInstanceChargeType: order the change between subscription and pay-as-you-go."""
    parameters = call.parameters
    unsupported = ApiError(
        400, "InvalidInstanceChargeType.ValueNotSupported", "The charge type is not supported."
    )
    charge_type = parameters.choice("InstanceChargeType", "PrePaid", ("PrePaid", "PostPaid"), unsupported)
    count, unit = _period(parameters, charge_type)
    with_disks, ids = parameters.flag("IncludeDataDisks"), _ids(parameters)
    # An order that nobody pays for waits; what is paid back needs no payment.
    paid = parameters.flag("AutoPay", True) or charge_type == "PostPaid"
    # This dry run looks at no resource.
    if parameters.flag("DryRun"):
        raise dry_run_passed()
    instances = [_convertible(call, identifier, charge_type) for identifier in ids]
    if charge_type == "PostPaid":
        conversion.spend_quota(call.world, call.account, instances)
    for instance in instances:
        conversion.order(call.world, instance, Conversion(charge_type, count, unit, with_disks, paid))
    fees = [_fee(call, instance, (count, unit), with_disks) for instance in instances]
    reply: Reply = {"FeeOfInstances": {"FeeOfInstance": fees}}
    return {**reply, "OrderId": str(call.world.new_order())} if charge_type == "PrePaid" else reply


def _fee(call: Call, instance: Instance, period: tuple[int, str], with_disks: bool) -> Reply:
    back = instance.subscription
    price = (
        subscription.worth(call.world, instance, with_disks)
        if back
        else subscription.price_of(call.world, instance, period, with_disks)
    )
    return {"InstanceId": instance.id, "Currency": prices.CURRENCY, "Fee": f"{price:.2f}"}


def _ids(parameters: Parameters) -> list[str]:
    error = ApiError(400, "InvalidParameter.InstanceIds", "The specified InstanceIds are not valid.")
    ids = parameters.json_list("InstanceIds", 10**6, error) or []
    if not ids:
        raise error
    if len(ids) > _MOST_CONVERTED:
        raise ApiError(400, "InstancesIdQuotaExceed", f"More than {_MOST_CONVERTED} InstanceIds.")
    return list(dict.fromkeys(ids))


def _convertible(call: Call, identifier: str, charge_type: str) -> Instance:
    text = f"The specified InstanceId {identifier} does not exist."
    # There is no 404 in this action's error table.
    instance = call.need(Instance, identifier, ApiError(400, "InvalidParameter.InstanceIds", text))
    conversion.check(call.world, instance, charge_type)
    return instance


def _period(parameters: Parameters, charge_type: str) -> tuple[int, str]:
    if charge_type == "PostPaid":
        return 0, ""
    unit = parameters.choice("PeriodUnit", "Month", _UNITS)
    if not parameters.given("Period"):
        raise missing_parameter("Period")
    return read_period(parameters, "Period", unit, PERIODS), unit


@action("Ecs", "ModifyInstanceAutoRenewAttribute", f"InstanceId {_RENEW}", required="RegionId")
def modify_instance_auto_renew_attribute(call: Call) -> Reply:
    """ModifyInstanceAutoRenewAttribute: whether and by how much subscriptions renew themselves."""
    parameters = call.parameters
    default = "AutoRenewal" if parameters.flag("AutoRenew") else "Normal"
    bad_status = ApiError(403, "InvalidParameter.RenewalStatus", "The RenewalStatus is not valid.")
    status = parameters.choice("RenewalStatus", default, _STATUSES, bad_status)
    bad_unit = ApiError(403, "InvalidPeriodUnit.ValueNotSupported", "The PeriodUnit is not supported.")
    unit = parameters.choice("PeriodUnit", "Month", _UNITS, bad_unit)
    duration = _duration(parameters, status, unit)
    instances = [_renewable(call, identifier, status) for identifier in _comma_ids(parameters)]
    for instance in instances:
        instance.renewal_status = status
        instance.renewal_duration, instance.renewal_unit = duration, unit
        call.world.store.put(instance)
    return {}


def _duration(parameters: Parameters, status: str, unit: str) -> int:
    if status != "AutoRenewal":
        return 0
    text = parameters.text("Duration", "1")
    duration = from_digits(text) or 0
    if duration not in RENEWALS[unit]:
        raise ApiError(403, "InvalidParameter.Duration", f"The Duration {text} is not valid.")
    return duration


def _comma_ids(parameters: Parameters) -> list[str]:
    # A comma list, where nearly every other action takes JSON.
    ids = [text.strip() for text in parameters.text("InstanceId").split(",")]
    if not any(ids):
        raise ApiError(403, "MissingParameter.InstanceId", "The InstanceId is mandatory.")
    if len(ids) > _MOST_RENEWED:
        raise ApiError(403, "InvalidParameter.ToManyInstanceIds", f"More than {_MOST_RENEWED} InstanceIds.")
    return ids


def _renewable(call: Call, identifier: str, status: str) -> Instance:
    text = f"The specified InstanceId {identifier} is not valid."
    instance = call.need(Instance, identifier, ApiError(403, "InvalidParameter.InvalidInstanceId", text))
    if not instance.subscription:
        raise ApiError(403, "ChargeTypeViolation", "Only a subscription renews itself.")
    over = instance.expired(call.world.now) or "refunded" in instance.locks
    if status == "AutoRenewal" and over:
        raise ApiError(
            403, "IncorrectInstanceStatus", f"The instance {identifier} has no time left to renew."
        )
    return instance


@action(
    "Ecs",
    "DescribeInstanceAutoRenewAttribute",
    "InstanceId RenewalStatus PageNumber PageSize",
    required="RegionId",
)
def describe_instance_auto_renew_attribute(call: Call) -> Reply:
    """DescribeInstanceAutoRenewAttribute: by ids or by status, one of them at least."""
    parameters = call.parameters
    if not parameters.given("InstanceId") and not parameters.given("RenewalStatus"):
        text = "RenewalStatus and InstanceId cannot both be empty."
        raise ApiError(403, "InvalidParameter.RenewalStatusInstanceId", text)
    bad_status = ApiError(403, "InvalidParameter.RenewalStatus", "The RenewalStatus is not valid.")
    status = parameters.choice("RenewalStatus", "", _STATUSES, bad_status)
    ids = _comma_ids(parameters) if parameters.given("InstanceId") else None
    for identifier in ids or []:
        # An unknown id is missing from the list; what is no id at all is refused.
        if not identifier.startswith("i-"):
            text = f"The specified InstanceId {identifier} is not valid."
            raise ApiError(403, "InvalidParameter.InvalidInstanceId", text)
    rows = call.world.store.owned(Instance, call.account, call.region, ids)
    found = ((seq, row) for seq, row in rows if row.subscription and status in ("", row.renewal_status))
    chosen, reply = Paging(parameters, 100).cut(found)
    rows_shown = [_renewal(instance) for instance in chosen]
    return {**reply, "InstanceRenewAttributes": {"InstanceRenewAttribute": rows_shown}}


def _renewal(instance: Instance) -> dict[str, Any]:
    automatic = instance.renewal_status == "AutoRenewal"
    return {
        "InstanceId": instance.id,
        "AutoRenewEnabled": automatic,
        "RenewalStatus": instance.renewal_status,
        "Duration": instance.renewal_duration if automatic else 0,
        "PeriodUnit": instance.renewal_unit or "Month",
    }
