"""Every row of "State changes that matter" and of the notes before it, told by the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.emulator import states
from tests.emulator.cloud import Cloud, subscription
from tests.emulator.states import Make

Act = Callable[[Cloud, str], Any]
NEVER = "2099-12-31T15:59Z"
GONE: dict[str, Any] = {}


def schedule(time: str) -> Act:
    return lambda cloud, instance: cloud.good(
        "ModifyInstanceAutoReleaseTime", {"InstanceId": instance, "AutoReleaseTime": time}
    )


def convert(to: str) -> Act:
    period = {"Period": 1} if to == "PrePaid" else {}
    order = {"InstanceChargeType": to, **period}
    return lambda cloud, instance: cloud.good(
        "ModifyInstanceChargeType", {"InstanceIds": f'["{instance}"]', **order}
    )


def refund(immediately: str) -> Act:
    order = {"ProductCode": "ecs", "ProductType": "", "ImmediatelyRelease": immediately}
    return lambda cloud, instance: cloud.good(
        "RefundInstance", {"InstanceId": instance, **order}, "BssOpenApi"
    )


def delete(**terms: bool) -> Act:
    return lambda cloud, instance: cloud.good("DeleteInstance", {"InstanceId": instance, **terms})


def nothing(cloud: Cloud, instance: str) -> None:
    """Only time passes."""


def arrears(cloud: Cloud, instance: str) -> None:
    cloud.event(overdue=True)


def reclaim(cloud: Cloud, instance: str) -> None:
    cloud.event(reclaim=instance)


@dataclass(frozen=True)
class Row:
    name: str
    make: Make
    act: Act
    # What is seen at which times; nothing where the instance is gone.
    seen: dict[str, dict[str, Any]]


FINANCIAL = {"LockReason": [{"LockReason": "financial", "LockMsg": "locked: financial"}]}
FREE: dict[str, list[Any]] = {"LockReason": []}
UNPAID_RENEWAL = subscription(AutoRenew=True)
STOPS = {"SpotStrategy": "SpotAsPriceGo", "SpotInterruptionBehavior": "Stop"}
ROWS = [
    Row(
        "PostPaid-ModifyInstanceAutoReleaseTime",
        states.running,
        schedule(states.TOMORROW),
        {
            "2026-06-15T10:00:02Z": {"AutoReleaseTime": "2026-06-16T10:00Z", "Status": "Running"},
            "2026-06-16T09:59:59Z": {"Status": "Running"},
            "2026-06-16T10:00:00Z": {"Status": "Stopping"},
            "2026-06-16T10:00:02Z": GONE,
        },
    ),
    Row(
        "scheduled-cancel",
        states.scheduled,
        schedule(""),
        {
            "2026-06-15T10:00:02Z": {"AutoReleaseTime": ""},
            "2026-07-16T10:00:02Z": {"Status": "Running"},
        },
    ),
    Row(
        "scheduled-protected",
        lambda c: c.run({"DeletionProtection": True, "AutoReleaseTime": states.TOMORROW}),
        nothing,
        {"2026-06-16T10:00:00Z": {"Status": "Stopping"}, "2026-06-16T10:00:02Z": GONE},
    ),
    Row(
        "scheduled-overdue",
        states.scheduled,
        arrears,
        {"2026-06-17T10:00:00Z": {"Status": "Stopped", "OperationLocks": FINANCIAL}},
    ),
    Row(
        "PostPaid-ModifyInstanceChargeType-PrePaid",
        states.protected,
        convert("PrePaid"),
        {
            "2026-06-15T10:00:02Z": {"InstanceChargeType": "PostPaid", "DeletionProtection": True},
            "2026-06-15T10:00:03Z": {
                "InstanceChargeType": "PrePaid",
                "DeletionProtection": False,
                "ExpiredTime": "2026-07-15T10:00Z",
            },
        },
    ),
    Row(
        "PrePaid-ModifyInstanceChargeType-PostPaid",
        states.paid,
        convert("PostPaid"),
        {
            "2026-06-15T10:00:03Z": {"InstanceChargeType": "PostPaid", "ExpiredTime": NEVER},
            "2026-09-15T10:00:03Z": {"Status": "Running", "OperationLocks": FREE},
        },
    ),
    Row("PrePaid-RefundInstance-1", states.paid, refund("1"), {"2026-06-15T10:00:04Z": GONE}),
    Row(
        "PrePaid-RefundInstance-0",
        states.paid,
        refund("0"),
        {
            "2026-06-15T10:00:03Z": {"Status": "Stopped", "InstanceChargeType": "PrePaid"},
            "2026-12-15T10:00:03Z": {"Status": "Stopped"},
        },
    ),
    Row(
        "refunded-DeleteInstance-T",
        states.refunded,
        delete(TerminateSubscription=True),
        {"2026-06-15T10:00:04Z": {"Status": "Stopped"}, "2026-06-15T10:00:05Z": GONE},
    ),
    Row(
        "PrePaid-time-passes",
        states.paid,
        nothing,
        {
            "2026-07-15T09:59:59Z": {"Status": "Running", "OperationLocks": FREE},
            "2026-07-15T10:00:00Z": {"Status": "Running", "OperationLocks": FINANCIAL},
            "2026-07-16T10:00:00Z": {"Status": "Stopped", "ExpiredTime": "2026-07-15T10:00Z"},
            "2026-07-30T09:59:59Z": {"Status": "Stopped"},
            "2026-07-30T10:00:02Z": GONE,
        },
    ),
    Row(
        "PrePaid-time-passes-renewed",
        lambda c: c.run(UNPAID_RENEWAL),
        nothing,
        {"2026-07-15T10:00:00Z": {"ExpiredTime": "2026-08-15T10:00Z", "OperationLocks": FREE}},
    ),
    Row(
        "PrePaid-time-passes-renewal-unpaid",
        lambda c: c.run(UNPAID_RENEWAL),
        arrears,
        {
            "2026-07-30T09:59:59Z": {
                "Status": "Running",
                "ExpiredTime": "2026-07-15T10:00Z",
                "OperationLocks": FINANCIAL,
            },
            "2026-07-30T10:00:00Z": {"Status": "Stopped"},
            "2026-08-14T09:59:59Z": {"Status": "Stopped"},
            "2026-08-14T10:00:02Z": GONE,
        },
    ),
    Row(
        "overdue-protected",
        states.protected,
        arrears,
        {
            "2026-06-15T10:00:02Z": {"Status": "Stopped", "OperationLocks": FINANCIAL},
            "2026-06-30T10:00:01Z": {"Status": "Stopped"},
            "2026-06-30T10:00:04Z": GONE,
        },
    ),
    Row(
        "spot-Terminate",
        states.spot,
        reclaim,
        {"2026-06-15T10:05:01Z": {"Status": "Running"}, "2026-06-15T10:05:04Z": GONE},
    ),
    Row(
        "spot-Stop",
        lambda c: c.run(STOPS),
        reclaim,
        {"2026-06-15T10:05:02Z": {"Status": "Stopped", "StoppedMode": "StopCharging"}},
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_over_time(cloud: Cloud, row: Row) -> None:
    row.act(cloud, row.make(cloud))
    for time, fields in row.seen.items():
        cloud.control("clock", {"set": time})
        found = [{name: one[name] for name in fields} for one in cloud.instances()]
        assert (time, found) == (time, [fields] if fields else [])


ENDS: list[tuple[str, Make, Act]] = [
    ("Force", states.running, delete(Force=True)),
    ("Stopped", states.stopped, delete()),
    ("graceful", states.running, delete(Force=True, ForceStop=False)),
    ("expired", states.expired, delete(Force=True, TerminateSubscription=True)),
    ("refund", states.paid, refund("1")),
    ("schedule", states.scheduled, lambda c, i: c.control("clock", {"set": states.TOMORROW})),
    ("expiry", states.expired, lambda c, i: c.advance("P14DT23H59M59S")),
    ("arrears", states.overdue, lambda c, i: c.advance("P15D")),
    ("interruption", states.recycled, lambda c, i: c.advance("PT5M")),
]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end[0])
def test_whatever_ends_it_only_two_words_are_seen_on_the_way(
    cloud: Cloud, end: tuple[str, Make, Act]
) -> None:
    _, make, act = end
    instance = make(cloud)
    act(cloud, instance)
    seen: list[str] = []
    while found := cloud.instances():
        seen.append(found[0]["Status"])
        again = cloud.call("DeleteInstance", {"InstanceId": instance, "Force": True})
        # One that is on its way can be deleted no second time, and is not unknown yet.
        assert again.status == 403
        cloud.advance("PT1S")
    assert set(seen) in ({"Stopping"}, {"Stopped"})
    cloud.advance("P60D")
    assert cloud.instances() == []
    assert cloud.call("DeleteInstance", {"InstanceId": instance}).outcome == "404 InvalidInstanceId.NotFound"


@pytest.mark.parametrize("make", [states.expired, states.unpaid_renewal], ids=["expired", "renewal-unpaid"])
def test_expired_is_told_by_the_time_and_not_by_the_status(cloud: Cloud, make: Make) -> None:
    instance = make(cloud)
    row = cloud.instance(instance)
    assert (row["Status"], row["InstanceChargeType"]) == ("Running", "PrePaid")
    # Cut to the minute, because the two are not written alike.
    assert row["ExpiredTime"].removesuffix("Z") <= cloud.look("clock")["now"][:16]
    cloud.good("DeleteInstance", {"InstanceId": instance, "Force": True, "TerminateSubscription": True})
