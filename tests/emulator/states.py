"""Instances in every state of the reference's tables, each made by the calls and events that lead there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.emulator.cloud import Cloud, subscription

Make = Callable[[Cloud], str]
UNKNOWN = "i-00000000000000000000"
TOMORROW = "2026-06-16T10:00:00Z"


def running(cloud: Cloud, **order: Any) -> str:
    return cloud.run(order)


def stopped(cloud: Cloud, **order: Any) -> str:
    return cloud.stopped(order)


def ordered(**order: Any) -> Make:
    """Return the maker of a Running instance that was ordered so."""
    return lambda cloud: cloud.run(order)


def at_rest(**order: Any) -> Make:
    """Return the maker of a Stopped instance that was ordered so."""
    return lambda cloud: cloud.stopped(order)


def nothing(cloud: Cloud) -> str:
    return UNKNOWN


def malformed(cloud: Cloud) -> str:
    return "web-0"


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


def releasing(cloud: Cloud) -> str:
    instance = cloud.stopped()
    cloud.good("DeleteInstance", {"InstanceId": instance})
    return instance


def overdue(cloud: Cloud, **order: Any) -> str:
    instance = cloud.run(order)
    cloud.event(overdue=True)
    return instance


spot = ordered(SpotStrategy="SpotAsPriceGo")
spot_at_rest = at_rest(SpotStrategy="SpotAsPriceGo")
protected = ordered(DeletionProtection=True)
scheduled = ordered(AutoReleaseTime=TOMORROW)
paid = ordered(**subscription())
paid_at_rest = at_rest(**subscription())


def recycled(cloud: Cloud) -> str:
    instance = spot(cloud)
    cloud.event(reclaim=instance)
    return instance


def expired(cloud: Cloud) -> str:
    """Make a subscription that is over and has not been stopped yet."""
    instance = paid(cloud)
    cloud.event(expire=instance)
    return instance


def expired_at_rest(cloud: Cloud) -> str:
    instance = expired(cloud)
    cloud.advance("P1D")
    return instance


def unpaid_renewal(cloud: Cloud) -> str:
    """Make a subscription that runs on although it is over, because its renewal could not be paid."""
    instance = cloud.run(subscription(AutoRenew=True))
    cloud.event(overdue=True)
    cloud.control("clock", {"set": "2026-07-25T10:00:00Z"})
    return instance


def refunded(cloud: Cloud) -> str:
    instance = paid(cloud)
    order = {"InstanceId": instance, "ProductCode": "ecs", "ProductType": "", "ImmediatelyRelease": "0"}
    cloud.good("RefundInstance", order, "BssOpenApi")
    cloud.advance("PT1S")
    return instance


def locked(make: Make, reason: str = "security") -> Make:
    """Return the maker of the same under a lock."""

    def under_lock(cloud: Cloud) -> str:
        instance = make(cloud)
        cloud.event(lock=[instance, reason])
        return instance

    return under_lock


def refusing(make: Make) -> Make:
    """Return the maker of the same where the switch makes security locks refuse releases."""

    def with_switch(cloud: Cloud) -> str:
        cloud.control("settings", {"security_lock_release": "refused"})
        return locked(make)(cloud)

    return with_switch


def blocked(reason: str, make: Make = stopped) -> Make:
    """Return the maker of an instance with an obstacle to its release."""

    def with_obstacle(cloud: Cloud) -> str:
        instance = make(cloud)
        cloud.event(block=[instance, reason])
        return instance

    return with_obstacle


def routed(cloud: Cloud) -> str:
    """Make an instance that is the next hop of a route."""
    instance = cloud.stopped()
    vpc = {"VpcId": cloud.instance(instance)["VpcAttributes"]["VpcId"]}
    (table,) = cloud.good("DescribeRouteTableList", vpc, "Vpc")["RouterTableList"]["RouterTableListType"]
    route = {"RouteTableId": table["RouteTableId"], "DestinationCidrBlock": "192.168.0.0/24"}
    cloud.good("CreateRouteEntry", {**route, "NextHopId": instance}, "Vpc")
    return instance


def converting(cloud: Cloud) -> str:
    """Make a subscription whose way back to pay-as-you-go was ordered a moment ago."""
    instance = paid(cloud)
    cloud.good(
        "ModifyInstanceChargeType", {"InstanceIds": f'["{instance}"]', "InstanceChargeType": "PostPaid"}
    )
    return instance


def faulty(status: int, code: str) -> Make:
    """Return a maker that orders a fault: what a healthy cloud answers only now and then."""

    def with_fault(cloud: Cloud) -> str:
        instance = cloud.stopped()
        cloud.control("faults", {"effect": {"status": status, "code": code}})
        return instance

    return with_fault
