"""This repository by its address: a project of it, and the package of it, cloned by the real CLI over TLS."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.e2e.cloud import ROOT, tags_of
from tests.e2e.conftest import Worlds
from tests.e2e.examples import Example, path_with_hosts
from tests.e2e.fresh_copy import package_cache
from tests.e2e.git_server import ADDRESS, HOST, NAME, release, served
from tests.e2e.world import World

CLONED, MEMBERS = f"{HOST}/{NAME}".replace("/", "_"), {"web-0", "web-1"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the git host keeps what it serves."""
    return tmp_path_factory.mktemp("git")


@pytest.fixture(scope="module")
def git(folder: Path) -> Iterator[dict[str, str]]:
    """An environment in which the address leads here, and Python packages come from the cache."""
    # What the cache has of a package that was only synced is not enough to resolve it again.
    lock = ["uv", "pip", "compile", "--quiet", "requirements.txt", "--output-file", str(folder / "all.lock")]
    trusting = {**os.environ, **package_cache(), "UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}
    subprocess.run(lock, cwd=ROOT, env=trusting, check=True, capture_output=True)
    with served(folder) as environment:
        yield {**environment, **package_cache(), "UV_OFFLINE": "1"}


def own_home(world: World) -> dict[str, str]:
    """A PULUMI_HOME of the world's own, so that what is cloned does not stay for the next test."""
    home = world.folder / "pulumi-home"
    shutil.copytree(world.environment["PULUMI_HOME"], home, copy_function=_link)
    return {"PULUMI_HOME": str(home)}


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def test_a_project_is_made_of_the_repository_at_an_address(worlds: Worlds, git: dict[str, str]) -> None:
    world = worlds.empty()
    shutil.rmtree(world.project)
    world.project.mkdir()
    answers = ["--name", "shop", "--stack", "fresh", "--config", "alicloud:region=cn-shanghai"]
    assert world.run(["pulumi", "new", ADDRESS, "--yes", "--non-interactive", *answers], git).code == 0
    assert not (world.project / ".git").exists()
    project = yaml.safe_load((world.project / "Pulumi.yaml").read_text())
    assert (project["name"], "template" in project) == ("shop", False)
    config = yaml.safe_load((world.project / "stacks" / "Pulumi.fresh.yaml").read_text())["config"]
    assert config == {"alicloud:region": "cn-shanghai"}
    pulumi = ["-c", "import pulumi; print(pulumi.__file__)"]
    assert str(world.project) in world.run([str(world.project / ".venv/bin/python"), *pulumi], {}).output


def test_the_package_at_an_address_brings_what_ends_the_instances(
    worlds: Worlds, git: dict[str, str], folder: Path
) -> None:
    example = Example(worlds.empty(), "yaml", path_with_hosts())
    world = example.world
    world.environment |= {**git, **own_home(world)}
    example.add_package(ADDRESS)
    example.change("Pulumi.yaml", "deletionProtection: true", "deletionProtection: false")
    assert world.up().code == 0
    assert {tags_of(facts)["ecs-release:member"] for facts in world.cloud.instances.values()} == MEMBERS
    assert (cloned(world, "0.1.0") / ".venv" / "bin" / "python").exists()
    ids, mark = set(world.cloud.instances), world.cloud.mark()
    release(folder, "0.2.0")
    example.add_package(f"{ADDRESS}@0.2.0")
    assert world.up().code == 0
    # The resources that end instances moved to another plugin, and that must end nothing.
    (teardown,) = [each for each in world.resources().values() if each["type"].endswith(":Teardown")]
    assert (cloned(world, "0.2.0").exists(), "0_2_0" in teardown["provider"]) == (True, True)
    assert world.cloud.changing(mark) == []
    assert world.destroy().code == 0
    assert world.cloud.released(mark) == [ids]
    assert world.resources() == {}


def cloned(world: World, version: str) -> Path:
    """Where the CLI put a version of the package."""
    return Path(world.environment["PULUMI_HOME"], "plugins", f"resource-{CLONED}-v{version}")
