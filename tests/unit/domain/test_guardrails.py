"""What each guardrail finds in a declaration, and in which stacks it is looked for."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from ecs_release.domain import guardrails
from ecs_release.domain.facts import Charge, DiskKind
from ecs_release.domain.guardrails import SENTENCES, DeclaredGroup, DeclaredInstance, Rule, is_among
from ecs_release.domain.schedule import Daily, Schedule
from ecs_release.domain.terms import (
    ApprovalTerm,
    Backup,
    DeclaredDisk,
    OnActiveSubscription,
    OnProtected,
    ReleaseTerms,
)

NOW = datetime(2030, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
SYSTEM = DeclaredDisk("system", DiskKind.SYSTEM, "cloud_essd", 40)
DATA = DeclaredDisk("data", DiskKind.DATA, "cloud_essd", 200)
WEB = DeclaredGroup("web", ("web-0", "web-1"), disks=(SYSTEM, DATA))
KEPT = tuple(replace(disk, release_with_instance=False) for disk in WEB.disks)
EVENING = Daily(time(20), "Asia/Shanghai")


def lines(found: Any) -> list[str]:
    return [str(violation) for violation in found]


def with_terms(**terms: Any) -> DeclaredGroup:
    return replace(WEB, terms=ReleaseTerms(**terms))


def with_schedule(**schedule: Any) -> DeclaredGroup:
    return replace(WEB, schedule=Schedule(**schedule))


@pytest.mark.parametrize(
    ("charge", "is_protected", "allow_spot", "what"),
    [
        (Charge.PAY_AS_YOU_GO, True, False, ""),
        (Charge.PAY_AS_YOU_GO, False, False, "web: web-0: deletion_protection: false: "),
        (Charge.PAY_AS_YOU_GO, False, True, "web: web-0: deletion_protection: false: "),
        (Charge.SPOT, False, False, "web: web-0: charge spot: "),
        (Charge.SPOT, False, True, ""),
        (Charge.SUBSCRIPTION, False, False, ""),
    ],
)
def test_what_whoever_may_release_can_end_is_unprotected(
    charge: Charge, is_protected: bool, allow_spot: bool, what: str
) -> None:
    instance = DeclaredInstance("web-0", "web", charge, is_protected)
    found = lines(guardrails.unprotected(instance, allow_spot=allow_spot))
    assert [line[: len(what)] for line in found] == ([what] if what else [])


@pytest.mark.parametrize(
    ("terms", "what"),
    [
        ({}, []),
        ({"on_protected": OnProtected.LIFT}, ["web: on_protected: lift: "]),
        ({"on_active_subscription": OnActiveSubscription.REFUND}, ["web: on_active_subscription: refund: "]),
        (
            {"on_protected": OnProtected.LIFT, "on_active_subscription": OnActiveSubscription.CONVERT},
            ["web: on_protected: lift: ", "web: on_active_subscription: convert: "],
        ),
    ],
)
def test_terms_that_take_protection_away_are_named_each(terms: Any, what: list[str]) -> None:
    found = lines(guardrails.lifted(with_terms(**terms)))
    assert [line[: len(start)] for line, start in zip(found, what, strict=True)] == what


def test_what_ends_by_the_command_alone_is_unapproved() -> None:
    assert lines(guardrails.unapproved(with_terms(approval=ApprovalTerm.PLAN))) == []
    assert lines(guardrails.unapproved(WEB)) == [
        "web: approval: none: it can be released without anybody having seen the plan; declare approval: plan"
    ]


@pytest.mark.parametrize(
    ("group", "what"),
    [
        (WEB, ""),
        (with_schedule(at=NOW, zone="Asia/Shanghai"), "schedule 2030-01-01T08:00+08:00 Asia/Shanghai"),
        (with_schedule(after=timedelta(hours=8)), "schedule 8h after its creation"),
        (
            with_schedule(daily=EVENING, zone=EVENING.zone),
            "schedule daily 20:00 mon,tue,wed,thu,fri,sat,sun Asia/Shanghai",
        ),
        (replace(WEB, at_expiry=True), "schedule at_expiry"),
    ],
)
def test_every_form_of_a_schedule_is_one(group: DeclaredGroup, what: str) -> None:
    found = [(violation.place, violation.what) for violation in guardrails.scheduled(group)]
    assert found == ([("web", what)] if what else [])


@pytest.mark.parametrize("members", [(), ("web-0",)])
def test_terms_of_a_group_without_members_count_too(members: tuple[str, ...]) -> None:
    """Members that leave by a lower count go under the terms that are declared with it."""
    bare = replace(WEB, members=members)
    assert lines(guardrails.unapproved(bare))
    assert lines(guardrails.lost_disks(bare, set(DiskKind)))
    assert lines(guardrails.lifted(replace(bare, terms=ReleaseTerms(on_protected=OnProtected.LIFT))))


@pytest.mark.parametrize(
    ("disks", "backup", "kinds", "named"),
    [
        (WEB.disks, Backup.NONE, set(DiskKind), "disks system, data with"),
        (WEB.disks, Backup.NONE, {DiskKind.DATA}, "disks data with"),
        (WEB.disks, Backup.SNAPSHOTS, set(DiskKind), ""),
        (WEB.disks, Backup.IMAGE, set(DiskKind), ""),
        (KEPT, Backup.NONE, set(DiskKind), ""),
        ((SYSTEM, KEPT[1]), Backup.NONE, set(DiskKind), "disks system with"),
        ((SYSTEM, KEPT[1]), Backup.NONE, {DiskKind.DATA}, ""),
        (WEB.disks, Backup.NONE, set(), ""),
    ],
)
def test_disks_that_die_without_backup_are_named(disks: Any, backup: Backup, kinds: Any, named: str) -> None:
    group = replace(WEB, disks=disks, terms=ReleaseTerms(backup=backup))
    found = lines(guardrails.lost_disks(group, kinds))
    assert len(found) == bool(named)
    assert all(line.startswith(f"web: {named}") for line in found)


@pytest.mark.parametrize(
    ("group", "why"),
    [
        (WEB, "no schedule"),
        (replace(WEB, members=()), ""),
        (replace(WEB, at_expiry=True), ""),
        (with_schedule(daily=EVENING), ""),
        (with_schedule(after=30 * DAY), ""),
        (with_schedule(after=30 * DAY + timedelta(minutes=1)), "the 30d that are allowed"),
        (with_schedule(at=NOW + 30 * DAY), ""),
        (with_schedule(at=NOW + 30 * DAY + timedelta(minutes=1)), "the 30d that are allowed"),
        (with_schedule(at=NOW - DAY), ""),
    ],
)
def test_a_group_without_an_end_or_with_one_too_late_is_endless(group: DeclaredGroup, why: str) -> None:
    found = lines(guardrails.endless(group, 30 * DAY, NOW))
    assert [why in line for line in found] == ([True] if why else [])


@pytest.mark.parametrize(("most", "found"), [(3, False), (2, False), (1, True)])
def test_more_than_the_limit_is_too_many(most: int, found: bool) -> None:
    assert [f"at most {most} " in line for line in lines(guardrails.too_many(WEB, most))] == [True] * found


def test_an_instance_without_a_group_is_outside_of_one() -> None:
    assert lines(guardrails.outside_a_group(DeclaredInstance("web-0", "web"))) == []
    (line,) = lines(guardrails.outside_a_group(DeclaredInstance("lone")))
    assert line.startswith("lone: declared outside an InstanceGroup: ")


@pytest.mark.parametrize(
    ("stack", "found"),
    [("prod", True), ("Prod-eu", True), ("production", True), ("test", False), ("prod-test", False)],
)
def test_a_stack_is_found_by_its_name(stack: str, found: bool) -> None:
    assert is_among(stack, ["prod*", "*-PROD"], ["*-test"]) is found


def test_every_rule_says_what_it_keeps() -> None:
    assert set(SENTENCES) == set(Rule)
