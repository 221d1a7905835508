"""What the cloud does by itself is announced, done or avoided, and told, also of what is gone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator import states
from tests.emulator.cloud import Cloud, subscription

EVERY = ("Scheduled", "Executing", "Executed", "Avoided", "Canceled", "Failed", "Inquiring")
ALL = {f"InstanceEventCycleStatus.{number}": word for number, word in enumerate(EVERY, 1)}
STOP, DELETE = "InstanceExpiration.Stop", "InstanceExpiration.Delete"
UNPAID_STOP, UNPAID_DELETE = "AccountUnbalanced.Stop", "AccountUnbalanced.Delete"
SPOT = "Instance:PreemptibleInstanceInterruption"


def events(cloud: Cloud, **query: Any) -> list[dict[str, Any]]:
    found = cloud.good("DescribeInstanceHistoryEvents", query)["InstanceSystemEventSet"]
    rows: list[dict[str, Any]] = found["InstanceSystemEventType"]
    return rows


def told(cloud: Cloud, instance: str) -> dict[str, str]:
    """Return the status of each event of an instance."""
    rows = events(cloud, InstanceId=instance, **ALL)
    return {row["EventType"]["Name"]: row["EventCycleStatus"]["Name"] for row in rows}


def after(duration: str, make: states.Make = states.expired) -> states.Make:
    def later(cloud: Cloud) -> str:
        instance = make(cloud)
        cloud.advance(duration)
        return instance

    return later


def arrears(duration: str, pays: bool = False, make: states.Make = states.running) -> states.Make:
    def in_arrears(cloud: Cloud) -> str:
        instance = make(cloud)
        cloud.event(overdue=True)
        cloud.advance(duration)
        if pays:
            cloud.event(overdue=False)
        return instance

    return in_arrears


def renewed(cloud: Cloud) -> str:
    instance = states.expired(cloud)
    cloud.good("RenewInstance", {"InstanceId": instance, "Period": 1})
    return instance


def ended_by_its_owner(cloud: Cloud) -> str:
    instance = states.expired(cloud)
    cloud.good("DeleteInstance", {"InstanceId": instance, "Force": True, "TerminateSubscription": True})
    cloud.advance("PT2S")
    return instance


def stopping_spot(cloud: Cloud) -> str:
    instance = cloud.run({"SpotStrategy": "SpotAsPriceGo", "SpotInterruptionBehavior": "Stop"})
    cloud.event(reclaim=instance)
    cloud.advance("PT6M")
    return instance


def maintained(kind: str, duration: str = "PT0S") -> states.Make:
    def below(cloud: Cloud) -> str:
        instance = cloud.run()
        cloud.event(maintain=[instance, kind])
        cloud.advance(duration)
        return instance

    return below


def restarted_before(cloud: Cloud) -> str:
    instance = maintained("SystemMaintenance.Reboot")(cloud)
    cloud.good("RebootInstance", {"InstanceId": instance})
    cloud.advance("PT1H")
    return instance


LIVES: dict[str, tuple[states.Make, dict[str, str]]] = {
    "expired": (states.expired, {STOP: "Scheduled", DELETE: "Scheduled"}),
    "expired-and-stopped": (after("P1D"), {STOP: "Executed", DELETE: "Scheduled"}),
    "expired-and-gone": (after("P16D"), {STOP: "Executed", DELETE: "Executed"}),
    "expired-at-rest": (
        after("P1D", lambda cloud: _expire(cloud, states.paid_at_rest(cloud))),
        {STOP: "Avoided", DELETE: "Scheduled"},
    ),
    "renewed-in-time": (renewed, {STOP: "Avoided", DELETE: "Avoided"}),
    "released-by-its-owner": (ended_by_its_owner, {STOP: "Avoided", DELETE: "Avoided"}),
    "in-arrears": (arrears("P1D"), {UNPAID_STOP: "Executed", UNPAID_DELETE: "Scheduled"}),
    "in-arrears-at-rest": (arrears("P1D", make=states.stopped), {UNPAID_DELETE: "Scheduled"}),
    "arrears-are-over": (arrears("P1D", pays=True), {UNPAID_STOP: "Executed", UNPAID_DELETE: "Avoided"}),
    "gone-for-arrears": (arrears("P16D"), {UNPAID_STOP: "Executed", UNPAID_DELETE: "Executed"}),
    "taken-back-soon": (states.recycled, {SPOT: "Scheduled"}),
    "taken-back": (after("PT6M", states.recycled), {SPOT: "Executed"}),
    "taken-back-to-a-stop": (stopping_spot, {SPOT: "Executed"}),
    "security": (states.locked(states.running), {"SecurityPunish.Locked": "Executed"}),
    "maintenance": (maintained("SystemMaintenance.Reboot"), {"SystemMaintenance.Reboot": "Scheduled"}),
    "maintenance-done": (
        maintained("SystemMaintenance.Redeploy", "PT5M"),
        {"SystemMaintenance.Redeploy": "Executed"},
    ),
    "restarted-before": (restarted_before, {"SystemMaintenance.Reboot": "Avoided"}),
    "a-failure": (maintained("InstanceFailure.Reboot"), {"InstanceFailure.Reboot": "Executed"}),
    "never-made": (maintained("SystemFailure.Delete", "PT2S"), {"SystemFailure.Delete": "Executed"}),
    "by-schedule": (after("P2D", states.scheduled), {}),
    "an-ordinary-life": (states.running, {}),
}


def _expire(cloud: Cloud, instance: str) -> str:
    cloud.event(expire=instance)
    return instance


@pytest.mark.parametrize("name", LIVES)
def test_the_events_of_a_life(cloud: Cloud, name: str) -> None:
    make, expected = LIVES[name]
    assert told(cloud, make(cloud)) == expected


def test_only_what_ended_is_told_without_a_status(cloud: Cloud) -> None:
    instance = after("P1D")(cloud)
    assert [row["EventType"]["Name"] for row in events(cloud)] == [STOP]
    assert [row["EventType"]["Name"] for row in events(cloud, EventCycleStatus="Scheduled")] == [DELETE]
    (row,) = events(cloud, **{"InstanceEventCycleStatus.1": "Scheduled", "EventCycleStatus": "Executed"})
    assert (row["InstanceId"], row["EventFinishTime"]) == (instance, "")
    assert (row["EventPublishTime"], row["NotBefore"]) == ("2026-06-15T10:00:02Z", "2026-06-30T10:00:00Z")


def test_after_thirty_days_nothing_is_told(cloud: Cloud) -> None:
    instance = after("P16D")(cloud)
    assert len(events(cloud)) == 2
    cloud.advance("P28D")
    assert [row["EventType"]["Name"] for row in events(cloud)] == [DELETE]
    cloud.advance("P3D")
    assert events(cloud, InstanceId=instance, **ALL) == []


@pytest.mark.parametrize(
    ("reason", "query", "found"),
    [
        ("by-type", {"EventType": STOP}, 1),
        ("by-types", {"InstanceEventType.1": STOP, "InstanceEventType.2": SPOT}, 2),
        ("the-list-wins", {"InstanceEventType.1": STOP, "EventType": SPOT}, 1),
        ("of-hosts", {"ResourceType": "ddh"}, 0),
        ("of-instances", {"ResourceType": "instance"}, 3),
        ("counted-from-0", {"ResourceId.0": "{}"}, 1),
        ("the-list-of-ids-wins", {"ResourceId.1": "{}", "InstanceId": "i-0"}, 1),
        ("published-later", {"EventPublishTime.Start": "2026-06-15T10:00:03Z"}, 1),
        ("published-before", {"EventPublishTime.End": "2026-06-15T10:00:03Z"}, 2),
        ("due-later", {"NotBefore.Start": "2026-06-20T00:00:00Z"}, 1),
        ("of-no-group", {"ResourceGroupId": "rg-0"}, 0),
        ("by-tag", {"Tag.1.Key": "team"}, 1),
        ("by-an-unknown-id", {"EventId.1": "e-0"}, 0),
    ],
)
def test_filters(cloud: Cloud, reason: str, query: dict[str, str], found: int) -> None:
    states.expired(cloud)
    spot = cloud.run({"SpotStrategy": "SpotAsPriceGo", "Tag.1.Key": "team", "Tag.1.Value": "web"})
    cloud.event(reclaim=spot)
    cloud.advance("P16D")
    order = {name: value.replace("{}", spot) for name, value in query.items()}
    assert len(events(cloud, **order)) == found


@pytest.mark.parametrize(
    ("reason", "query", "outcome"),
    [
        ("no-such-status", {"EventCycleStatus": "Done"}, "403 InvalidParameter"),
        ("no-such-status-in-the-list", {"InstanceEventCycleStatus.1": "Done"}, "403 InvalidParameter"),
        ("no-such-resource", {"ResourceType": "disk"}, "403 InvalidParameter"),
        ("too-many-ids", {f"EventId.{n}": f"e-{n}" for n in range(1, 102)}, "403 EventIdLimitExceeded"),
        ("too-many-types", {f"InstanceEventType.{n}": STOP for n in range(1, 32)}, "403 InvalidParameter"),
        ("no-time", {"NotBefore.Start": "tomorrow"}, "400 InvalidParameter"),
        ("no-region", {"RegionId": ""}, "400 MissingParameter"),
    ],
)
@pytest.mark.parametrize("action", ["DescribeInstanceHistoryEvents", "DescribeInstancesFullStatus"])
def test_refusals(cloud: Cloud, action: str, reason: str, query: dict[str, str], outcome: str) -> None:
    past_only = any(name.startswith(("EventCycle", "InstanceEventCycle", "ResourceType")) for name in query)
    if past_only and action == "DescribeInstancesFullStatus":
        outcome = "400 UnsupportedParameter"
    assert cloud.call(action, query).outcome == outcome


def full(cloud: Cloud, **query: Any) -> list[tuple[str, str, int]]:
    rows = cloud.good("DescribeInstancesFullStatus", query)["InstanceFullStatusSet"]["InstanceFullStatusType"]
    return [(row["Status"]["Name"], row["HealthStatus"]["Name"], len(_coming(row))) for row in rows]


def _coming(row: dict[str, Any]) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = row["ScheduledSystemEventSet"]["ScheduledSystemEventType"]
    return events


@pytest.mark.parametrize(
    ("reason", "query", "expected"),
    [
        ("all", {}, [("Running", "OK", 2), ("Stopped", "NotApplicable", 0), ("Pending", "Initializing", 0)]),
        ("by-event", {"EventType": STOP}, [("Running", "OK", 1)]),
        ("by-status", {"Status": "Stopped"}, [("Stopped", "NotApplicable", 0)]),
        ("by-health", {"HealthStatus": "Initializing"}, [("Pending", "Initializing", 0)]),
        ("by-id", {"InstanceId.1": "i-0"}, []),
    ],
)
def test_what_is_to_come(
    cloud: Cloud, reason: str, query: dict[str, str], expected: list[tuple[str, str, int]]
) -> None:
    states.expired(cloud)
    states.stopped(cloud)
    states.pending(cloud)
    # The expired one has not been stopped, since no hour has passed.
    assert full(cloud, **query) == expected


@pytest.mark.parametrize(("deed", "status"), [("AutoRecover", "Starting"), ("Stop", "Stopped")])
def test_maintenance_does_what_the_owner_chose(cloud: Cloud, deed: str, status: str) -> None:
    instance = cloud.run()
    cloud.good("ModifyInstanceMaintenanceAttributes", {"InstanceId.1": instance, "ActionOnMaintenance": deed})
    cloud.event(maintain=[instance, "SystemMaintenance.Reboot"])
    cloud.advance("PT4M59S")
    assert cloud.instance(instance)["Status"] == "Running"
    cloud.advance("PT1S")
    assert cloud.instance(instance)["Status"] == status


@pytest.mark.parametrize("value", ["i-0", ["i-0", "Reboot"], ["{}", "SystemMaintenance.Stop"]])
def test_maintenance_of_what_cannot_be(cloud: Cloud, value: Any) -> None:
    instance = cloud.run()
    order = [one.replace("{}", instance) for one in value] if isinstance(value, list) else value
    assert cloud.http.post("/_emulator/events", json={"maintain": order}).status_code == 400


def test_a_spot_instance_that_was_stopped_can_be_started_again(cloud: Cloud) -> None:
    instance = stopping_spot(cloud)
    row = cloud.instance(instance)
    assert (row["Status"], row["StoppedMode"]) == ("Stopped", "StopCharging")
    assert row["OperationLocks"]["LockReason"] == []
    cloud.good("StartInstance", {"InstanceId": instance})


def test_what_is_subscribed_anew_has_no_end_announced(cloud: Cloud) -> None:
    instance = cloud.run(subscription(AutoRenew=True))
    cloud.control("clock", {"set": "2026-07-16T00:00:00Z"})
    assert told(cloud, instance) == {}
