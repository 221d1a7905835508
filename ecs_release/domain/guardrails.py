"""What a team may not declare about how instances end: each rule, and what it finds in a declaration.

Pure: imports the standard library and the facts, schedule and terms beside it. Limits and `now`
are arguments.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase

from ecs_release.domain.facts import Charge, DiskKind
from ecs_release.domain.schedule import Schedule, span
from ecs_release.domain.terms import (
    ApprovalTerm,
    Backup,
    DeclaredDisk,
    OnActiveSubscription,
    OnProtected,
    ReleaseTerms,
)


class Rule(StrEnum):
    """The closed list of rules; the value is the word that configurations and reports use."""

    # The words are a contract: a configuration that names an unknown one is not told so.
    PROTECTION = "production-protection"
    APPROVAL = "production-approval"
    SCHEDULE = "production-schedule"
    DISKS = "production-disks"
    END = "development-end"
    SIZE = "group-size"
    GROUP = "instance-group"


# One sentence each: what holds where the rule is kept.
SENTENCES: dict[Rule, str] = {
    Rule.PROTECTION: "Production is protected from being released.",
    Rule.APPROVAL: "A release of production needs the digest of its plan.",
    Rule.SCHEDULE: "Production has no release time.",
    Rule.DISKS: "A disk of production is kept, or backed up before it dies.",
    Rule.END: "A group for development ends by itself, and soon enough.",
    Rule.SIZE: "A group has no more instances than allowed.",
    Rule.GROUP: "An instance is declared in an InstanceGroup, which ends it well.",
}

# A rule that leaves no way to end a thing would be switched off and stay so.
FOR_ONE_RUN = "give ECS_RELEASE_TERMS=on_protected=lift to that one run"


@dataclass(frozen=True, slots=True)
class DeclaredGroup:
    """A group as its program declares it, before anything of it exists."""

    group: str
    members: tuple[str, ...] = ()
    terms: ReleaseTerms = field(default_factory=ReleaseTerms)
    disks: tuple[DeclaredDisk, ...] = ()
    schedule: Schedule = field(default_factory=Schedule)
    at_expiry: bool = False


@dataclass(frozen=True, slots=True)
class DeclaredInstance:
    """An instance as its program declares it; `group` is "" outside an InstanceGroup."""

    name: str
    group: str = ""
    charge: Charge = Charge.PAY_AS_YOU_GO
    is_protected: bool = False

    @property
    def place(self) -> str:
        """How people find it: group and member, or its name alone."""
        return f"{self.group}: {self.name}" if self.group else self.name


@dataclass(frozen=True, slots=True)
class Violation:
    """What is declared against a rule, of what, why that is one, and what to do."""

    place: str
    what: str
    why: str
    to_do: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}: {self.why}; {self.to_do}"


def is_among(stack: str, patterns: Iterable[str], exceptions: Iterable[str] = ()) -> bool:
    """Whether a stack's name fits a pattern (`prod*`) and none of the exceptions, in whatever case."""

    def fits(wanted: Iterable[str]) -> bool:
        return any(fnmatchcase(stack.lower(), pattern.lower()) for pattern in wanted)

    return fits(patterns) and not fits(exceptions)


def unprotected(instance: DeclaredInstance, *, allow_spot: bool) -> Iterator[Violation]:
    """An instance that anybody who may release can end."""
    if instance.charge is Charge.SPOT and not allow_spot:
        yield Violation(
            instance.place,
            "charge spot",
            "it has no deletion protection, and the cloud may reclaim it",
            "declare pay-as-you-go or subscription, or set allow_spot for this rule",
        )
    # A subscription has no such flag; while it runs, it is refused by its group's terms.
    elif instance.charge is Charge.PAY_AS_YOU_GO and not instance.is_protected:
        yield Violation(
            instance.place,
            "deletion_protection: false",
            "whoever may release can end it",
            f"declare deletion_protection: true; to end it, {FOR_ONE_RUN}",
        )


