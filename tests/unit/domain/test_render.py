"""What a person reads: every instance named, why, and what to do."""

import textwrap
from datetime import timedelta
from typing import Any

from ecs_release.domain.approval import Commission, approved_plan, stack_approval, stack_digest
from ecs_release.domain.facts import Charge, Quote
from ecs_release.domain.plan import Plan, plan_release
from ecs_release.domain.reasons import SENTENCES, Finding, Reason
from ecs_release.domain.render import headline, plan_json, plan_lines
from ecs_release.domain.terms import ApprovalTerm, OnActiveSubscription, ReleaseTerms
from tests.unit.domain.worlds import NOW, TERMS, group, instance, record


def test_a_refusal_names_each_instance_why_and_what_to_do() -> None:
    seen = [instance("i-0", "web-0", deletion_protection=True), instance("i-1", "web-1")]
    text = "\n".join(
        plan_lines(plan_release(group(record({"web-0": "i-0", "web-1": "i-1"}), *seen), TERMS, NOW))
    )
    assert text.splitlines()[0] == "web: refused for 1 of 2 instances; nothing is released"
    assert "  web-0 i-0 protected\n" in text
    assert "web-1 i-1 could be released" in text
    assert text.count("to do: protected: deletion protection is on; declare") == 1


def test_whoever_is_to_give_a_digest_sees_what_would_go() -> None:
    facts = group(record({"web-0": "i-0"}), instance("i-0", "web-0"))
    plan = approved_plan(facts, ReleaseTerms(approval=ApprovalTerm.PLAN), Commission())
    text = "\n".join(plan_lines(plan))
    assert "lost: disk d-i-0-system" in text
    assert f"digest: {plan.digest}" in text


def test_the_digest_that_lets_a_replaced_instance_go_is_shown() -> None:
    old = instance("i-0", "web-0")
    facts = group(record({"web-0": "i-0"}), old, instance("i-1", "web-0"), wanted={"web-0": "i-1"})
    plan = approved_plan(facts, TERMS, Commission())
    assert [each.findings[0].reason for each in plan.instances] == [Reason.REPLACED]
    assert f"digest: {plan.digest}" in "\n".join(plan_lines(plan))


def test_a_refusal_of_nobody_counts_nobody() -> None:
    finding = Finding(Reason.WRONG_ACCOUNT)
    assert headline(Plan("web", "g", NOW, findings=(finding,))) == "web: refused; nothing is released"


def test_all_groups_are_approved_with_what_they_pay_back() -> None:
    terms = ReleaseTerms(on_active_subscription=OnActiveSubscription.REFUND)
    active: dict[str, Any] = {"charge": Charge.SUBSCRIPTION, "expires_at": NOW + timedelta(days=30)}
    paid = instance("i-0", "web-0", refund=Quote("128.50", "CNY"), **active)
    plan = approved_plan(group(record({"web-0": "i-0"}), paid), terms, Commission())
    assert stack_approval([plan]) == f"{stack_digest([plan])}@128.50"


def test_a_dozen_instances_with_five_reasons_fit_a_screen() -> None:
    protected: dict[str, Any] = {"deletion_protection": True}
    active: dict[str, Any] = {
        "charge": Charge.SUBSCRIPTION,
        "expires_at": NOW + timedelta(days=9),
        "renewal": "AutoRenewal",
    }
    kinds = [protected] * 4 + [active] * 3 + [{"locks": frozenset({"security"})}] * 2 + [{"tags": ()}] * 2
    ids = [f"i-bp1{number:017d}" for number in range(12)]
    made = [
        instance(id_, f"web-{at}", **kind) for at, (id_, kind) in enumerate(zip(ids, kinds, strict=False))
    ]
    made.append(instance(ids[11], "web-11", "f" * 20, **protected))
    recorded = record({f"web-{at}": id_ for at, id_ in enumerate(ids)})
    lines = plan_lines(plan_release(group(recorded, *made), TERMS, NOW))
    seen = [part for line in lines for part in textwrap.wrap(line, 100, break_long_words=False)]
    # The engine adds four lines of its own around it.
    assert len(seen) <= 26, "\n".join(seen)
    reasons = {
        "protected",
        "active-subscription",
        "security-lock-destroys-kept-disks",
        "tags-removed",
        "not-ours",
    }
    assert {line.split()[2].rstrip(":") for line in lines if line.startswith("  to do:")} == reasons


def test_a_release_names_losses_and_survivors() -> None:
    text = "\n".join(
        plan_lines(plan_release(group(record({"a-0": "i-0"}), instance("i-0", "a-0")), TERMS, NOW))
    )
    assert "lost: disk d-i-0-system" in text
    assert "stays and bills: disk d-i-0-data (data, cloud_essd, 200 GiB): declared to be kept" in text


def test_json_has_the_same_answers() -> None:
    answer = plan_json(plan_release(group(record({"a-0": "i-0"}), instance("i-0", "a-0")), TERMS, NOW))
    assert (answer["schema"], answer["refused"]) == (1, False)
    assert [each["answer"] for each in answer["instances"]] == ["release"]


def test_every_reason_has_its_sentence_and_its_advice() -> None:
    assert set(SENTENCES) == set(Reason)
