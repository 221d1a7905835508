"""The scheduled release: which times are taken, what is shown, and what happens when one comes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.cloud import Cloud, subscription

# The tests begin at 2026-06-15T10:00:00Z, and an instance that runs was made two seconds later.
SOON = "2026-06-15T12:00:00Z"


def set_time(cloud: Cloud, instance: str, **time: str) -> str:
    return cloud.call("ModifyInstanceAutoReleaseTime", {"InstanceId": instance, **time}).outcome


@pytest.mark.parametrize(
    ("reason", "time", "outcome"),
    [
        ("an hour ahead", "2026-06-15T11:00:00Z", "200"),
        ("the next minute after half an hour", "2026-06-15T10:31:00Z", "200"),
        (
            "seconds are cut before the comparison",
            "2026-06-15T10:30:59Z",
            "400 InvalidAutoReleaseTime.Malformed",
        ),
        ("15 minutes ahead", "2026-06-15T10:15:00Z", "400 InvalidAutoReleaseTime.Malformed"),
        ("past", "2020-01-01T00:00:00Z", "400 InvalidAutoReleaseTime.Malformed"),
        ("three years ahead", "2029-06-15T10:00:00Z", "200"),
        ("more than three years ahead", "2029-06-15T10:01:00Z", "400 InvalidAutoReleaseTime.Malformed"),
        ("a local time", "2026-06-15T18:00:00+08:00", "400 InvalidAutoReleaseTime.Malformed"),
        ("no such day", "2026-06-31T10:00:00Z", "400 InvalidAutoReleaseTime.Malformed"),
        ("words", "tomorrow", "400 InvalidAutoReleaseTime.Malformed"),
    ],
)
def test_which_times_are_taken(cloud: Cloud, reason: str, time: str, outcome: str) -> None:
    instance = cloud.run()
    assert set_time(cloud, instance, AutoReleaseTime=time) == outcome
    at_creation = cloud.call("RunInstances", cloud.order(AutoReleaseTime=time))
    assert at_creation.outcome == outcome


def test_read_back_has_no_seconds(cloud: Cloud) -> None:
    instance = cloud.run({"AutoReleaseTime": "2026-06-15T12:00:31Z"})
    assert cloud.instance(instance)["AutoReleaseTime"] == "2026-06-15T12:00Z"
    set_time(cloud, instance, AutoReleaseTime="2026-06-15T13:07:59Z")
    assert cloud.instance(instance)["AutoReleaseTime"] == "2026-06-15T13:07Z"


def test_no_time_cancels(cloud: Cloud) -> None:
    instance = cloud.run({"AutoReleaseTime": SOON})
    assert set_time(cloud, instance) == "200"
    assert cloud.instance(instance)["AutoReleaseTime"] == ""
    cloud.advance("P1D")
    assert len(cloud.instances()) == 1


@pytest.mark.parametrize(
    ("reason", "order"),
    [("unprotected", {}), ("protection is ignored", {"DeletionProtection": True})],
)
def test_the_time_comes(cloud: Cloud, reason: str, order: dict[str, Any]) -> None:
    instance = cloud.run(
        {"AutoReleaseTime": SOON, "DataDisk.1.Size": 40, "DataDisk.1.DeleteWithInstance": False}
    )
    if order:
        cloud.good("ModifyInstanceAttribute", {"InstanceId": instance, **order})
    cloud.control("clock", {"set": "2026-06-15T11:59:59Z"})
    assert cloud.instance(instance)["Status"] == "Running"
    cloud.advance("PT1S")
    assert cloud.instance(instance)["Status"] == "Stopping"
    cloud.advance("PT2S")
    assert cloud.instances() == []
    assert [disk["Type"] for disk in cloud.disks()] == ["data"]


def test_a_moved_time_fires_once_and_late(cloud: Cloud) -> None:
    instance = cloud.run({"AutoReleaseTime": SOON})
    set_time(cloud, instance, AutoReleaseTime="2026-06-15T14:00:00Z")
    cloud.advance("PT3H")
    assert len(cloud.instances()) == 1
    cloud.advance("PT2H")
    assert cloud.instances() == []


def test_not_while_the_account_is_overdue(cloud: Cloud) -> None:
    cloud.run({"AutoReleaseTime": SOON})
    cloud.event(overdue=True)
    cloud.advance("PT3H")
    assert len(cloud.instances()) == 1
    cloud.event(overdue=False)
    cloud.advance("PT2S")
    assert cloud.instances() == []


@pytest.mark.parametrize(
    ("reason", "make", "outcome"),
    [
        ("a subscription", lambda c: c.run(subscription()), "403 ChargeTypeViolation"),
        ("unknown, in this call's own words", lambda c: "i-0", "404 NoSuchResource"),
    ],
)
def test_who_has_no_schedule(cloud: Cloud, reason: str, make: Any, outcome: str) -> None:
    assert set_time(cloud, make(cloud), AutoReleaseTime=SOON) == outcome


def test_a_subscription_cannot_be_made_with_one(cloud: Cloud) -> None:
    order = cloud.order(**subscription(AutoReleaseTime=SOON))
    assert cloud.call("RunInstances", order).outcome == "403 ChargeTypeViolation"
