"""Buying time: RenewInstance, ReActivateInstances, and automatic renewal that is made up for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator import states
from tests.emulator.cloud import Cloud, subscription


def expiry(cloud: Cloud, instance: str) -> str:
    return str(cloud.instance(instance)["ExpiredTime"])


def locks(cloud: Cloud, instance: str) -> list[str]:
    return [row["LockReason"] for row in cloud.instance(instance)["OperationLocks"]["LockReason"]]


@pytest.mark.parametrize(
    ("period", "end"),
    [
        ({"Period": 1}, "2026-08-15T10:00Z"),
        ({"Period": 12, "PeriodUnit": "Month"}, "2027-07-15T10:00Z"),
        ({"Period": 2, "PeriodUnit": "Week"}, "2026-07-29T10:00Z"),
    ],
)
def test_time_is_added_to_the_end(cloud: Cloud, period: dict[str, Any], end: str) -> None:
    instance = cloud.run(subscription())
    assert cloud.good("RenewInstance", {"InstanceId": instance, **period})["OrderId"]
    assert expiry(cloud, instance) == end
    assert {disk["ExpiredTime"] for disk in cloud.disks()} == {end}
    cloud.control("clock", {"set": "2026-07-16T00:00:00Z"})
    assert (locks(cloud, instance), cloud.instance(instance)["Status"]) == ([], "Running")


def test_what_has_expired_comes_back_at_rest(cloud: Cloud) -> None:
    instance = states.expired_at_rest(cloud)
    cloud.good("RenewInstance", {"InstanceId": instance, "Period": 1})
    assert (locks(cloud, instance), cloud.instance(instance)["Status"]) == ([], "Stopped")
    assert expiry(cloud, instance) == "2026-07-15T10:00Z"
    cloud.good("StartInstance", {"InstanceId": instance})
    cloud.advance("P20D")
    assert cloud.instance(instance)["Status"] == "Running"


def test_the_same_order_renews_once(cloud: Cloud) -> None:
    instance = cloud.run(subscription())
    order = {"InstanceId": instance, "Period": 1, "ClientToken": "once"}
    assert cloud.good("RenewInstance", order)["OrderId"] == cloud.good("RenewInstance", order)["OrderId"]
    assert expiry(cloud, instance) == "2026-08-15T10:00Z"


def debtor(cloud: Cloud) -> str:
    instance = states.paid(cloud)
    cloud.event(overdue=True)
    return instance


@pytest.mark.parametrize(
    ("reason", "make", "order", "outcome"),
    [
        ("unknown", states.nothing, {}, "404 InvalidInstanceId.NotFound"),
        ("pay-as-you-go", states.running, {}, "403 ChargeTypeViolation"),
        ("spot", states.spot, {}, "403 ChargeTypeViolation"),
        ("refunded", states.refunded, {}, "403 IncorrectInstanceStatus"),
        ("locked", states.locked(states.paid), {}, "403 InstanceLockedForSecurity"),
        ("converting", states.converting, {}, "400 LastOrderProcessing"),
        ("in-debt", debtor, {}, "403 InvalidAccountStatus.NotEnoughBalance"),
        ("no-period", states.paid, {"Period": ""}, "400 MissingParameter"),
        ("zero", states.paid, {"Period": 0}, "400 InvalidPeriod"),
        ("ten-months", states.paid, {"Period": 10}, "400 InvalidPeriod"),
        ("years", states.paid, {"PeriodUnit": "Year"}, "400 InvalidPeriodUnit.ValueNotSupported"),
        ("a-day", states.paid, {"ExpectedRenewDay": 5}, "400 InvalidParameter"),
        ("long-token", states.paid, {"ClientToken": "x" * 65}, "400 InvalidClientToken.ValueNotSupported"),
    ],
)
def test_who_cannot_renew(
    cloud: Cloud, reason: str, make: states.Make, order: dict[str, Any], outcome: str
) -> None:
    instance = make(cloud)
    before = cloud.look("state")
    answer = cloud.call("RenewInstance", {"InstanceId": instance, "Period": 1, **order})
    assert (answer.outcome, cloud.look("state")) == (outcome, before)


def paid_again(cloud: Cloud) -> str:
    instance = states.overdue(cloud)
    cloud.event(overdue=False)
    return instance


def started_again(cloud: Cloud) -> str:
    instance = paid_again(cloud)
    cloud.good("StartInstance", {"InstanceId": instance})
    cloud.advance("PT1S")
    cloud.good("StopInstance", {"InstanceId": instance})
    cloud.advance("PT1S")
    return instance


@pytest.mark.parametrize(
    ("reason", "make", "outcome"),
    [
        ("paid", paid_again, "200"),
        ("not-paid", states.overdue, "403 InsufficientBalance"),
        ("never-in-arrears", states.stopped, "400 ReopenInstance.InstanceStatusNotValid"),
        ("started-since", started_again, "400 ReopenInstance.InstanceStatusNotValid"),
        ("running", states.running, "403 IncorrectInstanceStatus"),
        ("locked", states.locked(paid_again), "403 InstanceLockedForSecurity"),
        ("a-subscription", states.expired_at_rest, "404 InvalidPayType.NotSupport"),
        ("unknown", states.nothing, "404 InvalidInstanceId.NotFound"),
    ],
)
def test_reactivation(cloud: Cloud, reason: str, make: states.Make, outcome: str) -> None:
    instance = make(cloud)
    assert cloud.call("ReActivateInstances", {"InstanceId": instance}).outcome == outcome
    if outcome == "200":
        assert cloud.instance(instance)["Status"] == "Starting"


@pytest.mark.parametrize(("duration", "status"), [("P10D", "Running"), ("P20D", "Stopped")])
def test_a_renewal_that_failed_is_made_up_for(cloud: Cloud, duration: str, status: str) -> None:
    instance = cloud.run(subscription(AutoRenew=True))
    cloud.event(overdue=True)
    cloud.control("clock", {"set": "2026-07-15T10:00:00Z"})
    cloud.advance(duration)
    assert locks(cloud, instance) == ["financial"]
    cloud.event(overdue=False)
    assert (locks(cloud, instance), expiry(cloud, instance)) == ([], "2026-08-15T10:00Z")
    assert cloud.instance(instance)["Status"] == status


def test_what_was_not_to_be_renewed_is_not(cloud: Cloud) -> None:
    instance = cloud.run(subscription())
    cloud.event(overdue=True)
    cloud.event(expire=instance)
    cloud.event(overdue=False)
    assert locks(cloud, instance) == ["financial"]
    cloud.advance("P16D")
    assert cloud.instances() == []
