"""The rules of a declared release time, shared by the checks of Sweep and ReleaseSchedule.

Imports the domain and runner's records; the clock is an argument.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ecs_release.domain.schedule import LONGEST, SHORTEST, span
from ecs_release.runner.records import NO_TIME, minute, parse_minute, stored_minute
from ecs_release.runner.schedules import parse_schedule


def clock_of(properties: Mapping[str, Any]) -> datetime:
    """The program's clock where it was set (`now`), else this machine's."""
    return stored_minute(properties, "now") or datetime.now(UTC)


def time_problem(olds: Mapping[str, Any], news: Mapping[str, Any], now: datetime) -> str:
    """Why a release time about to be set cannot be, "" when it can or is armed already."""
    text = news.get("at", NO_TIME)
    # In its last 30 minutes an armed time can no longer be set, but `up` must still work.
    if text == NO_TIME or (olds and olds.get("at") == text):
        return ""
    try:
        at = parse_minute(str(text))
    except ValueError:
        return f"schedule.at: {text!r} is no minute in UTC; write it as 2030-12-31T10:00Z"
    # A member is created now at the earliest, or was before.
    longest = min(LONGEST, parse_schedule(news).max_lifetime or LONGEST)
    if at is None or now + SHORTEST <= at <= now + longest:
        return ""
    limit = "3 years ahead" if longest == LONGEST else f"max_lifetime, {span(longest)}, ahead"
    earliest, latest = minute(now + SHORTEST + timedelta(minutes=1)), minute(now + longest)
    return (
        f"groups.{news.get('group')}.release.schedule.at: {minute(at)} cannot be set at {minute(now)};"
        f" allowed is {earliest} to {latest} (30 minutes to {limit})"
    )
