"""Quotes and bills (BssOpenApi 2017-12-14), by the same invented prices as everything here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from emulator import prices, times
from emulator.errors import BusinessFailure, invalid_parameter
from emulator.registry import Call, Reply, action
from emulator.resources import Disk, Instance
from emulator.resources.eip import Eip
from emulator.resources.storage import Snapshot
from emulator.untrusted import from_digits

_BILL = (
    "BillingDate Granularity InstanceID ProductCode SubscriptionType IsHideZeroCharge NextToken MaxResults"
)
_BILL_INERT = "ProductType IsBillingItem BillOwnerId PipCode"
_CYCLE = re.compile(r"[12][0-9]{3}-(0[1-9]|1[0-2])")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_GOOD = {"Success": True, "Code": "Success", "Message": "Successful!"}


@action("BssOpenApi", "InquiryPriceRefundInstance", "ProductType", required="InstanceId ProductCode")
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
    amount = refund_amount(call, instance)
    data = {
        "HostId": call.host,
        "InstanceId": identifier,
        "RefundAmount": amount,
        "Currency": prices.CURRENCY,
    }
    return {**_GOOD, "Data": data}


def refund_amount(call: Call, instance: Instance) -> float:
    """Return what is paid back for the rest of a subscription with its disks."""
    hourly = prices.instance_hour(instance.instance_type, instance.internet_max_bandwidth_out)
    # Only what was paid for in advance can be paid back.
    disks = [disk for disk in call.world.store.under(Disk, instance.id) if disk.disk_charge_type == "PrePaid"]
    hourly += sum(prices.disk_hour(disk.category, disk.size) for disk in disks)
    left = max((instance.expired_at or 0.0) - call.world.now, 0.0) / 3600
    return round(prices.month_ahead(hourly) * left / prices.HOURS_OF_A_MONTH, 2)


_PRICE = (
    "ProductType SubscriptionType Region ModuleList.N.ModuleCode ModuleList.N.Config ModuleList.N.PriceType"
)


@action("BssOpenApi", "GetPayAsYouGoPrice", _PRICE, required="ProductCode")
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


@action("BssOpenApi", "DescribeInstanceBill", _BILL, required="BillingCycle", ignored=_BILL_INERT)
def describe_instance_bill(call: Call) -> Reply:
    """DescribeInstanceBill: what exists and was not paid ahead, by the hour as far as bills have come."""
    parameters = call.parameters
    start, end = _span(call)
    rows = [
        row for row in _charged(call, start, end) if parameters.text("InstanceID") in ("", row["InstanceID"])
    ]
    first = _offset(parameters.text("NextToken"))
    size = parameters.number("MaxResults", 20, 1, 300)
    token = json.dumps(first + size) if len(rows) > first + size else ""
    data: dict[str, Any] = {"BillingCycle": parameters.text("BillingCycle"), "AccountID": call.account}
    data |= {"Items": rows[first : first + size], "TotalCount": len(rows), "MaxResults": size}
    return {**_GOOD, "Data": {**data, "NextToken": token}}


def _offset(token: str) -> int:
    offset = from_digits(token or "0")
    if offset is None:
        raise invalid_parameter("NextToken", "it was not given out by this service")
    return offset


def _span(call: Call) -> tuple[float, float]:
    parameters = call.parameters
    cycle, date = parameters.text("BillingCycle"), parameters.text("BillingDate")
    daily = parameters.choice("Granularity", "MONTHLY", ("MONTHLY", "DAILY")) == "DAILY"
    if not _CYCLE.fullmatch(cycle):
        raise invalid_parameter("BillingCycle", "a month like 2026-06")
    if daily and not (_DATE.fullmatch(date) and date.startswith(cycle)):
        raise invalid_parameter("BillingDate", "a day of the cycle, with DAILY")
    try:
        start = datetime.strptime(date if daily else f"{cycle}-01", "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise invalid_parameter("BillingDate", "no day of the calendar") from None
    # The first of the next month, whatever the length of this one.
    following = (start.replace(day=28) + (datetime(2000, 1, 5) - datetime(2000, 1, 1))).replace(day=1)
    end = start.timestamp() + times.DAY if daily else following.timestamp()
    return start.timestamp(), min(end, call.world.now - call.world.settings.bill_delay_seconds)


def _charged(call: Call, start: float, end: float) -> Iterator[dict[str, Any]]:
    for identifier, detail, created, hourly in _hourly(call):
        # Not on this bill, or not yet.
        if created >= end:
            continue
        hours = max(end - max(start, created), 0.0) / 3600
        amount = round(hours * hourly, 2)
        yield {
            "InstanceID": identifier,
            "ProductCode": "ecs",
            "ProductDetail": detail,
            "SubscriptionType": "PayAsYouGo",
            "Item": "PayAsYouGoBill",
            "PretaxGrossAmount": amount,
            "PretaxAmount": amount,
            "Currency": prices.CURRENCY,
            "Region": call.region,
            "Usage": f"{hours:.2f}",
        }


def _hourly(call: Call) -> Iterator[tuple[str, str, float, float]]:
    store, account = call.world.store, call.account
    for _, one in store.owned(Instance, account):
        if not one.subscription:
            hourly = prices.instance_hour(one.instance_type, one.internet_max_bandwidth_out)
            yield one.id, "instance", one.created_at, hourly
    for _, disk in store.owned(Disk, account):
        if disk.disk_charge_type == "PostPaid":
            yield disk.id, "disk", disk.created_at, prices.disk_hour(disk.category, disk.size)
    for _, eip in store.owned(Eip, account):
        yield eip.id, "EIP", eip.created_at, prices.EIP_HOUR
    for _, snapshot in store.owned(Snapshot, account):
        hourly = prices.SNAPSHOT_GIB_HOUR * snapshot.source_disk_size
        yield snapshot.id, "snapshot", snapshot.created_at, hourly
