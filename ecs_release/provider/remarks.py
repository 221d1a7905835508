"""What there is to say about release times: drift, what has gone, what will be gone, what never fired.

Imports gateway and domain. Lines only; nothing is decided here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ecs_release.domain.disks import DiskFate
from ecs_release.domain.facts import InstanceFacts
from ecs_release.domain.reasons import SENTENCES, Finding, Reason
from ecs_release.domain.schedule import NEVER, skipped
from ecs_release.domain.terms import ReleaseTerms
from ecs_release.domain.things import losses, survivors
from ecs_release.gateway.gateway import Gateway
from ecs_release.provider.timing import Timing
from ecs_release.runner.records import UnreadableRecord, parse_minute

TIMED_RELEASE = ReleaseTerms()


def recorded_times(outputs: Mapping[str, Any]) -> dict[str, datetime | None]:
    """The release time of each member as it was last armed; raises UnreadableRecord."""
    armed = outputs.get("armed")
    at = str(outputs.get("at", NEVER))
    times = armed if isinstance(armed, Mapping) else dict.fromkeys(outputs.get("members") or {}, at)
    try:
        return {str(member): parse_minute(str(text)) for member, text in times.items()}
    except ValueError as error:
        raise UnreadableRecord(f"the release times of {outputs.get('group')}: {error}") from None


def drift_lines(timing: Timing, recorded: Mapping[str, datetime | None]) -> Iterator[str]:
    """A time moved, cancelled or added by hand, with both times in the owner's zone."""
    for member, facts in timing.timed:
        declared, actual = recorded.get(member), facts.auto_release_at
        if member in recorded and declared != actual:
            yield (
                f"{timing.group}: {member} {facts.instance_id}: release time {_how(declared, actual)} by hand"
                f": recorded {timing.shown(declared)}, in the cloud {timing.shown(actual)};"
                " `pulumi up` puts it back"
            )


def _how(declared: datetime | None, actual: datetime | None) -> str:
    if actual is None:
        return "cancelled"
    return "added" if declared is None else "moved"


def missing_lines(timing: Timing, recorded: Mapping[str, datetime | None], gateway: Gateway) -> Iterator[str]:
    """Members that are not there: released as planned, or gone before their time."""
    if not timing.missing:
        return
    # An empty answer may be a missing right, which is no news of an instance.
    if not gateway.may_look():
        finding = Finding(Reason.NO_PERMISSION_TO_LOOK)
        yield f"{timing.group}: {finding.reason.value}: {finding.sentence}; {finding.advice}"
        return
    for member, instance_id in timing.missing.items():
        due = recorded.get(member)
        what = f"{timing.group}: {member} {instance_id}"
        if due is not None and due <= timing.now:
            yield f"{what} schedule: released as planned at {timing.shown(due)}; {_another(timing)}"
        else:
            when = f"before its time, {timing.shown(due)}" if due else "though nothing was scheduled"
            yield f"{what} is gone {when}: released by hand or by the cloud; {_another(timing)}"


def _another(timing: Timing) -> str:
    if timing.schedule.at is not None and timing.schedule.at <= timing.now:
        return "nothing to do"
    return "`pulumi up --refresh` makes a new one"


def unfired_lines(timing: Timing) -> Iterator[str]:
    """Members that are there although their time has passed, with the ways on."""
    why, advice = SENTENCES[Reason.SCHEDULE_NOT_FIRED]
    for member, facts in timing.unfired:
        due = (
            timing.schedule.shown(facts.auto_release_at) if facts.auto_release_at else "its time was removed"
        )
        yield (
            f"{timing.group}: {member} {facts.instance_id} {Reason.SCHEDULE_NOT_FIRED.value}: {why}"
            f" ({timing.schedule}; in the cloud: {due}); {advice}"
        )


def skipped_lines(timing: Timing) -> Iterator[str]:
    """Members for which the next time of a daily schedule is too near to be set."""
    for member, facts in timing.differing:
        near = skipped(timing.schedule, facts, timing.now)
        if near is not None:
            yield (
                f"{timing.group}: warning: {member} {facts.instance_id}: {timing.shown(near)} is less than"
                f" 30 minutes ahead and cannot be set; it lives until {timing.shown(timing.wanted(facts))}"
            )


def leaving_lines(timing: Timing, gateway: Gateway) -> Iterator[str]:
    """What the cloud will have released by the time of the program's clock."""
    leaving = dict(timing.leaving)
    disks = gateway.disks_of([facts.instance_id for facts in leaving.values()]) if leaving else ()
    for member, facts in leaving.items():
        attached = tuple(disk for disk in disks if disk.instance_id == facts.instance_id)
        yield (
            f"{timing.group}: {member} {facts.instance_id} will be gone by {timing.shown(timing.now)}: the"
            f" cloud releases it at {timing.shown(facts.auto_release_at)}{_protected(facts)}"
        )
        yield from _belongings(replace(facts, disks=attached))


def _protected(facts: InstanceFacts) -> str:
    return ", and its deletion protection does not stop that" if facts.deletion_protection else ""


def _belongings(facts: InstanceFacts) -> Iterator[str]:
    # By the flags alone: at that time nobody of ours is there to move one.
    fates = tuple(
        DiskFate(disk, not (disk.local or disk.delete_with_instance), "by its flag") for disk in facts.disks
    )
    for thing in losses(facts, fates, TIMED_RELEASE):
        yield f"  lost with it: {thing.kind} {thing.id} ({thing.description})"
    for thing in survivors(facts, fates, TIMED_RELEASE):
        yield f"  stays{' and bills' if thing.bills else ''}: {thing.kind} {thing.id} ({thing.description})"
