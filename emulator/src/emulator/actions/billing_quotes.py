"""Quotes of refunds and prices (BssOpenApi 2017-12-14), by the same invented prices as bills."""

from __future__ import annotations

from emulator import prices
from emulator.errors import BusinessFailure
from emulator.registry import Call, Reply, action
from emulator.resources import Instance
from emulator.rules import subscription
from emulator.untrusted import from_digits

_GOOD = {"Success": True, "Code": "Success", "Message": "Successful!"}


@action(
    "BssOpenApi",
    "InquiryPriceRefundInstance",
    required="InstanceId ProductCode",
    ignored="ProductType",
    sent="ProductType",
)
def inquiry_price_refund_instance(call: Call) -> Reply:
    """InquiryPriceRefundInstance: the unused share of the paid time, to the cent."""
    identifier = call.parameters.text("InstanceId")
    instance = call.find(Instance, identifier)
    if instance is None or call.parameters.text("ProductCode") != "ecs" or instance.releasing:
        raise BusinessFailure("ResourceNotExists", f"The resource {identifier} does not exist.")
    # The same states as RefundInstance refuses, so that a quote never promises what is refused.
    over = instance.expired(call.world.now) or "refunded" in instance.locks
    if not instance.subscription or over:
        raise BusinessFailure("ResourceStatusError", f"The resource {identifier} cannot be refunded.")
    amount = subscription.worth(call.world, instance)
    data = {
        "HostId": call.host,
        "InstanceId": identifier,
        "RefundAmount": amount,
        "Currency": prices.CURRENCY,
    }
    return {**_GOOD, "Data": data}


_PRICE = "ModuleList.N.ModuleCode ModuleList.N.Config"
_PRICE_INERT = "ProductCode ProductType SubscriptionType Region ModuleList.N.PriceType"


@action("BssOpenApi", "GetPayAsYouGoPrice", _PRICE, required="ProductCode", ignored=_PRICE_INERT)
def get_pay_as_you_go_price(call: Call) -> Reply:
    """GetPayAsYouGoPrice: of the modules InstanceType, SystemDisk and DataDisk, an hour."""
    modules = [
        {
            "ModuleCode": group.text("ModuleCode"),
            "OriginalCost": (cost := _module_hour(group.text("ModuleCode"), group.text("Config"))),
            "CostAfterDiscount": cost,
            "InvoiceDiscount": 0.0,
            "UnitPrice": cost,
        }
        for group in call.parameters.groups("ModuleList")
    ]
    data = {"Currency": prices.CURRENCY, "ModuleDetails": {"ModuleDetail": modules}}
    return {**_GOOD, "Data": {**data, "PromotionDetails": {"PromotionDetail": []}}}


def _module_hour(code: str, text: str) -> float:
    config = dict(part.partition(":")[::2] for part in text.split(","))
    if code == "InstanceType" and config.get("InstanceType"):
        return prices.instance_hour(config["InstanceType"])
    category, size = config.get(f"{code}.Category", ""), config.get(f"{code}.Size", "")
    gib = from_digits(size)
    if code in ("SystemDisk", "DataDisk") and gib is not None:
        return prices.disk_hour(category, gib)
    raise BusinessFailure("InvalidParameter", f"The module {code} with {text} has no price.")
