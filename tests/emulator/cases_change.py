"""Cases of sections 3, 4 and 7: the release time, protection and other attributes, stopping."""

from __future__ import annotations

from typing import Any

from tests.emulator import states
from tests.emulator.cloud import Cloud
from tests.emulator.documented_cases import Case
from tests.emulator.states import Make, blocked, faulty, locked

_MALFORMED = "400 InvalidAutoReleaseTime.Malformed"
# The clock stands at 10:00:00, or two or three seconds later once an instance was made.
_TIMES = {
    "too-near": "2026-06-15T10:15:00Z",
    "too-near-after-the-cut": "2026-06-15T10:30:59Z",
    "past": "2020-01-01T00:00:00Z",
    "too-far": "2029-06-15T10:01:00Z",
    "no-zone": "2026-06-16T10:00:00",
    "another-zone": "2026-06-16T18:00:00+08:00",
    "no-such-day": "2026-06-31T10:00:00Z",
    "a-day-only": "2026-06-16",
    "words": "tomorrow",
    "seconds-since-1970": "1781604000",
}


def _schedule(outcome: str, name: str, make: Make, **order: Any) -> Case:
    whole = {"InstanceId": "{}", "AutoReleaseTime": states.TOMORROW, **order}
    return Case("3", "ModifyInstanceAutoReleaseTime", outcome, name, make, whole)


_SCHEDULE = [
    *(_schedule(_MALFORMED, name, states.running, AutoReleaseTime=time) for name, time in _TIMES.items()),
    _schedule("400 MissingParameter", "no-id", states.running, InstanceId=""),
    _schedule("400 UnsupportedParameter", "seconds", states.running, ReleaseInSeconds=3600),
    _schedule("403 ChargeTypeViolation", "subscription", states.paid),
    _schedule("403 ChargeTypeViolation", "subscription-expired", states.expired),
    _schedule("403 ChargeTypeViolation", "subscription-cancel", states.paid, AutoReleaseTime=""),
    _schedule("404 NoSuchResource", "unknown", states.nothing),
    _schedule("404 NoSuchResource", "unknown-cancel", states.nothing, AutoReleaseTime=""),
    _schedule("500 InternalError", "ordered", faulty(500, "InternalError")),
]


def _change(outcome: str, name: str, make: Make, **order: Any) -> Case:
    whole = {"InstanceId": "{}", **(order or {"DeletionProtection": True})}
    return Case("4", "ModifyInstanceAttribute", outcome, name, make, whole)


_UNPROTECTABLE = "403 InvalidChargeType.ValueNotSupported"
_JUMBO = {"EnableJumboFrame": True}
_ATTRIBUTE = [
    _change(_UNPROTECTABLE, "subscription", states.paid),
    _change(_UNPROTECTABLE, "subscription-expired", states.expired),
    _change(_UNPROTECTABLE, "spot", states.spot),
    _change("403 IncorrectInstanceStatus", "being-released", states.releasing),
    _change("403 InstanceLockedForSecurity", "protect", locked(states.running)),
    _change(
        "403 InstanceLockedForSecurity",
        "protection-cannot-be-lifted",
        locked(states.protected),
        DeletionProtection=False,
    ),
    _change("404 InvalidInstanceId.NotFound", "unknown", states.nothing),
    _change("400 InvalidParameter", "no-boolean", states.running, DeletionProtection="maybe"),
    _change("400 InvalidOperation.InvalidEcsState", "jumbo-frames-while-pending", states.pending, **_JUMBO),
    _change("400 InvalidOperation.InvalidEcsState", "jumbo-frames-while-stopping", states.stopping, **_JUMBO),
    _change("500 InternalError", "ordered", faulty(500, "InternalError")),
]
_UNSTOPPABLE: list[tuple[str, str, Make]] = [
    ("403 IncorrectInstanceStatus", "stopped-already", states.stopped),
    ("403 IncorrectInstanceStatus", "stopping-already", states.stopping),
    ("403 IncorrectInstanceStatus", "starting", states.starting),
    ("403 IncorrectInstanceStatus", "being-released", states.releasing),
    ("403 InstanceLockedForSecurity", "locked", locked(states.running)),
    ("403 InstanceExpiredOrInArrears", "expired", states.expired),
    ("403 InstanceExpiredOrInArrears", "overdue", locked(states.running, "financial")),
    ("403 OperationDenied.SystemInstanceNotSupport", "managed", blocked("system-managed", states.running)),
    ("500 InternalError", "ordered", faulty(500, "InternalError")),
    (
        "503 LimitedOperation.ServiceUnavailable",
        "ordered",
        faulty(503, "LimitedOperation.ServiceUnavailable"),
    ),
]
_MANY = {"InstanceId.1": "{}"}


def _stop_many(outcome: str, name: str, make: Make, **order: Any) -> Case:
    return Case("7", "StopInstances", outcome, name, make, {**_MANY, **order})


def _running_and_stopped(cloud: Cloud) -> str:
    cloud.stopped()
    return cloud.run()


_STOP = [
    *(Case("7", "StopInstance", outcome, name, make) for outcome, name, make in _UNSTOPPABLE),
    Case("7", "StopInstance", "403 IncorrectInstanceStatus", "pending", states.pending),
    Case("7", "StopInstance", "404 InvalidInstanceId.NotFound", "unknown", states.nothing),
    Case(
        "7",
        "StopInstance",
        "400 DryRunOperation",
        "passed",
        states.running,
        {"InstanceId": "{}", "DryRun": True},
    ),
    *(_stop_many(outcome, name, make) for outcome, name, make in _UNSTOPPABLE),
    _stop_many("400 DRYRUN.SUCCESS", "passed", states.running, DryRun=True),
    _stop_many("403 InstanceNotReady", "pending", states.pending),
    _stop_many("403 Abs.InvalidInstanceIds.MalFormed", "words", states.malformed),
    _stop_many(
        "403 InvalidParameter.TooManyInstanceIds",
        "101-ids",
        states.running,
        **{f"InstanceId.{n}": "{}" for n in range(2, 102)},
    ),
    _stop_many("404 InvalidInstanceIds.NotFound", "unknown", states.nothing),
    _stop_many(
        "404 InvalidInstanceIds.NotFound",
        "one-of-two",
        _running_and_stopped,
        **{"InstanceId.2": states.UNKNOWN},
    ),
    _stop_many("409 InvalidOperation.Conflict", "ordered", faulty(409, "InvalidOperation.Conflict")),
]
CASES = [*_SCHEDULE, *_ATTRIBUTE, *_STOP]
