"""When the groups of a project end by themselves, as far ahead as somebody looks.

Pure: imports the standard library and the domain only. `now` is an argument.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import takewhile

from ecs_release.domain.facts import Charge, InstanceFacts
from ecs_release.domain.schedule import Daily, Schedule, occurrences

FOREVER = "never by itself"


class Source(StrEnum):
    """How an end is known."""

    CLOUD = "in the cloud"
    DECLARED = "declared"


@dataclass(frozen=True, slots=True)
class End:
    """Members that end at one time; `expires` is a subscription that the cloud stops then."""

    when: datetime
    members: tuple[str, ...]
    source: Source
    expires: bool = False


@dataclass(frozen=True, slots=True)
class Declared:
    """One group as a stack's file declares it."""

    stack: str
    group: str
    members: tuple[str, ...]
    schedule: Schedule = field(default_factory=Schedule)
    at_expiry: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One group of one stack on the calendar; `ends` are in order, `note` says what is not known."""

    stack: str
    group: str
    count: int
    how: str
    zone: str = "UTC"
    ends: tuple[End, ...] = ()
    # Comes again as long as somebody runs `up --refresh`.
    daily: Daily | None = None
    note: str = ""

    @property
    def name(self) -> str:
        """The group with its stack."""
        return f"{self.stack}/{self.group}"

    @property
    def first(self) -> datetime | None:
        """The first end, None without one."""
        return self.ends[0].when if self.ends else None


def calendar_line(
    declared: Declared, seen: Mapping[str, InstanceFacts] | None, now: datetime, horizon: timedelta
) -> Line:
    """A group on the calendar; `seen` maps members to facts, None where the cloud was not asked."""
    ends = [*_declared_ends(declared, seen, now, horizon), *_seen_ends(seen or {}, now)]
    return Line(
        declared.stack,
        declared.group,
        len(declared.members) if seen is None else len(seen),
        _how(declared, seen),
        declared.schedule.zone,
        tuple(sorted(ends, key=lambda end: (end.when, end.members))),
        declared.schedule.daily,
        _note(declared, seen, now),
    )


def in_order(lines: Sequence[Line]) -> list[Line]:
    """What ends first comes first; what never ends comes last."""
    return sorted(lines, key=lambda line: (line.first is None, line.first or datetime.max, line.name))


def _how(declared: Declared, seen: Mapping[str, InstanceFacts] | None) -> str:
    if declared.at_expiry:
        return "at its expiry, not renewed"
    if declared.schedule.is_timed:
        schedule = declared.schedule
        return str(schedule) if schedule.repeats else f"at {schedule}"
    expires = any(facts.charge is Charge.SUBSCRIPTION for facts in (seen or {}).values())
    return "nothing declared, the subscription expires" if expires else FOREVER


def _note(declared: Declared, seen: Mapping[str, InstanceFacts] | None, now: datetime) -> str:
    at = declared.schedule.at
    if at is not None and at <= now:
        return (
            "released as planned"
            if not seen
            else f"its time has passed, and {', '.join(seen)} are still there"
        )
    if seen is None:
        return ""
    armed = {facts.auto_release_at for facts in seen.values()}
    # What somebody set by hand shows as an end, and this says why it is no declared one.
    if armed - {None} and not declared.schedule.is_timed:
        return "armed by hand, declared nowhere"
    if None in armed and declared.schedule.is_timed:
        return "declared but not armed on all members: run `pulumi up`"
    return ""


def _declared_ends(
    declared: Declared, seen: Mapping[str, InstanceFacts] | None, now: datetime, horizon: timedelta
) -> Iterator[End]:
    schedule, until = declared.schedule, now + horizon
    if schedule.at is not None and schedule.at > now and not seen:
        yield End(schedule.at, declared.members, Source.DECLARED)
    if schedule.daily is not None:
        armed = {facts.auto_release_at for facts in (seen or {}).values()}
        for when in takewhile(lambda each: each <= until, occurrences(schedule.daily, now)):
            if when not in armed:
                yield End(when, declared.members, Source.DECLARED)


def _seen_ends(seen: Mapping[str, InstanceFacts], now: datetime) -> Iterator[End]:
    together: defaultdict[tuple[datetime, bool], list[str]] = defaultdict(list)
    for member, facts in seen.items():
        when = facts.auto_release_at or facts.expires_at
        if when is not None and when > now:
            together[when, facts.auto_release_at is None].append(member)
    for (when, expires), members in together.items():
        yield End(when, tuple(members), Source.CLOUD, expires)


def renewed(line: Line) -> Line:
    """The line of a group whose subscriptions are renewed by themselves, and so do not end."""
    ends = tuple(end for end in line.ends if not end.expires)
    return replace(line, ends=ends, note=line.note or "renewed by itself at each expiry")
