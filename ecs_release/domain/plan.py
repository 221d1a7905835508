"""Decides how each instance of a run ends: release, gone, wait or refuse.

Pure, total and deterministic: imports the standard library and the domain only; the time
is an argument.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from ecs_release.domain.backups import BackupState, backup_state
from ecs_release.domain.claims import Claim, GroupFacts, Subject, subjects
from ecs_release.domain.disks import disk_fates
from ecs_release.domain.facts import InstanceFacts, Quote, Status
from ecs_release.domain.reasons import Finding, Reason
from ecs_release.domain.refusals import Case, refusals
from ecs_release.domain.steps import Step, StepKind, is_active_subscription, steps
from ecs_release.domain.terms import OnActiveSubscription, OnBlocked, ReleaseTerms
from ecs_release.domain.things import Thing, backups_to_be, losses, survivors

SAFE_TERMS = ReleaseTerms()
# DeleteInstances refuses in these, and each of them passes by itself.
SETTLING = (Status.PENDING, Status.STARTING, Status.STOPPING)


class Answer(StrEnum):
    """What a plan says about one instance."""

    RELEASE = "release"
    GONE = "gone"
    WAIT = "wait"
    REFUSE = "refuse"


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
    refund: Quote | None = None

    def step(self, kind: StepKind) -> Step | None:
        """The step of this kind, None when there is none to do."""
        return next((step for step in self.steps if step.kind is kind), None)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run over one group will do; `findings` concern the group as a whole.

    With `on_blocked` release-others a refused instance does not hold back the rest. `digest` is what
    approves the plan, `matters` what it is over, `approved` whether it was given.
    """

    group: str
    group_id: str
    made_at: datetime
    instances: tuple[InstancePlan, ...] = ()
    findings: tuple[Finding, ...] = ()
    terms: ReleaseTerms = SAFE_TERMS
    digest: str = ""
    matters: Mapping[str, Any] = field(default_factory=dict)
    approved: bool = False

    @property
    def refusals(self) -> tuple[Finding, ...]:
        """Every finding that stands against the run or an instance of it, group findings first."""
        refused = (plan for plan in self.instances if plan.answer is Answer.REFUSE)
        return (*self.findings, *(finding for plan in refused for finding in plan.findings))

    @property
    def is_blocked(self) -> bool:
        """Whether nothing at all may be released."""
        return bool(self.findings) or (self.terms.on_blocked is OnBlocked.STOP and bool(self.refusals))

    def answered(self, *answers: Answer) -> tuple[InstancePlan, ...]:
        """The instances that got one of these answers."""
        return tuple(plan for plan in self.instances if plan.answer in answers)

    @property
    def going(self) -> tuple[InstancePlan, ...]:
        """The instances that a run over this plan would end, at once or after a wait."""
        return self.answered(Answer.RELEASE, Answer.WAIT)

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
    findings = tuple(_group_findings(going, terms))
    return Plan(record.group, record.group_id, now, plans, findings, terms)


def barred(plan: Plan, findings: Mapping[str, Finding]) -> Plan:
    """The plan with these instances refused, which the cloud would not let go."""
    instances = tuple(
        InstancePlan(each.instance_id, each.member, Answer.REFUSE, (findings[each.instance_id],))
        if each.instance_id in findings and each.answer is not Answer.GONE
        else each
        for each in plan.instances
    )
    return replace(plan, instances=instances)


def _group_findings(going: int, terms: ReleaseTerms) -> Iterator[Finding]:
    if terms.max_instances is not None and going > terms.max_instances:
        detail = f"{going} would go, max_instances is {terms.max_instances}"
        yield Finding(Reason.TOO_MANY_INSTANCES, detail)


def _plan_subject(subject: Subject, group: GroupFacts, terms: ReleaseTerms, now: datetime) -> InstancePlan:
    if subject.claim is Claim.GONE:
        return _gone(subject, group)
    facts = subject.facts
    if facts is None:
        # What was not seen is never released, whatever else is known of it.
        unseen = Case(subject, group, (), BackupState(), terms, now)
        return _refused(subject, tuple(refusals(unseen)))
    fates = disk_fates(facts, group.record.disks)
    case = Case(subject, group, fates, backup_state(facts, fates, terms.backup, now), terms, now)
    findings = tuple(refusals(case))
    return _refused(subject, findings) if findings else _released(case, facts)


def _refused(subject: Subject, findings: tuple[Finding, ...]) -> InstancePlan:
    return InstancePlan(subject.instance_id, subject.member, Answer.REFUSE, findings)


def _gone(subject: Subject, group: GroupFacts) -> InstancePlan:
    planned = group.record.released_by is not None or subject.instance_id in group.fallen_due
    reason = Reason.SCHEDULE if planned else Reason.RELEASED_ELSEWHERE
    finding = Finding(reason, "", subject.instance_id, subject.member)
    return InstancePlan(subject.instance_id, subject.member, Answer.GONE, (finding,))


def _released(case: Case, facts: InstanceFacts) -> InstancePlan:
    waiting = _waits_for(case, facts)
    refunds = case.terms.on_active_subscription is OnActiveSubscription.REFUND
    return InstancePlan(
        case.subject.instance_id,
        case.subject.member,
        Answer.WAIT if waiting else Answer.RELEASE,
        steps=tuple(steps(facts, case.fates, case.backup, case.terms, case.now)),
        losses=tuple(losses(facts, case.fates, case.terms)),
        survivors=(*survivors(facts, case.fates, case.terms), *backups_to_be(facts, case.backup)),
        note=waiting or _note(case.subject),
        refund=facts.refund if refunds and is_active_subscription(facts, case.now) else None,
    )


def _waits_for(case: Case, facts: InstanceFacts) -> str:
    if facts.status in SETTLING:
        return f"still {facts.status.value}"
    if case.backup.in_progress:
        return f"backup in progress: {', '.join(case.backup.in_progress)}"
    return ""


def _note(subject: Subject) -> str:
    notes = {
        Claim.ORPHAN: "left by an `up` that broke off before recording it",
        Claim.CLAIMED: "claimed with `ecs-release claim`",
        Claim.REPLACED: "replaced by a new instance of the same member",
    }
    return notes.get(subject.claim, "")
