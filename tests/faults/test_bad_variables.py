"""Every variable that the product reads, with odd values: the commands name what they cannot use."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml
from pytest_mock import MockerFixture
from typer.testing import CliRunner

from ecs_release.cli import groups, main
from tests.emulator.cloud import Server
from tests.faults.environments import CONFIG, HOSTS
from tests.faults.records import GROUP, RECORDS, answered, questions
from tests.faults.tally import Tally, sampled
from tests.unit.cli.test_commands import exported, teardown
from tests.unit.domain.worlds import instance
from tests.unit.fake_gateway import FakeGateway

ROOT = Path(__file__).resolve().parents[2]
RUNNER = CliRunner()
# What the system hands over for bytes that are no UTF-8.
NO_TEXT = "\udcff\udcfe"
ODD = (
    "",
    " ",
    ",",
    "@",
    "=",
    "\x01\x7f",
    "\x1b[2J",
    "é",
    "\u202e",
    NO_TEXT,
    "k" * 5000,
    "a\nb",
    "*",
    "none",
    "0",
)
APPROVALS = ("all", "*", "true", "@", "0" * 12, f"{'0' * 12}@NaN", f"{'0' * 12}@-1", "0" * 13, "@1,@2")
TERMS = ("on_protected", "=", "on_protected=", "max_instances=NaN", "x.y.z=1", "on_protected=lift\n", "..=.")
FOLDERS = ("/dev/null", "/dev/null/x", "/proc/1/nope", "x" * 5000, f"/dev/null/{NO_TEXT}")
KEYS = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "emulator", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "emulator"}
LOOK = ("survivors", "--stack", "t")
DRAW = ("calendar", "--offline")
START = "import sys; sys.argv[0] = 'ecs-release'; from ecs_release.cli.main import app; app()"


@pytest.fixture
def gateway(mocker: MockerFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeGateway:
    """A cloud with a group that goes only with an approval."""
    monkeypatch.chdir(tmp_path)
    made = FakeGateway(*(instance(f"i-{number}", f"web-{number}") for number in range(3)))
    mocker.patch.object(groups, "Gateway", return_value=made)
    record = teardown(terms={"approval": "plan"}, disks=GROUP["disks"])
    mocker.patch.object(groups, "export_stack", return_value=exported(record))
    return made


@pytest.mark.parametrize(
    ("variable", "values"),
    [("ECS_RELEASE_APPROVE", (*ODD, *APPROVALS)), ("ECS_RELEASE_TERMS", (*ODD, *TERMS))],
)
def test_nothing_odd_approves_anything(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch, variable: str, values: tuple[str, ...]
) -> None:
    tally = Tally(f"variables, {variable}")
    for value in values:
        monkeypatch.setenv(variable, value)
        result = RUNNER.invoke(main.app, ["plan", "--stack", "t"])
        assert isinstance(result.exception, SystemExit), (value, result.exception)
        # Refused for the want of an approval, or because the variable cannot be read.
        assert result.exit_code in (1, 10), value
        if result.exit_code == 1:
            assert result.stderr.startswith(f"error: {variable}: "), value
            assert result.stderr.count("\n") == 1
            assert len(result.stderr) < 400
        tally.refused += result.exit_code == 1
        tally.accepted += result.exit_code == 10
    assert gateway.calls == []
    tally.keep(20)


@pytest.mark.parametrize("folder", FOLDERS, ids=range(len(FOLDERS)))
def test_without_a_journal_nothing_is_released(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: str
) -> None:
    monkeypatch.chdir(tmp_path)
    kind, provider, olds = RECORDS[0]
    delete = next(questions(kind, provider(), olds))
    told = answered(delete, olds, tmp_path, folder)
    assert not told.is_defect, told.error
    assert "journal" in told.error
    told.error.encode("utf-8")
    assert told.gateway.calls == []


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project beside an emulator."""
    folder = tmp_path_factory.mktemp("project")
    server = Server(folder / "world.db")
    hosts = dict.fromkeys(HOSTS, server.url.removeprefix("http://"))
    config = {**CONFIG, "alicloud:endpoints": [hosts]}
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (folder / "Pulumi.t.yaml").write_text(yaml.safe_dump({"config": config}))
    yield folder
    server.end()


