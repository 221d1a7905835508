"""The workflow files by GitHub's own rules, actionlint and the published schemas, and by ours."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from gitops.arguments import COMMANDS
from toolchain.place import this_place
from toolchain.recipe_checks import actionlint

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "gitops" / "github"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
RECIPES = [*WORKFLOWS, FOLDER / "run" / "action.yml"]
NO_HELPERS = ("-shellcheck=", "-pyflakes=")


def as_installed(folder: Path) -> Path:
    """A repository with the workflow files where the documentation says to copy them."""
    shutil.copytree(FOLDER, folder / "gitops" / "github")
    (folder / ".github").mkdir()
    shutil.copytree(FOLDER, folder / ".github" / "workflows", ignore=shutil.ignore_patterns("run"))
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    return folder


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(actionlint(this_place(os.environ))), *NO_HELPERS]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_actionlint_finds_nothing(tmp_path: Path) -> None:
    found = lint(as_installed(tmp_path))
    assert (found.returncode, found.stdout) == (0, "")


def test_actionlint_would_find_something(tmp_path: Path) -> None:
    folder = as_installed(tmp_path)
    broken = folder / ".github" / "workflows" / "up.yml"
    broken.write_text(broken.read_text().replace("look: preview", "looks: preview"))
    assert 'input "looks" is not defined' in lint(folder).stdout


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.name)
def test_the_published_schema_is_kept(path: Path) -> None:
    kind = "github-actions" if path.name == "action.yml" else "github-workflows"
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{kind}", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.name)
def test_no_expression_is_pasted_into_a_script(path: Path) -> None:
    """A label or a title is somebody else's text; in an environment variable it stays text."""
    written = yaml.safe_load(path.read_text())
    parts = [*written.get("jobs", {}).values(), written.get("runs", {})]
    scripts = [step["run"] for part in parts for step in part.get("steps", []) if "run" in step]
    assert [script for script in scripts if "${{" in script] == []


def test_every_command_of_the_workflows_is_one_of_the_script() -> None:
    text = "\n".join(path.read_text() for path in WORKFLOWS)
    used = set(re.findall(r"(?:look|act|command): ([a-z]+)", text)) | set(
        re.findall(r"-m gitops ([a-z]+)", text)
    )
    assert used == {"preview", "plan", "up", "check", "destroy", "stacks"}
    assert used <= set(COMMANDS)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_what_changes_a_stack_runs_one_after_the_other(path: Path) -> None:
    """And nothing else waits in its line, where GitHub keeps the newest alone."""
    for job in yaml.safe_load(path.read_text())["jobs"].values():
        if "environment" in job:
            line = {"group": "ecs-release-${{ inputs.stack }}", "cancel-in-progress": False}
            assert job["concurrency"] == line
        elif "concurrency" in job:
            assert re.match(r"ecs-release-(preview|check)-", job["concurrency"]["group"])
