"""Turns a plan into text and JSON, for every reader alike.

Pure: imports the standard library and the domain only.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from ecs_release.domain.plan import Answer, InstancePlan, Plan
from ecs_release.domain.reasons import SENTENCES, Finding, Reason
from ecs_release.domain.steps import PHASES
from ecs_release.domain.things import Thing

# Raised with any change that a reader of the old form would misread.
JSON_SCHEMA = 1
MARKDOWN_HEAD = ("| instance | member | answer | why, or what is first |", "| --- | --- | --- | --- |")
# What the digest of the plan lets go.
SETTLED_BY_DIGEST = {
    Reason.NEEDS_APPROVAL,
    Reason.APPROVAL_IS_STALE,
    Reason.REPLACED,
    Reason.TOO_MANY_INSTANCES,
}
VERBS = {Answer.RELEASE: "release", Answer.WAIT: "wait, then release", Answer.GONE: "gone"}


def headline(plan: Plan, released: int = 0) -> str:
    """One line: what the plan comes to; `released` went before it was refused."""
    total, refused = len(plan.instances), len(plan.answered(Answer.REFUSE))
    if plan.is_blocked:
        what = f"{released} were released before, no other is" if released else "nothing is released"
        whom = f" for {refused or total} of {total} instances" if total else ""
        return f"{plan.group}: refused{whom}; {what}"
    if not total:
        return f"{plan.group}: nothing to release"
    gone = len(plan.answered(Answer.GONE))
    parts = [f"{len(plan.going)} to release", f"{gone} already gone" if gone else ""]
    parts.append(f"{refused} refused" if refused else "")
    return f"{plan.group}: {', '.join(part for part in parts if part)}"


def plan_lines(plan: Plan, ways_on: tuple[str, ...] = (), released: int = 0) -> list[str]:
    """The plan in text: the headline, then a line for each instance, reason, loss and survivor.

    `ways_on` stand in place of each reason's own advice; `released` went before it was refused.
    """
    lines = [headline(plan, released), *(f"  {_why(finding)}" for finding in plan.findings)]
    # Whoever is to give a digest has to see what would go.
    brief = plan.is_blocked and not _digest_helps(plan)
    for instance in plan.instances:
        lines += [f"  {line}" for line in _instance_lines(instance, brief)]
    lines += [f"  digest: {plan.digest}"] if plan.digest and (plan.going or _digest_helps(plan)) else []
    return lines + [f"  to do: {line}" for line in ways_on or _advice(plan)]


def _digest_helps(plan: Plan) -> bool:
    reasons = {finding.reason for finding in plan.refusals}
    return bool(reasons) and reasons <= SETTLED_BY_DIGEST


def _instance_lines(instance: InstancePlan, brief: bool) -> Iterator[str]:
    name = f"{instance.member or '?'} {instance.instance_id}"
    if instance.answer is Answer.GONE:
        yield from (f"{name} {_why(finding)}" for finding in instance.findings)
        return
    if instance.answer is Answer.REFUSE:
        # All in one line, and the sentences once for all: a dozen instances must fit a screen.
        yield f"{name} {', '.join(_short(finding) for finding in instance.findings)}"
        return
    note = f" ({instance.note})" if instance.note else ""
    # What would be lost is no news in a run that releases nothing.
    if brief:
        yield f"{name} could be released{note}"
        return
    yield f"{name} {VERBS[instance.answer]}{note}"
    yield from _before(instance)
    yield from (f"  lost: {_thing(thing)}" for thing in instance.losses)
    yield from (f"  {_stays(thing)}: {_thing(thing)}" for thing in instance.survivors)


def _before(instance: InstancePlan) -> Iterator[str]:
    """What is done before the release itself, where there is anything."""
    first = [step.kind.value for step in instance.steps if step.kind in PHASES[:-1]]
    if first:
        yield f"  first: {', '.join(first)}"
    if instance.refund:
        yield f"  refund: {instance.refund}, what vouchers paid does not come back"


def _stays(thing: Thing) -> str:
    return "stays and bills" if thing.bills else "stays"


def _why(finding: Finding) -> str:
    return f"{finding.reason.value}: {finding.sentence}"


def _short(finding: Finding) -> str:
    return f"{finding.reason.value} ({finding.detail})" if finding.detail else finding.reason.value


def _advice(plan: Plan) -> Iterator[str]:
    # One line of advice for each reason, not for each of a hundred instances.
    by_reason = sorted(plan.refusals, key=lambda finding: finding.reason.value)
    for reason, same in groupby(by_reason, key=lambda finding: finding.reason):
        findings = list(same)
        why = "" if any(finding in plan.findings for finding in findings) else f"{SENTENCES[reason][0]}; "
        texts = list(dict.fromkeys(finding.advice for finding in findings))
        yield from (f"{reason.value}: {why}{text}" for text in texts)


def _thing(thing: Thing) -> str:
    price = f"; {thing.price}" if thing.price else ""
    return f"{thing.kind} {thing.id} ({thing.description}): {thing.why}{price}"


def plan_markdown(plan: Plan) -> str:
    """The plan for a pull request: a heading, a table of instances, what is lost and what stays."""
    lines = [f"## {headline(plan)}", ""]
    lines += [f"- **{finding.reason.value}**: {finding.sentence}" for finding in plan.findings]
    if plan.instances:
        lines += ["", *MARKDOWN_HEAD]
        lines += [f"| {' | '.join(_cells(each))} |" for each in plan.instances]
    for title, things in (("Lost", _all_lost(plan)), ("Stays", plan.survivors)):
        if things:
            lines += ["", f"**{title}**", "", *(f"- {_thing(thing)}" for thing in things)]
    lines += ["", f"Digest: `{plan.digest}`"] if plan.digest and plan.going else []
    lines += ["", *(f"- to do: {line}" for line in _advice(plan))] if plan.refusals else []
    return "\n".join([*lines, ""])


def _all_lost(plan: Plan) -> tuple[Thing, ...]:
    return tuple(thing for each in plan.instances for thing in each.losses)


def _cells(each: InstancePlan) -> tuple[str, ...]:
    why = "; ".join(_why(finding) for finding in each.findings) or "; ".join(_before(each)) or each.note
    return each.instance_id, each.member or "?", each.answer.value, why.replace("|", "/").strip()


def plan_json(plan: Plan) -> dict[str, Any]:
    """The plan as plain JSON values; `schema` counts the versions of this form."""
    return {
        "schema": JSON_SCHEMA,
        "group": plan.group,
        "group_id": plan.group_id,
        "refused": bool(plan.refusals),
        "blocked": plan.is_blocked,
        "digest": plan.digest,
        "findings": [_finding_json(finding) for finding in plan.findings],
        "instances": [_instance_json(instance) for instance in plan.instances],
    }


def _instance_json(instance: InstancePlan) -> dict[str, Any]:
    return {
        "instance_id": instance.instance_id,
        "member": instance.member,
        "answer": instance.answer.value,
        "note": instance.note,
        "findings": [_finding_json(finding) for finding in instance.findings],
        "steps": [step.kind.value for step in instance.steps],
        "refund": str(instance.refund or ""),
        "losses": [_thing_json(thing) for thing in instance.losses],
        "survivors": [_thing_json(thing) for thing in instance.survivors],
    }


def _finding_json(finding: Finding) -> dict[str, str]:
    return {"reason": finding.reason.value, "sentence": finding.sentence, "advice": finding.advice}


def _thing_json(thing: Thing) -> dict[str, Any]:
    return {
        "kind": thing.kind,
        "id": thing.id,
        "description": thing.description,
        "why": thing.why,
        "bills": thing.bills,
        "price": thing.price,
    }
