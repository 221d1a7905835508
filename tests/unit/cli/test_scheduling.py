"""`extend` and `cancel` over an exported state and a gateway in memory: what they set, say and refuse."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from pytest_mock import MockerFixture
from typer.testing import CliRunner, Result

from ecs_release.cli import groups, main
from ecs_release.domain.facts import GROUP_ID_TAG
from ecs_release.gateway.errors import Refused
from tests.unit.cli.test_commands import exported, teardown
from tests.unit.domain.worlds import NOW, instance
from tests.unit.fake_gateway import FakeGateway

AT = NOW + timedelta(hours=8)
WEB: dict[str, Any] = {
    "count": 3,
    "instance_type": "ecs.g7.large",
    "image": "image-1",
    "release": {"schedule": {"at": "2030-06-01T22:00", "zone": "Europe/Berlin"}},
}


@pytest.fixture
def gateway(mocker: MockerFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeGateway:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ECS_RELEASE_JOURNAL", str(tmp_path / "journal"))
    made = FakeGateway(
        *(instance(f"i-{number}", f"web-{number}", auto_release_at=AT, created_at=NOW) for number in range(3))
    )
    mocker.patch.object(groups, "Gateway", return_value=made)
    mocker.patch.object(groups, "export_stack", return_value=exported(teardown()))
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\nstackConfigDir: stacks\n")
    (tmp_path / "stacks").mkdir()
    declare(tmp_path)
    return made


def declare(folder: Path, web: dict[str, Any] = WEB, **fields: Any) -> None:
    """Writes the environment file of the stack."""
    network = {"vswitch": "vsw-1", "security_groups": ["sg-1"]}
    environment = {"network": network, "groups": {"web": web}, **fields}
    config = {"alicloud:region": "cn-hangzhou", "ecs-release:environment": environment}
    (folder / "stacks" / "Pulumi.t.yaml").write_text(yaml.safe_dump({"config": config}))


def ecs_release(*arguments: str) -> Result:
    return CliRunner().invoke(main.app, [*arguments, "--stack", "t"])


def test_extend_moves_every_member_and_says_what_the_file_has_to_say(
    gateway: FakeGateway, tmp_path: Path
) -> None:
    result = ecs_release("extend", "--group", "web", "--by", "2h")
    assert result.exit_code == 0
    assert {facts.auto_release_at for facts in gateway.instances.values()} == {AT + timedelta(hours=2)}
    moved = "2030-06-01T22:00+02:00 Europe/Berlin -> 2030-06-02T00:00+02:00 Europe/Berlin"
    assert f"web: web-0 i-0: {moved}" in result.stdout
    file = Path("stacks/Pulumi.t.yaml")
    assert f"so that the next `pulumi up` does not undo it, write in {file}:" in result.stdout
    assert (
        "groups.web.release.schedule: {at: 2030-06-02T00:00, zone: Europe/Berlin}"
        in result.stdout.replace("'", "")
    )
    (journal,) = (tmp_path / "journal").iterdir()
    events = [json.loads(line)["event"] for line in journal.read_text().splitlines()]
    assert events == ["call", "answer", "answer", "answer", "outcome"]


def test_cancel_takes_the_time_off_and_names_the_key_to_take_out(gateway: FakeGateway) -> None:
    result = ecs_release("cancel", "--group", "web")
    assert result.exit_code == 0
    assert {facts.auto_release_at for facts in gateway.instances.values()} == {None}
    assert "take groups.web.release.schedule out of stacks/Pulumi.t.yaml" in result.stdout


@pytest.mark.parametrize("command", [["extend", "--by", "2h"], ["cancel"]])
def test_a_longest_life_is_passed_by_neither(
    gateway: FakeGateway, tmp_path: Path, command: list[str]
) -> None:
    declare(tmp_path, max_lifetime="9h")
    result = ecs_release(*command, "--group", "web")
    assert result.exit_code == 10
    assert "web: refused, nothing is changed" in result.stdout
    assert result.stdout.count("max_lifetime 9h") == 3
    assert "raise or remove max_lifetime in stacks/Pulumi.t.yaml" in result.stdout
    assert gateway.calls == []


def test_one_refused_member_holds_all_of_them(gateway: FakeGateway) -> None:
    gateway.add(replace(gateway.instances["i-1"], auto_release_at=NOW))
    result = ecs_release("extend", "--group", "web", "--by", "2h")
    assert result.exit_code == 10
    assert "web-1 i-1: 2030-06-01T14:00+02:00 Europe/Berlin has passed" in result.stdout
    assert gateway.calls == []


def test_what_fails_is_named_and_the_others_are_set(gateway: FakeGateway) -> None:
    gateway.fail("set_release_time", Refused("OperationDenied", "no", "R", "Modify"))
    result = ecs_release("extend", "--group", "web", "--by", "2h", "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    failed = [row["instance"] for row in told["members"] if "OperationDenied" in row["error"]]
    assert told["result"] == "failed"
    assert len(failed) == 1
    unmoved = [id_ for id_, facts in gateway.instances.items() if facts.auto_release_at == AT]
    assert unmoved == failed


def test_what_carries_another_group_id_is_left_alone(gateway: FakeGateway) -> None:
    gateway.add(replace(gateway.instances["i-2"], tags=((GROUP_ID_TAG, "another-group"),)))
    assert ecs_release("cancel", "--group", "web").exit_code == 0
    assert gateway.instances["i-2"].auto_release_at == AT
    assert gateway.instances["i-1"].auto_release_at is None


def test_another_account_is_not_asked_further(gateway: FakeGateway) -> None:
    gateway.account = "2"
    result = ecs_release("cancel", "--group", "web")
    assert result.exit_code == 1
    assert "wrong-account" in result.stderr
    assert gateway.calls == []


def test_without_a_time_there_is_nothing_to_do(gateway: FakeGateway) -> None:
    for id_, facts in gateway.instances.items():
        gateway.instances[id_] = replace(facts, auto_release_at=None)
    result = ecs_release("extend", "--group", "web", "--by", "2h")
    assert (result.exit_code, result.stdout) == (
        11,
        "web: no member has a release time; nothing is changed\n",
    )


@pytest.mark.parametrize("by", ["0h", "-2h", "soon", "2"])
def test_what_is_no_extension_is_a_wrong_use(gateway: FakeGateway, by: str) -> None:
    assert ecs_release("extend", "--group", "web", f"--by={by}").exit_code == 2
    assert gateway.calls == []


def test_an_unknown_group_is_named(gateway: FakeGateway) -> None:
    result = ecs_release("cancel", "--group", "db")
    assert (result.exit_code, gateway.calls) == (1, [])
    assert "t records no group db" in result.stderr
