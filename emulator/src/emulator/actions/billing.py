"""The billing side: refunds and the list of what is paid for (BssOpenApi 2017-12-14)."""

from __future__ import annotations

from typing import Any

from emulator import times
from emulator.errors import BusinessFailure, invalid_parameter
from emulator.registry import Call, Reply, action, idempotent
from emulator.resources import Instance
from emulator.rules import subscription

_QUERY = "Region ProductCode SubscriptionType InstanceIDs RenewStatus PageNum PageSize"
_RENEW = {"AutoRenewal": "AutoRenewal", "Normal": "ManualRenewal", "NotRenewal": "NotRenewal"}
_MOST_IDS = 100


@action(
    "BssOpenApi",
    "RefundInstance",
    required="InstanceId ProductCode ImmediatelyRelease",
    ignored="ProductType",
    sent="ProductType",
)
@idempotent
def refund_instance(call: Call) -> Reply:
    """RefundInstance: "1" releases the instance, "0" stops it and leaves the release to the caller."""
    parameters, identifier = call.parameters, call.parameters.text("InstanceId")
    immediately = parameters.choice("ImmediatelyRelease", "1", ("0", "1")) == "1"
    instance = call.find(Instance, identifier)
    if instance is None or parameters.text("ProductCode") != "ecs" or instance.releasing:
        raise BusinessFailure("ResourceNotExists", f"The resource {identifier} does not exist.")
    _check_refundable(call, instance)
    subscription.refund(call.world, instance, immediately)
    order = call.world.new_order()
    return {
        "Success": True,
        "Code": "Success",
        "Message": "Successful!",
        "Data": {"OrderId": order, "HostId": call.host},
    }


def _check_refundable(call: Call, instance: Instance) -> None:
    over = instance.expired(call.world.now) or "refunded" in instance.locks
    if not instance.subscription or over:
        text = f"The resource {instance.id} cannot be refunded in its present state."
        raise BusinessFailure("ResourceStatusError", text)


@action("BssOpenApi", "QueryAvailableInstances", _QUERY, ignored="ProductType")
def query_available_instances(call: Call) -> Reply:
    """QueryAvailableInstances: what the account pays for, of the product ecs."""
    parameters = call.parameters
    number, size = parameters.number("PageNum", 1, 1, 10**6), parameters.number("PageSize", 20, 1, 300)
    found = [_row(instance) for instance in _available(call)]
    start = (number - 1) * size
    data = {
        "InstanceList": found[start : start + size],
        "TotalCount": len(found),
        "PageNum": number,
        "PageSize": size,
    }
    return {"Success": True, "Code": "Success", "Message": "Successful!", "Data": data}


def _available(call: Call) -> list[Instance]:
    parameters = call.parameters
    ids = [text for text in parameters.text("InstanceIDs").split(",") if text] or None
    if ids is not None and len(ids) > _MOST_IDS:
        raise invalid_parameter("InstanceIDs", f"more than {_MOST_IDS} ids")
    kinds = ("Subscription", "PayAsYouGo")
    wanted = (
        parameters.choice("SubscriptionType", "", kinds),
        parameters.choice("RenewStatus", "", tuple(_RENEW.values())),
    )
    # The stock provider asks for another product at every start and only looks for an error.
    if parameters.text("ProductCode", "ecs") != "ecs":
        return []
    rows = call.world.store.owned(Instance, call.account, parameters.text("Region"), ids)
    return [instance for _, instance in rows if _wanted(instance, *wanted)]


def _wanted(instance: Instance, kind: str, renewal: str) -> bool:
    return kind in ("", _kind(instance)) and renewal in ("", _RENEW[instance.renewal_status])


def _kind(instance: Instance) -> str:
    return "Subscription" if instance.subscription else "PayAsYouGo"


def _row(instance: Instance) -> dict[str, Any]:
    expiry = instance.expired_at
    end = "" if expiry is None else times.to_second(expiry)
    release = "" if expiry is None else times.to_second(expiry + subscription.KEPT_AFTER_EXPIRY)
    return {
        "InstanceID": instance.id,
        "ProductCode": "ecs",
        "ProductType": "",
        "SubscriptionType": _kind(instance),
        "Status": "Normal",
        "SubStatus": "Normal",
        "CreateTime": times.to_second(instance.created_at),
        "EndTime": end,
        "StopTime": end,
        "ReleaseTime": release,
        "ExpectedReleaseTime": release,
        "RenewStatus": _RENEW[instance.renewal_status],
        "Region": instance.region_id,
        "OwnerId": int(instance.account_id),
    }
