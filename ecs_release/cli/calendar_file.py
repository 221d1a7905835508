"""The calendar as iCalendar (RFC 5545). Imports icalendar and the domain."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar

from ecs_release.domain.calendar import End, Line
from ecs_release.domain.schedule import DAYS, in_zone, occurrences

LENGTH = timedelta(minutes=15)
WARNING = timedelta(hours=-1)
YEAR, YEARS_OF_RULES = timedelta(days=366), 5


def calendar_file(project: str, lines: Sequence[Line], now: datetime) -> str:
    """All ends as events with an alarm an hour before; a daily one as one event that comes again."""
    made = icalendar.Calendar()
    made.add("prodid", "-//ecs-release//calendar//EN")
    made.add("version", "2.0")
    made.add("name", f"{project}: releases")
    made.add("x-wr-calname", f"{project}: releases")
    for line in lines:
        for event in _events(project, line, now):
            made.add_component(event)
    # The rules of some years suffice, and the file stays small.
    made.add_missing_timezones((now - YEAR).date(), (now + YEARS_OF_RULES * YEAR).date())
    return str(made.to_ical(), "utf-8")


def _events(project: str, line: Line, now: datetime) -> Iterator[icalendar.Event]:
    if line.daily is not None:
        first = next(occurrences(line.daily, now))
        event = _event(f"{project}-{line.name}-daily", line, line.count, first, now)
        days = [DAYS[day][:2].upper() for day in sorted(line.daily.days)]
        event.add("rrule", {"freq": "weekly", "byday": days})
        yield event
        return
    for end in line.ends:
        # Named by a member and not by the time, so that a moved end moves in the owner's calendar too.
        yield _event(f"{project}-{line.name}-{_who(end, line)}", line, len(end.members), end.when, now, end)


def _who(end: End, line: Line) -> str:
    return end.members[0] if end.members else line.group


def _event(
    name: str, line: Line, count: int, when: datetime, now: datetime, end: End | None = None
) -> icalendar.Event:
    expires = end is not None and end.expires
    what = f"{count} instance{'' if count == 1 else 's'}"
    verb = "expire" if expires else "are released" if count != 1 else "is released"
    event = icalendar.Event()
    event.add("uid", f"{name.replace('/', '-')}@ecs-release")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", _local(when, line.zone))
    event.add("duration", LENGTH)
    event.add("summary", f"{line.name}: {what} {verb}")
    event.add("description", _description(line, end, when))
    # It takes nobody's time: what ends is a machine.
    event.add("transp", "TRANSPARENT")
    event.add_component(_alarm(f"{line.name}: {what} {verb} in an hour"))
    return event


def _local(when: datetime, zone: str) -> datetime:
    # An offset is no zone that a calendar knows.
    return when.astimezone(ZoneInfo(zone)) if zone[:1].isalpha() and zone != "UTC" else when.astimezone(UTC)


def _alarm(words: str) -> icalendar.Alarm:
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", WARNING)
    return alarm


def _description(line: Line, end: End | None, when: datetime) -> str:
    lines = [f"{', '.join(end.members)}, {end.source.value}, {in_zone(when, line.zone)}"] if end else []
    lines.append(f"ends: {line.how}")
    lines.append(
        "The cloud releases them by itself, protected or not, with the disks that are flagged to go."
    )
    lines.append(f"later: ecs-release extend --group {line.group} --by 2h --stack {line.stack}")
    lines.append(f"not at all: ecs-release cancel --group {line.group} --stack {line.stack}")
    return "\n".join([*lines, line.note] if line.note else lines)
