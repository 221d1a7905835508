"""The run under each term: phase after phase, and nothing destroyed before all is prepared."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ecs_release.domain.approval import Commission, parse_approvals
from ecs_release.domain.facts import CLAIMED_TAG, Charge
from ecs_release.domain.reasons import Reason
from ecs_release.domain.terms import (
    ApprovalTerm,
    Backup,
    OnActiveSubscription,
    OnBlocked,
    OnProtected,
    OnPublicIp,
    ReleaseTerms,
    Shutdown,
)
from ecs_release.gateway.errors import Refused
from ecs_release.runner.journal import Journal
from ecs_release.runner.observe import Errand, Sightings
from ecs_release.runner.run import Outcome, ReleaseRun, Tools
from tests.unit.domain.worlds import NOW, instance, record
from tests.unit.fake_gateway import FakeGateway
from tests.unit.runner.test_run import Clock

ACTIVE: dict[str, Any] = {"charge": Charge.SUBSCRIPTION, "expires_at": NOW + timedelta(days=30)}


def run(gateway: FakeGateway, folder: Path, *given: str, **terms: Any) -> Outcome:
    clock = Clock()
    members = {facts.name: id_ for id_, facts in gateway.instances.items()}
    errand = Errand(
        record(members), ReleaseTerms(**terms), commission=Commission(parse_approvals(",".join(given)))
    )
    journal = Journal(folder, "web", lambda: NOW)
    tools = Tools(lambda line: None, clock, clock.sleep, sightings=Sightings())
    return ReleaseRun(errand, gateway, journal, tools).run()  # type: ignore[arg-type]


def pair(**changes: Any) -> FakeGateway:
    return FakeGateway(*(instance(f"i-{number}", f"web-{number}", **changes) for number in range(2)))


def actions(gateway: FakeGateway) -> list[str]:
    return [method for method, _ in gateway.calls]


def refusal(code: str) -> Refused:
    return Refused(code, "The cloud says so.", "R-9", "Any", status=403)


CASES: list[tuple[str, dict[str, Any], dict[str, Any], list[str]]] = [
    (
        "protection is lifted on all, then all go",
        {"on_protected": OnProtected.LIFT},
        {"deletion_protection": True},
        ["lift", "lift", "release_instances"],
    ),
    (
        "every snapshot is accomplished before anything goes",
        {"backup": Backup.SNAPSHOTS},
        {},
        ["create_snapshot", "create_snapshot", "release_instances"],
    ),
    (
        "every image is made before anything goes",
        {"backup": Backup.IMAGE},
        {},
        ["create_image", "create_image", "release_instances"],
    ),
    (
        "addresses become EIPs",
        {"on_public_ip": OnPublicIp.KEEP},
        {"public_ips": ("1.2.3.4",)},
        ["convert_address", "convert_address", "release_instances"],
    ),
    (
        "refunds, each by itself, then the release",
        {"on_active_subscription": OnActiveSubscription.REFUND},
        ACTIVE,
        ["refund", "refund", "release_instances"],
    ),
    (
        "a graceful refund stops first",
        {"on_active_subscription": OnActiveSubscription.REFUND, "shutdown": Shutdown.GRACEFUL},
        ACTIVE,
        ["stop_instances", "refund", "refund", "release_instances"],
    ),
    (
        "conversion in one call",
        {"on_active_subscription": OnActiveSubscription.CONVERT},
        ACTIVE,
        ["convert_to_pay_as_you_go", "release_instances"],
    ),
]


@pytest.mark.parametrize(("name", "terms", "changes", "calls"), CASES, ids=[case[0] for case in CASES])
def test_phase_after_phase(
    tmp_path: Path, name: str, terms: dict[str, Any], changes: dict[str, Any], calls: list[str]
) -> None:
    gateway = pair(**changes)
    outcome = run(gateway, tmp_path, **terms)
    assert outcome.done
    assert actions(gateway) == calls
    assert gateway.instances == {}


def test_a_backup_that_fails_means_no_release(tmp_path: Path) -> None:
    gateway = pair()
    gateway.backups_end_as = "failed"
    outcome = run(gateway, tmp_path, backup=Backup.SNAPSHOTS)
    assert {finding.reason for finding in outcome.findings} == {Reason.BACKUP_FAILED}
    assert set(actions(gateway)) == {"create_snapshot"}
    assert len(gateway.instances) == 2


@pytest.mark.parametrize(
    ("method", "terms", "changes", "code", "reason"),
    [
        ("create_snapshot", {"backup": Backup.SNAPSHOTS}, {}, "QuotaExceed.Snapshot", Reason.BACKUP_FAILED),
        (
            "convert_address",
            {"on_public_ip": OnPublicIp.KEEP},
            {"public_ips": ("1.2.3.4",)},
            "MaxEIPQuotaExceeded",
            Reason.ADDRESS_CANNOT_BE_KEPT,
        ),
        (
            "lift",
            {"on_protected": OnProtected.LIFT},
            {"deletion_protection": True},
            "OperationDenied",
            Reason.PROTECTION_CANNOT_BE_LIFTED,
        ),
        (
            "convert_to_pay_as_you_go",
            {"on_active_subscription": OnActiveSubscription.CONVERT},
            ACTIVE,
            "QuotaExceed.RufundVcpu",
            Reason.REFUND_QUOTA,
        ),
        (
            "convert_to_pay_as_you_go",
            {"on_active_subscription": OnActiveSubscription.CONVERT},
            ACTIVE,
            "InstanceType.Offline",
            Reason.CONVERSION_FAILED,
        ),
    ],
)
def test_what_the_cloud_refuses_before_the_release_leaves_all_alive(
    tmp_path: Path,
    method: str,
    terms: dict[str, Any],
    changes: dict[str, Any],
    code: str,
    reason: Reason,
) -> None:
    gateway = pair(**changes)
    gateway.fail(method, refusal(code))
    outcome = run(gateway, tmp_path, **terms)
    assert {finding.reason for finding in outcome.findings} == {reason}
    assert len(gateway.instances) == 2
    assert "release_instances" not in actions(gateway)


def test_protection_is_put_back_where_the_release_was_refused(tmp_path: Path) -> None:
    gateway = pair(deletion_protection=True)
    gateway.fail("release_instances", refusal("DependencyViolation.RouteEntry"))
    outcome = run(gateway, tmp_path, on_protected=OnProtected.LIFT)
    assert {finding.reason for finding in outcome.findings} == {Reason.ROUTE_ENTRY}
    assert actions(gateway) == ["lift", "lift", "protect", "protect"]
    assert all(facts.deletion_protection for facts in gateway.instances.values())


def test_protection_is_put_back_where_lifting_the_second_failed(tmp_path: Path) -> None:
    gateway = pair(deletion_protection=True)
    gateway.fail("lift", refusal("OperationDenied"))
    run(gateway, tmp_path, on_protected=OnProtected.LIFT)
    assert all(facts.deletion_protection for facts in gateway.instances.values())


def test_a_product_that_cannot_stop_first_is_refunded_at_once_when_nothing_is_to_be_kept(
    tmp_path: Path,
) -> None:
    gateway = pair(**ACTIVE)
    gateway.disks = {key: disk for key, disk in gateway.disks.items() if not key.endswith("-data")}
    gateway.fail("refund", refusal("NotSupported"), refusal("NotSupported"))
    outcome = run(gateway, tmp_path, on_active_subscription=OnActiveSubscription.REFUND)
    assert outcome.done
    assert actions(gateway) == ["refund_at_once", "refund_at_once"]


def test_a_refund_at_once_is_refused_while_a_disk_is_to_be_kept(tmp_path: Path) -> None:
    gateway = pair(**ACTIVE)
    gateway.fail("refund", refusal("NotSupported"))
    outcome = run(gateway, tmp_path, on_active_subscription=OnActiveSubscription.REFUND)
    assert {finding.reason for finding in outcome.findings} == {Reason.REFUND_RELEASES_AT_ONCE}
    assert (actions(gateway), len(gateway.instances)) == ([], 2)


def test_one_blocked_and_the_other_goes(tmp_path: Path) -> None:
    gateway = pair()
    gateway.add(instance("i-0", "web-0", deletion_protection=True))
    outcome = run(gateway, tmp_path, on_blocked=OnBlocked.RELEASE_OTHERS)
    assert outcome.released == ("i-1",)
    assert [finding.instance_id for finding in outcome.findings] == ["i-0"]
    assert {thing.id for thing in outcome.survivors} == {"d-i-1-data"}
    assert list(gateway.instances) == ["i-0"]


def test_without_the_digest_nothing_happens_and_with_it_all(tmp_path: Path) -> None:
    gateway = pair()
    refused = run(gateway, tmp_path, approval=ApprovalTerm.PLAN)
    assert {finding.reason for finding in refused.findings} == {Reason.NEEDS_APPROVAL}
    assert gateway.calls == []
    assert run(gateway, tmp_path, refused.plan.digest, approval=ApprovalTerm.PLAN).done


def test_what_appears_during_an_approved_run_is_not_taken_along(tmp_path: Path) -> None:
    class Appearing(FakeGateway):
        def set_protection(self, instance_id: str, on: bool) -> str:
            if not on:
                self.add(instance("i-9", "web-9"))
                # Or it would wait for the next run for another reason.
                self.tag_instances(["i-9"], {CLAIMED_TAG: "i-9"})
            return super().set_protection(instance_id, on)

    terms = {"approval": ApprovalTerm.PLAN, "on_protected": OnProtected.LIFT}
    gateway = Appearing(instance("i-0", "web-0", deletion_protection=True))
    digest = run(gateway, tmp_path, **terms).plan.digest
    outcome = run(gateway, tmp_path, digest, **terms)
    assert {finding.reason for finding in outcome.findings} == {Reason.APPROVAL_IS_STALE}
    assert set(gateway.instances) == {"i-0", "i-9"}
    assert gateway.instances["i-0"].deletion_protection
