"""The calls of earlier runs, read back: answered, refused or neither; and whose members they were about."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ecs_release.domain.audit import OwnCall
from ecs_release.domain.facts import InstanceFacts
from ecs_release.gateway.errors import Refused, Unreachable
from ecs_release.runner.arming import arm_on_record
from ecs_release.runner.journal import Journal
from ecs_release.runner.own_doings import OwnDoings, own_doings
from ecs_release.runner.receipt import Caller, Receipt, ReceiptCall, ReceiptInstance
from tests.unit.domain.worlds import instance
from tests.unit.fake_gateway import FakeGateway

NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)
PLACE = {"project": "shop", "stack": "prod", "account": "1"}
PLAN = {"group": "web", "instances": [{"instance_id": "i-9", "member": "web-9"}]}


def journal(folder: Path) -> Journal:
    return Journal(folder, "web", lambda: NOW)


def read(folder: Path, stack: str = "prod") -> OwnDoings:
    return own_doings(folder, "shop", stack)


def call(*ids: str, request_ids: tuple[str, ...] = (), action: str = "DeleteInstances") -> OwnCall:
    return OwnCall(action, frozenset(ids), NOW, frozenset(request_ids))


def test_a_call_has_the_request_ids_of_its_answer(tmp_path: Path) -> None:
    written = journal(tmp_path)
    written.write("call", action="ModifyDiskAttribute", ids=["d-1", "d-2"])
    written.write("answer", action="ModifyDiskAttribute", request_id="R-1,R-2")
    written.write("call", action="DeleteInstances", ids=["i-1"])
    written.write("answer", action="DeleteInstances", request_id="R-3")
    assert read(tmp_path).calls == (
        call("d-1", "d-2", request_ids=("R-1", "R-2"), action="ModifyDiskAttribute"),
        call("i-1", request_ids=("R-3",)),
    )


def test_a_call_that_was_refused_is_answered_and_one_that_was_cut_off_is_not(tmp_path: Path) -> None:
    written = journal(tmp_path)
    written.write("call", action="DeleteInstances", ids=["i-1"])
    written.write("refusal", action="DeleteInstances", code="InvalidOperation.DeletionProtection")
    written.write("call", action="DeleteInstances", ids=["i-2"])
    assert read(tmp_path).calls == (call("i-2"),)


def test_the_plan_of_a_run_tells_whose_members_it_was_about(tmp_path: Path) -> None:
    journal(tmp_path).write("plan", plan=PLAN, members={"web-0": "i-0"}, place=PLACE)
    assert read(tmp_path).members == {"i-9": "web-9", "i-0": "web-0"}
    assert read(tmp_path, "dev").members == {}


def receipt(folder: Path, **changes: Any) -> None:
    made: dict[str, Any] = {
        "schema": 1,
        **{"project": "shop", "stack": "prod", "group": "web", "group_id": "g-1"},
        **{"began_at": NOW, "ended_at": NOW, "done": True},
        "caller": Caller(account="1", arn="", kind=""),
        "released": [ReceiptInstance(instance_id="i-1", member="web-1")],
        "gone_before": [ReceiptInstance(instance_id="i-2", member="web-2")],
        **{"refused": [], "lost": [], "stays": []},
        "calls": [ReceiptCall(action="DeleteInstances", ids=["i-1"], request_id="R-1")],
    }
    (folder / "a.receipt.json").write_text(Receipt(**{**made, **changes}).model_dump_json(by_alias=True))


def test_a_receipt_tells_the_same_where_the_journal_is_lost(tmp_path: Path) -> None:
    receipt(tmp_path)
    found = read(tmp_path)
    assert found.calls == (call("i-1", request_ids=("R-1",)),)
    assert found.members == {"i-1": "web-1", "i-2": "web-2"}
    # The calls are ours whatever the stack; the members are the stack's.
    assert (read(tmp_path, "dev").calls, read(tmp_path, "dev").members) == (found.calls, {})


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    written = journal(tmp_path)
    written.write("call", action="DeleteInstances", ids=["i-1"])
    written.path.write_text(written.path.read_text() + '{"time": "2030')
    (tmp_path / "b.receipt.json").write_text("{}")
    assert read(tmp_path).unreadable == (f"{written.path.stem}: 1 lines", "b.receipt.json")
    assert len(read(tmp_path).calls) == 1


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway(*(instance(f"i-{number}", f"web-{number}") for number in range(3)))


def test_release_times_are_written_down_each_with_its_answer(tmp_path: Path, gateway: FakeGateway) -> None:
    no, lost = Refused("IncorrectInstanceStatus", "no", "R"), Unreachable("", "no answer")
    gateway.fail("set_release_time", no, lost)
    times: dict[str, datetime | None] = dict.fromkeys(gateway.instances, NOW)
    given: Any = gateway
    armed = arm_on_record(times, given, journal(tmp_path), "g-1")
    facts: dict[str, InstanceFacts] = gateway.instances
    (done,) = [id_ for id_, one in facts.items() if one.auto_release_at == NOW]
    (unheard,) = [id_ for id_, error in armed.errors.items() if error is lost]
    heard, open_ = read(tmp_path).calls
    assert heard.request_ids == frozenset({armed.requests[done]})
    assert open_ == call(unheard, action="ModifyInstanceAutoReleaseTime")


def test_an_empty_folder_tells_nothing(tmp_path: Path) -> None:
    assert read(tmp_path / "none") == OwnDoings((), {})
