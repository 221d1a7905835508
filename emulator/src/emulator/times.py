"""Times as the API writes and reads them; inside the emulator a time is seconds since the epoch.

Imports errors only.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime
from email.utils import formatdate
from functools import lru_cache

MINUTE = 60.0
HOUR = 3600.0
DAY = 86400.0

# What the API shows as the expiry of an instance that never expires.
NEVER_EXPIRES = "2099-12-31T15:59Z"

_API_TIME = re.compile(
    r"^([0-9]{4})-([0-9][0-9])-([0-9][0-9])T([0-9][0-9]):([0-9][0-9])(?::([0-9][0-9]))?Z\Z"
)
_DURATION = re.compile(
    r"^P(?:([0-9]+)W)?(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:\.[0-9]+)?)S)?)?\Z"
)


def to_minute(moment: float) -> str:
    """Write a moment with minute precision, as Describe calls do."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%MZ")


def to_second(moment: float) -> str:
    """Write a moment with second precision, as the billing and VPC calls do."""
    return _second(moment // 1)


# Every request is logged with its second, which many share.
@lru_cache(maxsize=256)
def _second(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def to_http_date(moment: float) -> str:
    """Write a moment as the HTTP Date header does."""
    return _http_date(moment // 1)


@lru_cache(maxsize=16)
def _http_date(second: float) -> str:
    return formatdate(second, usegmt=True)


def from_api(text: str) -> float:
    """Read `yyyy-MM-ddTHH:mmZ` or `yyyy-MM-ddTHH:mm:ssZ`; ValueError for anything else."""
    match = _API_TIME.match(text)
    if match is None:
        raise ValueError(f"{text!r} is not a UTC time like 2026-12-31T10:00:00Z")
    parts = [int(part or 0) for part in match.groups()]
    return datetime(*parts[:6], tzinfo=UTC).timestamp()  # type: ignore[misc,arg-type]


def add_months(moment: float, count: int) -> float:
    """Add calendar months; one that is too short ends on its last day."""
    start = datetime.fromtimestamp(moment, UTC)
    months = start.year * 12 + start.month - 1 + count
    year, month = months // 12, months % 12 + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    return start.replace(year=year, month=month, day=day).timestamp()


def cut_to_minute(moment: float) -> float:
    """Drop the seconds of a moment."""
    return moment - moment % MINUTE


def from_duration(text: str) -> float:
    """Read an ISO 8601 duration of weeks, days, hours, minutes and seconds; ValueError for anything else."""
    match = _DURATION.match(text)
    if match is None or not any(match.groups()):
        raise ValueError(f"{text!r} is not an ISO 8601 duration like PT1H30M or P15D")
    units = (7 * DAY, DAY, HOUR, MINUTE, 1.0)
    return sum(float(count or 0) * unit for count, unit in zip(match.groups(), units, strict=True))
