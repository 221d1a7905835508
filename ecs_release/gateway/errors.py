"""What can go wrong with a call, in the words that callers decide on.

    CloudError                 any of the below; `code` and `request_id` are the API's
    ├── NotFound               the thing is gone, or never was
    ├── Later                  its state forbids the call now; look again and repeat
    ├── Refused                the API says no
    │   └── NoPermission       because of a missing right, or keys it does not know
    ├── Throttled              too many calls, or a passing fault of the service
    ├── Unreachable            no answer: network, endpoint, credentials
    └── Malformed              an answer that is not of the documented form, never "gone"

Imports the standard library only. The SDK's exception is chained, never leaked.
"""

LONGEST_TEXT = 300


class CloudError(Exception):
    """A call that did not do what it was to do; one line, with code and request id."""

    def __init__(self, code: str, message: str, request_id: str = "", action: str = "") -> None:
        self.code, self.request_id, self.action = code, request_id, action
        words = " ".join(message.split())[:LONGEST_TEXT]
        about = ", ".join(
            part for part in (action, code, f"request {request_id}" if request_id else "") if part
        )
        super().__init__(f"{words} ({about})" if about else words)


class NotFound(CloudError):
    """The thing named in the call does not exist."""


class Later(CloudError):
    """The thing's state forbids the call now."""


class Refused(CloudError):
    """The API refuses the call."""


class NoPermission(Refused):
    """The caller has no right to the call."""


class Throttled(CloudError):
    """Too many calls, or a fault that passes; `retry_after` is in seconds, 0 when not told."""

    retry_after = 0.0


class Unreachable(CloudError):
    """No answer was had."""


class Malformed(CloudError):
    """The answer is not of the documented form."""


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
    "DependencyViolation.SLBConfiguring",
    "TaskConflict",
)
_NOT_FOUND = (
    "InvalidInstanceId.NotFound",
    "InvalidInstanceIds.NotFound",
    "InvalidDiskId.NotFound",
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
    "InvalidCredentials",
)


def family_of(code: str) -> type[CloudError]:
    """The class of an API code; by prefix, because the statuses differ between actions."""
    families: tuple[tuple[type[CloudError], tuple[str, ...]], ...] = (
        (Throttled, _TRANSIENT),
        (Later, _LATER),
        (NotFound, _NOT_FOUND),
        (NoPermission, _NO_PERMISSION),
    )
    for family, codes in families:
        if code.startswith(codes):
            return family
    return Refused if code else Malformed
