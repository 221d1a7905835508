"""Who is told of what is done to the instances, and where it is recorded.

Imports pydantic, `fields` and `parts`; imported by `schema`.
"""

import ipaddress
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, model_validator

from stacks.fields import not_allowed
from stacks.parts import Closed, option

ALARM_ALLOWED = (
    "an https:// address without a user in it; http:// on this machine only, like http://127.0.0.1:9000"
)
AUDIT_ALLOWED = "{alarm, trail}, at least one of them"
TRAIL_ALLOWED = "{oss_bucket, sls_project}, exactly one of them"


def check_alarm(text: str) -> str:
    """What an alarm tells is nobody else's business on the way, and no credentials belong into a state."""
    try:
        address = urlsplit(text)
        host, _ = address.hostname or "", address.port
    except ValueError:
        raise not_allowed(ALARM_ALLOWED) from None
    is_safe = address.scheme == "https" or (address.scheme == "http" and _is_loopback(host))
    if not host or not is_safe or "@" in address.netloc or not text.isprintable() or " " in text:
        raise not_allowed(ALARM_ALLOWED)
    return text


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


Alarm = Annotated[str, AfterValidator(check_alarm)]


class Trail(Closed):
    """An ActionTrail trail, which keeps the calls for longer than ActionTrail itself does."""

    oss_bucket: str | None = option(
        "Bucket that gets the calls, and bills for keeping them. It has to exist, and is never deleted.",
        "the name of a bucket: 3 to 63 lower-case letters, digits and dashes",
        None,
        pattern="^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$",
    )
    sls_project: str | None = option(
        "Project of the log service that gets the calls, and bills. It has to exist, and is never deleted.",
        "an ARN like acs:log:cn-hangzhou:1234567890123456:project/calls",
        None,
        pattern="^acs:log:[a-z0-9-]+:[0-9]+:project/[a-z0-9-]+$",
    )

    @model_validator(mode="after")
    def check_one(self) -> Self:
        """One place, because a trail without any records nothing."""
        if (self.oss_bucket is None) is (self.sls_project is None):
            raise not_allowed(TRAIL_ALLOWED)
        return self


class Audit(Closed):
    """Alarms about the instances' ends, and the record of them."""

    alarm: Alarm | None = option(
        "Address that gets every call that releases, refunds, unprotects or reschedules an instance, at once."
        " Left out: no alarm. It stands in the state as it is here.",
        ALARM_ALLOWED,
        None,
    )
    trail: Trail | None = option(
        "Keeps every call of the account that changes something, of all regions. Left out: for 90 days only.",
        TRAIL_ALLOWED,
        None,
    )

    @model_validator(mode="after")
    def check_any(self) -> Self:
        """An audit of nothing is a mistake."""
        if self.alarm is None and self.trail is None:
            raise not_allowed(AUDIT_ALLOWED)
        return self
