"""Release times moved in a hurry: what they become, what forbids it, and what has to be declared then.

Pure: imports the standard library and the domain only.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ecs_release.domain.facts import InstanceFacts
from ecs_release.domain.schedule import DAYS, Daily, Schedule, moment, obstacle, span, wanted, zone_of


@dataclass(frozen=True, slots=True)
class Change:
    """The release time of one member before and after; `refusal` says why it must not be set."""

    member: str
    facts: InstanceFacts
    after: datetime | None
    refusal: str = ""

    @property
    def before(self) -> datetime | None:
        """The time that is armed now."""
        return self.facts.auto_release_at


def extended(
    members: Mapping[str, InstanceFacts], schedule: Schedule, by: timedelta, now: datetime
) -> tuple[Change, ...]:
    """The armed members, each released later by the given time."""
    return tuple(_extended(member, facts, schedule, by, now) for member, facts in _armed(members))


def _extended(member: str, facts: InstanceFacts, schedule: Schedule, by: timedelta, now: datetime) -> Change:
    armed = facts.auto_release_at or now
    after = armed + by
    # What is due goes any moment, and a call that comes too late would only seem to have saved it.
    if armed <= now:
        return Change(member, facts, after, f"{schedule.shown(armed)} has passed; the cloud may release it")
    bounds = Schedule(at=after, zone=schedule.zone, max_lifetime=schedule.max_lifetime)
    return Change(member, facts, after, obstacle(bounds, facts, now))


def cancelled(members: Mapping[str, InstanceFacts], schedule: Schedule) -> tuple[Change, ...]:
    """The armed members, each without a release time; refused where every life is bounded."""
    longest = schedule.max_lifetime
    why = (
        ""
        if longest is None
        else f"max_lifetime {span(longest)} bounds its life, and nothing else would end it"
    )
    return tuple(Change(member, facts, None, why) for member, facts in _armed(members))


def _armed(members: Mapping[str, InstanceFacts]) -> Iterator[tuple[str, InstanceFacts]]:
    return ((member, facts) for member, facts in members.items() if facts.auto_release_at is not None)


def declaration(schedule: Schedule, changes: Iterable[Change], now: datetime) -> Schedule | None:
    """The schedule under which these times are the wanted ones, None when no single one says them."""
    changes = tuple(changes)
    for candidate in (schedule, *_candidates(schedule, changes)):
        if all(wanted(candidate, _as_set(change), now) == change.after for change in changes):
            return candidate
    return None


def _as_set(change: Change) -> InstanceFacts:
    return replace(change.facts, auto_release_at=change.after)


def _candidates(schedule: Schedule, changes: tuple[Change, ...]) -> Iterator[Schedule]:
    after = changes[0].after
    if after is None:
        yield Schedule(zone=schedule.zone, max_lifetime=schedule.max_lifetime)
        return
    created = changes[0].facts.created_at
    if schedule.after is not None and created is not None:
        yield replace(schedule, after=after - created)
    if schedule.daily is not None and changes[0].before is not None:
        yield replace(schedule, daily=_later(schedule.daily, changes[0].before, after))
    # One and the same time says it for any form.
    yield replace(schedule, at=after, after=None, daily=None)


def _later(daily: Daily, before: datetime, after: datetime) -> Daily:
    """The time of day of a moved release, on days that move with it over midnight."""
    zone = zone_of(daily.zone)
    shift = (after.astimezone(zone).date() - before.astimezone(zone).date()).days
    days = frozenset((day + shift) % 7 for day in daily.days)
    return replace(daily, clock=after.astimezone(zone).time().replace(fold=0), days=days)


def schedule_value(schedule: Schedule) -> dict[str, object] | None:
    """A schedule as an environment file declares it; None where `schedule` is to be left out."""
    zone = {"zone": schedule.zone} if schedule.zone[:1].isalpha() and schedule.zone != "UTC" else {}
    if schedule.after is not None:
        return {"after": span(schedule.after), **zone}
    if schedule.daily is not None:
        days = [DAYS[day] for day in sorted(schedule.daily.days)]
        said = {} if len(days) == len(DAYS) else {"days": days}
        return {"daily": f"{schedule.daily.clock:%H:%M}", "zone": schedule.daily.zone, **said}
    return None if schedule.at is None else {"at": _at(schedule.at, schedule.zone), **zone}


def _at(when: datetime, zone: str) -> str:
    local = when.astimezone(zone_of(zone))
    naive = local.replace(tzinfo=None)
    # Of a time that comes twice only the first can be said without its offset.
    if zone[:1].isalpha() and zone != "UTC" and moment(naive.date(), naive.time(), zone) == when:
        return naive.isoformat(timespec="minutes")
    return local.isoformat(timespec="seconds").replace("+00:00", "Z")
