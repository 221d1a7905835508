"""Cases of sections 1 and 2: releasing one instance, or many."""

from __future__ import annotations

from tests.emulator import states
from tests.emulator.cloud import Cloud
from tests.emulator.documented_cases import Case
from tests.emulator.states import Make, blocked, faulty, refusing

_REFUSED: list[tuple[str, str, Make]] = [
    ("400 DependencyViolation.SLBConfiguring", "at-work", blocked("slb-configuring")),
    ("400 DependencyViolation.RouteEntry", "a-route-of-the-VPC", states.routed),
    ("400 DependencyViolation.RouteEntry", "as-ordered", blocked("route-entry")),
    ("403 IncorrectInstanceStatus", "running-without-Force", states.running),
    ("403 IncorrectInstanceStatus", "stopping", states.stopping),
    ("403 IncorrectInstanceStatus", "being-released", states.releasing),
    ("403 IncorrectInstanceStatus", "volumes-attached", blocked("volumes-attached")),
    ("403 IncorrectInstanceStatus.Initializing", "pending", states.pending),
    ("403 IncorrectInstanceStatus.Initializing", "starting", states.starting),
    ("403 InstanceLockedForSecurity", "switched-to-refuse", refusing(states.stopped)),
    ("403 ChargeTypeViolation", "live-subscription", states.paid_at_rest),
    ("403 ChargeTypeViolation", "TerminateSubscription-missing", states.expired_at_rest),
    ("403 InvalidOperation.DeletionProtection", "protected", states.protected),
    ("403 InvalidOperation.EniLinked", "linked", blocked("eni-linked")),
    ("403 OperationDenied.SystemInstanceNotSupport", "managed", blocked("system-managed")),
    ("500 InternalError", "ordered", faulty(500, "InternalError")),
]
MANY = {"InstanceId.1": "{}"}


def _two(cloud: Cloud) -> str:
    cloud.good("DeleteInstances", {"InstanceId.1": cloud.stopped(), "ClientToken": "once"})
    return cloud.stopped()


CASES = [
    *(Case("1", "DeleteInstance", outcome, name, make) for outcome, name, make in _REFUSED),
    Case("1", "DeleteInstance", "400 InvalidParameter", "malformed-id", states.malformed),
    Case("1", "DeleteInstance", "400 DryRunOperation", "passed", order={"InstanceId": "{}", "DryRun": True}),
    Case("1", "DeleteInstance", "404 InvalidInstanceId.NotFound", "unknown", states.nothing),
    *(Case("2", "DeleteInstances", outcome, name, make, MANY) for outcome, name, make in _REFUSED),
    Case(
        "2",
        "DeleteInstances",
        "400 InvalidParameter.CrossRegionNotSupport",
        "another-region",
        order={**MANY, "RegionId": "cn-beijing"},
    ),
    Case("2", "DeleteInstances", "400 DRYRUN.SUCCESS", "passed", order={**MANY, "DryRun": True}),
    Case("2", "DeleteInstances", "400 DRYRUN.SUCCESS", "unknown", states.nothing, {**MANY, "DryRun": True}),
    Case(
        "2",
        "DeleteInstances",
        "403 InvalidParameter.TooManyInstanceIds",
        "101-ids",
        order={f"InstanceId.{n}": "{}" for n in range(1, 102)},
    ),
    Case("2", "DeleteInstances", "403 InvalidInstanceIds.ValueNotSupported", "words", states.malformed, MANY),
    Case("2", "DeleteInstances", "404 InvalidInstanceIds.NotFound", "unknown", states.nothing, MANY),
    Case(
        "2",
        "DeleteInstances",
        "404 InvalidInstanceIds.NotFound",
        "one-of-two",
        order={**MANY, "InstanceId.2": states.UNKNOWN},
    ),
    Case(
        "2",
        "DeleteInstances",
        "404 InvalidInstanceIds.NotFound",
        "of-another-account",
        order=MANY,
        key="emulator-b",
    ),
    Case("2", "DeleteInstances", "500 InvalidParameter", "ordered", faulty(500, "InvalidParameter"), MANY),
    Case(
        "15",
        "DeleteInstances",
        "400 IdempotentParameterMismatch",
        "other-ids",
        _two,
        {**MANY, "ClientToken": "once"},
    ),
]
