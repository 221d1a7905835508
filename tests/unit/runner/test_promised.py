"""A 200 to a release is a promise: what a run does and says where nothing comes of it."""

from pathlib import Path
from typing import Any

import pytest

from ecs_release.domain.reasons import Reason
from ecs_release.domain.terms import ReleaseTerms
from ecs_release.gateway.errors import NotFound, Refused, Throttled
from ecs_release.runner.run import EngineGone
from tests.unit.domain.worlds import instance
from tests.unit.fake_gateway import FakeGateway
from tests.unit.runner.test_broken_off import LIFT, receipt, run, said_of
from tests.unit.runner.test_phases import actions, refusal


def test_a_release_that_was_promised_and_then_refused_is_none(tmp_path: Path) -> None:
    class Forgetful(FakeGateway):
        asked = 0

        def release_instances(self, ids: Any, **switches: Any) -> str:
            self.asked += 1
            if self.asked > 1:
                raise Refused(
                    "DependencyViolation.RouteEntry", "i-0 is held", "R-9", "DeleteInstances", status=400
                )
            return "R-1"

    gateway = Forgetful(instance("i-0", "web-0", deletion_protection=True))
    outcome = run(gateway, tmp_path, LIFT)
    assert outcome.released == ()
    assert [finding.reason for finding in outcome.findings] == [Reason.ROUTE_ENTRY]
    assert gateway.instances["i-0"].deletion_protection


class Idle(FakeGateway):
    """A cloud that says yes to a release and does nothing."""

    def release_instances(self, ids: Any, **switches: Any) -> str:
        return self._called("release_instances", ids)


def test_a_promise_that_nothing_came_of_is_no_release(tmp_path: Path) -> None:
    gateway = Idle(instance("i-0", "web-0", deletion_protection=True))
    outcome = run(gateway, tmp_path, LIFT)
    assert [finding.reason for finding in outcome.findings] == [Reason.DEADLINE]
    assert (outcome.released, receipt(tmp_path)["released"]) == ((), [])
    assert gateway.instances["i-0"].deletion_protection


def test_protection_comes_back_where_the_engine_goes_before_a_promise_is_looked_at(tmp_path: Path) -> None:
    gateway = Idle(instance("i-0", "web-0", deletion_protection=True))
    with pytest.raises(EngineGone):
        run(gateway, tmp_path, LIFT, answers=2)
    assert actions(gateway) == ["lift", "release_instances", "protect"]
    assert receipt(tmp_path)["released"] == []


def test_what_has_gone_meanwhile_is_not_protected_again(tmp_path: Path) -> None:
    protected = [instance(f"i-{number}", f"web-{number}", deletion_protection=True) for number in range(2)]
    gateway = FakeGateway(*protected, lingers=0)
    with pytest.raises(EngineGone):
        run(gateway, tmp_path, LIFT, answers=3)
    assert actions(gateway) == ["lift", "lift", "release_instances"]
    assert {each["instance_id"] for each in receipt(tmp_path)["released"]} == {"i-0", "i-1"}


def test_what_was_promised_and_cannot_be_protected_is_said_to_be_open(tmp_path: Path) -> None:
    gateway = Idle(instance("i-0", "web-0", deletion_protection=True))
    gateway.fail("protect", refusal("IncorrectInstanceStatus"))
    (line,) = said_of(gateway, tmp_path)
    assert "i-0 is left UNPROTECTED" in line


def test_what_was_promised_and_cannot_be_looked_at_is_protected_again(tmp_path: Path) -> None:
    class Blind(Idle):
        def find_instances(self, ids: Any) -> Any:
            raise Throttled("Throttling.User", "too many")

    gateway = Blind(instance("i-0", "web-0", deletion_protection=True))
    with pytest.raises(Throttled):
        run(gateway, tmp_path, LIFT)
    assert actions(gateway) == ["lift", "release_instances", "protect"]


def test_what_went_late_was_released_all_the_same(tmp_path: Path) -> None:
    class Slow(FakeGateway):
        """It goes when it is told to for the second time, and says that it is not there."""

        def release_instances(self, ids: Any, **switches: Any) -> str:
            request_id = self._called("release_instances", ids)
            if len(self.calls) > 1:
                self.instances.clear()
                raise NotFound("InvalidInstanceId.NotFound", "it is not there", "R-9", "DeleteInstances")
            return request_id

    outcome = run(Slow(instance("i-0", "web-0")), tmp_path, ReleaseTerms())
    assert (outcome.done, outcome.released) == (True, ("i-0",))
