"""Every state that an instance can be in when it is to be released, crossed with each term that touches it.

The rows are those of "What DeleteInstance answers" in the API's reference, and what the life of an instance
adds. The judge is the emulator: a refused run has changed nothing, a release has kept what was to stay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ecs_release.domain.facts import DiskKind
from ecs_release.domain.reasons import Reason
from ecs_release.domain.terms import DeclaredDisk
from ecs_release.runner.run import Outcome
from tests.emulator import states
from tests.emulator.cloud import Cloud
from tests.properties.shop import DATA, SYSTEM, Shop, errand_of, flags_of, planned, released

Make = Callable[[Cloud], str]
GONE_WITH_IT = DeclaredDisk("data", DiskKind.DATA, "cloud_essd", 40, release_with_instance=True)
PUBLIC = {"InternetMaxBandwidthOut": 5}
RELEASED = ""
LIFT = {"on_protected": "lift"}
REFUND = {"on_active_subscription": "refund"}
CONVERT = {"on_active_subscription": "convert"}
SNAPSHOTS, IMAGE = {"backup": "snapshots"}, {"backup": "image"}
GRACEFUL = {"shutdown": "graceful"}
KEEP = {"on_public_ip": "keep"}
PLAN = {"approval": "plan"}
# What touches every row: it is refused or done alike, whatever the state.
USUAL: tuple[tuple[dict[str, str], str], ...] = (
    ({}, RELEASED),
    (SNAPSHOTS, RELEASED),
    (GRACEFUL, RELEASED),
    (PLAN, "needs-approval"),
)


def always(reason: str) -> tuple[tuple[dict[str, str], str], ...]:
    """The usual terms, each of them refused for one reason."""
    return tuple((terms, reason) for terms, _ in USUAL[:3])


@dataclass(frozen=True)
class Row:
    """A state, and what comes of a release under each of some terms: a reason, or "" for done."""

    name: str
    make: Make
    cases: tuple[tuple[dict[str, str], str], ...] = USUAL
    disks: tuple[DeclaredDisk, ...] = field(default=(SYSTEM, DATA))


def dying(make: Callable[..., str], **order: Any) -> Make:
    """The maker of an instance whose data disk goes with it."""
    return lambda cloud: make(cloud, **{"DataDisk.1.DeleteWithInstance": True, **order})


def active_and_quota_used_up(cloud: Cloud) -> str:
    cloud.control("settings", {"refund_vcpu_hours": 1})
    return states.paid(cloud)


def refund_that_goes_at_once(cloud: Cloud) -> str:
    refused = {"status": 200, "code": "ProductNotSupported", "message": "not supported"}
    match = {"action": "RefundInstance", "parameters": {"ImmediatelyRelease": "0"}}
    instance = states.paid(cloud)
    cloud.control("faults", {"match": match, "effect": refused})
    return instance


def without_system_disk_rights(cloud: Cloud) -> str:
    instance = states.running(cloud)
    cloud.control("faults", {"match": {"action": "DescribeDisks"}, "effect": {"body": EMPTY_DISKS}})
    return instance


EMPTY_DISKS = '{"RequestId": "R", "Disks": {"Disk": []}, "NextToken": ""}'
SECURITY = "security-lock-destroys-kept-disks"
SUBSCRIBED = always("active-subscription")
ROWS = [
    Row("pay-as-you-go, running", states.running, (*USUAL, (IMAGE, RELEASED))),
    Row("pay-as-you-go, stopped", states.stopped, (*USUAL, (IMAGE, RELEASED))),
    Row("pay-as-you-go, with a fixed address", states.ordered(**PUBLIC), (*USUAL, (KEEP, RELEASED))),
    Row("pay-as-you-go, pending", states.pending),
    Row("pay-as-you-go, starting", states.starting),
    Row("pay-as-you-go, stopping", states.stopping),
    Row("pay-as-you-go, being released", states.releasing, (({}, RELEASED), (GRACEFUL, RELEASED))),
    Row(
        "pay-as-you-go, protected",
        states.protected,
        (
            *always("protected"),
            (LIFT, RELEASED),
            (LIFT | SNAPSHOTS, RELEASED),
            (LIFT | PLAN, "needs-approval"),
        ),
    ),
    Row("pay-as-you-go, scheduled", states.scheduled),
    Row("pay-as-you-go, overdue account", states.overdue, (({}, RELEASED), (GRACEFUL, RELEASED))),
    Row(
        "pay-as-you-go, overdue account, with a fixed address",
        lambda cloud: states.overdue(cloud, **PUBLIC),
        ((KEEP, "address-cannot-be-kept"),),
    ),
    Row("spot, running", states.spot),
    Row("spot, stopped", states.spot_at_rest),
    Row("spot, about to be reclaimed", states.recycled, (({}, RELEASED), (GRACEFUL, RELEASED))),
    Row("subscription, active", states.paid, (*SUBSCRIBED, (REFUND, RELEASED), (CONVERT, RELEASED))),
    Row(
        "subscription, active, stopped",
        states.paid_at_rest,
        (*SUBSCRIBED, (REFUND, RELEASED), (CONVERT, RELEASED)),
    ),
    Row(
        "subscription, active, refund and backup",
        states.paid,
        ((REFUND | SNAPSHOTS, RELEASED), (REFUND | GRACEFUL, RELEASED), (REFUND | PLAN, "needs-approval")),
    ),
    Row(
        "subscription, active, the product cannot stop first",
        refund_that_goes_at_once,
        ((REFUND, "refund-releases-at-once"), (REFUND | IMAGE, RELEASED)),
    ),
    Row(
        "subscription, active, quota used up", active_and_quota_used_up, ((CONVERT, "refund-quota-used-up"),)
    ),
    Row(
        "subscription, conversion ordered",
        states.converting,
        ((CONVERT, "conversion-failed"), *SUBSCRIBED[:1]),
    ),
    Row("subscription, expired, not stopped yet", states.expired),
    Row(
        "subscription, expired, stopped",
        states.expired_at_rest,
        (*USUAL, (REFUND, RELEASED), (CONVERT, RELEASED)),
    ),
    Row(
        "subscription, expired, renewal unpaid, running",
        states.unpaid_renewal,
        (({}, RELEASED), (GRACEFUL, RELEASED)),
    ),
    Row(
        "subscription, refunded and stopped",
        states.refunded,
        (({}, RELEASED), (REFUND, RELEASED), (GRACEFUL, RELEASED)),
    ),
    Row("security lock, a disk to be kept", states.locked(states.running), always(SECURITY)),
    Row("security lock, a disk to be kept, stopped", states.locked(states.stopped), always(SECURITY)),
    Row(
        "security lock, nothing to be kept",
        states.locked(dying(states.running)),
        (({}, RELEASED), (GRACEFUL, RELEASED), (SNAPSHOTS, "backup-failed"), (IMAGE, "backup-failed")),
        (SYSTEM, GONE_WITH_IT),
    ),
    Row(
        "security lock, protected, nothing to be kept",
        states.locked(dying(states.running, DeletionProtection=True)),
        (({}, "protected"), (LIFT, "protection-cannot-be-lifted")),
        (SYSTEM, GONE_WITH_IT),
    ),
    Row(
        "security lock that refuses releases",
        states.refusing(dying(states.running)),
        (({}, SECURITY),),
        (SYSTEM, GONE_WITH_IT),
    ),
    Row("a route leads to it", states.routed, always("route-entry")),
    Row("its interface is linked", states.blocked("eni-linked"), always("eni-linked")),
    Row(
        "another product manages it",
        states.blocked("system-managed"),
        always("managed-by-another-product"),
    ),
    Row(
        "a load balancer is being configured, for ever",
        states.blocked("slb-configuring"),
        (({}, "deadline"),),
    ),
    Row("protected and blocked", states.blocked("eni-linked", states.protected), ((LIFT, "eni-linked"),)),
    Row("unknown", states.nothing, (({}, RELEASED), (SNAPSHOTS, RELEASED))),
    Row("its disks cannot be seen", without_system_disk_rights, (({}, "no-permission-to-look"),)),
]
CASES = [
    pytest.param(row, terms, reason, id=f"{row.name}: {', '.join(terms.values()) or 'defaults'}")
    for row in ROWS
    for terms, reason in row.cases
]


def reasons(outcome: Outcome) -> set[str]:
    return {finding.reason.value for finding in outcome.findings}


@pytest.mark.parametrize(("row", "terms", "reason"), CASES)
def test_what_a_release_comes_to(
    shop: Shop, tmp_path: Path, row: Row, terms: dict[str, str], reason: str
) -> None:
    instance = row.make(shop)
    if instance in shop.state()["instances"]:
        shop.tag(instance, "web-0")
    before = shop.state()
    errand = errand_of(shop, {"web-0": instance}, row.disks, **terms)
    foreseen = planned(shop, errand)
    outcome = released(shop, errand, tmp_path)
    after = shop.state()
    if reason:
        assert reasons(outcome) == {reason}
        assert flags_of(after) == flags_of(before) or has_left_a_backup(before, after, terms)
        return
    assert outcome.done, reasons(outcome)
    assert instance not in after["instances"]
    kept = {thing.id for each in foreseen.instances for thing in each.survivors if thing.kind == "disk"}
    assert set(after["disks"]) == kept
    if "backup" in terms and before["disks"]:
        assert after["snapshots"]


def has_left_a_backup(before: dict[str, Any], after: dict[str, Any], terms: dict[str, str]) -> bool:
    """Whether all that a refused run has left behind is the backup that it took first."""
    backups = ("snapshots", "images")
    same = flags_of({**after, **{kind: before[kind] for kind in backups}}) == flags_of(before)
    return "backup" in terms and same


def test_every_reason_is_a_word_that_users_know() -> None:
    assert {reason for row in ROWS for _, reason in row.cases if reason} <= {each.value for each in Reason}
