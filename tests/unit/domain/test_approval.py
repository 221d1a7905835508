"""The digest: stable while the world stands still, different when anything that matters moves."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from ecs_release.domain.approval import (
    Approvals,
    Commission,
    approved_plan,
    beyond,
    differences,
    parse_approvals,
    stack_digest,
)
from ecs_release.domain.claims import GroupFacts
from ecs_release.domain.facts import Charge, Quote, SnapshotFacts, Status
from ecs_release.domain.plan import Plan
from ecs_release.domain.reasons import Reason
from ecs_release.domain.terms import ApprovalTerm, OnActiveSubscription, OnBlocked, OnReplaced, ReleaseTerms
from tests.unit.domain.worlds import NOW, data_disk, disk, group, instance, record

A, B = "a" * 12, "b" * 12
ASKS = ReleaseTerms(approval=ApprovalTerm.PLAN)
REFUND = replace(ASKS, on_active_subscription=OnActiveSubscription.REFUND)
ACTIVE: dict[str, Any] = {"charge": Charge.SUBSCRIPTION, "expires_at": NOW + timedelta(days=30)}


def facts(count: int = 2, **changes: Any) -> GroupFacts:
    members = {f"web-{number}": f"i-{number}" for number in range(count)}
    seen = [instance(id_, member, **changes) for member, id_ in members.items()]
    return group(record(members), *seen)


def plan_of(world: GroupFacts, terms: ReleaseTerms = ASKS, *given: str, **more: Any) -> Plan:
    commission = Commission(parse_approvals(",".join(given)), **more)
    return approved_plan(world, terms, commission)


def reasons(plan: Plan) -> list[Reason]:
    return [finding.reason for finding in plan.findings]


def test_without_the_digest_it_is_refused_and_told() -> None:
    plan = plan_of(facts())
    assert reasons(plan) == [Reason.NEEDS_APPROVAL]
    assert f"ECS_RELEASE_APPROVE={plan.digest}" in plan.findings[0].sentence


def test_with_the_digest_it_goes() -> None:
    plan = plan_of(facts(), ASKS, plan_of(facts()).digest)
    assert (plan.approved, plan.findings, len(plan.going)) == (True, (), 2)


def test_no_approval_is_asked_for_what_ends_nothing() -> None:
    gone = facts(0)
    assert plan_of(gone).findings == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"status": Status.STOPPED},
        {"status": Status.STARTING},
        {"auto_release_at": NOW},
        {"created_at": NOW},
    ],
)
def test_the_digest_does_not_move_with_what_does_not_matter(changes: dict[str, Any]) -> None:
    assert plan_of(facts(**changes)).digest == plan_of(facts()).digest


def test_a_backup_of_this_release_does_not_move_the_digest() -> None:
    made = SnapshotFacts("s-1", "d-i-0-system", "n", created_at=NOW, backup_of="i-0")
    assert plan_of(facts(1, snapshots=(made,))).digest == plan_of(facts(1)).digest


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"disks": (disk("i-0"), data_disk("i-0"), data_disk("i-0", disk_id="d-new", name="new"))}, "d-new"),
        ({"disks": (disk("i-0", delete_with_instance=False), data_disk("i-0"))}, "d-i-0-system"),
        ({"deletion_protection": True}, "refused + protected"),
        ({"public_ips": ("1.2.3.4",)}, "lost + public address 1.2.3.4"),
        ({"eip_address": "5.6.7.8", "eip_allocation_id": "eip-1"}, "stays + EIP eip-1"),
        ({"snapshots": (SnapshotFacts("s-9", "d-i-0-system"),)}, "stays + snapshot s-9"),
        ({**ACTIVE}, "active-subscription"),
    ],
)
def test_the_digest_moves_with_everything_that_matters_and_says_what(
    changes: dict[str, Any], line: str
) -> None:
    before, after = plan_of(facts(1)), plan_of(facts(1, **changes))
    assert before.digest != after.digest
    assert line in "; ".join(differences(before.matters, after.matters))
    stale = plan_of(facts(1, **changes), ASKS, before.digest, remembered=lambda digest: before.matters)
    assert not stale.approved
    if stale.going:
        assert reasons(stale) == [Reason.APPROVAL_IS_STALE]
        assert line in stale.findings[0].sentence


def test_another_instance_moves_the_digest() -> None:
    before, after = plan_of(facts(2)), plan_of(facts(3))
    lines = list(differences(before.matters, after.matters))
    assert lines == ["i-2 was not in the approved plan"]
    assert list(differences(after.matters, before.matters)) == ["i-2 is gone"]


def test_a_term_that_changed_moves_the_digest() -> None:
    before, after = plan_of(facts(1)), plan_of(facts(1), REFUND)
    assert "term on_active_subscription" in list(differences(before.matters, after.matters))


def test_a_stale_digest_that_nobody_remembers_says_so() -> None:
    plan = plan_of(facts(), ASKS, "0123456789ab")
    assert reasons(plan) == [Reason.APPROVAL_IS_STALE]
    assert "not remembered here" in plan.findings[0].sentence


def test_more_than_the_limit_goes_with_the_digest() -> None:
    limited = ReleaseTerms(max_instances=1)
    refused = plan_of(facts(), limited)
    assert reasons(refused) == [Reason.TOO_MANY_INSTANCES]
    assert plan_of(facts(), limited, refused.digest).findings == ()


def test_a_replaced_instance_goes_with_the_digest() -> None:
    world = replace(facts(1), wanted={"web-0": "i-new"})
    refused = plan_of(world, ReleaseTerms(on_replaced=OnReplaced.REFUSE))
    assert refused.is_blocked
    assert not plan_of(world, ReleaseTerms(), refused.digest).is_blocked


def test_an_approval_lifts_no_other_refusal() -> None:
    protected = plan_of(facts(deletion_protection=True))
    assert plan_of(facts(deletion_protection=True), ASKS, protected.digest).is_blocked


def test_an_override_needs_the_digest_even_where_the_terms_do_not() -> None:
    refused = plan_of(facts(), ReleaseTerms(), overridden=True)
    assert reasons(refused) == [Reason.NEEDS_APPROVAL]
    assert plan_of(facts(), ReleaseTerms(), refused.digest, overridden=True).approved


def test_a_refund_is_approved_with_its_quote_and_a_lower_one_refuses() -> None:
    world = facts(2, **ACTIVE, refund=Quote("50.25", "CNY"))
    asked = plan_of(world, REFUND)
    assert f"{asked.digest}@100.50" in asked.findings[0].sentence
    assert not plan_of(world, REFUND, asked.digest).approved
    assert plan_of(world, REFUND, f"{asked.digest}@100.50").approved
    assert plan_of(world, REFUND, f"{asked.digest}@80").approved
    lower = facts(2, **ACTIVE, refund=Quote("50.00", "CNY"))
    stale = plan_of(lower, REFUND, f"{asked.digest}@100.50")
    assert reasons(stale) == [Reason.APPROVAL_IS_STALE]
    assert "the refund is 100.00 now" in stale.findings[0].sentence


def test_a_later_round_must_not_go_beyond_what_was_approved() -> None:
    first = plan_of(facts(2), ASKS, plan_of(facts(2)).digest)
    assert list(beyond(first, plan_of(facts(2)))) == []
    assert [finding.instance_id for finding in beyond(first, plan_of(facts(3)))] == ["i-2"]
    lost = facts(2, public_ips=("1.2.3.4",))
    assert [finding.instance_id for finding in beyond(first, plan_of(lost))] == ["i-0", "i-1"]


def test_a_later_round_does_nothing_that_the_approved_plan_did_not_say() -> None:
    seen = facts(2, refund=Quote("100.00", "CNY"))
    first = plan_of(seen, REFUND, plan_of(seen, REFUND).digest)
    subscribed = facts(2, **ACTIVE, refund=Quote("100.00", "CNY"))
    found = list(beyond(first, plan_of(subscribed, REFUND)))
    assert [(finding.instance_id, finding.detail) for finding in found] == [
        ("i-0", "refund"),
        ("i-1", "refund"),
    ]


def test_what_the_approved_plan_refused_does_not_go_in_a_later_round() -> None:
    terms = replace(ASKS, on_blocked=OnBlocked.RELEASE_OTHERS)
    two = [instance("i-0", "web-0", deletion_protection=True), instance("i-1", "web-1")]
    members = {"web-0": "i-0", "web-1": "i-1"}
    seen = group(record(members), *two)
    first = plan_of(seen, terms, plan_of(seen, terms).digest)
    assert first.approved
    unprotected = plan_of(group(record(members), instance("i-0", "web-0"), two[1]), terms)
    assert [finding.instance_id for finding in beyond(first, unprotected)] == ["i-0"]


def test_the_stack_digest_is_over_all_groups_in_any_order() -> None:
    web = plan_of(facts(1))
    db = replace(plan_of(facts(2)), group_id="another-group-id")
    assert stack_digest([web, db]) == stack_digest([db, web])
    assert stack_digest([web]) != stack_digest([web, db])


def test_approvals_are_read_strictly() -> None:
    assert parse_approvals(f" {A} , {B}@1.5,,") == Approvals({A: None, B: Decimal("1.5")})
    for given in (
        "abc@cheap",
        "web",
        f"{A}@",
        f"{A}@NaN",
        f"{A}@-1",
        f"{A}@Infinity",
        f"{A}@1e3",
        f"{A}@1@2",
    ):
        with pytest.raises(ValueError, match="is no DIGEST or DIGEST@QUOTE"):
            parse_approvals(given)
