"""What a run leaves when it cannot go on as planned: protection, receipts, and the others of its group."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ecs_release.domain.facts import CLAIMED_TAG, Charge, Status
from ecs_release.domain.reasons import Reason
from ecs_release.domain.terms import (
    Backup,
    OnActiveSubscription,
    OnBlocked,
    OnProtected,
    ReleaseTerms,
)
from ecs_release.gateway.errors import Refused, Throttled
from ecs_release.provider.releasing import outcome_lines
from ecs_release.runner.journal import Journal
from ecs_release.runner.observe import Errand, Sightings
from ecs_release.runner.run import EngineGone, Outcome, ReleaseRun, Tools
from tests.unit.domain.worlds import NOW, instance, record
from tests.unit.fake_gateway import FakeGateway
from tests.unit.runner.test_phases import ACTIVE, actions, pair, refusal
from tests.unit.runner.test_phases import run as run_under
from tests.unit.runner.test_run import Clock

EXPIRED: dict[str, Any] = {"charge": Charge.SUBSCRIPTION, "expires_at": NOW - timedelta(days=1)}
LIFT = ReleaseTerms(on_protected=OnProtected.LIFT)


def run(gateway: Any, folder: Path, terms: ReleaseTerms, answers: int = 10**6) -> Outcome:
    """A run whose engine answers so many times."""
    left = iter(range(answers))
    members = {facts.name: id_ for id_, facts in gateway.instances.items()}
    clock = Clock()
    tools = Tools(lambda line: None, clock, clock.sleep, lambda: next(left, None) is not None, Sightings())
    return ReleaseRun(
        Errand(record(members), terms), gateway, Journal(folder, "web", lambda: NOW), tools
    ).run()


def receipt(folder: Path) -> dict[str, Any]:
    (path,) = folder.glob("*.receipt.json")
    return dict(json.loads(path.read_text()))


def test_protection_is_put_back_when_the_engine_goes_between_lift_and_release(
    tmp_path: Path,
) -> None:
    gateway = pair(deletion_protection=True)
    with pytest.raises(EngineGone):
        run(gateway, tmp_path, LIFT, answers=2)
    assert actions(gateway) == ["lift", "lift", "protect", "protect"]
    told = receipt(tmp_path)
    assert (told["done"], told["released"]) == (False, [])
    assert [call["action"] for call in told["calls"]] == ["ModifyInstanceAttribute"] * 4


def test_what_was_not_lifted_before_the_engine_went_is_left_alone(tmp_path: Path) -> None:
    gateway = pair(deletion_protection=True)
    with pytest.raises(EngineGone):
        run(gateway, tmp_path, LIFT, answers=1)
    assert actions(gateway) == ["lift", "protect"]


def test_one_that_cannot_be_protected_again_saves_no_other(tmp_path: Path) -> None:
    gateway = pair(deletion_protection=True)
    gateway.fail("release_instances", refusal("DependencyViolation.RouteEntry"))
    gateway.fail("protect", Throttled("Throttling.User", "too many"))
    run(gateway, tmp_path, LIFT)
    assert [facts.deletion_protection for facts in gateway.instances.values()] == [False, True]


def said_of(gateway: Any, folder: Path) -> list[str]:
    """What a run that lifts says about protection that is off."""
    said, clock = list[str](), Clock()
    members = {facts.name: id_ for id_, facts in gateway.instances.items()}
    tools = Tools(said.append, clock, clock.sleep)
    journal = Journal(folder, "web", lambda: NOW)
    assert not ReleaseRun(Errand(record(members), LIFT), gateway, journal, tools).run().done
    return [line for line in said if "UNPROTECTED" in line]


def test_what_could_not_be_lifted_is_not_said_to_be_unprotected(tmp_path: Path) -> None:
    gateway = pair(deletion_protection=True)
    for method in ("lift", "protect"):
        gateway.fail(method, refusal("Forbidden.RAM"))
    assert said_of(gateway, tmp_path) == []


def test_what_cannot_be_seen_may_be_unprotected(tmp_path: Path) -> None:
    class Blind(FakeGateway):
        def find_instances(self, ids: Any) -> Any:
            raise Throttled("Throttling.User", "too many")

    gateway = Blind(instance("i-0", "web-0", deletion_protection=True))
    for method in ("lift", "protect"):
        gateway.fail(method, refusal("Forbidden.RAM"))
    (line,) = said_of(gateway, tmp_path)
    assert "i-0 may be left UNPROTECTED" in line


@pytest.mark.parametrize("looks", [True, False])
def test_a_success_that_protected_nothing_is_no_protection(tmp_path: Path, looks: bool) -> None:
    class Promising(FakeGateway):
        def set_protection(self, instance_id: str, on: bool) -> str:
            return "R-1" if on else super().set_protection(instance_id, on)

        def find_instances(self, ids: Any) -> Any:
            if not looks:
                raise Throttled("Throttling.User", "too many")
            return super().find_instances(ids)

    gateway = Promising(instance("i-0", "web-0", deletion_protection=True))
    gateway.fail("release_instances", refusal("DependencyViolation.RouteEntry"))
    (line,) = said_of(gateway, tmp_path)
    assert f"i-0 {'is' if looks else 'may be'} left UNPROTECTED" in line


def trio(**changes: Any) -> FakeGateway:
    return FakeGateway(*(instance(f"i-{number}", f"web-{number}", **changes) for number in range(3)))


class Holding(FakeGateway):
    """A cloud that never lets i-1 go, and does not always say that it was i-1."""

    names_it = False

    def release_instances(self, ids: Any, **switches: Any) -> str:
        if "i-1" in ids:
            text = "i-1 is held" if self.names_it else "held"
            raise Refused("DependencyViolation.RouteEntry", text, "R-9", "DeleteInstances", status=400)
        return super().release_instances(ids, **switches)


@pytest.mark.parametrize("names_it", [True, False])
def test_the_others_go_where_the_cloud_refuses_one(tmp_path: Path, names_it: bool) -> None:
    gateway = Holding(*(instance(f"i-{number}", f"web-{number}") for number in range(3)))
    gateway.names_it = names_it
    outcome = run(gateway, tmp_path, ReleaseTerms(on_blocked=OnBlocked.RELEASE_OTHERS))
    assert set(outcome.released) == {"i-0", "i-2"}
    assert [(each.instance_id, each.reason) for each in outcome.findings] == [("i-1", Reason.ROUTE_ENTRY)]
    assert list(gateway.instances) == ["i-1"]


def test_an_accepted_batch_is_seen_going_where_the_next_is_refused(tmp_path: Path) -> None:
    gateway = Holding(instance("i-0", "web-0", status=Status.STOPPED), instance("i-1", "web-1", **EXPIRED))
    outcome = run(gateway, tmp_path, ReleaseTerms())
    assert [finding.instance_id for finding in outcome.findings] == ["i-1"]
    assert outcome.released == ("i-0",)
    assert list(gateway.instances) == ["i-1"]


def test_by_default_the_cloud_refusing_one_stops_all(tmp_path: Path) -> None:
    gateway = Holding(*(instance(f"i-{number}", f"web-{number}") for number in range(3)))
    outcome = run(gateway, tmp_path, ReleaseTerms())
    assert (outcome.released, len(gateway.instances)) == ((), 3)


def test_what_went_before_a_refusal_is_not_denied(tmp_path: Path) -> None:
    class Protecting(FakeGateway):
        def release_instances(self, ids: Any, **switches: Any) -> str:
            self.add(instance("i-9", "web-9", deletion_protection=True))
            return super().release_instances(ids, **switches)

    gateway = Protecting(instance("i-0", "web-0"))
    outcome = run(gateway, tmp_path, ReleaseTerms())
    first = outcome_lines(outcome)[0]
    assert "1 were released before, no other is" in first
    assert "nothing is released" not in first


def test_a_conversion_is_waited_for_from_its_order_on(tmp_path: Path) -> None:
    class Slow(FakeGateway):
        """Backups take an hour of looks, conversions one more."""

        def create_snapshot(self, *told: Any) -> str:
            made = super().create_snapshot(*told)
            self.ready_at = {key: value + 200 for key, value in self.ready_at.items()}
            return made

        def convert_to_pay_as_you_go(self, ids: Any) -> str:
            self.asked = list(ids)
            self.calls.append(("convert_to_pay_as_you_go", tuple(ids)))
            self.converted_at = self._looks + 3
            return "R"

        def snapshots_of(self, disks: Any) -> Any:
            found = super().snapshots_of(disks)
            if getattr(self, "converted_at", 10**9) <= self._looks:
                super().convert_to_pay_as_you_go(self.asked)
                self.converted_at = 10**9
            return found

    active: dict[str, Any] = {"charge": Charge.SUBSCRIPTION, "expires_at": NOW + timedelta(days=30)}
    gateway = Slow(instance("i-0", "web-0", **active))
    terms = {"backup": Backup.SNAPSHOTS, "on_active_subscription": OnActiveSubscription.CONVERT}
    outcome = run_under(gateway, tmp_path, **terms)
    assert outcome.done, outcome.findings


@pytest.mark.parametrize(("backup", "done"), [(Backup.SNAPSHOTS, False), (Backup.IMAGE, True)])
def test_only_an_image_has_a_copy_of_a_disk_that_a_refund_at_once_could_take(
    tmp_path: Path, backup: Backup, done: bool
) -> None:
    gateway = pair(**ACTIVE)
    gateway.fail("refund", refusal("NotSupported"), refusal("NotSupported"))
    outcome = run_under(gateway, tmp_path, backup=backup, on_active_subscription=OnActiveSubscription.REFUND)
    assert outcome.done is done
    assert (len(gateway.instances) == 0) is done


def test_what_is_claimed_later_is_in_the_receipt_too(tmp_path: Path) -> None:
    class Joined(FakeGateway):
        def release_instances(self, ids: Any, **switches: Any) -> str:
            if "i-9" not in ids:
                self.add(instance("i-9", "web-9"))
                self.tag_instances(["i-9"], {CLAIMED_TAG: "i-9"})
            return super().release_instances(ids, **switches)

    gateway = Joined(instance("i-0", "web-0"))
    assert run(gateway, tmp_path, ReleaseTerms()).done
    told = receipt(tmp_path)
    assert [each["instance_id"] for each in told["released"]] == ["i-0", "i-9"]
    assert "d-i-9-system" in {each["id"] for each in told["lost"]}
