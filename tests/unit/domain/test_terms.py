"""What each term changes in a plan: steps and their order, reasons, losses and survivors."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ecs_release.domain.facts import (
    Charge,
    ImageFacts,
    InstanceFacts,
    InterfaceFacts,
    Quote,
    SnapshotFacts,
    Status,
)
from ecs_release.domain.plan import Answer, InstancePlan, Plan, plan_release
from ecs_release.domain.reasons import Reason
from ecs_release.domain.steps import StepKind
from ecs_release.domain.terms import (
    Backup,
    OnActiveSubscription,
    OnBlocked,
    OnProtected,
    OnPublicIp,
    ReleaseTerms,
    Shutdown,
)
from tests.unit.domain.worlds import NOW, data_disk, disk, group, instance, record

SOON, LONG_AGO = NOW + timedelta(days=30), NOW - timedelta(days=1)
ACTIVE: dict[str, Any] = {"charge": Charge.SUBSCRIPTION, "expires_at": SOON}
EXPIRED: dict[str, Any] = {"charge": Charge.SUBSCRIPTION, "expires_at": LONG_AGO}
LIFT = ReleaseTerms(on_protected=OnProtected.LIFT)
REFUND = ReleaseTerms(on_active_subscription=OnActiveSubscription.REFUND)
CONVERT = ReleaseTerms(on_active_subscription=OnActiveSubscription.CONVERT)
GRACEFUL = ReleaseTerms(shutdown=Shutdown.GRACEFUL)
KEEP_IP = ReleaseTerms(on_public_ip=OnPublicIp.KEEP)
SNAPSHOTS, IMAGE = ReleaseTerms(backup=Backup.SNAPSHOTS), ReleaseTerms(backup=Backup.IMAGE)
RELEASE = ["release", "confirm-gone", "account-for-what-stays"]
CASES: list[tuple[str, ReleaseTerms, dict[str, Any], list[str]]] = [
    ("protection is lifted before the release", LIFT, {"deletion_protection": True}, ["lift-protection"]),
    ("nothing to lift", LIFT, {}, []),
    ("an active subscription is refunded", REFUND, ACTIVE, ["refund"]),
    ("an expired one needs no refund", REFUND, EXPIRED, []),
    ("an active subscription is converted", CONVERT, ACTIVE, ["convert-to-pay-as-you-go"]),
    ("an expired one cannot be converted and need not", CONVERT, EXPIRED, []),
    ("pay-as-you-go has nothing to refund", REFUND, {}, []),
    ("a fixed address becomes an EIP first", KEEP_IP, {"public_ips": ("1.2.3.4",)}, ["keep-address"]),
    ("without an address nothing is kept", KEEP_IP, {}, []),
    ("disks that die are backed up", SNAPSHOTS, {}, ["backup"]),
    ("the instance is made an image", IMAGE, {}, ["backup"]),
    (
        "a refund of a running instance shuts it down first",
        replace(REFUND, shutdown=Shutdown.GRACEFUL),
        ACTIVE,
        ["stop", "refund"],
    ),
    (
        "a stopped one needs no stop",
        replace(REFUND, shutdown=Shutdown.GRACEFUL),
        {**ACTIVE, "status": Status.STOPPED},
        ["refund"],
    ),
    (
        "all at once, in the one order",
        replace(
            REFUND,
            backup=Backup.SNAPSHOTS,
            on_protected=OnProtected.LIFT,
            on_public_ip=OnPublicIp.KEEP,
            shutdown=Shutdown.GRACEFUL,
        ),
        {**ACTIVE, "deletion_protection": True, "public_ips": ("1.2.3.4",)},
        ["backup", "keep-address", "lift-protection", "stop", "refund"],
    ),
]


def planned(terms: ReleaseTerms, facts: InstanceFacts) -> InstancePlan:
    (only,) = plan_release(group(record({"web-0": "i-0"}), facts), terms, NOW).instances
    return only


@pytest.mark.parametrize(("name", "terms", "changes", "before"), CASES, ids=[case[0] for case in CASES])
def test_what_is_done_before_the_release(
    name: str, terms: ReleaseTerms, changes: dict[str, Any], before: list[str]
) -> None:
    plan = planned(terms, instance("i-0", "web-0", **changes))
    assert plan.answer is Answer.RELEASE
    assert [step.kind.value for step in plan.steps] == [*before, *RELEASE]


@pytest.mark.parametrize(
    ("terms", "changes", "reason"),
    [
        (
            LIFT,
            {"deletion_protection": True, "locks": frozenset({"security"})},
            "protection-cannot-be-lifted",
        ),
        (KEEP_IP, {**EXPIRED, "public_ips": ("1.2.3.4",)}, "address-cannot-be-kept"),
        (SNAPSHOTS, {"disks": (disk("i-0", category="local_ssd_pro"),)}, "backup-impossible"),
        (IMAGE, {"disks": (disk("i-0"), data_disk("i-0", category="local_hdd_pro"))}, "backup-impossible"),
    ],
)
def test_what_a_term_cannot_do_is_refused(terms: ReleaseTerms, changes: dict[str, Any], reason: str) -> None:
    plan = planned(terms, instance("i-0", "web-0", **changes))
    assert plan.answer is Answer.REFUSE
    assert reason in [finding.reason.value for finding in plan.findings]


@pytest.mark.parametrize(
    ("terms", "changes", "force", "force_stop", "terminate"),
    [
        (ReleaseTerms(), {}, True, True, False),
        (GRACEFUL, {}, True, False, False),
        (GRACEFUL, {"status": Status.STOPPED}, False, True, False),
        # Under a lock the cloud refuses every stop, so only the hard way is left.
        (GRACEFUL, {"locks": frozenset({"financial"})}, True, True, False),
        (GRACEFUL, EXPIRED, True, False, True),
        (CONVERT, ACTIVE, True, True, False),
        (REFUND, ACTIVE, True, True, True),
    ],
)
def test_the_switches_of_the_release(
    terms: ReleaseTerms, changes: dict[str, Any], force: bool, force_stop: bool, terminate: bool
) -> None:
    step = planned(terms, instance("i-0", "web-0", **changes)).step(StepKind.RELEASE)
    assert step is not None
    assert (step.force, step.force_stop, step.terminate_subscription) == (force, force_stop, terminate)


def backup(age: timedelta, **changes: Any) -> SnapshotFacts:
    made = SnapshotFacts("s-1", "d-i-0-system", "n", created_at=NOW - age, backup_of="i-0")
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("snapshot", "answer", "again"),
    [
        (backup(timedelta(minutes=5)), Answer.RELEASE, False),
        (backup(timedelta(days=1)), Answer.RELEASE, True),
        (backup(timedelta(minutes=5), backup_of=""), Answer.RELEASE, True),
        (backup(timedelta(minutes=5), backup_of="i-9"), Answer.RELEASE, True),
        (backup(timedelta(minutes=5), status="progressing", progress="40%"), Answer.WAIT, False),
        (backup(timedelta(hours=9), status="progressing"), Answer.WAIT, False),
        (backup(timedelta(minutes=5), status="failed"), Answer.REFUSE, False),
    ],
    ids=["fresh", "old", "somebody's", "of another", "on its way", "slow", "failed"],
)
def test_a_backup_counts_when_it_is_ours_and_of_the_data_that_go(
    snapshot: SnapshotFacts, answer: Answer, again: bool
) -> None:
    plan = planned(SNAPSHOTS, instance("i-0", "web-0", snapshots=(snapshot,)))
    assert plan.answer is answer
    assert (plan.step(StepKind.BACKUP) is not None) is again


def test_only_disks_that_die_are_backed_up() -> None:
    step = planned(SNAPSHOTS, instance("i-0", "web-0")).step(StepKind.BACKUP)
    assert step is not None
    assert step.disk_ids == ("d-i-0-system",)


def test_an_image_counts_once_it_is_available() -> None:
    made = ImageFacts("m-1", "n", "Available", created_at=NOW, backup_of="i-0")
    assert planned(IMAGE, instance("i-0", "web-0", images=(made,))).step(StepKind.BACKUP) is None
    waiting = planned(IMAGE, instance("i-0", "web-0", images=(replace(made, status="Creating"),)))
    assert waiting.answer is Answer.WAIT


def test_what_stays_and_what_goes_of_everything() -> None:
    automatic = SnapshotFacts("s-auto", "d-i-0-system", automatic=True)
    kept = SnapshotFacts("s-kept", "d-i-0-data", automatic=True)
    manual = SnapshotFacts("s-manual", "d-i-0-system", "mine")
    plan = planned(
        ReleaseTerms(),
        instance(
            "i-0",
            "web-0",
            public_ips=("1.2.3.4",),
            eip_address="5.6.7.8",
            eip_allocation_id="eip-1",
            snapshots=(automatic, kept, manual),
            interfaces=(
                InterfaceFacts("eni-1", "i-0", primary=True),
                InterfaceFacts("eni-2", "i-0", delete_on_release=False),
            ),
        ),
    )
    assert {thing.id for thing in plan.losses} == {"d-i-0-system", "s-auto", "1.2.3.4"}
    assert {thing.id for thing in plan.survivors} == {"d-i-0-data", "s-kept", "s-manual", "eip-1", "eni-2"}


def test_an_address_that_is_kept_is_no_loss() -> None:
    plan = planned(KEEP_IP, instance("i-0", "web-0", public_ips=("1.2.3.4",)))
    assert "1.2.3.4" not in {thing.id for thing in plan.losses}
    assert "1.2.3.4" in {thing.id for thing in plan.survivors}


def test_the_quote_of_a_refund_is_in_the_plan() -> None:
    quote = Quote("99.50", "CNY")
    assert planned(REFUND, instance("i-0", "web-0", **ACTIVE, refund=quote)).refund == quote
    assert planned(CONVERT, instance("i-0", "web-0", **ACTIVE, refund=quote)).refund is None


def one_protected(terms: ReleaseTerms) -> Plan:
    members = {"web-0": "i-0", "web-1": "i-1"}
    facts = (instance("i-0", "web-0", deletion_protection=True), instance("i-1", "web-1"))
    return plan_release(group(record(members), *facts), terms, NOW)


def test_one_blocked_stops_all_or_lets_the_others_go() -> None:
    assert one_protected(ReleaseTerms()).is_blocked
    others = one_protected(ReleaseTerms(on_blocked=OnBlocked.RELEASE_OTHERS))
    assert not others.is_blocked
    assert [each.instance_id for each in others.going] == ["i-1"]
    assert [finding.reason for finding in others.refusals] == [Reason.PROTECTED]


def test_a_group_finding_blocks_even_where_others_may_go() -> None:
    terms = ReleaseTerms(on_blocked=OnBlocked.RELEASE_OTHERS, max_instances=1)
    members = {"web-0": "i-0", "web-1": "i-1"}
    facts = (instance("i-0", "web-0"), instance("i-1", "web-1"))
    assert plan_release(group(record(members), *facts), terms, NOW).is_blocked
