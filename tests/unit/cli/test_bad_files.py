"""Files, folders and variables that a command cannot use: an error in one line, never a trace."""

import importlib
import os
from pathlib import Path

import pytest
from pytest_mock import MockerFixture
from typer.testing import CliRunner

from ecs_release.cli import main, output
from ecs_release.cli.state import StateUnavailable, export_stack, records_in
from ecs_release.runner.records import UnreadableRecord
from tests.faults.environments import bomb
from tests.unit.cli.test_commands import exported, teardown
from tests.unit.fake_gateway import FakeGateway

RUNNER = CliRunner()


@pytest.mark.parametrize(
    "text",
    [
        "config: {a: 2026-99-99}",
        "config: {a: !!timestamp x}",
        "config: {a: !!int ''}",
        "config: {a: &a [*a]}",
        f"config: {'[' * 3000}",
        f"{bomb()}\nconfig: {{a: *i}}",
    ],
    ids=["a day that is none", "no time", "no number", "itself", "without end", "a billion values"],
)
def test_a_file_that_yaml_cannot_hold(project: FakeGateway, tmp_path: Path, text: str) -> None:
    (tmp_path / "stacks" / "Pulumi.t.yaml").write_text(text)
    result = RUNNER.invoke(main.app, ["survivors", "--stack", "t"])
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert result.stderr.startswith("error: stacks/Pulumi.t.yaml is not of the known form: ")


def test_a_file_in_the_place_of_the_journals(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("ECS_RELEASE_JOURNAL", str(tmp_path / "file"))
    result = RUNNER.invoke(main.app, ["journal"])
    assert result.exit_code == 1
    assert "cannot be read (Not a directory); correct ECS_RELEASE_JOURNAL" in result.stderr


def test_a_journal_of_which_nothing_can_be_read_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").mkdir()
    (tmp_path / "b.jsonl").write_bytes(b"\xff\xfe")
    monkeypatch.setenv("ECS_RELEASE_JOURNAL", str(tmp_path))
    result = RUNNER.invoke(main.app, ["journal"])
    assert result.stderr.splitlines() == [
        "note: a.jsonl: nothing in it can be read",
        "note: b.jsonl: nothing in it can be read",
    ]


def test_a_name_that_no_terminal_can_show(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    result = RUNNER.invoke(main.app, ["survivors", "--stack", "\udcff"])
    assert isinstance(result.exception, SystemExit)
    (tmp_path / "Pulumi.yaml").write_text("name: shop\n")
    assert r"\udcff" in RUNNER.invoke(main.app, ["survivors", "--stack", "\udcff"]).stderr


def test_members_that_are_no_map_are_no_empty_group() -> None:
    with pytest.raises(UnreadableRecord, match="members"):
        records_in(exported(teardown(members=None)))


def test_what_is_wrong_in_a_state_is_one_line() -> None:
    with pytest.raises(StateUnavailable, match=r"deployment\.resources\.0\.type: ") as caught:
        records_in('{"deployment": {"resources": [{"urn": "u"}, 7]}}')
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("#!/bin/sh\nprintf '\\377' >&2; exit 3\n", "cannot be read: \ufffd"),
        ("#!/bin/sh\nexit 3\n", "pulumi ended with 3 and no word"),
        ("\x00\x01", "does not run"),
    ],
)
def test_a_pulumi_that_fails_in_any_way(
    mocker: MockerFixture, tmp_path: Path, script: str, said: str
) -> None:
    pulumi = tmp_path / "pulumi"
    pulumi.write_text(script)
    pulumi.chmod(0o755)
    mocker.patch("shutil.which", return_value=str(pulumi))
    with pytest.raises(StateUnavailable, match=said):
        export_stack("t")


@pytest.mark.parametrize("width", ["³", "9" * 5000, "1000000000", "-1"])
def test_a_width_that_is_none_is_left_out(monkeypatch: pytest.MonkeyPatch, width: str) -> None:
    monkeypatch.setenv("COLUMNS", width)
    # A process of its own reads it when it starts.
    specification = importlib.util.find_spec(output.__name__)
    assert specification is not None
    assert specification.loader is not None
    fresh = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(fresh)
    assert "COLUMNS" not in os.environ
    assert 0 < fresh.console.width < 10_000
