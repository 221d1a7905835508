"""An `up` that breaks off, at the beginning or later: the next command ends or completes what is there."""

from tests.e2e.cloud import Cloud
from tests.e2e.conftest import Worlds
from tests.e2e.world import World, group

REFUSED = {"status": 403, "code": "QuotaExceed.ElasticQuota", "message": "The quota is used up."}
THREE, ONE = {"web": group(3)}, {"web": group(1)}
PROTECTED = {"web": group(3, deletion_protection=True)}


def broken_off(worlds: Worlds, groups: dict[str, dict[str, object]]) -> World:
    """A first `up` of three that ends after the second instance."""
    world = worlds.empty()
    world.groups = groups
    world.cloud.fault({"action": "RunInstances", "after": 2}, **REFUSED)
    assert world.up().code != 0
    assert len(world.cloud.instances) == 2
    world.cloud.heal()
    return world


def assert_nothing_left(world: World) -> None:
    assert world.cloud.instances == {}
    assert world.resources() == {}


def lift_protection(cloud: Cloud) -> None:
    for instance_id in cloud.instances:
        cloud.call("ModifyInstanceAttribute", InstanceId=instance_id, DeletionProtection="false")


def test_destroy_after_a_first_up_that_broke_off_leaves_no_instance(worlds: Worlds) -> None:
    world = broken_off(worlds, THREE)
    ids = set(world.cloud.instances)
    mark = world.cloud.mark()
    assert world.destroy().code == 0
    assert world.cloud.released(mark) == [ids]
    assert_nothing_left(world)


def test_up_again_completes_and_destroy_then_leaves_no_instance(worlds: Worlds) -> None:
    world = broken_off(worlds, THREE)
    first = set(world.cloud.instances)
    assert world.up().code == 0
    assert len(world.cloud.instances) == 3
    assert first < set(world.cloud.instances)
    assert world.destroy().code == 0
    assert_nothing_left(world)


def test_a_protected_first_up_that_broke_off_is_refused_and_guarded(worlds: Worlds) -> None:
    world = broken_off(worlds, PROTECTED)
    members = world.cloud.members()
    result = world.destroy()
    assert result.code != 0
    assert all(f"{member} {id_} protected" in result.output for member, id_ in members.items())
    assert "run `pulumi destroy` again" in result.output
    mark = world.cloud.mark()
    result = world.up()
    assert result.code != 0
    assert all(id_ in result.output for id_ in members.values())
    assert "count: 0" in result.output
    assert world.cloud.changing(mark) == []
    lift_protection(world.cloud)
    assert world.destroy().code == 0
    assert_nothing_left(world)


def test_the_other_way_on_is_a_count_of_0(worlds: Worlds) -> None:
    world = broken_off(worlds, PROTECTED)
    assert world.destroy().code != 0
    world.groups = {"web": group(0, deletion_protection=True)}
    mark = world.cloud.mark()
    assert world.up().code == 0
    assert "RunInstances" not in world.cloud.changing(mark)
    assert world.destroy().code != 0
    assert len(world.cloud.instances) == 2
    lift_protection(world.cloud)
    assert world.destroy().code == 0
    assert_nothing_left(world)


def grown(worlds: Worlds) -> World:
    """One instance; an `up` to three lost the reply to its first RunInstances."""
    world = worlds.up(ONE)
    world.groups = THREE
    # Late enough for the other one to have been asked for: after a failure the engine begins nothing more.
    world.cloud.fault({"action": "RunInstances", "times": 1}, drop="reply", delay_ms=3000)
    assert world.up().code != 0
    assert len(world.cloud.instances) == 3
    world.cloud.heal()
    return world


def test_destroy_after_a_growth_that_broke_off_leaves_no_instance(worlds: Worlds) -> None:
    world = grown(worlds)
    assert world.destroy().code == 0
    assert_nothing_left(world)


def test_back_to_one_after_a_growth_that_broke_off_ends_and_names_the_orphans(worlds: Worlds) -> None:
    world = grown(worlds)
    members = world.cloud.members()
    kept = members.pop("web-0")
    world.groups = ONE
    result = world.up()
    assert result.code == 0
    assert set(world.cloud.instances) == {kept}
    assert all(f"{member} {id_} release" in result.output for member, id_ in members.items())
    assert world.destroy().code == 0
    assert_nothing_left(world)
