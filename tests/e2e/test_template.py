"""`pulumi new` of this repository: a project with a name of its own that goes up, refuses and ends."""

import shutil
from pathlib import Path

import pytest
import yaml

from tests.e2e.cloud import tags_of
from tests.e2e.conftest import Worlds
from tests.e2e.fresh_copy import fresh_copy, package_cache
from tests.e2e.world import World, group

PROTECTED = {"web": group(1, deletion_protection=True)}


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A clone of the repository."""
    return fresh_copy(tmp_path / "clone")


def new_project(world: World, template: Path) -> None:
    """The real command, with the default answer to each question."""
    for path in world.project.iterdir():
        if path.is_symlink() or path.is_file():
            path.unlink()
    shutil.rmtree(world.project / "stacks")
    command = ["pulumi", "new", str(template), "--yes", "--non-interactive", "--name", "shop"]
    done = world.run([*command, "--stack", world.stack], package_cache())
    assert done.code == 0, done.output


def config_of(world: World) -> dict[str, str]:
    """What the new stack's file says."""
    path = world.project / "stacks" / f"Pulumi.{world.stack}.yaml"
    return dict(yaml.safe_load(path.read_text())["config"])


def test_a_new_project_goes_up_refuses_and_ends(worlds: Worlds, template: Path) -> None:
    world = worlds.empty()
    new_project(world, template)
    assert config_of(world) == {"alicloud:region": "cn-hangzhou"}
    world.groups = PROTECTED
    assert world.up().code == 0
    (facts,) = world.cloud.instances.values()
    assert tags_of(facts)["ecs-release:project"] == "shop"
    mark = world.cloud.mark()
    assert world.destroy().code != 0
    assert world.cloud.changing(mark) == []
    world.groups = {"web": group(1)}
    assert world.up().code == 0
    assert world.destroy().code == 0
    assert world.cloud.released(mark) == [{facts["InstanceId"]}]
    assert world.resources() == {}
