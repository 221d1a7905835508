"""A declared schedule as the state keeps it, and back: the edge where it is checked.

Imports the domain and `records`. Words and not numbers or nulls, because those do not survive the engine.
"""

from collections.abc import Mapping
from datetime import time
from typing import Any

from ecs_release.domain.schedule import DAYS, Daily, Schedule, parse_span, span, zone_of
from ecs_release.runner.records import UnreadableRecord, minute, parse_minute

# What stands in the inputs only where it is declared.
OPTIONAL = ("after", "daily", "zone", "max_lifetime", "renewal")


def schedule_words(schedule: Schedule) -> dict[str, str]:
    """A schedule as inputs of a resource: `at` always, the rest where it is declared."""
    words = {"at": minute(schedule.at)}
    if schedule.after is not None:
        words["after"] = span(schedule.after)
    if schedule.daily is not None:
        words["daily"] = str(schedule.daily)
    if schedule.zone != "UTC":
        words["zone"] = schedule.zone
    if schedule.max_lifetime is not None:
        words["max_lifetime"] = span(schedule.max_lifetime)
    return words


def parse_schedule(stored: Mapping[str, Any]) -> Schedule:
    """The schedule in stored inputs or outputs; raises UnreadableRecord, naming the key."""
    # It is always there, as a time or "none": without it every release time would be cancelled.
    if "at" not in stored:
        raise UnreadableRecord(f"the schedule of {stored.get('group')}: at: missing")
    zone = _read("zone", stored, lambda text: zone_of(text) and text) or "UTC"
    return Schedule(
        at=_read("at", stored, parse_minute),
        after=_read("after", stored, parse_span),
        daily=_read("daily", stored, lambda text: _daily(text, zone)),
        zone=zone,
        max_lifetime=_read("max_lifetime", stored, parse_span),
    )


def _read(key: str, stored: Mapping[str, Any], parse: Any) -> Any:
    text = stored.get(key)
    if text is None:
        return None
    try:
        return parse(str(text))
    except ValueError as error:
        raise UnreadableRecord(f"the schedule of {stored.get('group')}: {key}: {error}") from None


def _daily(text: str, zone: str) -> Daily:
    clock, _, days = text.partition(" ")
    return Daily(time.fromisoformat(clock), zone, frozenset(DAYS.index(day) for day in days.split(",")))
