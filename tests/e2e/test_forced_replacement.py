"""Replacing our own resources is a move: it never releases an instance that is still wanted."""

import pytest

from tests.e2e.conftest import Worlds
from tests.e2e.groups import ONE, RELEASE_REPLACED
from tests.e2e.world import World, group

OURS = ("web-teardown", "web-sweep")
RELEASING = {"web": group(1, **RELEASE_REPLACED)}


def assert_untouched_and_still_ended(world: World, mark: int, instance_id: str) -> None:
    """Nothing was released, the next `up` changes nothing, and a destroy still ends the instance."""
    assert world.cloud.requests(mark, "DeleteInstances") == []
    assert world.cloud.requests(mark, "RunInstances") == []
    assert set(world.cloud.instances) == {instance_id}
    assert world.up("--expect-no-changes").code == 0
    assert world.destroy().code == 0
    assert world.cloud.released(mark) == [{instance_id}]
    assert world.cloud.instances == {}
    assert world.resources() == {}


@pytest.mark.parametrize("name", OURS)
def test_a_replaced_resource_of_ours_releases_nothing(worlds: Worlds, name: str) -> None:
    world = worlds.up(ONE)
    (instance_id,) = world.cloud.instances
    mark = world.cloud.mark()
    assert world.up("--replace", world.urn(name)).code == 0
    assert_untouched_and_still_ended(world, mark, instance_id)


def test_tainted_resources_of_ours_release_nothing(worlds: Worlds) -> None:
    world = worlds.up(ONE)
    (instance_id,) = world.cloud.instances
    mark = world.cloud.mark()
    urns = [world.urn(name) for name in OURS]
    assert world.pulumi("state", "taint", *urns, "--yes").code == 0
    result = world.up()
    assert result.code == 0
    assert "web-teardown" in result.output
    assert_untouched_and_still_ended(world, mark, instance_id)


def test_everything_replaced_by_default_releases_nothing_and_names_both(worlds: Worlds) -> None:
    world = worlds.up(ONE)
    (old,) = world.cloud.instances
    mark = world.cloud.mark()
    result = world.up("--replace", "**")
    assert result.code != 0
    (new,) = set(world.cloud.instances) - {old}
    assert old in world.cloud.instances
    assert f"web-0 {old} replaced" in result.output
    assert new in result.output
    assert world.cloud.requests(mark, "DeleteInstances") == []
    assert "Traceback" not in result.output
    world.groups = RELEASING
    assert world.up().code == 0
    assert world.cloud.released(mark) == [{old}]
    assert set(world.cloud.instances) == {new}
    assert len(world.cloud.state("vpcs")) == 1


def test_everything_replaced_lets_the_old_ones_go_where_declared(worlds: Worlds) -> None:
    world = worlds.up(ONE)
    (old,) = world.cloud.instances
    mark = world.cloud.mark()
    world.groups = RELEASING
    assert world.up("--replace", "**").code == 0
    assert world.cloud.released(mark) == [{old}]
    (new,) = world.cloud.instances
    assert [urn for urn, each in world.resources().items() if each.get("id") == new]
    assert len(world.cloud.state("vpcs")) == 1
