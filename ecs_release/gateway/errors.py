"""What can go wrong with a call, in the words that callers decide on.

    CloudError                 any of the below; `code` and `request_id` are the API's
    ├── NotFound               the thing is gone, or never was
    ├── Later                  its state forbids the call now; look again and repeat
    ├── Refused                the API says no
    │   └── NoPermission       because of a missing right, or keys it does not know
    ├── Throttled              too many calls, or a passing fault of the service
    ├── Unreachable            no answer: network, endpoint
    │   └── CannotCall         the call was not even made: no credentials, an endpoint without TLS
    └── Malformed              an answer that is not of the documented form, never "gone"

Imports the standard library only, and is imported by everybody above the gateway. The SDK's
exception is chained, never leaked.
"""

import re

LONGEST_TEXT = 300
# A reply to a bad signature repeats what was signed, the session token included; the network's errors
# repeat the address, and with it a token that was to be exchanged.
_SECRET = re.compile(
    r"(?i)((?:security-?token|oidc-?token|accesskey-?id|signature|credential)[\w-]*[=:]\s*)[^\s&,;]+"
)


class CloudError(Exception):
    """A call that did not do what it was to do; one line, with code and request id."""

    advice = ""

    def __init__(
        self,
        code: str,
        message: str,
        request_id: str = "",
        action: str = "",
        *,
        about: str = "",
        status: int = 0,
    ) -> None:
        self.code, self.request_id, self.action, self.status = code, request_id, action, status
        subject = f"{action} of {about}: " if about else f"{action}: " if action else ""
        advice = f"; {self.advice}" if self.advice else ""
        source = ", ".join(part for part in (code, f"request {request_id}" if request_id else "") if part)
        super().__init__(f"{subject}{clean(message)}{advice}" + (f" ({source})" if source else ""))


def clean(text: str) -> str:
    """A text of the cloud or the network in one printable line: cut, without what could be a credential."""
    line = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return _SECRET.sub(r"\1***", line)[:LONGEST_TEXT].rstrip(" .;")


class NotFound(CloudError):
    """The thing named in the call does not exist."""


class Later(CloudError):
    """The thing's state forbids the call now."""

    advice = "repeat it when the state has settled"


class Refused(CloudError):
    """The API refuses the call."""

    advice = "remove the cause, then repeat"


class NoPermission(Refused):
    """The caller has no right to the call."""

    advice = "check the credentials and grant the right, then repeat"


class Throttled(CloudError):
    """Too many calls, or a fault that passes; `retry_after` is in seconds, 0 when not told."""

    advice = "repeat it later"
    retry_after = 0.0


class Unreachable(CloudError):
    """No answer was had."""

    advice = "check the network and the endpoint, then repeat"


class CannotCall(Unreachable):
    """The call could not even be made; repeating it changes nothing."""

    advice = ""


class Malformed(CloudError):
    """The answer is not of the documented form."""

    advice = "see what answers at the endpoint; nothing was concluded from it"