def lifted(group: DeclaredGroup) -> Iterator[Violation]:
    """Terms that take away what stands against a release."""
    terms = group.terms
    if terms.on_protected is OnProtected.LIFT:
        yield Violation(
            group.group,
            "on_protected: lift",
            "a release takes its protection off by itself",
            f"declare on_protected: refuse; to end it, {FOR_ONE_RUN}",
        )
    if terms.on_active_subscription is not OnActiveSubscription.REFUSE:
        yield Violation(
            group.group,
            f"on_active_subscription: {terms.on_active_subscription.value}",
            "a release ends subscriptions that still run",
            "declare on_active_subscription: refuse; to end it, give ECS_RELEASE_TERMS to that one run",
        )


def unapproved(group: DeclaredGroup) -> Iterator[Violation]:
    """A group that ends by the command alone."""
    if group.terms.approval is not ApprovalTerm.PLAN:
        yield Violation(
            group.group,
            f"approval: {group.terms.approval.value}",
            "it can be released without anybody having seen the plan",
            "declare approval: plan",
        )


def scheduled(group: DeclaredGroup) -> Iterator[Violation]:
    """A group that the cloud releases by itself."""
    if group.at_expiry:
        yield Violation(
            group.group,
            "schedule at_expiry",
            "its subscriptions are not renewed and end at their expiry",
            "remove the schedule",
        )
    elif group.schedule.is_timed:
        yield Violation(
            group.group,
            f"schedule {group.schedule}",
            "the cloud releases it by itself then, protected or not, and asks nobody",
            "remove the schedule",
        )


def lost_disks(group: DeclaredGroup, kinds: Collection[DiskKind]) -> Iterator[Violation]:
    """Disks of these kinds that die with their instance while no backup is taken."""
    # Even without members: those that an `up` releases by a lower count go under the terms of now.
    dying = [disk.name for disk in group.disks if disk.kind in kinds and disk.release_with_instance]
    if dying and group.terms.backup is Backup.NONE:
        yield Violation(
            group.group,
            f"disks {', '.join(dying)} with release_with_instance: true and backup: none",
            "their data are lost with the instance",
            "declare backup: snapshots or image, or release_with_instance: false for these disks",
        )


def endless(group: DeclaredGroup, longest: timedelta, now: datetime) -> Iterator[Violation]:
    """A group with members that does not end by itself, or too late."""
    if not group.members:
        return
    if not group.schedule.is_timed and not group.at_expiry:
        yield Violation(
            group.group,
            "no schedule",
            "it bills until somebody remembers to end it",
            f"declare a schedule, for example {{after: 8h}}, at most {span(longest)}",
        )
    elif _length(group.schedule, now) > longest:
        yield Violation(
            group.group,
            f"schedule {group.schedule}",
            f"it ends later than the {span(longest)} that are allowed",
            f"declare an earlier time, or raise max_lifetime for {Rule.END.value}",
        )


def _length(schedule: Schedule, now: datetime) -> timedelta:
    """How long from now on a schedule lets a new member live; a daily one comes within a week."""
    if schedule.after is not None:
        return schedule.after
    return schedule.at - now if schedule.at is not None else timedelta()


def too_many(group: DeclaredGroup, most: int) -> Iterator[Violation]:
    """A group of more instances than allowed."""
    if len(group.members) > most:
        yield Violation(
            group.group,
            f"count: {len(group.members)}",
            f"at most {most} instances are allowed in a group",
            f"lower count, or raise max_instances for {Rule.SIZE.value}",
        )


def outside_a_group(instance: DeclaredInstance) -> Iterator[Violation]:
    """An instance whose end nobody has declared."""
    if not instance.group:
        yield Violation(
            instance.place,
            "declared outside an InstanceGroup",
            "no terms say how it ends, and a destroy releases it without a plan",
            "declare it as a member of a group; `adopt` takes one that exists already",
        )
