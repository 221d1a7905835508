"""Every row of "What DeleteInstance answers", under each pair of Force and TerminateSubscription.

DeleteInstances answers the same in its own words, and so does each call's dry run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.emulator import states
from tests.emulator.cloud import Cloud
from tests.emulator.states import Make, at_rest, blocked, locked, refusing

ACCEPTED = "200"
STATUS = "403 IncorrectInstanceStatus"
CHARGE = "403 ChargeTypeViolation"
PROTECTED = "403 InvalidOperation.DeletionProtection"
EARLY = "403 IncorrectInstanceStatus.Initializing"
LOCKED = "403 InstanceLockedForSecurity"


@dataclass(frozen=True)
class Row:
    reason: str
    make: Make
    # In the order F=0 T=0, F=1 T=0, F=0 T=1, F=1 T=1.
    answers: tuple[str, str, str, str]
    # Where DeleteInstances has another word for it.
    of_many: str = ""


def all_four(outcome: str) -> tuple[str, str, str, str]:
    return (outcome, outcome, outcome, outcome)


FORCED = (STATUS, ACCEPTED, STATUS, ACCEPTED)
FREE = all_four(ACCEPTED)
ENDED = (CHARGE, CHARGE, ACCEPTED, ACCEPTED)
ENDED_RUNNING = (CHARGE, CHARGE, STATUS, ACCEPTED)
ROWS = [
    Row("pay-as-you-go-Stopped", states.stopped, FREE),
    Row("pay-as-you-go-Running", states.running, FORCED),
    Row("Pending", states.pending, all_four(EARLY)),
    Row("Starting", states.starting, all_four(EARLY)),
    Row("Stopping", states.stopping, all_four(STATUS)),
    Row("being-released", states.releasing, all_four(STATUS)),
    Row("protected-Running", states.protected, all_four(PROTECTED)),
    Row("protected-Stopped", at_rest(DeletionProtection=True), all_four(PROTECTED)),
    Row("protected-and-overdue", lambda c: states.overdue(c, DeletionProtection=True), all_four(PROTECTED)),
    Row("scheduled-Running", states.scheduled, FORCED),
    Row("scheduled-Stopped", at_rest(AutoReleaseTime=states.TOMORROW), FREE),
    Row("financial-lock-Stopped", states.overdue, FREE),
    Row("spot-Running", states.spot, FORCED),
    Row("spot-Stopped", states.spot_at_rest, FREE),
    Row("spot-lock-Recycling", states.recycled, FORCED),
    Row("subscription-active-Running", states.paid, all_four(CHARGE)),
    Row("subscription-active-Stopped", states.paid_at_rest, all_four(CHARGE)),
    Row("subscription-expired-Stopped", states.expired_at_rest, ENDED),
    Row("subscription-expired-Running", states.expired, ENDED_RUNNING),
    Row("subscription-expired-renewal-unpaid", states.unpaid_renewal, ENDED_RUNNING),
    Row("subscription-refunded-Stopped", states.refunded, ENDED),
    Row("subscription-converting", states.converting, all_four(CHARGE)),
    Row("security-lock-Running", locked(states.running), FORCED),
    Row("security-lock-Stopped", locked(states.stopped), FREE),
    Row("security-lock-spot-Running", locked(states.spot), FORCED),
    Row("security-lock-active-subscription", locked(states.paid), all_four(CHARGE)),
    Row("security-lock-expired-Stopped", locked(states.expired_at_rest), ENDED),
    Row("security-lock-expired-Running", locked(states.expired), ENDED_RUNNING),
    Row("security-lock-protected", locked(states.protected), all_four(PROTECTED)),
    Row("security-lock-refusing-Stopped", refusing(states.stopped), all_four(LOCKED)),
    Row("security-lock-refusing-Running", refusing(states.running), (STATUS, LOCKED, STATUS, LOCKED)),
    Row("route-entry", states.routed, all_four("400 DependencyViolation.RouteEntry")),
    Row("slb", blocked("slb-configuring"), all_four("400 DependencyViolation.SLBConfiguring")),
    Row("linked-eni", blocked("eni-linked"), all_four("403 InvalidOperation.EniLinked")),
    Row(
        "system-managed", blocked("system-managed"), all_four("403 OperationDenied.SystemInstanceNotSupport")
    ),
    Row("volumes-attached", blocked("volumes-attached"), all_four(STATUS)),
    Row(
        "unknown-id",
        states.nothing,
        all_four("404 InvalidInstanceId.NotFound"),
        "404 InvalidInstanceIds.NotFound",
    ),
    Row(
        "malformed-id",
        states.malformed,
        all_four("400 InvalidParameter"),
        "403 InvalidInstanceIds.ValueNotSupported",
    ),
]
PAIRS = [(False, False), (True, False), (False, True), (True, True)]
rows = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.reason)
pairs = pytest.mark.parametrize("pair", range(4), ids=["F0-T0", "F1-T0", "F0-T1", "F1-T1"])


def terms(pair: int) -> dict[str, bool]:
    force, terminate = PAIRS[pair]
    return {"Force": force, "TerminateSubscription": terminate}


def judge(cloud: Cloud, instance: str, order: dict[str, Any], action: str, expected: str, dry: str) -> None:
    """Ask in both ways; only an accepted release makes the instance pass out of sight."""
    before = cloud.look("state")
    assert cloud.call(action, {**order, "DryRun": True}).outcome == dry
    # A dry run changes nothing, whatever it says.
    assert cloud.look("state") == before
    answer = cloud.call(action, order)
    assert answer.outcome == expected
    if expected == ACCEPTED:
        assert set(answer.body) == {"RequestId"}
        assert cloud.instance(instance)["Status"] in ("Stopping", "Stopped")
        cloud.advance("PT2S")
        assert instance not in cloud.look("state")["instances"]
    else:
        assert cloud.look("state") == before


@pairs
@rows
def test_delete_instance_answers(cloud: Cloud, row: Row, pair: int) -> None:
    instance, expected = row.make(cloud), row.answers[pair]
    # The dry run looks as deep as the real one; only its success has another name.
    dry = "400 DryRunOperation" if expected == ACCEPTED else expected
    judge(cloud, instance, {"InstanceId": instance, **terms(pair)}, "DeleteInstance", expected, dry)


@pairs
@rows
def test_delete_instances_answers(cloud: Cloud, row: Row, pair: int) -> None:
    instance, expected = row.make(cloud), row.of_many or row.answers[pair]
    # This dry run looks at no resource, so only the form of an id can fail.
    dry = expected if instance == states.malformed(cloud) else "400 DRYRUN.SUCCESS"
    judge(cloud, instance, {"InstanceId.1": instance, **terms(pair)}, "DeleteInstances", expected, dry)


def test_accepted_is_not_yet_gone(cloud: Cloud) -> None:
    instance = cloud.run()
    cloud.good("DeleteInstance", {"InstanceId": instance, "Force": True})
    assert cloud.instance(instance)["Status"] == "Stopping"
    cloud.advance("PT2S")
    assert cloud.instances() == []
    assert cloud.call("DeleteInstance", {"InstanceId": instance}).outcome == "404 InvalidInstanceId.NotFound"


def test_a_stopped_instance_is_seen_stopped_until_it_is_gone(cloud: Cloud) -> None:
    instance = states.releasing(cloud)
    assert cloud.instance(instance)["Status"] == "Stopped"
    assert cloud.call("StartInstance", {"InstanceId": instance}).outcome == STATUS


def test_a_graceful_release_takes_longer(cloud: Cloud) -> None:
    instance = cloud.run()
    cloud.good("DeleteInstance", {"InstanceId": instance, "Force": True, "ForceStop": False})
    cloud.advance("PT9S")
    assert cloud.instance(instance)["Status"] == "Stopping"
    cloud.advance("PT1S")
    assert cloud.instances() == []


@pytest.mark.parametrize(
    ("reason", "order"),
    [
        ("without-Force", {"ForceStop": False}),
        ("Force-alone-pulls-the-plug", {"Force": True}),
        ("Force-and-ForceStop", {"Force": True, "ForceStop": True}),
    ],
)
def test_force_stop_is_read_with_force_only(cloud: Cloud, reason: str, order: dict[str, bool]) -> None:
    instance = cloud.run() if "Force" in order else cloud.stopped()
    cloud.good("DeleteInstance", {"InstanceId": instance, **order})
    cloud.advance("PT2S")
    assert cloud.instances() == []


def test_protection_lifted_is_a_release_allowed(cloud: Cloud) -> None:
    instance = cloud.stopped({"DeletionProtection": True})
    cloud.good("ModifyInstanceAttribute", {"InstanceId": instance, "DeletionProtection": False})
    cloud.good("DeleteInstance", {"InstanceId": instance})
