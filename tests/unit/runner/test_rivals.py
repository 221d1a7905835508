"""Whose an unrecorded instance is, the first look settles: a rival's end or a late tag changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ecs_release.domain.facts import CLAIMED_TAG
from ecs_release.domain.reasons import Reason
from ecs_release.domain.terms import OnBlocked, ReleaseTerms
from ecs_release.runner.journal import Journal
from ecs_release.runner.observe import Errand
from ecs_release.runner.run import ReleaseRun, Tools
from tests.unit.domain.worlds import NOW, instance, record
from tests.unit.fake_gateway import FakeGateway
from tests.unit.runner.test_run import Clock


def test_the_release_of_a_claimed_one_makes_no_leftover_of_its_rival(tmp_path: Path) -> None:
    clock = Clock()
    gateway: Any = FakeGateway(instance("i-0", "web-0"), instance("i-1", "web-0"))
    gateway.tag_instances(["i-0"], {CLAIMED_TAG: "i-0"})
    errand = Errand(record({}), ReleaseTerms(on_blocked=OnBlocked.RELEASE_OTHERS))
    tools = Tools(lambda line: None, clock, clock.sleep)
    outcome = ReleaseRun(errand, gateway, Journal(tmp_path, "web", lambda: NOW), tools).run()
    assert outcome.released == ("i-0",)
    assert [(each.instance_id, each.reason) for each in outcome.findings] == [("i-1", Reason.UNRECORDED)]
    assert list(gateway.instances) == ["i-1"]


class TaggedInMidRun(FakeGateway):
    """Somebody puts the group's tags on a stranger while the first release is under way."""

    def release_instances(self, ids: Any, **switches: Any) -> str:
        if "i-1" not in self.instances:
            self.add(instance("i-1", "web-1"))
        return super().release_instances(ids, **switches)


def test_what_gets_our_tag_in_mid_run_was_in_no_plan_and_waits_for_the_next_run(tmp_path: Path) -> None:
    clock = Clock()
    gateway: Any = TaggedInMidRun(instance("i-0", "web-0"))
    errand = Errand(record({"web-0": "i-0"}), ReleaseTerms())
    tools = Tools(lambda line: None, clock, clock.sleep)
    outcome = ReleaseRun(errand, gateway, Journal(tmp_path, "web", lambda: NOW), tools).run()
    assert outcome.released == ("i-0",)
    assert [(each.instance_id, each.reason) for each in outcome.findings] == [("i-1", Reason.UNRECORDED)]
    again = ReleaseRun(errand, gateway, Journal(tmp_path, "web", lambda: NOW), tools).run()
    assert again.released == ("i-1",)


class GoesBlind(FakeGateway):
    """The right to look is withdrawn once the release was accepted: all answers are empty and say nothing."""

    blind = False

    def release_instances(self, ids: Any, **switches: Any) -> str:
        self.blind = True
        return super().release_instances(ids, **switches)

    def find_group(self, group_id: str) -> Any:
        return () if self.blind else super().find_group(group_id)

    def find_instances(self, ids: Any) -> Any:
        return () if self.blind else super().find_instances(ids)

    def may_look(self) -> bool:
        return not self.blind

    def is_released(self, instance_id: str) -> bool:
        return False


def test_what_no_record_would_miss_is_not_gone_because_it_cannot_be_seen(tmp_path: Path) -> None:
    clock = Clock()
    gateway: Any = GoesBlind(instance("i-0", "web-0"))
    tools = Tools(lambda line: None, clock, clock.sleep)
    journal = Journal(tmp_path, "web", lambda: NOW)
    outcome = ReleaseRun(Errand(record({}), ReleaseTerms()), gateway, journal, tools).run()
    assert not outcome.done
    assert [each.reason for each in outcome.findings] == [Reason.NO_PERMISSION_TO_LOOK]
