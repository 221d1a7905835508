"""Subscriptions: expiry, renewal, refund, conversion; and accounts that do not pay."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulator.cloud import Cloud, subscription


def locks(cloud: Cloud, instance: str) -> list[str]:
    return [lock["LockReason"] for lock in cloud.instance(instance)["OperationLocks"]["LockReason"]]


def refund(cloud: Cloud, instance: str, immediately: str, **more: str) -> dict[str, Any]:
    order = {
        "InstanceId": instance,
        "ProductCode": "ecs",
        "ProductType": "",
        "ImmediatelyRelease": immediately,
    }
    return cloud.good("RefundInstance", {**order, **more}, "BssOpenApi")


def convert(cloud: Cloud, instance: str, to: str, **more: Any) -> str:
    order = {"InstanceIds": json.dumps([instance]), "InstanceChargeType": to, **more}
    return cloud.call("ModifyInstanceChargeType", order).outcome


def renewal(cloud: Cloud, instance: str, **order: Any) -> str:
    return cloud.call("ModifyInstanceAutoRenewAttribute", {"InstanceId": instance, **order}).outcome


@pytest.mark.parametrize(
    ("reason", "period", "expiry"),
    [
        ("a month", {"Period": 1}, "2026-07-15T10:00Z"),
        ("a year of months", {"Period": 12}, "2027-06-15T10:00Z"),
        ("a week", {"Period": 1, "PeriodUnit": "Week"}, "2026-06-22T10:00Z"),
    ],
)
def test_the_paid_time(cloud: Cloud, reason: str, period: dict[str, Any], expiry: str) -> None:
    instance = cloud.run({"InstanceChargeType": "PrePaid", **period})
    assert cloud.instance(instance)["ExpiredTime"] == expiry


def test_pay_as_you_go_never_expires(cloud: Cloud) -> None:
    assert cloud.instance(cloud.run())["ExpiredTime"] == "2099-12-31T15:59Z"


def test_expired_locked_stopped_released(cloud: Cloud) -> None:
    instance = cloud.run(subscription())
    cloud.control("clock", {"set": "2026-07-15T10:00:00Z"})
    assert (locks(cloud, instance), cloud.instance(instance)["Status"]) == (["financial"], "Running")
    cloud.advance("P1D")
    assert cloud.instance(instance)["Status"] == "Stopped"
    cloud.control("clock", {"set": "2026-07-30T09:59:59Z"})
    assert len(cloud.instances()) == 1
    cloud.advance("PT3S")
    assert cloud.instances() == []


def test_renewal_goes_on(cloud: Cloud) -> None:
    instance = cloud.run(subscription(AutoRenew=True))
    cloud.control("clock", {"set": "2026-08-01T00:00:00Z"})
    assert cloud.instance(instance)["ExpiredTime"] == "2026-08-15T10:00Z"
    assert locks(cloud, instance) == []


def test_renewal_that_cannot_be_paid_buys_time(cloud: Cloud) -> None:
    instance = cloud.run(subscription(AutoRenew=True))
    cloud.event(overdue=True)
    cloud.control("clock", {"set": "2026-07-30T09:00:00Z"})
    assert (locks(cloud, instance), cloud.instance(instance)["Status"]) == (["financial"], "Running")
    cloud.advance("PT1H")
    assert cloud.instance(instance)["Status"] == "Stopped"
    cloud.control("clock", {"set": "2026-08-14T10:00:03Z"})
    assert cloud.instances() == []


def test_renewal_is_read_back(cloud: Cloud) -> None:
    first, second = cloud.run(subscription()), cloud.run(subscription())
    cloud.good(
        "ModifyInstanceAutoRenewAttribute", {"InstanceId": f"{first},{second}", "RenewalStatus": "NotRenewal"}
    )
    cloud.good("ModifyInstanceAutoRenewAttribute", {"InstanceId": second, "AutoRenew": True, "Duration": 3})
    reply = cloud.good("DescribeInstanceAutoRenewAttribute", {"InstanceId": f"{first},{second}"})
    rows = reply["InstanceRenewAttributes"]["InstanceRenewAttribute"]
    assert [(row["RenewalStatus"], row["AutoRenewEnabled"], row["Duration"]) for row in rows] == [
        ("NotRenewal", False, 0),
        ("AutoRenewal", True, 3),
    ]


@pytest.mark.parametrize(
    ("reason", "order", "outcome"),
    [
        ("no id", {"InstanceId": ""}, "403 MissingParameter.InstanceId"),
        ("unknown id", {"InstanceId": "i-0"}, "403 InvalidParameter.InvalidInstanceId"),
        ("too many ids", {"InstanceId": ",".join(["i-0"] * 101)}, "403 InvalidParameter.ToManyInstanceIds"),
        ("no such status", {"RenewalStatus": "Maybe"}, "403 InvalidParameter.RenewalStatus"),
        ("no such unit", {"PeriodUnit": "Day"}, "403 InvalidPeriodUnit.ValueNotSupported"),
        ("no such duration", {"AutoRenew": True, "Duration": 0}, "403 InvalidParameter.Duration"),
        ("pay-as-you-go", {}, "403 ChargeTypeViolation"),
    ],
)
def test_renewal_refuses(cloud: Cloud, reason: str, order: dict[str, Any], outcome: str) -> None:
    instance = cloud.run()
    assert (
        cloud.call("ModifyInstanceAutoRenewAttribute", {"InstanceId": instance, **order}).outcome == outcome
    )


def test_an_expired_instance_does_not_start_to_renew(cloud: Cloud) -> None:
    instance = cloud.run(subscription())
    cloud.event(expire=instance)
    assert renewal(cloud, instance, RenewalStatus="AutoRenewal") == "403 IncorrectInstanceStatus"
    assert renewal(cloud, instance, RenewalStatus="NotRenewal") == "200"
    neither = cloud.call("DescribeInstanceAutoRenewAttribute")
    assert neither.outcome == "403 InvalidParameter.RenewalStatusInstanceId"


def test_a_refund_releases_at_once(cloud: Cloud) -> None:
    instance = cloud.run(subscription())
    reply = refund(cloud, instance, "1", ClientToken="once")
    assert (reply["Success"], reply["Code"]) == (True, "Success")
    cloud.advance("PT2S")
    assert cloud.instances() == []
    again = refund(cloud, instance, "1", ClientToken="once")
    assert again["Data"] == reply["Data"]
    gone = refund(cloud, instance, "1")
    assert (gone["Success"], gone["Code"]) == (False, "ResourceNotExists")


def test_a_refund_that_stops(cloud: Cloud) -> None:
    instance = cloud.run(subscription())
    refund(cloud, instance, "0")
    assert (locks(cloud, instance), cloud.instance(instance)["Status"]) == (["refunded"], "Stopping")
    cloud.advance("PT1S")
    assert cloud.instance(instance)["Status"] == "Stopped"
    assert refund(cloud, instance, "0")["Code"] == "ResourceStatusError"
    assert cloud.call("StartInstance", {"InstanceId": instance}).outcome == "403 InstanceExpiredOrInArrears"


@pytest.mark.parametrize("missing", ["InstanceId", "ProductCode", "ProductType", "ImmediatelyRelease"])
def test_a_refund_needs(cloud: Cloud, missing: str) -> None:
    order = {"InstanceId": "i-0", "ProductCode": "ecs", "ProductType": "", "ImmediatelyRelease": "1"}
    # An empty ProductType is one, and it is the usual one.
    assert refund(cloud, "i-0", "1")["Code"] == "ResourceNotExists"
    del order[missing]
    assert cloud.call("RefundInstance", order, "BssOpenApi").outcome == "400 MissingParameter"


def test_conversion_both_ways(cloud: Cloud) -> None:
    instance = cloud.run({"DeletionProtection": True})
    assert convert(cloud, instance, "PrePaid", Period=1) == "200"
    assert cloud.instance(instance)["InstanceChargeType"] == "PostPaid"
    assert convert(cloud, instance, "PrePaid", Period=1) == "400 InstanceHasProcessingConvertOrder"
    cloud.advance("PT1S")
    row = cloud.instance(instance)
    assert (row["InstanceChargeType"], row["DeletionProtection"]) == ("PrePaid", False)
    assert row["ExpiredTime"] == "2026-07-15T10:00Z"
    assert convert(cloud, instance, "PostPaid") == "200"
    cloud.advance("PT1S")
    assert cloud.instance(instance)["ExpiredTime"] == "2099-12-31T15:59Z"
    cloud.good("DeleteInstance", {"InstanceId": instance, "Force": True})


def expired(cloud: Cloud) -> str:
    instance = cloud.run(subscription())
    cloud.event(expire=instance)
    return instance


@pytest.mark.parametrize(
    ("reason", "make", "order", "outcome"),
    [
        ("expired", expired, {"to": "PostPaid"}, "400 ExpiredInstance"),
        (
            "scheduled",
            lambda c: c.run({"AutoReleaseTime": "2026-06-16T10:00:00Z"}),
            {"to": "PrePaid", "Period": 1},
            "400 ReleaseTimeHaveBeenSet",
        ),
        (
            "spot",
            lambda c: c.run({"SpotStrategy": "SpotAsPriceGo"}),
            {"to": "PrePaid", "Period": 1},
            "400 InvalidSpotStrategy",
        ),
        ("no change", Cloud.run, {"to": "PostPaid"}, "400 InvalidInstanceChargeType.ValueNotSupported"),
        ("no such type", Cloud.run, {"to": "Free"}, "400 InvalidInstanceChargeType.ValueNotSupported"),
        ("no period", Cloud.run, {"to": "PrePaid"}, "400 MissingParameter"),
        ("unknown", lambda c: "i-0", {"to": "PostPaid"}, "400 InvalidParameter.InstanceIds"),
        (
            "a dry run",
            lambda c: c.run(subscription()),
            {"to": "PostPaid", "DryRun": True},
            "400 DryRunOperation",
        ),
    ],
)
def test_conversion_refuses(
    cloud: Cloud, reason: str, make: Any, order: dict[str, Any], outcome: str
) -> None:
    assert convert(cloud, make(cloud), **order) == outcome


def test_conversion_takes_20_ids(cloud: Cloud) -> None:
    many = {"InstanceIds": json.dumps(["i-0"] * 21), "InstanceChargeType": "PostPaid"}
    assert cloud.call("ModifyInstanceChargeType", many).outcome == "400 InstancesIdQuotaExceed"
    bad = {**many, "InstanceIds": "i-0"}
    assert cloud.call("ModifyInstanceChargeType", bad).outcome == "400 InvalidParameter.InstanceIds"


def test_an_account_in_arrears(cloud: Cloud) -> None:
    instance, paid = cloud.run({"DeletionProtection": True}), cloud.run(subscription(Period=12))
    cloud.event(overdue=True)
    assert (cloud.instance(instance)["Status"], locks(cloud, instance)) == ("Stopped", ["financial"])
    assert cloud.instance(paid)["Status"] == "Running"
    assert cloud.call("StartInstance", {"InstanceId": instance}).outcome == "403 InstanceExpiredOrInArrears"
    made = cloud.call("RunInstances", cloud.order())
    assert made.outcome == "403 InvalidAccountStatus.NotEnoughBalance"
    cloud.advance("P14D")
    assert len(cloud.instances()) == 2
    cloud.advance("P1DT2S")
    assert [row["InstanceId"] for row in cloud.instances()] == [paid]


def test_paid_in_time(cloud: Cloud) -> None:
    instance = cloud.run()
    cloud.event(overdue=True)
    cloud.event(overdue=False)
    cloud.advance("P30D")
    assert locks(cloud, instance) == []
    cloud.good("StartInstance", {"InstanceId": instance})


@pytest.mark.parametrize(
    ("reason", "behavior", "left"),
    [("terminated", "Terminate", []), ("or only stopped", "Stop", ["Stopped"])],
)
def test_spot_is_taken_back(cloud: Cloud, reason: str, behavior: str, left: list[str]) -> None:
    instance = cloud.run({"SpotStrategy": "SpotAsPriceGo", "SpotInterruptionBehavior": behavior})
    cloud.event(reclaim=instance)
    assert locks(cloud, instance) == ["Recycling"]
    cloud.advance("PT4M59S")
    assert cloud.instance(instance)["Status"] == "Running"
    cloud.advance("PT3S")
    assert [row["Status"] for row in cloud.instances()] == left


def test_what_is_paid_for(cloud: Cloud) -> None:
    first, second = cloud.run(subscription()), cloud.run()
    query = {"ProductCode": "ecs", "Region": "cn-hangzhou"}
    reply = cloud.good("QueryAvailableInstances", query, "BssOpenApi")
    rows = {row["InstanceID"]: row["SubscriptionType"] for row in reply["Data"]["InstanceList"]}
    assert rows == {first: "Subscription", second: "PayAsYouGo"}
    other = cloud.good(
        "QueryAvailableInstances", {"ProductCode": "vipcloudfw", "ProductType": "vipcloudfw"}, "BssOpenApi"
    )
    assert (other["Code"], other["Success"], other["Data"]["TotalCount"]) == ("Success", True, 0)
