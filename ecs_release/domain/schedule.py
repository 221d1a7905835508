"""When a group ends by itself: what is declared, which minute that is for a member, how it reads.

Pure: imports the standard library and the facts only. `now` is an argument. Local times follow
RFC 5545: one that does not exist is read with the offset before the gap, so it falls as much later
(02:30 becomes 03:30); of one that exists twice the first is meant.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from ecs_release.domain.facts import InstanceFacts

# Of ModifyInstanceAutoReleaseTime, for a time about to be set.
SHORTEST, LONGEST = timedelta(minutes=30), timedelta(days=3 * 365)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NEVER = "none"
_SPAN = re.compile(r"(?:([0-9]{1,5})d)?(?:([0-9]{1,6})h)?(?:([0-9]{1,8})m)?")
_OFFSET = re.compile(r"([+-])([0-9]{2}):([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Daily:
    """A time of day in an IANA zone, on some days of the week (0 is Monday)."""

    clock: time
    zone: str
    days: frozenset[int] = frozenset(range(7))

    def __str__(self) -> str:
        return f"{self.clock:%H:%M} {','.join(DAYS[day] for day in sorted(self.days))}"


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is declared about the release time of a group's members; at most one of the first three.

    `zone` is the owner's, an IANA name or an offset, for times in texts. `max_lifetime` bounds
    every release time from its member's creation on.
    """

    at: datetime | None = None
    after: timedelta | None = None
    daily: Daily | None = None
    zone: str = "UTC"
    max_lifetime: timedelta | None = None

    @property
    def is_timed(self) -> bool:
        """Whether any release time is declared."""
        return self.at is not None or self.repeats

    @property
    def repeats(self) -> bool:
        """Whether what has been released is made anew and armed again."""
        return self.after is not None or self.daily is not None

    def __str__(self) -> str:
        if self.after is not None:
            return f"{span(self.after)} after its creation"
        if self.daily is not None:
            return f"daily {self.daily} {self.zone}"
        return self.shown(self.at)

    def shown(self, when: datetime | None) -> str:
        """A time in the owner's zone, with its offset; "none" for none."""
        return NEVER if when is None else in_zone(when, self.zone)


def parse_span(text: str) -> timedelta:
    """A duration like 8h, 90m or 1d12h; raises ValueError."""
    found = _SPAN.fullmatch(text)
    if not text or found is None:
        raise ValueError(f"{text!r} is no duration like 8h, 90m or 1d12h")
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def span(length: timedelta) -> str:
    """A duration as `parse_span` reads it, in whole minutes."""
    minutes = int(length.total_seconds()) // 60
    parts = ((minutes // 1440, "d"), (minutes % 1440 // 60, "h"), (minutes % 60, "m"))
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0m"


def zone_of(name: str) -> tzinfo:
    """The zone of an IANA name or an offset like +08:00; raises ValueError."""
    offset = _OFFSET.fullmatch(name)
    if offset:
        sign, hours, minutes = offset.groups()
        return timezone((1 if sign == "+" else -1) * timedelta(hours=int(hours), minutes=int(minutes)))
    try:
        return ZoneInfo(name)
    except (OSError, LookupError, ValueError) as error:
        raise ValueError(f"{name!r} is no IANA zone like Europe/Berlin") from error


def in_zone(when: datetime, zone: str) -> str:
    """A time as its owner reads it: 2027-03-28T20:00+02:00 Europe/Berlin."""
    local = when.astimezone(zone_of(zone))
    minutes = local.strftime("%Y-%m-%dT%H:%M")
    if zone == "UTC":
        return f"{minutes}Z"
    offset = local.strftime("%z")
    name = "" if _OFFSET.fullmatch(zone) else f" {zone}"
    return f"{minutes}{offset[:3]}:{offset[3:5]}{name}"


def moment(day: date, clock: time, zone: str) -> datetime:
    """A local time of a day as UTC, by the rule of RFC 5545 (fold 0)."""
    return datetime.combine(day, clock.replace(fold=0), zone_of(zone)).astimezone(UTC)


def occurrences(daily: Daily, since: datetime) -> Iterator[datetime]:
    """The times of a daily schedule that are not before `since`, without end."""
    # A day early: a time of yesterday that does not exist can fall into today.
    day = since.astimezone(zone_of(daily.zone)).date() - timedelta(days=1)
    while True:
        if day.weekday() in daily.days and (when := moment(day, daily.clock, daily.zone)) >= since:
            yield when
        day += timedelta(days=1)


def wanted(schedule: Schedule, facts: InstanceFacts, now: datetime) -> datetime | None:
    """The release time that a member should have; None for none.

    Of a daily schedule the next time that can still be set, unless the one before is armed already.
    """
    if schedule.daily is not None:
        coming = next(occurrences(schedule.daily, now))
        fits = next(occurrences(schedule.daily, now + SHORTEST))
        return coming if facts.auto_release_at == coming else fits
    if schedule.after is not None:
        created = facts.created_at
        return created + schedule.after if created else None
    return schedule.at


def skipped(schedule: Schedule, facts: InstanceFacts, now: datetime) -> datetime | None:
    """The time of a daily schedule that is too near to be set on a member, None when there is none."""
    if schedule.daily is None:
        return None
    coming = next(occurrences(schedule.daily, now))
    return None if wanted(schedule, facts, now) == coming else coming


def has_not_fired(schedule: Schedule, facts: InstanceFacts, now: datetime) -> bool:
    """Whether a member that is still there, seen after `now`, should have been released by then."""
    armed = facts.auto_release_at
    due = armed if schedule.daily is not None else wanted(schedule, facts, now)
    # Moved on by hand is another matter: then the cloud will still release it.
    return due is not None and due <= now and (armed is None or armed <= now)


def obstacle(schedule: Schedule, facts: InstanceFacts, now: datetime) -> str:
    """Why the wanted time cannot be set on a member, "" when it can or is armed already."""
    when = wanted(schedule, facts, now)
    if schedule.after is not None and facts.created_at is None:
        return "the cloud does not tell when it was created"
    if when is None or when == facts.auto_release_at:
        return ""
    shown = schedule.shown(when)
    if when <= now:
        return f"{shown} has passed"
    if when < now + SHORTEST:
        return f"{shown} is less than 30 minutes ahead"
    if when > now + LONGEST:
        return f"{shown} is more than 3 years ahead"
    return _too_long(schedule, facts, when)


def _too_long(schedule: Schedule, facts: InstanceFacts, when: datetime) -> str:
    longest, created = schedule.max_lifetime, facts.created_at
    if longest is None or created is None or when <= created + longest:
        return ""
    return (
        f"{schedule.shown(when)} is later than max_lifetime {span(longest)} after its creation allows,"
        f" {schedule.shown(created + longest)}"
    )
