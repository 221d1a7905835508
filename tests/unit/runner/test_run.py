"""The release run over a gateway in memory; no test waits for real time."""

from pathlib import Path
from typing import Any

import pytest

from ecs_release.domain.facts import Charge, Status
from ecs_release.domain.reasons import Reason
from ecs_release.gateway.errors import Later, Refused
from ecs_release.runner.journal import Journal
from ecs_release.runner.observe import Errand, Sightings
from ecs_release.runner.run import EngineGone, Outcome, ReleaseRun, Tools
from tests.unit.domain.worlds import NOW, data_disk, disk, instance, record
from tests.unit.fake_gateway import FakeGateway


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def run(
    gateway: Any, folder: Path, *, keep_going: bool = True, **changes: Any
) -> tuple[Outcome, Path, Clock]:
    clock = Clock()
    members = changes.pop("members", {facts.name: id_ for id_, facts in gateway.instances.items()})
    recorded = record(members, **changes)
    journal = Journal(folder, "web", lambda: NOW)
    tools = Tools(lambda line: None, clock, clock.sleep, lambda: keep_going, Sightings())
    outcome = ReleaseRun(Errand(recorded, recorded.terms), gateway, journal, tools).run()
    return outcome, journal.path, clock


def three(**changes: Any) -> FakeGateway:
    return FakeGateway(*(instance(f"i-{number}", f"web-{number}", **changes) for number in range(3)))


def test_three_go_in_one_call_and_are_confirmed(tmp_path: Path) -> None:
    gateway = three()
    outcome, journal, _ = run(gateway, tmp_path)
    assert gateway.calls == [("release_instances", ("i-0", "i-1", "i-2"))]
    assert outcome.done
    assert gateway.instances == {}
    assert {thing.id for thing in outcome.survivors} == {f"d-i-{number}-data" for number in range(3)}
    assert '"outcome"' in journal.read_text()


def test_one_refused_means_none_released(tmp_path: Path) -> None:
    gateway = three()
    gateway.instances["i-1"] = instance("i-1", "web-1", deletion_protection=True)
    outcome, _, _ = run(gateway, tmp_path)
    assert gateway.calls == []
    assert [finding.reason for finding in outcome.findings] == [Reason.PROTECTED]


def test_250_instances_need_three_calls(tmp_path: Path) -> None:
    gateway = FakeGateway(*(instance(f"i-{number}", f"web-{number}") for number in range(250)))
    outcome, _, _ = run(gateway, tmp_path)
    assert outcome.done
    assert [len(ids) for _, ids in gateway.calls] == [100, 100, 50]


def test_a_flag_is_moved_towards_keeping_before_the_release(tmp_path: Path) -> None:
    disks = (disk("i-0"), data_disk("i-0", delete_with_instance=True))
    gateway = FakeGateway(instance("i-0", "web-0", disks=disks))
    outcome, _, _ = run(gateway, tmp_path)
    assert outcome.done
    assert [method for method, _ in gateway.calls] == ["set_disk_flags", "release_instances"]
    assert gateway.calls[0][1] == ("d-i-0-data",)


def test_released_by_hand_before_is_success_and_calls_nothing(tmp_path: Path) -> None:
    gateway = FakeGateway()
    outcome, journal, _ = run(gateway, tmp_path, members={"web-0": "i-0"})
    assert outcome.done
    assert gateway.calls == []
    assert not journal.exists()


def test_without_the_right_to_look_nothing_counts_as_gone(tmp_path: Path) -> None:
    gateway = three()
    gateway.may_see = False
    outcome, _, _ = run(gateway, tmp_path, members={"web-0": "i-0"})
    assert [finding.reason for finding in outcome.findings] == [Reason.NO_PERMISSION_TO_LOOK]


def test_what_still_starts_is_waited_for(tmp_path: Path) -> None:
    gateway = three(status=Status.STARTING)
    clock = Clock()

    def started(seconds: float) -> None:
        clock.sleep(seconds)
        for id_ in gateway.instances:
            gateway.instances[id_] = instance(id_, f"web-{id_[-1]}")

    recorded = record({f"web-{number}": f"i-{number}" for number in range(3)})
    tools = Tools(lambda line: None, clock, started)
    gateway_: Any = gateway
    journal = Journal(tmp_path, "web", lambda: NOW)
    assert ReleaseRun(Errand(recorded, recorded.terms), gateway_, journal, tools).run().done


def test_the_deadline_ends_a_run_that_waits(tmp_path: Path) -> None:
    outcome, _, clock = run(three(status=Status.STOPPING), tmp_path)
    assert {finding.reason for finding in outcome.findings} == {Reason.DEADLINE}
    assert 600 <= clock.now < 620


@pytest.mark.parametrize("error", [Later("IncorrectInstanceStatus", "busy", "R", "DeleteInstances")])
def test_a_passing_refusal_is_tried_again(error: Exception, tmp_path: Path) -> None:
    gateway = three()
    gateway.fail("release_instances", error)
    assert run(gateway, tmp_path)[0].done


def test_a_lasting_refusal_of_the_cloud_is_reported_with_its_reason(tmp_path: Path) -> None:
    gateway = three()
    gateway.fail(
        "release_instances", Refused("InvalidOperation.EniLinked", "i-1 linked", "R", "DeleteInstances")
    )
    outcome, _, _ = run(gateway, tmp_path)
    assert [(finding.instance_id, finding.reason) for finding in outcome.findings] == [
        ("i-1", Reason.ENI_LINKED)
    ]
    assert len(gateway.instances) == 3


def test_another_account_is_refused_before_looking(tmp_path: Path) -> None:
    gateway = three()
    gateway.account = "2"
    outcome, _, _ = run(gateway, tmp_path)
    assert [finding.reason for finding in outcome.findings] == [Reason.WRONG_ACCOUNT]


def test_the_run_stops_when_the_engine_is_gone(tmp_path: Path) -> None:
    gateway = three()
    with pytest.raises(EngineGone):
        run(gateway, tmp_path, keep_going=False)
    assert gateway.calls == []


def test_subscriptions_go_in_a_call_of_their_own(tmp_path: Path) -> None:
    expired = instance("i-9", "web-9", charge=Charge.SUBSCRIPTION, expires_at=NOW)
    gateway = FakeGateway(instance("i-0", "web-0"), expired)
    assert run(gateway, tmp_path)[0].done
    assert [ids for _, ids in gateway.calls] == [("i-0",), ("i-9",)]


def test_a_disk_that_was_to_stay_and_is_gone_is_said(tmp_path: Path) -> None:
    gateway = FakeGateway(instance("i-0", "web-0"))
    gateway.find_disks = lambda disk_ids: ()  # type: ignore[method-assign]
    (survivor,) = run(gateway, tmp_path)[0].survivors
    assert "NOT to be found" in survivor.why
