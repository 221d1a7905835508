"""Every row of "What DeleteInstance answers", under each pair of Force and TerminateSubscription."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.emulator.cloud import Cloud, subscription

ACCEPTED = "200"
STATUS = "403 IncorrectInstanceStatus"
CHARGE = "403 ChargeTypeViolation"
PROTECTED = "403 InvalidOperation.DeletionProtection"
EARLY = "403 IncorrectInstanceStatus.Initializing"


@dataclass(frozen=True)
class Row:
    reason: str
    make: Callable[[Cloud], str]
    # In the order F=0 T=0, F=1 T=0, F=0 T=1, F=1 T=1.
    answers: tuple[str, str, str, str]


def pending(cloud: Cloud) -> str:
    return str(cloud.good("RunInstances", cloud.order())["InstanceIdSets"]["InstanceIdSet"][0])


def starting(cloud: Cloud) -> str:
    instance = pending(cloud)
    cloud.advance("PT1S")
    return instance


def stopping(cloud: Cloud) -> str:
    instance = cloud.run()
    cloud.good("StopInstance", {"InstanceId": instance})
    return instance


def overdue(cloud: Cloud) -> str:
    instance = cloud.run()
    cloud.event(overdue=True)
    return instance


def spot(cloud: Cloud) -> str:
    return cloud.run({"SpotStrategy": "SpotAsPriceGo"})


def recycled(cloud: Cloud) -> str:
    instance = spot(cloud)
    cloud.event(reclaim=instance)
    return instance


def expired_running(cloud: Cloud) -> str:
    instance = cloud.run(subscription())
    cloud.event(expire=instance)
    return instance


def expired_stopped(cloud: Cloud) -> str:
    instance = expired_running(cloud)
    cloud.advance("P1D")
    return instance


def refunded(cloud: Cloud) -> str:
    instance = cloud.run(subscription())
    order = {"InstanceId": instance, "ProductCode": "ecs", "ProductType": "", "ImmediatelyRelease": "0"}
    cloud.good("RefundInstance", order, "BssOpenApi")
    cloud.advance("PT1S")
    return instance


def locked(state: Callable[[Cloud], str]) -> Callable[[Cloud], str]:
    def make(cloud: Cloud) -> str:
        instance = state(cloud)
        cloud.event(lock=[instance, "security"])
        return instance

    return make


def blocked(reason: str) -> Callable[[Cloud], str]:
    def make(cloud: Cloud) -> str:
        instance = cloud.stopped()
        cloud.event(block=[instance, reason])
        return instance

    return make


def routed(cloud: Cloud) -> str:
    instance = cloud.stopped()
    vpc = cloud.instance(instance)["VpcAttributes"]["VpcId"]
    table = cloud.good("DescribeRouteTableList", {"VpcId": vpc}, "Vpc")["RouterTableList"][
        "RouterTableListType"
    ][0]
    route = {
        "RouteTableId": table["RouteTableId"],
        "DestinationCidrBlock": "192.168.0.0/24",
        "NextHopId": instance,
    }
    cloud.good("CreateRouteEntry", route, "Vpc")
    return instance


def scheduled(cloud: Cloud) -> str:
    return cloud.run({"AutoReleaseTime": "2026-06-16T10:00:00Z"})


FORCED = (STATUS, ACCEPTED, STATUS, ACCEPTED)
FREE = (ACCEPTED,) * 4
ENDED = (CHARGE, CHARGE, ACCEPTED, ACCEPTED)
ROWS = [
    Row("pay-as-you-go, Stopped: T is ignored", Cloud.stopped, FREE),
    Row("pay-as-you-go, Running: only Force", Cloud.run, FORCED),
    Row("Pending: still being created", pending, (EARLY,) * 4),
    Row("Starting: still being created", starting, (EARLY,) * 4),
    Row("Stopping: wait", stopping, (STATUS,) * 4),
    Row(
        "protected, Running: Force does not override",
        lambda c: c.run({"DeletionProtection": True}),
        (PROTECTED,) * 4,
    ),
    Row("protected, Stopped", lambda c: c.stopped({"DeletionProtection": True}), (PROTECTED,) * 4),
    Row("a schedule does not block a manual release", scheduled, FORCED),
    Row("financial lock, Stopped", overdue, FREE),
    Row("spot, Running: as pay-as-you-go", spot, FORCED),
    Row("spot under the Recycling lock: as pay-as-you-go", recycled, FORCED),
    Row("subscription, active and Running", lambda c: c.run(subscription()), (CHARGE,) * 4),
    Row("subscription, active and Stopped", lambda c: c.stopped(subscription()), (CHARGE,) * 4),
    Row("subscription, expired and Stopped", expired_stopped, ENDED),
    Row("subscription, expired and still Running", expired_running, (CHARGE, CHARGE, STATUS, ACCEPTED)),
    Row("subscription, refunded and Stopped", refunded, ENDED),
    Row("security lock, Running", locked(Cloud.run), FORCED),
    Row("security lock, Stopped", locked(Cloud.stopped), FREE),
    Row("security lock on an active subscription", locked(lambda c: c.run(subscription())), (CHARGE,) * 4),
    Row("a route points at it", routed, ("400 DependencyViolation.RouteEntry",) * 4),
    Row(
        "a load balancer is at work",
        blocked("slb-configuring"),
        ("400 DependencyViolation.SLBConfiguring",) * 4,
    ),
    Row("its interface is linked", blocked("eni-linked"), ("403 InvalidOperation.EniLinked",) * 4),
    Row(
        "another product owns it",
        blocked("system-managed"),
        ("403 OperationDenied.SystemInstanceNotSupport",) * 4,
    ),
    Row("volumes are attached", blocked("volumes-attached"), (STATUS,) * 4),
    Row("no such instance", lambda c: "i-00000000000000000000", ("404 InvalidInstanceId.NotFound",) * 4),
    Row("not an instance id", lambda c: "web-0", ("400 InvalidParameter",) * 4),
]
PAIRS = [(False, False), (True, False), (False, True), (True, True)]


@pytest.mark.parametrize("pair", range(4), ids=["F0T0", "F1T0", "F0T1", "F1T1"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.reason)
def test_delete_instance_answers(cloud: Cloud, row: Row, pair: int) -> None:
    force, terminate = PAIRS[pair]
    order = {"InstanceId": row.make(cloud), "Force": force, "TerminateSubscription": terminate}
    dry = cloud.call("DeleteInstance", {**order, "DryRun": True})
    wet = cloud.call("DeleteInstance", order)
    assert wet.outcome == row.answers[pair]
    # The dry run looks as deep as the real one; only its success has another name.
    assert dry.outcome == ("400 DryRunOperation" if wet.status == 200 else wet.outcome)


def test_accepted_is_not_yet_gone(cloud: Cloud) -> None:
    instance = cloud.run()
    assert set(cloud.good("DeleteInstance", {"InstanceId": instance, "Force": True})) == {"RequestId"}
    assert cloud.instance(instance)["Status"] == "Stopping"
    again = cloud.call("DeleteInstance", {"InstanceId": instance, "Force": True})
    assert again.outcome == STATUS
    cloud.advance("PT2S")
    assert cloud.instances() == []
    assert cloud.call("DeleteInstance", {"InstanceId": instance}).outcome == "404 InvalidInstanceId.NotFound"


def test_a_stopped_instance_is_seen_stopped_until_it_is_gone(cloud: Cloud) -> None:
    instance = cloud.stopped()
    cloud.good("DeleteInstance", {"InstanceId": instance})
    assert cloud.instance(instance)["Status"] == "Stopped"
    assert cloud.call("StartInstance", {"InstanceId": instance}).outcome == STATUS
    protect = {"InstanceId": instance, "DeletionProtection": True}
    assert cloud.call("ModifyInstanceAttribute", protect).outcome == STATUS


def test_a_graceful_release_takes_longer(cloud: Cloud) -> None:
    instance = cloud.run()
    cloud.good("DeleteInstance", {"InstanceId": instance, "Force": True, "ForceStop": False})
    cloud.advance("PT9S")
    assert cloud.instance(instance)["Status"] == "Stopping"
    cloud.advance("PT1S")
    assert cloud.instances() == []


def test_the_switch_for_the_security_lock(cloud: Cloud) -> None:
    instance = locked(Cloud.run)(cloud)
    cloud.control("settings", {"security_lock_release": "refused"})
    refused = cloud.call("DeleteInstance", {"InstanceId": instance, "Force": True})
    assert refused.outcome == "403 InstanceLockedForSecurity"


def test_protection_lifted_is_a_release_allowed(cloud: Cloud) -> None:
    instance = cloud.stopped({"DeletionProtection": True})
    cloud.good("ModifyInstanceAttribute", {"InstanceId": instance, "DeletionProtection": False})
    cloud.good("DeleteInstance", {"InstanceId": instance})
