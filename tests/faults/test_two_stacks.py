"""Two stacks of one name in one account, kept in two backends: the end of one is not that of the other."""

from tests.e2e.conftest import Worlds
from tests.e2e.world import World, group

ONE = {"web": group(1)}


def twin_of(world: World) -> World:
    """The same program, project, stack and declaration, on the same cloud, in a backend of its own."""
    folder = world.folder / "twin"
    folder.mkdir()
    twin = World(folder, world.cloud.port, world.environment)
    twin.create()
    twin.groups = ONE
    assert twin.up().code == 0
    return twin


def test_destroying_one_leaves_the_other_untouched(worlds: Worlds) -> None:
    world = worlds.up(ONE)
    (first,) = world.cloud.instances
    twin = twin_of(world)
    (second,) = set(world.cloud.instances) - {first}
    mark = world.cloud.mark()
    assert world.destroy().code == 0
    assert world.cloud.released(mark) == [{first}]
    assert set(world.cloud.instances) == {second}
    assert twin.up("--expect-no-changes").code == 0
    assert twin.destroy().code == 0
    assert world.cloud.instances == {}
