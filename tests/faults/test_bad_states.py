"""States that are not of the form in which they were written: named, never traced, and nothing is ended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_mock import MockerFixture
from typer.testing import CliRunner

from ecs_release.cli import groups, main
from ecs_release.cli.state import StateUnavailable, records_in
from ecs_release.runner.records import UnreadableRecord
from tests.faults.mutations import EMPTY, MALFORMED, REMOVED, Mutation, compact, cuts, mutations, twisted
from tests.faults.records import RECORDS, Answer, Question, answered, questions
from tests.faults.tally import Tally, sampled
from tests.unit.domain.worlds import instance
from tests.unit.fake_gateway import FakeGateway

STATE = Path(__file__).parents[1] / "unit/provider/states/schema-1.json"
COMMANDS = (["plan"], ["plan", "--json"], ["status"], ["claim", "i-9"])
RUNNER = CliRunner()


@pytest.mark.parametrize(("kind", "provider", "olds"), RECORDS, ids=[kind for kind, _, _ in RECORDS])
def test_a_spoilt_record_is_named_and_ends_nothing(
    kind: str, provider: Any, olds: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tally = Tally(f"states, {kind} given to its provider")
    for number, question in enumerate(questions(kind, provider(), olds)):
        clean = answered(question, question.properties, tmp_path)
        assert clean.error == "", question.name
        for mutation in sampled(spoilt(question), 3, number):
            told = answered(question, mutation.value, tmp_path)
            check(question, mutation, clean, told)
            tally.refused += bool(told.error)
            tally.accepted += not told.error
    tally.keep(100)


def spoilt(question: Question) -> Iterator[Mutation]:
    """What the engine can hand over: always a map."""
    return (mutation for mutation in mutations(question.properties) if mutation.path)


def check(question: Question, mutation: Mutation, clean: Answer, told: Answer) -> None:
    """No defect; and nothing ends that does not with the whole record, unless less is wished."""
    where = f"{question.name}: {mutation}: {told.error}"
    assert not told.is_defect, where
    fewer = question.is_wish and mutation.kind in (REMOVED, EMPTY) and mutation.path[0] == "members"
    if mutation.kind in MALFORMED and not fewer:
        assert told.ended <= clean.ended, f"{where}: {told.ended - clean.ended}"
        assert told.dying <= clean.dying, f"{where}: {told.dying - clean.dying}"


def exported() -> dict[str, Any]:
    """What `pulumi stack export` prints of a stack of ours."""
    resources = json.loads(STATE.read_text(encoding="utf-8"))
    for resource in resources:
        for part in (resource["inputs"], resource["outputs"]):
            part.pop("__provider", None)
    return {"version": 3, "deployment": {"manifest": {}, "resources": resources}}


@pytest.fixture
def gateway(mocker: MockerFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeGateway:
    monkeypatch.chdir(tmp_path)
    teardown = next(each for each in exported()["deployment"]["resources"] if "Teardown" in each["type"])
    record = teardown["outputs"]
    members = [instance(id_, name, record["group_id"]) for name, id_ in record["members"].items()]
    made = FakeGateway(*members, instance("i-9", "", ""))
    made.account = record["account"]
    mocker.patch.object(groups, "Gateway", return_value=made)
    return made


def told(gateway: FakeGateway, text: str, command: list[str], mocker: MockerFixture) -> tuple[int, str]:
    """A command over a state; fails where anything but its end leaves it, or where it changes anything."""
    mocker.patch.object(groups, "export_stack", return_value=text)
    result = RUNNER.invoke(main.app, [*command, "--stack", "t"])
    assert result.exception is None or isinstance(result.exception, SystemExit), (command, text)
    assert gateway.calls == [], (command, text)
    return result.exit_code, result.stderr


def test_a_spoilt_export_is_named_by_the_commands(gateway: FakeGateway, mocker: MockerFixture) -> None:
    tally = Tally("states, exported, every place spoilt")
    assert told(gateway, compact(exported()), ["plan"], mocker) == (0, "")
    for number, mutation in enumerate(sampled(mutations(exported()), 9)):
        command = COMMANDS[number % len(COMMANDS)]
        code, said = told(gateway, json.dumps(mutation.value), command, mocker)
        assert code in (0, 1, 10, 11), mutation
        if code == 1:
            assert said.startswith("error: "), (mutation, said)
            assert said.count("\n") == 1, (mutation, said)
        tally.refused += code in (1, 10)
        tally.accepted += code in (0, 11)
    tally.keep(300)


def test_an_export_cut_at_any_byte_is_no_state() -> None:
    tally = Tally("states, exported, cut at every byte")
    text = compact(exported())
    for part in sampled(cuts(text), 3):
        with pytest.raises(StateUnavailable, match="the exported state is not of the known form") as caught:
            records_in(part)
        assert "\n" not in str(caught.value)
        tally.refused += 1
    tally.keep(2000)


def test_any_bytes_in_an_export_are_no_trace() -> None:
    tally = Tally("states, exported, bytes turned")
    for part in sampled(twisted(compact(exported()).encode()), 11):
        try:
            records_in(part.decode("utf-8", "replace"))
            tally.accepted += 1
        except (StateUnavailable, UnreadableRecord):
            tally.refused += 1
    tally.keep(1000)
