"""A replaced instance: by default old and new both live and are named; with the term the old one goes."""

from tests.e2e.conftest import Worlds
from tests.e2e.groups import ONE, RELEASE_REPLACED
from tests.e2e.world import World, group

RELEASING = {"web": group(1, **RELEASE_REPLACED)}
OTHER_SYSTEM_DISK = {"web": group(1, **RELEASE_REPLACED, system_disk={"category": "cloud_auto"})}


def assert_only_new_one_is_left(world: World, old: str) -> None:
    """One instance, another than before, in the cloud and in the state, and no change waits."""
    (new,) = world.cloud.instances
    assert new != old
    recorded = [each for urn, each in world.resources().items() if urn.endswith("::web-0")]
    assert [each["id"] for each in recorded] == [new]
    assert world.up("--expect-no-changes").code == 0


def test_by_default_both_live_and_are_named_until_the_term_says_release(worlds: Worlds) -> None:
    world = worlds.up(ONE)
    (old,) = world.cloud.instances
    mark = world.cloud.mark()
    result = world.up("--replace", world.urn("web-0"))
    assert result.code != 0
    (new,) = set(world.cloud.instances) - {old}
    assert f"web-0 {old} replaced" in result.output
    assert f"the new one is {new}" in result.output
    assert "on_replaced: release" in result.output
    assert world.cloud.requests(mark, "DeleteInstances") == []
    assert old in world.cloud.instances
    world.groups = RELEASING
    assert world.up().code == 0
    assert world.cloud.released(mark) == [{old}]
    assert set(world.cloud.instances) == {new}
    assert_only_new_one_is_left(world, old)


def test_a_field_that_forces_it_releases_the_old_one_where_declared(worlds: Worlds) -> None:
    world = worlds.up(ONE)
    (old,) = world.cloud.instances
    mark = world.cloud.mark()
    world.groups = OTHER_SYSTEM_DISK
    assert world.up().code == 0
    assert world.cloud.released(mark) == [{old}]
    assert_only_new_one_is_left(world, old)


def test_after_a_targeted_replacement_the_old_one_goes_with_the_next_up(worlds: Worlds) -> None:
    world = worlds.up(ONE)
    (old,) = world.cloud.instances
    mark = world.cloud.mark()
    assert world.up("--target-replace", world.urn("web-0")).code == 0
    assert world.cloud.requests(mark, "DeleteInstances") == []
    assert len(world.cloud.instances) == 2
    world.groups = RELEASING
    assert world.up().code == 0
    assert world.cloud.released(mark) == [{old}]
    assert_only_new_one_is_left(world, old)
