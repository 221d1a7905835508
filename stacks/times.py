"""Times, zones and durations of an environment, and what each may be.

Imports pydantic, the domain and `fields`; imported by `schedule`, `schema` and `load`.
"""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from ecs_release.domain.schedule import moment, parse_span, zone_of
from stacks.fields import not_allowed

TIME_ALLOWED = 'a quoted time in whole minutes with its offset: "2026-12-31T18:00:00+08:00" or "...T10:00Z"'
SECONDS_ALLOWED = "a release time has whole minutes: seconds must be 00"
ZONE_ALLOWED = "an IANA zone like Europe/Berlin"
SPAN_ALLOWED = "a quoted duration in days, hours and minutes like 8h, 90m or 1d12h"
CLOCK_ALLOWED = 'a quoted time of day, "00:00" to "23:59"'

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)")
_LOCAL_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:00)?")
_UNQUOTED = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? ([+-]\d\d)(\d\d) \S+")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def parse_time(value: Any) -> datetime:
    """An ISO time with an offset as UTC; a time that YAML has rewritten gets an error of its own."""
    return _with_offset(value).astimezone(UTC)


def parse_release_time(value: Any, zone: str | None) -> datetime:
    """A whole minute in the zone given, else in its own offset; without an offset it is of that zone."""
    if zone is not None and isinstance(value, str) and _LOCAL_TIME.fullmatch(value):
        when = _in_zone(value, zone)
    else:
        when = _with_offset(value)
    # The API cuts the seconds off, so a release time with seconds would not be the declared one.
    if when.second or when.microsecond:
        raise not_allowed(SECONDS_ALLOWED)
    return _shown_in(when, zone) if zone else when


def _shown_in(when: datetime, zone: str) -> datetime:
    try:
        return when.astimezone(zone_of(zone))
    # At either end of the calendar a zone can lie beyond it.
    except (ValueError, OverflowError):
        raise not_allowed(TIME_ALLOWED) from None


def _with_offset(value: Any) -> datetime:
    # A program of one's own may hand over a time instead of text.
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value
    text = value if isinstance(value, str) else ""
    # The CLI's YAML turns a bare time into this form before any code of ours sees it.
    unquoted = _UNQUOTED.fullmatch(text)
    if unquoted:
        day, clock, hours, minutes = unquoted.groups()
        raise not_allowed(
            f'quote the time: without quotes YAML rewrites it; "{day}T{clock}{hours}:{minutes}"'
        )
    if not _TIME.fullmatch(text):
        raise not_allowed(TIME_ALLOWED)
    try:
        when = datetime.fromisoformat(text)
        # What UTC cannot hold no reader of ours could compare.
        when.astimezone(UTC)
    except (ValueError, OverflowError):
        raise not_allowed(TIME_ALLOWED) from None
    return when


def _in_zone(text: str, zone: str) -> datetime:
    try:
        local = datetime.fromisoformat(text)
        return moment(local.date(), local.time(), zone)
    except (ValueError, OverflowError):
        raise not_allowed(TIME_ALLOWED) from None


def parse_zone(value: Any) -> str:
    """The name of an IANA zone."""
    # An offset is no zone: it has no summer.
    if not isinstance(value, str) or not value[:1].isalpha():
        raise not_allowed(ZONE_ALLOWED)
    try:
        zone_of(value)
    except ValueError:
        raise not_allowed(ZONE_ALLOWED) from None
    return value


def parse_duration(value: Any) -> timedelta:
    """A duration like 8h or 1d12h."""
    if isinstance(value, timedelta):
        return value
    try:
        return parse_span(value if isinstance(value, str) else "")
    except (ValueError, OverflowError):
        raise not_allowed(SPAN_ALLOWED) from None


def parse_clock(value: Any) -> time:
    """A time of day; one that YAML has read as a number of minutes gets an error of its own."""
    if isinstance(value, time):
        return value
    if isinstance(value, str) and _CLOCK.fullmatch(value):
        return time.fromisoformat(value)
    # Old YAML counts by sixties where quotes are missing: 20:00 is 1200 there.
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 24 * 60:
        hours, minutes = divmod(value, 60)
        raise not_allowed(
            f'quote the time of day: without quotes YAML makes a number of it; "{hours:02}:{minutes:02}"'
        )
    raise not_allowed(CLOCK_ALLOWED)


Zone = Annotated[str, BeforeValidator(parse_zone)]
Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
Clock = Annotated[time, BeforeValidator(parse_clock)]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
