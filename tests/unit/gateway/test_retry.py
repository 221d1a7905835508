"""What an API code means, and which errors pass by themselves."""

import pytest

from ecs_release.gateway import errors
from ecs_release.gateway.errors import (
    CannotCall,
    CloudError,
    Later,
    Malformed,
    NoPermission,
    NotFound,
    Refused,
    Unreachable,
)
from ecs_release.gateway.errors import Throttled as Passing
from ecs_release.gateway.retry import family_of, is_transient, keeps_token

CODES: list[tuple[int, str, type[CloudError], str]] = [
    (400, "Throttling", Passing, "throttling comes with 400"),
    (403, "Throttling", Passing, "and with 403"),
    (429, "Throttling.User", Passing, "and with 429, with a suffix"),
    (400, "Throttling.Api", Passing, "any suffix"),
    (503, "ServiceUnavailable", Passing, "temporary"),
    (503, "LimitedOperation.ServiceUnavailable", Passing, "temporary"),
    (500, "InternalError", Passing, "the documented unknown failure"),
    (500, "UnknownError", Passing, "an unknown fault of the service"),
    (409, "InvalidOperation.Conflict", Passing, "clashes with an earlier request"),
    (403, "IdempotentProcessing", Passing, "the first request still runs"),
    (403, "IncorrectInstanceStatus", Later, "starting or stopping"),
    (403, "IncorrectInstanceStatus.Initializing", Later, "still being created"),
    (400, "DependencyViolation.SLBConfiguring", Later, "ends by itself"),
    (403, "IncorrectDiskStatus.CreatingSnapshot", Later, "ends by itself"),
    (400, "TaskConflict.Anything", Later, "ends by itself"),
    (404, "InvalidInstanceId.NotFound", NotFound, "gone"),
    (404, "InvalidInstanceIds.NotFound", NotFound, "gone, in a batch"),
    (404, "NoSuchResource", NotFound, "gone, for a release time"),
    (404, "InvalidDiskId.NotFound", NotFound, "gone"),
    (403, "Forbidden", NoPermission, "older name"),
    (403, "Forbidden.RAM", NoPermission, "a missing right"),
    (400, "NoPermission.Refund", NoPermission, "a missing right"),
    (404, "InvalidAccessKeyId.NotFound", NoPermission, "an unknown key is not an unknown instance"),
    (403, "InvalidOperation.DeletionProtection", Refused, "protected"),
    (403, "ChargeTypeViolation", Refused, "a live subscription"),
    (400, "DependencyViolation.RouteEntry", Refused, "a route must go first"),
    (403, "InstanceLockedForSecurity", Refused, "locked"),
    (400, "InvalidAction.NotFound", Refused, "an unknown action is not an unknown instance"),
    (404, "InvalidStatus.NotFound", Refused, "a bad filter value"),
    (400, "DryRunOperation", Refused, "the pass mark of a dry run"),
    (500, "InvalidParameter", Refused, "a bad parameter, answered with 500"),
    (418, "NeverHeardOf", Refused, "an unknown code with 4xx"),
]


@pytest.mark.parametrize(("status", "code", "family", "reason"), CODES)
def test_a_code_has_one_meaning(status: int, code: str, family: type[CloudError], reason: str) -> None:
    assert family_of(code, status) is family, reason


@pytest.mark.parametrize(
    ("family", "passes"),
    [
        (Passing, True),
        (Unreachable, True),
        (CannotCall, False),
        (Malformed, False),
        (Refused, False),
        (NoPermission, False),
        (NotFound, False),
        (Later, False),
    ],
)
def test_only_what_passes_by_itself_is_repeated(family: type[CloudError], passes: bool) -> None:
    assert is_transient(family("Code", "text")) is passes


def test_every_error_class_is_in_the_drawn_tree() -> None:
    drawn = errors.__doc__ or ""
    classes = [value for value in vars(errors).values() if isinstance(value, type)]
    assert [found.__name__ for found in classes if found.__name__ not in drawn] == []


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        (Unreachable("", "reply lost"), True),
        (Passing("IdempotentProcessing", "the first still runs"), True),
        (Passing("Throttling.User", "slow down"), False),
        (Passing("InternalError", "oops"), False),
    ],
)
def test_the_token_is_kept_when_the_call_may_have_been_accepted(error: CloudError, kept: bool) -> None:
    assert keeps_token(error) is kept
