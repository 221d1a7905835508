"""Bills (BssOpenApi 2017-12-14): what was used by the hour, bought ahead, paid back; also of what is gone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from emulator import times
from emulator.actions.bill_lines import Line, lines_of
from emulator.errors import invalid_parameter
from emulator.parameters import Parameters
from emulator.registry import Call, Reply, action
from emulator.untrusted import from_digits

_COMMON = "BillingDate Granularity ProductCode SubscriptionType IsBillingItem IsHideZeroCharge"
_CYCLE = re.compile(r"[12][0-9]{3}-(0[1-9]|1[0-2])")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CYCLES = 18
_GOOD = {"Success": True, "Code": "Success", "Message": "Successful!"}


@action(
    "BssOpenApi",
    "DescribeInstanceBill",
    f"{_COMMON} InstanceID PipCode NextToken MaxResults",
    required="BillingCycle",
    ignored="BillOwnerId ProductType",
)
def describe_instance_bill(call: Call) -> Reply:
    """DescribeInstanceBill: each resource or each item, of a month or a day, as far as bills have come."""
    parameters = call.parameters
    wanted = parameters.text("InstanceID")
    rows = [row for row in _rows(call) if wanted in ("", row["InstanceID"])]
    first = from_digits(parameters.text("NextToken", "0"))
    if first is None:
        raise invalid_parameter("NextToken", "it was not given out by this service")
    size = parameters.number("MaxResults", 20, 1, 300)
    token = str(first + size) if len(rows) > first + size else ""
    page = {"Items": rows[first : first + size], "MaxResults": size, "NextToken": token}
    return {**_GOOD, "Data": {**_head(call, rows), **page}}


@action(
    "BssOpenApi",
    "QueryInstanceBill",
    f"{_COMMON} PageNum PageSize",
    required="BillingCycle",
    ignored="BillOwnerId ProductType",
)
def query_instance_bill(call: Call) -> Reply:
    """QueryInstanceBill: the same rows, by page numbers and in another wrapper."""
    parameters, rows = call.parameters, list(_rows(call))
    number, size = parameters.number("PageNum", 1, 1, 10**6), parameters.number("PageSize", 20, 1, 300)
    start = (number - 1) * size
    page = {"Items": {"Item": rows[start : start + size]}, "PageNum": number, "PageSize": size}
    return {**_GOOD, "Data": {**_head(call, rows), **page}}


def _head(call: Call, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "BillingCycle": call.parameters.text("BillingCycle"),
        "AccountID": call.account,
        "AccountName": f"account-{call.account}",
        "TotalCount": len(rows),
    }


def _rows(call: Call) -> Iterator[dict[str, Any]]:
    parameters = call.parameters
    parameters.choice("SubscriptionType", "", ("Subscription", "PayAsYouGo"))
    single, hide = parameters.flag("IsBillingItem"), parameters.flag("IsHideZeroCharge")
    date = parameters.text("BillingDate") if parameters.text("Granularity") == "DAILY" else ""
    for line in lines_of(call.world, call.account, *_span(call)):
        for row in line.rows(single):
            if _wanted(parameters, line) and (row["PretaxAmount"] or not hide):
                yield {**row, "BillingDate": date}


def _wanted(parameters: Parameters, line: Line) -> bool:
    exact = {
        "ProductCode": line.product_code,
        "PipCode": line.product_code,
        "SubscriptionType": line.subscription_type,
    }
    return all(parameters.text(name) in ("", value) for name, value in exact.items())


def _span(call: Call) -> tuple[float, float]:
    parameters = call.parameters
    cycle, date = parameters.text("BillingCycle"), parameters.text("BillingDate")
    daily = parameters.choice("Granularity", "MONTHLY", ("MONTHLY", "DAILY")) == "DAILY"
    if not _CYCLE.fullmatch(cycle):
        raise invalid_parameter("BillingCycle", "a month like 2026-06")
    if daily and not (_DATE.fullmatch(date) and date.startswith(cycle)):
        raise invalid_parameter("BillingDate", "a day of the cycle, with DAILY")
    try:
        start = (
            datetime.strptime(date if daily else f"{cycle}-01", "%Y-%m-%d").replace(tzinfo=UTC).timestamp()
        )
        end = start + times.DAY if daily else times.add_months(start, 1)
    except ValueError:
        raise invalid_parameter("BillingDate", "no day of the calendar") from None
    if end < times.add_months(call.world.now, -_CYCLES):
        raise invalid_parameter("BillingCycle", f"only the last {_CYCLES} cycles can be asked for")
    return start, min(end, call.world.now - call.world.settings.bill_delay_seconds)
