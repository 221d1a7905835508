"""The digest of a plan, and what has changed since another one was approved.

Pure: imports the standard library and the domain only. The digest is over what will be done, to
what, and what is lost and stays; prices and quotes are shown and not hashed, times are not either.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any

from ecs_release.domain.claims import GroupFacts
from ecs_release.domain.plan import InstancePlan, Plan, plan_release
from ecs_release.domain.reasons import Finding, Reason
from ecs_release.domain.steps import StepKind
from ecs_release.domain.terms import ApprovalTerm, OnReplaced, ReleaseTerms

LENGTH, LONGEST_SHOWN = 12, 60
# What a run may have done already when it is repeated; the digest must not depend on it.
_PASSING = (StepKind.BACKUP, StepKind.KEEP_DISKS, StepKind.STOP, StepKind.CONFIRM, StepKind.ACCOUNT)
# Nothing else is an amount: NaN cannot be compared, and what is below zero is below every quote.
_APPROVAL = re.compile(r"([0-9a-f]{12})(?:@([0-9]{1,20}(?:[.][0-9]{1,20})?))?")
Matters = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Approvals:
    """What ECS_RELEASE_APPROVE gives: digests of groups or of the stack, each perhaps with `@QUOTE`."""

    given: Mapping[str, Decimal | None]

    def covers(self, wanted: str, refund: Decimal | None) -> bool:
        """Whether this digest was given, with a quote not above today's where money is refunded."""
        if wanted not in self.given:
            return False
        quote = self.given[wanted]
        return refund is None or (quote is not None and quote <= refund)


@dataclass(frozen=True, slots=True)
class Commission:
    """What the person who started a run gave with it: approvals, and whether terms were overridden.

    `remembered` gives back what an earlier plan of a digest was about, None where nobody kept it.
    """

    approvals: Approvals = field(default_factory=lambda: Approvals({}))
    overridden: bool = False
    remembered: Callable[[str], Matters | None] = lambda digest: None


def approved_plan(facts: GroupFacts, terms: ReleaseTerms, commission: Commission) -> Plan:
    """The plan under these terms; an approval of its digest also stands for what only needed a look.

    Without one it is refused where the terms, or an override of them, ask for it.
    """
    now = facts.observation.taken_at
    # A person who has seen the plan may let go a replaced instance and more of them than the limit.
    seen_through = replace(terms, on_replaced=OnReplaced.RELEASE, max_instances=None)
    would = plan_release(facts, seen_through, now)
    wanted, over = digest(would), matters(would)
    if commission.approvals.covers(wanted, refund_of(would)):
        return replace(would, digest=wanted, matters=over, approved=True)
    plan = replace(plan_release(facts, terms, now), digest=wanted, matters=over)
    if plan.going and (terms.approval is ApprovalTerm.PLAN or commission.overridden):
        return replace(plan, findings=(*plan.findings, _unapproved(would, wanted, commission)))
    return plan


def _unapproved(plan: Plan, wanted: str, commission: Commission) -> Finding:
    refund = refund_of(plan)
    asked = wanted if refund is None else f"{wanted}@{refund}"
    given = commission.approvals.given
    if not given:
        return Finding(Reason.NEEDS_APPROVAL, f"ECS_RELEASE_APPROVE={asked}")
    if wanted in given:
        return Finding(Reason.APPROVAL_IS_STALE, f"the refund is {refund} now, ECS_RELEASE_APPROVE={asked}")
    changes = [line for old in given for line in _changes(commission.remembered(old), plan)]
    known = "; ".join(changes) or "what was approved is not remembered here"
    return Finding(Reason.APPROVAL_IS_STALE, f"{known}; ECS_RELEASE_APPROVE={asked}")


def _changes(approved: Matters | None, plan: Plan) -> Iterator[str]:
    if approved is not None and approved["group_id"] == plan.group_id:
        yield from differences(approved, matters(plan))


def beyond(first: Plan, plan: Plan) -> Iterator[Finding]:
    """What a later round would end, lose or do that the approved first plan did not say."""
    said = {each.instance_id: _doings(each) for each in first.going}
    lost = {thing.id for each in first.instances for thing in each.losses}
    for each in plan.going:
        more = [thing.id for thing in each.losses if thing.id not in lost]
        # The world moves while backups are taken: what was pay-as-you-go may have to be refunded by then.
        more += [name for name in _doings(each) if name not in said.get(each.instance_id, ())]
        if each.instance_id not in said:
            more = ["it was not to go in the approved plan"]
        if more:
            yield Finding(Reason.APPROVAL_IS_STALE, ", ".join(more), each.instance_id, each.member)


