"""Each state of an instance and the answer it gets; the table is the specification."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ecs_release.domain.facts import CLAIMED_TAG, GROUP_ID_TAG, MEMBER_TAG, Charge, Status
from ecs_release.domain.plan import Answer, InstancePlan, plan_release
from ecs_release.domain.reasons import Reason
from ecs_release.domain.steps import StepKind
from ecs_release.domain.terms import OnReplaced, ReleaseTerms
from tests.unit.domain.worlds import (
    DATA,
    GROUP_ID,
    NOW,
    SYSTEM,
    TERMS,
    data_disk,
    disk,
    group,
    instance,
    record,
)

SOON, LONG_AGO = NOW + timedelta(days=30), NOW - timedelta(days=1)
STATES: list[tuple[str, dict[str, Any], Answer, set[Reason]]] = [
    ("runs: released with force", {}, Answer.RELEASE, set()),
    ("stopped: released", {"status": Status.STOPPED}, Answer.RELEASE, set()),
    ("still starting: waited for", {"status": Status.STARTING}, Answer.WAIT, set()),
    ("still pending: waited for", {"status": Status.PENDING}, Answer.WAIT, set()),
    ("stopping, perhaps on its way out: waited for", {"status": Status.STOPPING}, Answer.WAIT, set()),
    ("protected: never lifted here", {"deletion_protection": True}, Answer.REFUSE, {Reason.PROTECTED}),
    ("spot: released like pay-as-you-go", {"charge": Charge.SPOT}, Answer.RELEASE, set()),
    (
        "subscription that runs: refused",
        {"charge": Charge.SUBSCRIPTION, "expires_at": SOON},
        Answer.REFUSE,
        {Reason.ACTIVE_SUBSCRIPTION},
    ),
    (
        "subscription of unknown expiry: refused",
        {"charge": Charge.SUBSCRIPTION},
        Answer.REFUSE,
        {Reason.ACTIVE_SUBSCRIPTION},
    ),
    (
        "subscription expired: released",
        {"charge": Charge.SUBSCRIPTION, "expires_at": LONG_AGO, "locks": frozenset({"financial"})},
        Answer.RELEASE,
        set(),
    ),
    (
        "subscription refunded and stopped: released",
        {
            "charge": Charge.SUBSCRIPTION,
            "expires_at": SOON,
            "locks": frozenset({"refunded"}),
            "status": Status.STOPPED,
        },
        Answer.RELEASE,
        set(),
    ),
    (
        "subscription refunded but running: refused",
        {"charge": Charge.SUBSCRIPTION, "expires_at": SOON, "locks": frozenset({"refunded"})},
        Answer.REFUSE,
        {Reason.ACTIVE_SUBSCRIPTION},
    ),
    (
        "security lock and a disk to keep: refused",
        {"locks": frozenset({"security"})},
        Answer.REFUSE,
        {Reason.SECURITY_LOCK},
    ),
    ("overdue: released", {"locks": frozenset({"financial"})}, Answer.RELEASE, set()),
    ("no disk to be seen: a right is missing", {"disks": ()}, Answer.REFUSE, {Reason.NO_PERMISSION_TO_LOOK}),
    (
        "all reasons at once",
        {"deletion_protection": True, "locks": frozenset({"security"})},
        Answer.REFUSE,
        {Reason.PROTECTED, Reason.SECURITY_LOCK},
    ),
]


def only(*args: Any, terms: ReleaseTerms = TERMS, **kwargs: Any) -> InstancePlan:
    (plan,) = plan_release(group(*args, **kwargs), terms, NOW).instances
    return plan


def reasons(plan: InstancePlan) -> set[Reason]:
    return {finding.reason for finding in plan.findings}


@pytest.mark.parametrize(("reason", "state", "answer", "expected"), STATES, ids=[row[0] for row in STATES])
def test_state(reason: str, state: dict[str, Any], answer: Answer, expected: set[Reason]) -> None:
    plan = only(record({"web-0": "i-0"}), instance("i-0", "web-0", **state))
    assert (plan.answer, reasons(plan)) == (answer, expected), reason


def test_terminate_subscription_is_sent_for_subscriptions_only() -> None:
    for charge in Charge:
        facts = instance("i-0", "web-0", charge=charge, expires_at=LONG_AGO)
        (step,) = [
            step for step in only(record({"web-0": "i-0"}), facts).steps if step.kind is StepKind.RELEASE
        ]
        assert step.terminate_subscription is (charge is Charge.SUBSCRIPTION)


CLAIMS: list[tuple[str, dict[str, str], list[tuple[str, str, str]], set[Reason]]] = [
    ("another group's id", {"web-0": "i-0"}, [("i-0", "web-0", "other")], {Reason.NOT_OURS}),
    ("tags removed", {"web-0": "i-0"}, [("i-0", "", "")], {Reason.TAGS_REMOVED}),
    ("an orphan, the only claimant", {}, [("i-9", "web-3", GROUP_ID)], set()),
    (
        "two claimants of one member",
        {},
        [("i-8", "web-3", GROUP_ID), ("i-9", "web-3", GROUP_ID)],
        {Reason.UNRECORDED},
    ),
    ("no member tag", {}, [("i-9", "", GROUP_ID)], {Reason.UNRECORDED}),
]


@pytest.mark.parametrize(("reason", "members", "seen", "expected"), CLAIMS, ids=[row[0] for row in CLAIMS])
def test_claim(
    reason: str, members: dict[str, str], seen: list[tuple[str, str, str]], expected: set[Reason]
) -> None:
    instances = [instance(id_, member, group_id) for id_, member, group_id in seen]
    plan = plan_release(group(record(members), *instances), TERMS, NOW)
    assert {finding.reason for finding in plan.refusals} == expected, reason
    assert bool(plan.answered(Answer.RELEASE)) is not bool(expected)


def test_a_copy_of_a_recorded_member_is_refused_beside_it() -> None:
    seen = [instance("i-0", "web-0"), instance("i-9", "web-0")]
    plan = plan_release(group(record({"web-0": "i-0"}), *seen), TERMS, NOW)
    assert [finding.instance_id for finding in plan.refusals] == ["i-9"]
    assert "ecs-release claim i-9" in plan.refusals[0].advice


def test_a_claim_counts_for_the_claimed_instance_and_not_for_its_copy() -> None:
    tags = ((GROUP_ID_TAG, GROUP_ID), (MEMBER_TAG, "web-0"), (CLAIMED_TAG, "i-9"))
    seen = [
        instance("i-0", "web-0"),
        instance("i-9", "web-0", tags=tags),
        instance("i-7", "web-0", tags=tags),
    ]
    plan = plan_release(group(record({"web-0": "i-0"}), *seen), TERMS, NOW)
    assert [finding.instance_id for finding in plan.refusals] == ["i-7"]


def test_gone_is_success_and_unseen_is_not() -> None:
    facts = group(record({"a-0": "i-0", "a-1": "i-1"}), gone=frozenset({"i-0"}), unseen=frozenset({"i-1"}))
    plan = plan_release(facts, TERMS, NOW)
    assert [each.answer for each in plan.instances] == [Answer.GONE, Answer.REFUSE]
    assert plan.refusals[0].reason is Reason.NO_PERMISSION_TO_LOOK


def test_wanted_members_are_left_out() -> None:
    seen = [instance("i-0", "web-0"), instance("i-1", "web-1", deletion_protection=True)]
    facts = group(record({"web-0": "i-0", "web-1": "i-1"}), *seen, wanted={"web-1": "i-1"})
    assert [plan.instance_id for plan in plan_release(facts, TERMS, NOW).instances] == ["i-0"]


@pytest.mark.parametrize(
    ("term", "answer"), [(OnReplaced.REFUSE, Answer.REFUSE), (OnReplaced.RELEASE, Answer.RELEASE)]
)
def test_replacement(term: OnReplaced, answer: Answer) -> None:
    seen = [instance("i-0", "web-0"), instance("i-9", "web-0")]
    terms = ReleaseTerms(on_replaced=term)
    plan = only(record({"web-0": "i-0"}), *seen, wanted={"web-0": "i-9"}, terms=terms)
    assert (plan.instance_id, plan.answer) == ("i-0", answer)
    if answer is Answer.REFUSE:
        assert "i-9" in plan.findings[0].detail


def test_too_many_instances_is_a_finding_of_the_group() -> None:
    seen = [instance(f"i-{number}", f"web-{number}") for number in range(3)]
    recorded = record({f"web-{number}": f"i-{number}" for number in range(3)})
    assert plan_release(group(recorded, *seen), ReleaseTerms(max_instances=3), NOW).findings == ()
    (finding,) = plan_release(group(recorded, *seen), ReleaseTerms(max_instances=2), NOW).findings
    assert finding.reason is Reason.TOO_MANY_INSTANCES


def test_a_passed_schedule_confirms_and_does_not_release() -> None:
    recorded = record({"web-0": "i-0", "web-1": "i-1"}, released_by=LONG_AGO)
    facts = group(recorded, instance("i-1", "web-1"), gone=frozenset({"i-0"}), confirm_only=True)
    gone, late = plan_release(facts, TERMS, NOW).instances
    assert (gone.answer, reasons(gone)) == (Answer.GONE, {Reason.SCHEDULE})
    assert (late.answer, reasons(late)) == (Answer.REFUSE, {Reason.SCHEDULE_NOT_FIRED})


GOES = replace(DATA, release_with_instance=True)
DISKS = [
    ("declared kept, found kept", DATA, {}, True, False),
    ("declared kept, found going: moved towards keeping", DATA, {"delete_with_instance": True}, True, True),
    ("declared going, found going", GOES, {"delete_with_instance": True}, False, False),
    ("declared going, found kept: never set to go here", GOES, {}, True, False),
    ("declared nowhere: kept", None, {"delete_with_instance": True}, True, True),
    ("attached to several", GOES, {"multi_attach": True}, True, False),
    ("local, declared nowhere: goes", None, {"category": "local_ssd_pro"}, False, False),
]


@pytest.mark.parametrize(
    ("reason", "declared", "state", "stays", "moved"), DISKS, ids=[row[0] for row in DISKS]
)
def test_disk(reason: str, declared: Any, state: dict[str, Any], stays: bool, moved: bool) -> None:
    recorded = record({"web-0": "i-0"}, disks=(SYSTEM, declared) if declared else (SYSTEM,))
    facts = instance("i-0", "web-0", disks=(disk("i-0"), data_disk("i-0", **state)))
    plan = only(recorded, facts)
    assert plan.answer is Answer.RELEASE, reason
    assert ("d-i-0-data" in [thing.id for thing in plan.survivors]) is stays, reason
    kept = [step.disk_ids for step in plan.steps if step.kind is StepKind.KEEP_DISKS]
    assert (kept == [("d-i-0-data",)]) is moved, reason


def test_two_disks_of_one_name_are_both_kept() -> None:
    twins = [data_disk("i-0", disk_id=f"d-{n}", delete_with_instance=True) for n in (1, 2)]
    facts = instance("i-0", "web-0", disks=(disk("i-0"), *twins))
    plan = only(record({"web-0": "i-0"}, disks=(SYSTEM, GOES)), facts)
    assert {thing.id for thing in plan.survivors} == {"d-1", "d-2"}


def test_a_disk_that_cannot_outlive_its_instance_is_a_reason() -> None:
    facts = instance(
        "i-0", "web-0", disks=(disk("i-0"), data_disk("i-0", portable=False, delete_with_instance=True))
    )
    assert reasons(only(record({"web-0": "i-0"}), facts)) == {Reason.DISK_CANNOT_BE_KEPT}


@pytest.mark.parametrize(("category", "stays"), [("cloud_essd", True), ("cloud", False)])
def test_a_disk_of_a_subscription_that_the_cloud_agreed_to_keep_stays(category: str, stays: bool) -> None:
    kept = data_disk("i-0", portable=False, category=category)
    plan = only(record({"web-0": "i-0"}), instance("i-0", "web-0", disks=(disk("i-0"), kept)))
    assert ("d-i-0-data" in [thing.id for thing in plan.survivors]) is stays
    assert (Reason.DISK_CANNOT_BE_KEPT in reasons(plan)) is not stays


def test_the_fixed_address_is_lost_and_an_eip_stays() -> None:
    fixed = only(record({"web-0": "i-0"}), instance("i-0", "web-0", public_ips=("198.51.100.7",)))
    assert "198.51.100.7" in [thing.id for thing in fixed.losses]
    elastic = instance("i-0", "web-0", eip_address="198.51.100.8", eip_allocation_id="eip-1")
    assert "eip-1" in [thing.id for thing in only(record({"web-0": "i-0"}), elastic).survivors]
