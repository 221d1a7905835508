"""doctor over a project's files and a gateway in memory."""

import json
from pathlib import Path

import pytest
from pytest_mock import MockerFixture
from typer.testing import CliRunner, Result

from ecs_release.cli import diagnosis, main
from ecs_release.gateway.errors import Refused
from tests.unit.domain.worlds import record
from tests.unit.fake_gateway import FakeGateway

RUNNER = CliRunner()


@pytest.fixture
def gateway(project: FakeGateway) -> FakeGateway:
    return project


def called(*arguments: str, typed: str = "") -> Result:
    return RUNNER.invoke(main.app, [*arguments, "--stack", "t"], input=typed)


def diagnosed() -> dict[str, dict[str, str]]:
    return {row["check"]: row for row in json.loads(called("doctor", "--json").stdout)}


def test_doctor_tells_rights_clock_and_configuration_with_a_fix(
    gateway: FakeGateway, mocker: MockerFixture
) -> None:
    gateway.refused_rights |= {"ecs:DeleteInstances", "ecs:StopInstances"}
    mocker.patch.object(diagnosis, "export_stack", return_value='{"deployment": {}}')
    mocker.patch.object(diagnosis, "records_in", return_value=(record({"web-0": "i-1"}),))
    found = diagnosed()
    assert found["right ecs:DeleteInstances"]["result"] == "WRONG"
    assert found["right ecs:StopInstances"]["result"] == "missing"
    assert found["right ecs:ModifyInstanceAttribute"]["result"] == "unknown"
    assert found["right ecs:DescribeInstances"]["result"] == "ok"
    assert (found["clock"]["result"], "NTP" in found["clock"]["what to do"]) == ("WRONG", True)
    assert "network" in found["configuration"]["found"]
    assert called("doctor").exit_code == 1


def test_doctor_goes_on_where_the_cloud_does_not_answer(gateway: FakeGateway, mocker: MockerFixture) -> None:
    mocker.patch.object(
        gateway, "identity", side_effect=Refused("InvalidAccessKeyId.NotFound", "no such key")
    )
    mocker.patch.object(diagnosis, "export_stack", return_value='{"deployment": {}}')
    found = diagnosed()
    assert (found["credentials"]["result"], "clock" in found) == ("WRONG", False)
    assert "InvalidAccessKeyId" in found["credentials"]["found"]


@pytest.mark.parametrize("tool", ["pulumi", "alicloud plugin"])
@pytest.mark.parametrize(("found", "result"), [("", "WRONG"), ("3.0.0", "WRONG"), ("99.1.0-beta", "ok")])
def test_doctor_compares_versions(
    gateway: FakeGateway, mocker: MockerFixture, tool: str, found: str, result: str
) -> None:
    listed = json.dumps([{"name": "alicloud", "version": found}] if found else [])
    mocker.patch.object(
        diagnosis, "_output", side_effect=lambda *words: listed if "plugin" in words else found
    )
    mocker.patch.object(diagnosis, "export_stack", return_value='{"deployment": {}}')
    assert diagnosed()[tool]["result"] == result


@pytest.mark.parametrize("command", ["survivors", "doctor"])
@pytest.mark.parametrize("text", ["- 1", "{", None])
def test_a_project_file_that_cannot_be_read_is_one_line(
    gateway: FakeGateway, tmp_path: Path, command: str, text: str | None
) -> None:
    path = tmp_path / "Pulumi.yaml"
    path.unlink() if text is None else path.write_text(text)
    result = called(command)
    assert (result.exit_code, result.stderr.count("\n"), "Pulumi.yaml" in result.stderr) == (1, 1, True)


def test_the_oldest_cli_is_the_one_that_the_toolchain_builds() -> None:
    module = (Path(__file__).parents[3] / "toolchain" / "cli" / "go.mod").read_text()
    assert f"pulumi/pkg/v3 v{diagnosis.OLDEST_PULUMI} " in module