def parse_approvals(text: str) -> Approvals:
    """A comma list of DIGEST or DIGEST@QUOTE; raises ValueError, naming the part that is neither."""
    given: dict[str, Decimal | None] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        found = _APPROVAL.fullmatch(part)
        if found is None:
            raise ValueError(
                f"{repr(part)[:LONGEST_SHOWN]} is no DIGEST or DIGEST@QUOTE; a digest is {LENGTH} hexadecimal"
                " digits, which the plan shows, a quote is a number like 128.50"
            )
        given[found[1]] = Decimal(found[2]) if found[2] else None
    return Approvals(given)


def refund_of(plan: Plan) -> Decimal | None:
    """What the plan's refunds pay back together, None when it refunds nothing."""
    quotes = [instance.refund for instance in plan.going if instance.refund]
    refunds = any(instance.step(StepKind.REFUND) for instance in plan.going)
    return sum((Decimal(quote.amount) for quote in quotes), Decimal(0)) if refunds else None


def matters(plan: Plan) -> Matters:
    """What a digest is taken over, as plain JSON values."""
    return {
        "group": plan.group,
        "group_id": plan.group_id,
        "terms": {name: value for name, value in asdict(plan.terms).items() if name != "approval"},
        "instances": {each.instance_id: _of_instance(each) for each in plan.alive},
    }


def _doings(each: InstancePlan) -> list[str]:
    return [step.kind.value for step in each.steps if step.kind not in _PASSING]


def _of_instance(each: InstancePlan) -> dict[str, Any]:
    return {
        "member": each.member,
        "answer": "goes" if not each.findings else "refused",
        "refused": sorted({finding.reason.value for finding in each.findings}),
        "does": _doings(each),
        "lost": sorted(f"{thing.kind} {thing.id}" for thing in each.losses),
        # The backup of the release itself is made between the approval and the end.
        "stays": sorted(f"{thing.kind} {thing.id}" for thing in each.survivors if not thing.is_backup),
    }


def digest(plan: Plan) -> str:
    """The digest of a group's plan."""
    return hashed(matters(plan))


def stack_digest(plans: Iterable[Plan]) -> str:
    """The digest of all groups' plans together, each made by `approved_plan`; their order does not count."""
    return hashed({plan.group_id: plan.digest for plan in plans})


def stack_refund(plans: Iterable[Plan]) -> Decimal | None:
    """What the refunds of all groups pay back together, None when none refunds anything."""
    refunds = [refund for plan in plans if (refund := refund_of(plan)) is not None]
    return sum(refunds, Decimal(0)) if refunds else None


def stack_approval(plans: Sequence[Plan]) -> str:
    """What ECS_RELEASE_APPROVE has to give for all groups at once: DIGEST, or DIGEST@QUOTE with refunds."""
    refund = stack_refund(plans)
    return stack_digest(plans) if refund is None else f"{stack_digest(plans)}@{refund}"


def hashed(value: Matters) -> str:
    """The digest of what matters, as plain JSON values."""
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]


def differences(approved: Matters, today: Matters) -> Iterator[str]:
    """What differs between two plans of one group, one line each."""
    yield from (f"term {name}" for name in _differing(approved["terms"], today["terms"]))
    old, new = approved["instances"], today["instances"]
    for instance_id in sorted({*old, *new}):
        if instance_id not in new:
            yield f"{instance_id} is gone"
        elif instance_id not in old:
            yield f"{instance_id} was not in the approved plan"
        else:
            for key in _differing(old[instance_id], new[instance_id]):
                yield f"{instance_id}: {key} {_shift(old[instance_id][key], new[instance_id][key])}"


def _differing(old: Matters, new: Matters) -> list[str]:
    return [key for key in sorted({*old, *new}) if str(old.get(key)) != str(new.get(key))]


def _shift(old: Any, new: Any) -> str:
    if not isinstance(old, list) or not isinstance(new, list):
        return f"{old} -> {new}"
    added = [f"+ {item}" for item in new if item not in old]
    return ", ".join([*added, *(f"- {item}" for item in old if item not in new)])
