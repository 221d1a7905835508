"""The commands over an exported state and a gateway in memory: what they print and how they end."""

import json
from typing import Any

import pytest
from pytest_mock import MockerFixture
from typer.testing import CliRunner

from ecs_release.cli import main
from ecs_release.cli.state import StateUnavailable, export_stack, records_in
from ecs_release.domain.facts import CLAIMED_TAG
from tests.unit.domain.worlds import instance
from tests.unit.fake_gateway import FakeGateway
from tests.unit.provider.conftest import stored

TEARDOWN = "pulumi-python:dynamic/ecs-release:Teardown"
SWEEP = "pulumi-python:dynamic/ecs-release:Sweep"
RUNNER = CliRunner()


def exported(*resources: dict[str, Any]) -> str:
    return json.dumps({"version": 3, "deployment": {"resources": list(resources)}})


def teardown(**changes: Any) -> dict[str, Any]:
    return {"type": TEARDOWN, "urn": "u", "outputs": stored(**changes)}


@pytest.fixture
def gateway(mocker: MockerFixture) -> FakeGateway:
    made = FakeGateway(*(instance(f"i-{number}", f"web-{number}") for number in range(3)))
    mocker.patch.object(main, "Gateway", return_value=made)
    mocker.patch.object(main, "export_stack", return_value=exported(teardown()))
    return made


def test_plan_shows_what_a_destroy_would_do_and_changes_nothing(gateway: FakeGateway) -> None:
    result = RUNNER.invoke(main.app, ["plan", "--stack", "t"])
    assert result.exit_code == 0
    assert "web: 3 to release" in result.stdout
    assert gateway.calls == []


def test_plan_in_json_ends_with_10_when_refused(gateway: FakeGateway) -> None:
    gateway.add(instance("i-1", "web-1", deletion_protection=True))
    result = RUNNER.invoke(main.app, ["plan", "--stack", "t", "--json"])
    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["refused"]) == (10, True)
    answers = [each["answer"] for each in answer["groups"][0]["instances"]]
    assert answers == ["release", "refuse", "release"]


def test_plan_ends_with_11_when_there_is_nothing_to_do(gateway: FakeGateway) -> None:
    gateway.instances.clear()
    assert RUNNER.invoke(main.app, ["plan", "--stack", "t"]).exit_code == 11


def test_claim_tags_a_stray_with_its_own_id(gateway: FakeGateway) -> None:
    gateway.add(instance("i-9", "web-0"))
    assert RUNNER.invoke(main.app, ["claim", "i-9", "--stack", "t"]).exit_code == 0
    assert gateway.instances["i-9"].tag(CLAIMED_TAG) == "i-9"


def test_disown_takes_our_tags_off(gateway: FakeGateway) -> None:
    gateway.add(instance("i-9", "web-0"))
    assert RUNNER.invoke(main.app, ["disown", "i-9", "--stack", "t"]).exit_code == 0
    assert gateway.instances["i-9"].tags == ()


@pytest.mark.parametrize("instance_id", ["i-0", "i-unknown"])
def test_neither_touches_a_member_or_a_stranger(gateway: FakeGateway, instance_id: str) -> None:
    for command in ("claim", "disown"):
        result = RUNNER.invoke(main.app, [command, instance_id, "--stack", "t"])
        assert (result.exit_code, gateway.calls) == (1, [])
        assert instance_id in result.stderr


def test_a_group_without_teardown_is_read_from_its_sweep() -> None:
    outputs = {**stored(), "members": ["web-0"]}
    (record,) = records_in(exported({"type": SWEEP, "urn": "u", "outputs": outputs}))
    assert (record.group, dict(record.members)) == ("web", {})


def test_what_is_pending_deletion_is_no_group_of_its_own() -> None:
    assert records_in(exported({**teardown(), "delete": True})) == ()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"deployment": {"resources": 1}}'])
def test_a_state_of_another_form_is_an_error(text: str) -> None:
    with pytest.raises(StateUnavailable):
        records_in(text)


def test_without_pulumi_the_way_on_is_named(mocker: MockerFixture) -> None:
    mocker.patch("shutil.which", return_value=None)
    with pytest.raises(StateUnavailable, match="make toolchain"):
        export_stack("t")
