"""A second call answers from a stamp; a changed input or a lost tool makes it look again."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.unit.toolchain.pretended_machine import Machine
from toolchain import alicloud_plugin, place, process, python_packages, setup, tool_folder
from toolchain.errors import ToolchainError
from toolchain.pulumi_program import Pulumi

UV = "#!/bin/sh\necho uv 0.13.9\n"


@pytest.fixture
def ready(machine: Machine, go: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine that has been set up once, without real packages."""
    machine.add("uv", UV)

    def install(place: place.Place, uv: Path) -> None:
        place.virtual_environment.mkdir(exist_ok=True)

    monkeypatch.setattr(python_packages, "install", install)
    monkeypatch.setattr(tool_folder, "_add_host", lambda *arguments: None)
    monkeypatch.setattr(alicloud_plugin, "find_or_get", _home)
    setup.ensure(machine.place)
    return machine


def _home(place: place.Place, pulumi: Pulumi) -> Path:
    home = place.cache.entry("home", "key")
    plugin = alicloud_plugin.plugin_in(home)
    plugin.parent.mkdir(parents=True, exist_ok=True)
    plugin.write_text("plugin")
    return home


def _no_program_may_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError(f"started {arguments[0]}")

    monkeypatch.setattr(subprocess, "Popen", refuse)


def test_a_second_call_starts_no_program(ready: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    _no_program_may_start(monkeypatch)
    began = time.monotonic()
    tools = setup.ensure(ready.place)
    assert time.monotonic() - began < 2
    assert {file.name for file in Path(tools["ECS_RELEASE_BIN"]).iterdir()} == {
        "pulumi",
        "pulumi-language-python-exec",
        "pulumi-resource-pulumi-python",
        "uv",
    }


@pytest.mark.parametrize(
    "name",
    [
        "requirements/dev.lock",
        "pyproject.toml",
        "emulator/pyproject.toml",
        "toolchain/plugin/main.go",
        "toolchain/language_host/__main__.py",
    ],
)
def test_a_changed_input_is_noticed(ready: Machine, name: str) -> None:
    assert setup.recorded(ready.place) is not None
    (ready.root / name).write_text("changed")
    assert setup.recorded(ready.place) is None


def test_a_lost_tool_is_noticed(ready: Machine) -> None:
    shutil.rmtree(ready.place.cache.folder / "home")
    assert setup.recorded(ready.place) is None


def test_a_pulumi_that_has_come_onto_path_is_noticed(ready: Machine) -> None:
    ready.add("pulumi", UV)
    assert setup.recorded(ready.place) is None


def test_a_broken_stamp_counts_as_none(ready: Machine) -> None:
    (ready.root / ".venv" / "toolchain.json").write_text("{")
    assert setup.recorded(ready.place) is None


def test_our_own_tools_on_path_are_not_taken_for_the_users(ready: Machine) -> None:
    tools = setup.ensure(ready.place)
    ours = {"ECS_RELEASE_CACHE": str(ready.place.cache.folder), "VIRTUAL_ENV": "/elsewhere"}
    within = ready.environment | tools | ours
    within["PATH"] = f"{tools['ECS_RELEASE_BIN']}:{ready.environment['PATH']}"
    seen = place.this_place(within)
    assert seen.which("pulumi") is None
    assert "PULUMI_HOME" not in seen.environment
    assert "VIRTUAL_ENV" not in seen.environment


def test_a_checkout_that_is_not_whole_is_named(ready: Machine) -> None:
    (ready.root / "requirements/dev.lock").unlink()
    with pytest.raises(ToolchainError, match=r"not whole: .*dev\.lock"):
        setup.recorded(ready.place)


def test_a_program_that_hangs_is_ended(machine: Machine) -> None:
    sleeper = machine.add("sleeper", "#!/bin/sh\nexec sleep 60\n")
    with pytest.raises(ToolchainError, match="no end after 0 seconds"):
        process.run("waiting", [str(sleeper)], machine.environment, limit=0.2)


def test_env_before_set_up_says_what_to_run(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "ECS_RELEASE_CACHE": str(tmp_path)}
    command = [sys.executable, "-m", "toolchain", "env"]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "the tools are not set up" in done.stderr
    assert "run `make toolchain`" in done.stderr
    assert "Traceback" not in done.stderr
