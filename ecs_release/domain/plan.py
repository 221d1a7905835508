"""Decides how each instance of a run ends: release, gone, wait or refuse.

Pure, total and deterministic: imports the standard library and the domain only; the time
is an argument.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ecs_release.domain.claims import Claim, GroupFacts, Subject, subjects
from ecs_release.domain.disks import SECURITY_LOCK, DiskFate, disk_fates
from ecs_release.domain.facts import Charge, InstanceFacts, Status
from ecs_release.domain.reasons import Finding, Reason
from ecs_release.domain.terms import GroupRecord, OnReplaced, ReleaseTerms

REFUNDED_LOCK = "refunded"
# DeleteInstances refuses in these, and each of them passes by itself.
SETTLING = (Status.PENDING, Status.STARTING, Status.STOPPING)


class Answer(StrEnum):
    """What a plan says about one instance."""

    RELEASE = "release"
    GONE = "gone"
    WAIT = "wait"
    REFUSE = "refuse"


class StepKind(StrEnum):
    """The steps of a release, in their order."""

    KEEP_DISKS = "keep-disks"
    RELEASE = "release"
    CONFIRM = "confirm-gone"
    ACCOUNT = "account-for-what-stays"


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `force` and `terminate_subscription` are DeleteInstances' own switches."""

    kind: StepKind
    disk_ids: tuple[str, ...] = ()
    force: bool = False
    terminate_subscription: bool = False


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that is lost or stays behind: what it is, its id, and why."""

    kind: str
    id: str
    description: str
    why: str
    bills: bool = False


@dataclass(frozen=True, slots=True)
class InstancePlan:
    """The answer for one instance, with every reason that applies and what becomes of its things."""

    instance_id: str
    member: str
    answer: Answer
    findings: tuple[Finding, ...] = ()
    steps: tuple[Step, ...] = ()
    losses: tuple[Thing, ...] = ()
    survivors: tuple[Thing, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run over one group will do; `findings` concern the group as a whole."""

    group: str
    group_id: str
    made_at: datetime
    instances: tuple[InstancePlan, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def refusals(self) -> tuple[Finding, ...]:
        """Every finding that stands against the run, group findings first."""
        refused = (plan for plan in self.instances if plan.answer is Answer.REFUSE)
        return (*self.findings, *(finding for plan in refused for finding in plan.findings))

    def answered(self, answer: Answer) -> tuple[InstancePlan, ...]:
        """The instances that got this answer."""
        return tuple(plan for plan in self.instances if plan.answer is answer)

    @property
    def survivors(self) -> tuple[Thing, ...]:
        """Everything that stays behind after the run."""
        return tuple(thing for plan in self.instances for thing in plan.survivors)

    @property
    def alive(self) -> tuple[InstancePlan, ...]:
        """Every instance of the plan that is not gone yet."""
        return tuple(plan for plan in self.instances if plan.answer is not Answer.GONE)


def plan_release(facts: GroupFacts, terms: ReleaseTerms, now: datetime) -> Plan:
    """The plan for one group under its terms, at the cloud's time `now`."""
    plans = tuple(_plan_subject(subject, facts, terms, now) for subject in subjects(facts))
    # What waits counts too: it goes in the same run.
    going = sum(plan.answer in (Answer.RELEASE, Answer.WAIT) for plan in plans)
    record = facts.record
    return Plan(record.group, record.group_id, now, plans, tuple(_group_findings(going, terms)))


def _group_findings(going: int, terms: ReleaseTerms) -> Iterator[Finding]:
    if terms.max_instances is not None and going > terms.max_instances:
        detail = f"{going} would go, max_instances is {terms.max_instances}"
        yield Finding(Reason.TOO_MANY_INSTANCES, detail)


def _plan_subject(subject: Subject, group: GroupFacts, terms: ReleaseTerms, now: datetime) -> InstancePlan:
    if subject.claim is Claim.GONE:
        return _gone(subject, group.record)
    fates = disk_fates(subject.facts, group.record.disks) if subject.facts else ()
    findings = (*_claim_findings(subject, group, terms), *_state_findings(subject, fates, terms, now))
    # Without facts there is no finding-free way: what was not seen is never released.
    if findings or subject.facts is None:
        return InstancePlan(subject.instance_id, subject.member, Answer.REFUSE, findings)
    return _released(subject, subject.facts, fates)


def _gone(subject: Subject, record: GroupRecord) -> InstancePlan:
    reason = Reason.SCHEDULE if record.released_by else Reason.RELEASED_ELSEWHERE
    finding = Finding(reason, "", subject.instance_id, subject.member)
    return InstancePlan(subject.instance_id, subject.member, Answer.GONE, (finding,))


def _released(subject: Subject, facts: InstanceFacts, fates: tuple[DiskFate, ...]) -> InstancePlan:
    waits = facts.status in SETTLING
    return InstancePlan(
        subject.instance_id,
        subject.member,
        Answer.WAIT if waits else Answer.RELEASE,
        steps=tuple(_steps(facts, fates)),
        losses=tuple(_losses(facts, fates)),
        survivors=tuple(_survivors(facts, fates)),
        note=f"still {facts.status.value}" if waits else _note(subject),
    )


def _note(subject: Subject) -> str:
    notes = {
        Claim.ORPHAN: "left by an `up` that broke off before recording it",
        Claim.CLAIMED: "claimed with `ecs-release claim`",
        Claim.REPLACED: "replaced by a new instance of the same member",
    }
    return notes.get(subject.claim, "")


def _claim_findings(subject: Subject, group: GroupFacts, terms: ReleaseTerms) -> Iterator[Finding]:
    def finding(reason: Reason, detail: str = "") -> Finding:
        return Finding(reason, detail, subject.instance_id, subject.member)

    refused = {
        Claim.NOT_OURS: Reason.NOT_OURS,
        Claim.TAGS_REMOVED: Reason.TAGS_REMOVED,
        Claim.UNRECORDED: Reason.UNRECORDED,
        Claim.UNSEEN: Reason.NO_PERMISSION_TO_LOOK,
    }
    if subject.claim in refused:
        yield finding(refused[subject.claim])
    if subject.claim is Claim.REPLACED and terms.on_replaced is OnReplaced.REFUSE:
        yield finding(Reason.REPLACED, f"the new one is {group.wanted[subject.member]}")
    if group.confirm_only and subject.facts is not None:
        yield finding(Reason.SCHEDULE_NOT_FIRED, _release_time(group.record))


def _release_time(record: GroupRecord) -> str:
    return f"declared for {record.released_by:%Y-%m-%dT%H:%MZ}" if record.released_by else ""


def _state_findings(
    subject: Subject, fates: tuple[DiskFate, ...], terms: ReleaseTerms, now: datetime
) -> Iterator[Finding]:
    facts = subject.facts
    if facts is None:
        return

    def finding(reason: Reason, detail: str = "") -> Finding:
        return Finding(reason, detail, subject.instance_id, subject.member)

    if not facts.disks:
        # Every instance has a system disk, so an empty list means a missing right, not no disks.
        yield finding(Reason.NO_PERMISSION_TO_LOOK, "none of its disks can be seen")
    if facts.deletion_protection:
        yield finding(Reason.PROTECTED)
    if facts.charge is Charge.SUBSCRIPTION and not may_terminate(facts, now):
        yield finding(Reason.ACTIVE_SUBSCRIPTION, _expiry(facts))
    doomed = ", ".join(fate.disk.disk_id for fate in fates if fate.cannot_keep)
    if doomed:
        locked = SECURITY_LOCK in facts.locks
        yield finding(Reason.SECURITY_LOCK if locked else Reason.DISK_CANNOT_BE_KEPT, doomed)


def may_terminate(facts: InstanceFacts, now: datetime) -> bool:
    """Whether a subscription can be released: expired, or refunded and stopped or stopping."""
    # By time, not by status: with unpaid renewal an expired instance runs on for days.
    expired = facts.expires_at is not None and facts.expires_at <= now
    refunded = REFUNDED_LOCK in facts.locks and facts.status in (Status.STOPPED, Status.STOPPING)
    return expired or refunded


def _expiry(facts: InstanceFacts) -> str:
    expiry = f"expires {facts.expires_at:%Y-%m-%dT%H:%MZ}" if facts.expires_at else "expiry unknown"
    return f"{expiry}, renewal {facts.renewal}" if facts.renewal else expiry


def _steps(facts: InstanceFacts, fates: tuple[DiskFate, ...]) -> Iterator[Step]:
    # First of all steps, because after the release the flag comes too late.
    to_keep = tuple(fate.disk.disk_id for fate in fates if fate.to_keep)
    if to_keep:
        yield Step(StepKind.KEEP_DISKS, disk_ids=to_keep)
    subscription = facts.charge is Charge.SUBSCRIPTION
    # Force skips the stop; without it a running instance is refused.
    force = facts.status is not Status.STOPPED
    yield Step(StepKind.RELEASE, force=force, terminate_subscription=subscription)
    yield Step(StepKind.CONFIRM)
    yield Step(StepKind.ACCOUNT)


def _losses(facts: InstanceFacts, fates: tuple[DiskFate, ...]) -> Iterator[Thing]:
    for fate in fates:
        if not fate.stays:
            yield Thing("disk", fate.disk.disk_id, _disk_words(fate), fate.why)
            if fate.disk.delete_auto_snapshot:
                why = "declared to go with it"
                yield Thing("automatic snapshots", fate.disk.disk_id, "of that disk, if any", why)
    for address in facts.public_ips:
        yield Thing("public address", address, "fixed", "reclaimed with the instance, not to be had back")


def _survivors(facts: InstanceFacts, fates: tuple[DiskFate, ...]) -> Iterator[Thing]:
    for fate in fates:
        if fate.stays:
            yield Thing("disk", fate.disk.disk_id, _disk_words(fate), fate.why, bills=True)
        # The disk goes and its snapshots do not: the bill that is easiest to overlook.
        elif not fate.disk.delete_auto_snapshot:
            why = "declared to outlive it"
            yield Thing("automatic snapshots", fate.disk.disk_id, "of that disk, if any", why, bills=True)
    if facts.eip_address:
        allocation = facts.eip_allocation_id or facts.eip_address
        yield Thing("EIP", allocation, facts.eip_address, "an EIP is unbound, not released", bills=True)


def _disk_words(fate: DiskFate) -> str:
    disk = fate.disk
    name = f" {disk.name}" if disk.name and disk.name != disk.kind.value else ""
    return f"{disk.kind.value}{name}, {disk.category}, {disk.size_gib} GiB"
