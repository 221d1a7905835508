"""An environment made by one command and ended by another: a file and a stack, both or neither."""

import subprocess
from pathlib import Path

import pytest
import yaml

from tests.e2e.team import Repository, machine

NAME = "load-test"


class Desk:
    """A clone of the repository with a backend of its own."""

    def __init__(self, folder: Path) -> None:
        self.repository = Repository(folder / "repository")
        self.backend = folder / "backend"
        self.backend.mkdir()
        (folder / "home").mkdir()
        self.environment = machine(folder / "home")
        self.environment |= {"PULUMI_BACKEND_URL": self.backend.as_uri(), "PULUMI_CONFIG_PASSPHRASE": ""}

    @property
    def file(self) -> Path:
        return self.repository.folder / f"stacks/Pulumi.{NAME}.yaml"

    def make(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["make", *words],
            cwd=self.repository.folder,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def stacks(self) -> list[str]:
        return [path.stem for path in self.backend.glob(".pulumi/stacks/**/*.json")]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


def test_made_and_ended(desk: Desk) -> None:
    made = desk.make("environment", f"NAME={NAME}", "FROM=staging")
    assert made.returncode == 0, made.stderr
    written = yaml.safe_load(desk.file.read_text())
    staging = yaml.safe_load((desk.repository.folder / "stacks/Pulumi.staging.yaml").read_text())
    environment = written["config"]["ecs-release:environment"]
    assert environment["tags"]["environment"] == NAME
    assert environment["groups"] == staging["config"]["ecs-release:environment"]["groups"]
    assert desk.stacks() == [NAME]
    again = desk.make("environment", f"NAME={NAME}")
    assert again.returncode != 0
    assert "exists already; edit it, or choose another name" in again.stderr
    ended = desk.make("environment-end", f"NAME={NAME}")
    assert ended.returncode == 0, ended.stderr
    assert (desk.stacks(), desk.file.exists()) == ([], False)


def test_ended_twice_is_an_error_that_names_it(desk: Desk) -> None:
    ended = desk.make("environment-end", "NAME=never-made")
    assert ended.returncode != 0
    assert "the stack never-made is not to be had" in ended.stderr


@pytest.mark.parametrize("name", ["", "Load", "local"])
def test_a_bad_name_makes_nothing(desk: Desk, name: str) -> None:
    made = desk.make("environment", f"NAME={name}")
    assert made.returncode != 0
    assert "choose another name" in made.stderr or "is no name for an environment" in made.stderr
    assert desk.stacks() == []


def test_a_backend_that_takes_no_stack_leaves_no_file(desk: Desk) -> None:
    made = desk.make("environment", f"NAME={NAME}", PULUMI_BACKEND_URL="file:///nowhere/at/all")
    assert made.returncode != 0
    assert f"the stack {NAME} was not made" in made.stderr
    assert not desk.file.exists()


@pytest.mark.parametrize("command", ["preview", "plan", "up", "check", "destroy"])
def test_a_misspelt_name_makes_no_stack_and_ends_none(desk: Desk, command: str) -> None:
    done = desk.repository.call(desk.environment, command, "--stack", "mispelt")
    assert done.returncode == 1
    assert "no stack named 'mispelt' found" in done.stdout + done.stderr
    assert desk.stacks() == []
