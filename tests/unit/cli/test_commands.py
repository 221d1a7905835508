"""The commands over an exported state and a gateway in memory: what they print and how they end."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_mock import MockerFixture
from typer.testing import CliRunner

from ecs_release.cli import groups, main
from ecs_release.cli.state import StateUnavailable, export_stack, records_in
from ecs_release.domain.facts import CLAIMED_TAG
from ecs_release.runner.journal import Journal
from tests.unit.domain.worlds import NOW, instance
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
def gateway(mocker: MockerFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeGateway:
    monkeypatch.chdir(tmp_path)
    made = FakeGateway(*(instance(f"i-{number}", f"web-{number}") for number in range(3)))
    mocker.patch.object(groups, "Gateway", return_value=made)
    mocker.patch.object(groups, "export_stack", return_value=exported(teardown()))
    return made


def test_plan_shows_what_a_destroy_would_do_and_changes_nothing(gateway: FakeGateway) -> None:
    result = RUNNER.invoke(main.app, ["plan", "--stack", "t"])
    assert result.exit_code == 0
    assert "web: 3 to release" in result.stdout
    assert gateway.calls == []


@pytest.mark.parametrize("kind", ["Teardown", "Sweep"])
def test_what_the_package_for_other_languages_has_recorded_is_found_too(kind: str) -> None:
    (found,) = records_in(exported({**teardown(), "type": f"ecs-release:index:{kind}"}))
    assert found.group == "web"


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


@pytest.mark.parametrize("command", ["claim", "disown"])
def test_both_tell_in_json_what_was_done(gateway: FakeGateway, command: str) -> None:
    gateway.add(instance("i-9", "web-0"))
    told = json.loads(RUNNER.invoke(main.app, [command, "i-9", "--stack", "t", "--json"]).stdout)
    assert (told["group"], told["member"], told["instance"]) == ("web", "web-0", "i-9")


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


def test_plan_in_markdown_is_for_a_pull_request(gateway: FakeGateway) -> None:
    result = RUNNER.invoke(main.app, ["plan", "--stack", "t", "--markdown"])
    assert result.stdout.startswith("## web: 3 to release")
    assert "| i-0 | web-0 | release |" in result.stdout
    assert "a month" in result.stdout
    assert "Digest: `" in result.stdout


def test_a_malformed_approval_is_one_line(gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECS_RELEASE_APPROVE", "abc@cheap")
    result = RUNNER.invoke(main.app, ["plan", "--stack", "t"])
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "ECS_RELEASE_APPROVE: 'abc@cheap'" in result.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("on_protected", "is no [GROUP.]TERM=VALUE"),
        ("speed=fast", "terms are on_protected"),
        ("on_protected=always", "on_protected='always'"),
    ],
)
def test_malformed_terms_are_one_line(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch, given: str, said: str
) -> None:
    monkeypatch.setenv("ECS_RELEASE_TERMS", given)
    result = RUNNER.invoke(main.app, ["plan", "--stack", "t"])
    assert result.exit_code == 1
    assert said in result.stderr


def test_terms_of_one_run_count_for_their_group_and_ask_for_the_digest(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway.add(instance("i-1", "web-1", deletion_protection=True))
    monkeypatch.setenv("ECS_RELEASE_TERMS", "db.on_protected=lift")
    assert "protected: deletion" in RUNNER.invoke(main.app, ["plan", "--stack", "t"]).stdout
    monkeypatch.setenv("ECS_RELEASE_TERMS", "web.on_protected=lift")
    result = RUNNER.invoke(main.app, ["plan", "--stack", "t"])
    assert (result.exit_code, "needs-approval" in result.stdout) == (10, True)


def test_status_shows_each_member_and_when_it_ends(gateway: FakeGateway) -> None:
    gateway.add(instance("i-0", "web-0", auto_release_at=NOW + timedelta(hours=5)))
    del gateway.instances["i-2"]
    result = RUNNER.invoke(main.app, ["status", "--stack", "t", "--json"])
    rows = {row["member"]: row for row in json.loads(result.stdout)}
    assert rows["web-0"]["ends"] == "released 2030-06-01T17:00Z (in 5 h 0 min)"
    assert rows["web-1"]["ends"] == "never by itself"
    assert rows["web-2"]["status"] == "not seen"


def test_a_table_in_a_pipe_is_tab_separated(gateway: FakeGateway) -> None:
    lines = RUNNER.invoke(main.app, ["status", "--stack", "t"]).stdout.splitlines()
    assert lines[0].split("\t")[:3] == ["group", "member", "instance"]
    assert lines[1].split("\t")[:3] == ["web", "web-0", "i-0"]


def test_journal_lists_and_shows_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECS_RELEASE_JOURNAL", str(tmp_path))
    journal = Journal(tmp_path, "web", lambda: NOW)
    journal.write("plan", plan={"group": "web", "group_id": "g-1"})
    journal.write("call", action="DeleteInstances", ids=["i-1"])
    listed = RUNNER.invoke(main.app, ["journal"]).stdout
    assert "broken off" in listed
    shown = RUNNER.invoke(main.app, ["journal", journal.path.stem]).stdout
    assert "call action=DeleteInstances ids=i-1" in shown
    unknown = RUNNER.invoke(main.app, ["journal", "1999"])
    assert (unknown.exit_code, journal.path.stem in unknown.stderr) == (1, True)
