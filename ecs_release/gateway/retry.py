"""Which errors pass by themselves, and how long to wait for that: a predicate and two numbers.

Imports tenacity and the gateway's errors. Table-tested; knows no call and no client.
"""

from collections.abc import Callable

from tenacity import RetryCallState, wait_random_exponential

from ecs_release.gateway.errors import (
    CannotCall,
    CloudError,
    Later,
    NoPermission,
    NotFound,
    Refused,
    Throttled,
    Unreachable,
)

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 15.0

_TRANSIENT = (
    "Throttling",
    "ServiceUnavailable",
    "LimitedOperation.ServiceUnavailable",
    "InternalError",
    "InvalidOperation.Conflict",
    "IdempotentProcessing",
    "LastTokenProcessing",
)
_LATER = (
    "IncorrectInstanceStatus",
    "IncorrectDiskStatus",
    "IncorrectEipStatus",
    "InstanceNotReady",
    "DependencyViolation.SLBConfiguring",
    "TaskConflict",
)
_NOT_FOUND = (
    "InvalidInstanceId.NotFound",
    "InvalidInstanceIds.NotFound",
    "InvalidDiskId.NotFound",
    "InvalidDiskIds.NotFound",
    "InvalidSnapshotId.NotFound",
    "InvalidImageId.NotFound",
    "InvalidAllocationId.NotFound",
    "InvalidEniId.NotFound",
    "InvalidSecurityGroupId.NotFound",
    # The documentation spells these two in both ways.
    "InvalidVSwitchId.NotFound",
    "InvalidVswitchID.NotFound",
    "InvalidVpcId.NotFound",
    "InvalidVpcID.NotFound",
    "InvalidResourceId.NotFound",
    "NoSuchResource",
    "ResourceNotExists",
)
_NO_PERMISSION = (
    "Forbidden",
    "NoPermission",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "InvalidSecurityToken",
    "InvalidUser.Unauthorized",
)
# In this order: a code that passes by itself is never taken for a final one.
_FAMILIES: tuple[tuple[type[CloudError], tuple[str, ...]], ...] = (
    (Throttled, _TRANSIENT),
    (Later, _LATER),
    (NotFound, _NOT_FOUND),
    (NoPermission, _NO_PERMISSION),
)
SAME_TOKEN = ("IdempotentProcessing", "LastTokenProcessing")


def family_of(code: str, status: int = 0) -> type[CloudError]:
    """The class of an API code; by prefix, because the statuses differ between actions."""
    for family, codes in _FAMILIES:
        if code.startswith(codes):
            return family
    # DeleteInstances answers a bad parameter with 500; other unknown faults of the service pass.
    return Throttled if status >= 500 and not code.startswith("Invalid") else Refused


def is_transient(error: BaseException) -> bool:
    """Whether the same call may succeed a little later, with nothing changed."""
    return isinstance(error, Throttled | Unreachable) and not isinstance(error, CannotCall)


def keeps_token(error: CloudError) -> bool:
    """Whether the cloud may have accepted the call, so that a repetition must be known as one."""
    return isinstance(error, Unreachable) or error.code.startswith(SAME_TOKEN)


def pause(state: RetryCallState) -> float:
    """Full jitter, or what the cloud asked for."""
    error = state.outcome.exception() if state.outcome else None
    jitter = wait_random_exponential(multiplier=FIRST_PAUSE_SECONDS, max=LONGEST_PAUSE_SECONDS)(state)
    return max(jitter, float(getattr(error, "retry_after", 0.0)))


def stop_at(ends_at: float, clock: Callable[[], float]) -> Callable[[RetryCallState], bool]:
    """Stops when the next attempt would begin after `ends_at`."""
    return lambda state: clock() + state.upcoming_sleep >= ends_at
