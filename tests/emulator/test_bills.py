"""Bills tell what existed, from when to when: what is gone bills no more, what stays bills on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulator.cloud import Cloud, subscription

JUNE = {"BillingCycle": "2026-06"}
# Two vCPUs and 8 GiB of memory; 40 GiB of ESSD.
MACHINE, DISK = 0.64, 0.08


def bill(cloud: Cloud, **query: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = cloud.good("DescribeInstanceBill", {**JUNE, **query}, "BssOpenApi")["Data"][
        "Items"
    ]
    return rows


def hours(cloud: Cloud, **query: Any) -> dict[str, float]:
    """Return the hours of use on the bill by resource, to the tenth."""
    return {row["InstanceID"]: round(float(row["Usage"]), 1) for row in bill(cloud, **query)}


def amounts(cloud: Cloud, item: str) -> list[float]:
    return [row["PretaxAmount"] for row in bill(cloud) if row["Item"] == item]


def essd(**more: Any) -> dict[str, Any]:
    return {"SystemDisk.Category": "cloud_essd", "SystemDisk.Size": 40, **more}


def test_what_is_gone_bills_for_the_time_it_was_there(cloud: Cloud) -> None:
    instance = cloud.run(essd())
    (disk,) = [row["DiskId"] for row in cloud.disks()]
    cloud.advance("PT10H")
    cloud.good("DeleteInstance", {"InstanceId": instance, "Force": True})
    cloud.advance("P3D")
    assert cloud.instances() == []
    assert hours(cloud) == {instance: 10.0, disk: 10.0}
    first, second = bill(cloud)
    assert (first["PretaxAmount"], second["PretaxAmount"]) == pytest.approx((6.4, 0.8), abs=0.02)
    assert (first["Item"], first["SubscriptionType"]) == ("PayAsYouGoBill", "PayAsYouGo")


def test_what_stays_bills_on(cloud: Cloud) -> None:
    order = essd(**{"DataDisk.1.Size": 40, "DataDisk.1.DeleteWithInstance": False})
    instance = cloud.run(order)
    (kept,) = [row["DiskId"] for row in cloud.disks() if row["Type"] == "data"]
    address = cloud.good("AllocateEipAddress", {}, "Vpc")["AllocationId"]
    snapshot = cloud.good("CreateSnapshot", {"DiskId": kept})["SnapshotId"]
    cloud.advance("PT1H")
    cloud.good("DeleteInstance", {"InstanceId": instance, "Force": True})
    cloud.advance("PT9H")
    used = hours(cloud)
    assert (used[instance], used[kept], used[address], used[snapshot]) == (1.0, 10.0, 10.0, 10.0)


def stop(cloud: Cloud, instance: str, mode: str) -> None:
    cloud.good("StopInstance", {"InstanceId": instance, "StoppedMode": mode})


@pytest.mark.parametrize(("mode", "billed"), [("KeepCharging", 10.0), ("StopCharging", 1.0)])
def test_stopping_saves_only_when_it_says_so(cloud: Cloud, mode: str, billed: float) -> None:
    instance = cloud.run(essd())
    (disk,) = [row["DiskId"] for row in cloud.disks()]
    cloud.advance("PT1H")
    stop(cloud, instance, mode)
    cloud.advance("PT9H")
    assert hours(cloud) == {instance: billed, disk: 10.0}
    cloud.good("StartInstance", {"InstanceId": instance})
    cloud.advance("PT2H")
    assert hours(cloud)[instance] == billed + 2


def test_another_type_costs_another_price_from_then_on(cloud: Cloud) -> None:
    instance = cloud.stopped(essd())
    cloud.advance("PT10H")
    cloud.good("ModifyInstanceSpec", {"InstanceId": instance, "InstanceType": "ecs.g7.xlarge"})
    cloud.advance("PT10H")
    (row,) = bill(cloud, InstanceID=instance)
    assert row["PretaxAmount"] == pytest.approx(10 * MACHINE + 10 * 2 * MACHINE, abs=0.01)
    assert (row["InstanceSpec"], row["NickName"]) == ("ecs.g7.xlarge", instance)


def test_arrears_stop_the_price_of_the_machine(cloud: Cloud) -> None:
    instance = cloud.run()
    cloud.advance("PT1H")
    cloud.event(overdue=True)
    cloud.advance("PT9H")
    assert hours(cloud, InstanceID=instance) == {instance: 1.0}


@pytest.mark.parametrize(
    ("reason", "query", "expected"),
    [
        ("a-day", {"Granularity": "DAILY", "BillingDate": "2026-06-16"}, 24.0),
        ("the-day-of-birth", {"Granularity": "DAILY", "BillingDate": "2026-06-15"}, 14.0),
        ("the-month", {}, 374.0),
        ("the-next-month", {"BillingCycle": "2026-07"}, 48.0),
    ],
)
def test_which_time(cloud: Cloud, reason: str, query: dict[str, Any], expected: float) -> None:
    instance = cloud.run()
    cloud.control("clock", {"set": "2026-07-03T00:00:00Z"})
    assert hours(cloud, InstanceID=instance, **query) == {instance: expected}
    date = query.get("BillingDate", "")
    assert {row["BillingDate"] for row in bill(cloud, **query)} == {date}


def test_before_it_existed_there_is_no_bill(cloud: Cloud) -> None:
    cloud.run()
    cloud.advance("P1D")
    assert bill(cloud, BillingCycle="2026-05") == []


def test_items_are_rows_of_their_own(cloud: Cloud) -> None:
    order = {"InternetMaxBandwidthOut": 10, "InternetChargeType": "PayByBandwidth"}
    instance = cloud.run(order)
    cloud.advance("PT10H")
    rows = bill(cloud, InstanceID=instance, IsBillingItem=True)
    found = {row["BillingItemCode"]: row["PretaxAmount"] for row in rows}
    assert found == pytest.approx({"InstanceType": 6.4, "Bandwidth": 6.0}, abs=0.01)
    (whole,) = bill(cloud, InstanceID=instance)
    assert whole["PretaxAmount"] == pytest.approx(12.4, abs=0.01)


@pytest.mark.parametrize(
    ("reason", "query", "kinds"),
    [
        ("one-product", {"ProductCode": "eip"}, {"eip"}),
        ("another", {"ProductCode": "ecs"}, {"ecs", "yundisk"}),
        ("an-unknown-one", {"ProductCode": "rds"}, set()),
        ("paid-ahead", {"SubscriptionType": "Subscription"}, set()),
        ("by-the-hour", {"SubscriptionType": "PayAsYouGo"}, {"ecs", "yundisk", "eip"}),
    ],
)
def test_filters(cloud: Cloud, reason: str, query: dict[str, Any], kinds: set[str]) -> None:
    cloud.run()
    cloud.good("AllocateEipAddress", {}, "Vpc")
    cloud.advance("P1D")
    assert {row["CommodityCode"] for row in bill(cloud, **query)} == kinds


def test_zeros_can_be_hidden(cloud: Cloud) -> None:
    instance = cloud.run()
    assert instance in hours(cloud)
    assert instance not in hours(cloud, IsHideZeroCharge=True)


def test_pages_by_token_and_by_number_hold_the_same_rows(cloud: Cloud) -> None:
    cloud.good("RunInstances", cloud.order(Amount=15))
    cloud.advance("P1D")
    first = cloud.good("DescribeInstanceBill", JUNE, "BssOpenApi")["Data"]
    assert (len(first["Items"]), first["TotalCount"]) == (20, 30)
    rest = bill(cloud, NextToken=first["NextToken"])
    pages = [
        cloud.good("QueryInstanceBill", {**JUNE, "PageNum": number}, "BssOpenApi")["Data"]["Items"]["Item"]
        for number in (1, 2)
    ]
    assert [*first["Items"], *rest] == [*pages[0], *pages[1]]


def test_bills_are_those_of_the_account(cloud: Cloud) -> None:
    cloud.run()
    cloud.advance("P1D")
    assert bill(Cloud(cloud.url, "emulator-b")) == []


@pytest.mark.parametrize(
    ("reason", "query"),
    [
        ("no-month", {"BillingCycle": "2026"}),
        ("a-day-of-another-month", {"Granularity": "DAILY", "BillingDate": "2026-07-01"}),
        ("no-day", {"Granularity": "DAILY"}),
        ("no-day-of-the-calendar", {"Granularity": "DAILY", "BillingDate": "2026-06-31"}),
        ("too-long-ago", {"BillingCycle": "2024-11"}),
        ("no-granularity", {"Granularity": "HOURLY"}),
        ("a-token-of-ones-own", {"NextToken": "next"}),
        ("no-such-type", {"SubscriptionType": "Free"}),
    ],
)
def test_what_is_refused(cloud: Cloud, reason: str, query: dict[str, Any]) -> None:
    assert (
        cloud.call("DescribeInstanceBill", {**JUNE, **query}, "BssOpenApi").outcome == "400 InvalidParameter"
    )


def quote(cloud: Cloud, instance: str) -> float:
    order = {"InstanceId": instance, "ProductCode": "ecs", "ProductType": ""}
    return float(cloud.good("InquiryPriceRefundInstance", order, "BssOpenApi")["Data"]["RefundAmount"])


def refund(cloud: Cloud, instance: str, immediately: str) -> None:
    order = {
        "InstanceId": instance,
        "ProductCode": "ecs",
        "ProductType": "",
        "ImmediatelyRelease": immediately,
    }
    assert cloud.good("RefundInstance", order, "BssOpenApi")["Success"]


@pytest.mark.parametrize("immediately", ["0", "1"])
def test_a_refund_pays_what_was_quoted(cloud: Cloud, immediately: str) -> None:
    instance = cloud.run(essd(**subscription(), **{"DataDisk.1.Size": 40}))
    cloud.advance("P10D")
    amount = quote(cloud, instance)
    refund(cloud, instance, immediately)
    cloud.advance("P1D")
    paid, back = sum(amounts(cloud, "SubscriptionOrder")), -sum(amounts(cloud, "Refund"))
    assert back == pytest.approx(amount, abs=0.02)
    assert back == pytest.approx(paid * 2 / 3, rel=0.001)
    assert amounts(cloud, "PayAsYouGoBill") == []


def test_a_subscription_is_billed_when_it_is_bought_at_the_price_that_was_told(cloud: Cloud) -> None:
    inquiry = {"InstanceType": "ecs.g7.large", "PriceUnit": "Month", **essd()}
    price = cloud.good("DescribePrice", inquiry)["PriceInfo"]["Price"]["TradePrice"]
    order = cloud.order(**essd(**subscription()))
    assert cloud.good("RunInstances", order)["TradePrice"] == pytest.approx(price)
    cloud.advance("P20D")
    assert sum(amounts(cloud, "SubscriptionOrder")) == pytest.approx(price)
    assert amounts(cloud, "PayAsYouGoBill") == []


def test_nothing_is_paid_back_after_the_end(cloud: Cloud) -> None:
    instance = cloud.run(subscription())
    cloud.event(expire=instance)
    order = {"InstanceId": instance, "Force": True, "TerminateSubscription": True}
    cloud.good("DeleteInstance", order)
    cloud.advance("P1D")
    assert amounts(cloud, "Refund") == []


def convert(cloud: Cloud, instance: str, to: str, **more: Any) -> float:
    order = {"InstanceIds": json.dumps([instance]), "InstanceChargeType": to, **more}
    (fee,) = cloud.good("ModifyInstanceChargeType", order)["FeeOfInstances"]["FeeOfInstance"]
    cloud.advance("PT1S")
    return float(fee["Fee"])


def test_a_conversion_pays_back_and_bills_by_the_hour_from_then_on(cloud: Cloud) -> None:
    instance = cloud.run(essd(**subscription()))
    cloud.advance("P5D")
    fee = convert(cloud, instance, "PostPaid")
    cloud.advance("PT10H")
    assert -sum(amounts(cloud, "Refund")) == pytest.approx(fee, abs=0.02)
    assert hours(cloud, SubscriptionType="PayAsYouGo", InstanceID=instance) == {instance: 10.0}
    again = convert(cloud, instance, "PrePaid", Period=1)
    cloud.advance("P1D")
    assert sum(amounts(cloud, "SubscriptionOrder")) == pytest.approx(2 * again, rel=0.001)
    assert hours(cloud, SubscriptionType="PayAsYouGo", InstanceID=instance) == {instance: 10.0}


def test_renewal_costs_a_period_and_disks_go_along(cloud: Cloud) -> None:
    instance = cloud.run(subscription(AutoRenew=True))
    cloud.control("clock", {"set": "2026-07-16T00:00:00Z"})
    july = {"BillingCycle": "2026-07"}
    bought = [row["PretaxAmount"] for row in bill(cloud, **july)]
    assert bought == [row["PretaxAmount"] for row in bill(cloud)]
    assert {row["ExpiredTime"] for row in cloud.disks()} == {cloud.instance(instance)["ExpiredTime"]}


def test_a_dearer_type_costs_the_difference_for_the_rest(cloud: Cloud) -> None:
    instance = cloud.stopped(subscription())
    cloud.advance("P15D")
    inquiry = {"InstanceId": instance, "InstanceType": "ecs.g7.xlarge"}
    told = cloud.good("DescribeInstanceModificationPrice", inquiry)["PriceInfo"]["Price"]["TradePrice"]
    before = quote(cloud, instance)
    cloud.good("ModifyPrepayInstanceSpec", inquiry)
    assert quote(cloud, instance) - before == pytest.approx(told, abs=0.02)
    cloud.advance("PT1H")
    assert amounts(cloud, "SubscriptionOrder")[-1] == pytest.approx(told, abs=0.02)


def test_a_fresh_world_has_no_past(cloud: Cloud) -> None:
    instance = cloud.run()
    cloud.advance("PT5H")
    kept = bill(cloud, InstanceID=instance)
    cloud.control("reset", {})
    cloud.control("clock", {"set": "2026-06-15T20:00:00Z", "rate": 0})
    assert (len(kept), bill(cloud)) == (1, [])
