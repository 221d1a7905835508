"""docs/pipelines.md and docs/environments.md name what there is: commands, files, jobs, variables."""

import re
from pathlib import Path

import pytest
import yaml

from gitops import identity
from gitops.arguments import COMMANDS, EXIT_CODES

ROOT = Path(__file__).resolve().parents[3]
PIPELINES = (ROOT / "docs" / "pipelines.md").read_text()
ENVIRONMENTS = (ROOT / "docs" / "environments.md").read_text()
WORKFLOWS = [path.name for path in (ROOT / "gitops" / "github").glob("*.yml")]
GITLAB = yaml.safe_load((ROOT / "gitops" / "gitlab" / ".gitlab-ci.yml").read_text())
JOBS = [name for name in GITLAB if not name.startswith(".") and name not in ("stages", "variables")]
SETTINGS = sorted(
    {
        name
        for path in (ROOT / "gitops").rglob("*.yml")
        for name in re.findall(r"(?:vars|secrets)\.(\w+)", path.read_text())
    }
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_on_the_page(command: str) -> None:
    assert f"`{command}`" in PIPELINES


@pytest.mark.parametrize("name", [*WORKFLOWS, *JOBS, *SETTINGS])
def test_every_file_job_and_setting_is_on_the_page(name: str) -> None:
    assert f"`{name}`" in PIPELINES


@pytest.mark.parametrize("variable", [identity.ROLE, identity.PROVIDER, identity.TOKEN_FILE, identity.TOKEN])
def test_every_variable_of_the_sign_in_is_on_the_page(variable: str) -> None:
    assert f"`{variable}`" in PIPELINES


def test_the_exit_codes_are_those_of_the_script() -> None:
    assert EXIT_CODES.rstrip(".") in PIPELINES.replace("\n", " ")


@pytest.mark.parametrize("stack", ["local", "dev", "staging", "prod"])
def test_the_page_of_environments_speaks_of_each_that_has_a_file(stack: str) -> None:
    assert (ROOT / "stacks" / f"Pulumi.{stack}.yaml").exists()
    assert f"| {stack} |" in ENVIRONMENTS or f"`{stack}`" in ENVIRONMENTS
