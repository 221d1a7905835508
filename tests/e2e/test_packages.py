"""The components in YAML and TypeScript, added as a package: up, refused, released; the emulator judges."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.cloud import ROOT, tags_of
from tests.e2e.conftest import Worlds
from tests.e2e.examples import Example, path_with_hosts
from tests.e2e.world import World

Open = Callable[[str], Example]


@pytest.fixture(scope="session")
def path() -> str:
    """PATH with the language hosts."""
    return path_with_hosts()


@pytest.fixture
def example(worlds: Worlds, path: str) -> Open:
    """Opens an example on an empty cloud, with the package of this checkout."""

    def opened(name: str) -> Example:
        made = Example(worlds.empty(), name, path)
        made.add_package(str(ROOT))
        return made

    return opened


def kept_disks(world: World) -> set[str]:
    """The data disks in the cloud."""
    return {id_ for id_, disk in world.cloud.state("disks").items() if disk["Type"] == "data"}


def check_refused(world: World, members: set[str]) -> None:
    """A destroy names what is protected and sends no changing call."""
    mark = world.cloud.mark()
    refused = world.destroy()
    assert refused.code != 0
    for member in members:
        assert f"{member} {world.cloud.members()[member]} protected" in refused.output
    assert "Traceback" not in refused.output
    assert world.cloud.changing(mark) == []


def check_left(world: World, disks: set[str]) -> None:
    """Nothing but the kept disks, neither in the cloud nor in the state."""
    assert world.cloud.instances == {}
    assert world.cloud.state("vpcs") == {}
    assert set(world.cloud.state("disks")) == disks
    assert world.resources() == {}


def group_tags(world: World) -> set[tuple[str, str]]:
    """Project and group that the instances carry."""
    tags = [tags_of(facts) for facts in world.cloud.instances.values()]
    return {(each["ecs-release:project"], each["ecs-release:group"]) for each in tags}


def test_yaml_goes_up_refuses_a_protected_destroy_and_ends(example: Open) -> None:
    yaml = example("yaml")
    world = yaml.world
    assert world.up().code == 0
    ids, disks = set(world.cloud.instances), kept_disks(world)
    assert (len(ids), len(disks), group_tags(world)) == (2, 2, {("shop-yaml", "web")})
    assert world.preview("--refresh", "--expect-no-changes").code == 0
    check_refused(world, {"web-0", "web-1"})
    assert world.ecs_release("plan").code == 10
    yaml.change("Pulumi.yaml", "deletionProtection: true", "deletionProtection: false")
    assert world.up().code == 0
    mark = world.cloud.mark()
    assert world.destroy().code == 0
    assert world.cloud.released(mark) == [ids]
    check_left(world, disks)


def test_wrong_inputs_are_refused_by_their_paths_before_anything_is_made(example: Open) -> None:
    yaml = example("yaml")
    yaml.change("Pulumi.yaml", "sizeGib: 200", "sizeGib: 2")
    yaml.change("Pulumi.yaml", "count: 2", "count: 2000")
    refused = yaml.world.up()
    assert refused.code != 0
    for path in ("groups.web.count", "groups.web.dataDisks[0].sizeGib"):
        assert f"property {path} with value" in refused.output
    assert yaml.world.cloud.requests() == []


def test_typescript_goes_up_refuses_a_protected_destroy_and_ends(example: Open) -> None:
    typescript = example("typescript")
    world = typescript.world
    assert world.run(["npx", "--no-install", "tsc"], {}).code == 0, "the example has no right types"
    assert world.up().code == 0
    disks = kept_disks(world)
    assert len(world.cloud.instances) == 3
    assert group_tags(world) == {("shop-typescript", "db"), ("shop-typescript", "worker")}
    timed = {tags_of(facts)["ecs-release:member"] for facts in world.cloud.instances.values() if at(facts)}
    assert timed == {"worker-0", "worker-1"}
    database, mark = world.cloud.members()["db-0"], world.cloud.mark()
    refused = world.destroy()
    assert (refused.code != 0, f"db-0 {database} protected" in refused.output) == (True, True)
    # Groups on their own have no gate: whether the other one goes meanwhile, the engine decides.
    assert database in world.cloud.instances
    assert not any(database in released for released in world.cloud.released(mark))
    typescript.change("index.ts", "deletionProtection: true", "deletionProtection: false")
    assert world.up().code == 0
    mark, ids = world.cloud.mark(), set(world.cloud.instances)
    assert world.destroy().code == 0
    assert {id_ for call in world.cloud.released(mark) for id_ in call} == ids
    check_left(world, disks)


def at(facts: dict[str, Any]) -> str:
    """The release time that the cloud has for an instance."""
    return str(facts.get("AutoReleaseTime", ""))