def cases() -> Iterator[tuple[Mapping[str, str], tuple[str, ...]]]:
    """Variables and the command that meets them."""
    for name in (*KEYS, "ALIBABA_CLOUD_SECURITY_TOKEN"):
        for value in ("", " ", "a\nb", "\x01\x7f", "é", NO_TEXT, "k" * 5000):
            yield {name: value}, LOOK
    for value in ("/dev/null/x", "/", NO_TEXT):
        yield {**dict.fromkeys(KEYS, ""), "ALIBABA_CLOUD_CREDENTIALS_FILE": value}, LOOK
    for value in ("0", "1", "-5", "abc", "1000000000", "9" * 5000, "³", "", NO_TEXT):
        yield {"COLUMNS": value, "LINES": value, "FORCE_COLOR": "1"}, DRAW
        yield {"COLUMNS": value, "FORCE_COLOR": "1"}, ("--help",)
    for name in ("NO_COLOR", "TERM", "TZ", "HOME", "LC_ALL", "PULUMI_HOME", "PULUMI_CONFIG_PASSPHRASE"):
        yield {name: NO_TEXT}, DRAW
    yield {"PYTHONIOENCODING": "ascii"}, DRAW
    for folder in FOLDERS:
        yield {"ECS_RELEASE_JOURNAL": folder}, ("journal",)
        yield {"ECS_RELEASE_JOURNAL": folder}, LOOK
    for command in ("status", "plan", "survivors", "calendar", "doctor"):
        yield {}, (command, "--stack", NO_TEXT)
    yield {}, ("journal", NO_TEXT)


def test_no_command_ends_in_a_trace(project: Path) -> None:
    tally = Tally("variables, whole commands")
    (project / f"Pulumi.{NO_TEXT}.yaml").write_bytes((project / "Pulumi.t.yaml").read_bytes())
    for given, command in sampled(cases(), 15):
        done = run(project, given, command)
        where = f"{given!r:.100} {command}: {done.stderr!r:.1000}"
        assert b"Traceback" not in done.stderr + done.stdout, where
        assert done.returncode in (0, 1, 11), where
        assert done.returncode != 1 or done.stderr.startswith(b"error: ") or b"WRONG" in done.stdout, where
        tally.refused += done.returncode == 1
        tally.accepted += done.returncode != 1
    tally.keep(5)


OUTPUTS = (
    "printf '\\377\\376'",
    "printf '\\377' >&2; exit 3",
    "kill -9 $$",
    'echo \'{"deployment": {"resources": [{"type": "\\xff"}]}}\'',
    "echo '[7]'",
)


@pytest.mark.parametrize("number", range(len(OUTPUTS)))
def test_a_pulumi_that_says_anything_is_no_trace(project: Path, tmp_path: Path, number: int) -> None:
    pulumi = tmp_path / "pulumi"
    pulumi.write_text(f"#!/bin/sh\n{OUTPUTS[number]}\n")
    pulumi.chmod(0o755)
    for command in sampled(("plan", "doctor"), 2, number):
        done = run(project, {"PATH": f"{tmp_path}:/usr/bin:/bin"}, (command, "--stack", "t"))
        assert b"Traceback" not in done.stderr, done.stderr
        assert done.returncode == 1


def run(
    project: Path, given: Mapping[str, str], command: tuple[str, ...]
) -> subprocess.CompletedProcess[bytes]:
    """The command as a process of its own, with these variables and few others."""
    own = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": str(project), **KEYS}
    # Or it would ask this machine for a role.
    own["ALIBABA_CLOUD_ECS_METADATA_DISABLED"] = "true"
    environment = {os.fsencode(name): os.fsencode(value) for name, value in {**own, **given}.items()}
    arguments = [os.fsencode(each) for each in (sys.executable, "-c", START, *command)]
    return subprocess.run(
        arguments, cwd=project, env=environment, capture_output=True, timeout=60, check=False
    )
