"""The GitLab recipe by GitLab's published schema, and by ours."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from gitops.arguments import parse

ROOT = Path(__file__).resolve().parents[3]
RECIPE = ROOT / "gitops" / "gitlab" / ".gitlab-ci.yml"
WRITTEN: dict[str, Any] = yaml.safe_load(RECIPE.read_text())
NOT_JOBS = ("stages", "variables", "default", "include", "workflow")
JOBS = {name: job for name, job in WRITTEN.items() if name not in NOT_JOBS}
ACTING = ("up dev", "up staging", "up prod", "destroy")


def check(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci"]
    command += ["--data-transform", "gitlab-ci", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def inherited(name: str) -> dict[str, Any]:
    """A job with what it extends, as GitLab lays maps over each other."""
    job = JOBS[name]
    parent = inherited(job["extends"]) if "extends" in job else {}
    return {**parent, **job}


def test_the_published_schema_is_kept() -> None:
    done = check(RECIPE)
    assert done.returncode == 0, done.stdout


def test_the_schema_would_find_something(tmp_path: Path) -> None:
    broken = tmp_path / ".gitlab-ci.yml"
    broken.write_text(RECIPE.read_text().replace("action: stop", "action: halt"))
    assert check(broken).returncode != 0


@pytest.mark.parametrize("name", [name for name in JOBS if not name.startswith(".")])
def test_every_job_calls_the_script_and_nothing_else(name: str) -> None:
    (line,) = inherited(name)["script"]
    words = re.fullmatch(r'python3 -m gitops ([a-z -]+) --stack "\$(?:STACK|END)"', line)
    assert words is not None
    parse([*words[1].split(), "--stack", "dev"])


@pytest.mark.parametrize("name", ACTING)
def test_what_changes_a_stack_runs_alone_and_in_its_environment(name: str) -> None:
    job = inherited(name)
    assert job["resource_group"].startswith("ecs-release-$")
    assert job["environment"]["name"] in ("$STACK", "$END")


def test_a_digest_reaches_only_jobs_that_somebody_starts() -> None:
    takers = {name for name in JOBS if any(need["artifacts"] for need in inherited(name).get("needs", []))}
    assert takers == {"up prod", "destroy"}
    assert all(inherited(name)["rules"][0]["when"] == "manual" for name in takers)


def test_a_forks_code_gets_no_credentials() -> None:
    (rule,) = inherited("preview")["rules"]
    assert "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID" in rule["if"]
