"""The workflow of docs/emulator/github-actions.md: by GitHub's rules, and its plain step really run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.emulator.distribution import PLACE, SOURCE, build, offline
from toolchain.recipe_checks import actionlint
from toolchain.stage import free_port

FILE = SOURCE.parent / "examples" / "emulator" / "github-actions.yml"
WORKFLOW: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
STEPS = WORKFLOW["jobs"]["step"]["steps"]
# What GitHub starts a step's `run` with on Linux.
SHELL = ("bash", "-e")


def lint(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    workflow = folder / ".github" / "workflows" / "tests.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text(text, encoding="utf-8")
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    command = [str(actionlint(PLACE)), "-shellcheck=", "-pyflakes="]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_actionlint_finds_nothing(tmp_path: Path) -> None:
    found = lint(tmp_path, FILE.read_text(encoding="utf-8"))
    assert (found.returncode, found.stdout) == (0, "")


def test_actionlint_would_find_something(tmp_path: Path) -> None:
    broken = FILE.read_text(encoding="utf-8").replace("image: ${{ vars.", "image: ${{ var.")
    assert 'undefined variable "var"' in lint(tmp_path, broken).stdout


def test_the_published_schema_is_kept() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    done = subprocess.run([*command, str(FILE)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_options_of_the_service_are_options_of_the_command() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "emulator", "serve", "--help"],
        env={**os.environ, "COLUMNS": "200", "TERM": "dumb"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in WORKFLOW["jobs"]["service"]["services"]["emulator"]["env"]:
        option = name.removeprefix("ECS_EMULATOR_SERVE_").lower().replace("_", "-")
        assert f"--{option} " in told


class Runner:
    """Runs steps as GitHub's runner does: a shell each, and what they add to PATH from the next one on."""

    def __init__(self, folder: Path, port: str) -> None:
        self.folder, self.port = folder, port
        (folder / "programs").mkdir()
        (folder / "programs" / "python").symlink_to(PLACE.python)
        self.paths = folder / "paths"
        self.paths.touch()
        own = {"RUNNER_TEMP": str(folder), "GITHUB_PATH": str(self.paths)}
        job = {
            name: str(value).replace("8443", port) for name, value in WORKFLOW["jobs"]["step"]["env"].items()
        }
        self.environment = offline(**own, **job)

    def run(self, step: dict[str, Any], **variables: str) -> subprocess.CompletedProcess[str]:
        script = self.folder / "step.sh"
        script.write_text(step["run"].replace("8443", self.port), encoding="utf-8")
        path = [*self.paths.read_text().split(), str(self.folder / "programs"), os.environ["PATH"]]
        environment = {**self.environment, **variables, "PATH": os.pathsep.join(path)}
        command = [*SHELL, str(script)]
        return subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path, str(free_port()))


def test_the_plain_step_starts_an_emulator_that_the_tests_can_call(runner: Runner) -> None:
    wheel, _ = build(SOURCE, runner.folder)
    steps = {step.get("name"): step for step in STEPS}
    installed = runner.run(steps["install the emulator"], ECS_EMULATOR=str(wheel))
    assert installed.returncode == 0, installed.stdout + installed.stderr
    try:
        started = runner.run(steps["start the emulator"])
        assert started.returncode == 0, started.stdout + started.stderr
        assert '"RegionId": "cn-hangzhou"' in runner.run(steps["test"]).stdout
        shown = runner.run(steps["show what was called"]).stdout
        assert '"action": "DescribeRegions"' in shown
        assert "ecs-emulator ready on" in shown
    finally:
        stop(runner)


def stop(runner: Runner) -> None:
    """End what the runner would end with its machine: the one process that has this world open."""
    world = f"{runner.folder}/world.db"
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (folder / "cmdline").exists():
            words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
            if world in words:
                os.kill(int(folder.name), 15)
    shutil.rmtree(runner.folder / "emulator", ignore_errors=True)
