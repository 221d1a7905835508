"""Ctrl-C, and a kill while instances are created: the next command continues, and nothing happens twice."""

import re

from tests.e2e.conftest import Worlds
from tests.e2e.world import World, group, until
from toolchain.stack import resources_left

PAIR = {"web": group(2)}


def assert_completed(world: World, mark: int, ids: set[str]) -> None:
    """Everything is gone, and each id was in one accepted release only."""
    assert world.cloud.released(mark) == [ids]
    assert world.cloud.instances == {}
    assert world.resources() == {}
    assert len(world.cloud.state("disks")) == len(ids)


def test_ctrl_c_during_a_destroy_and_what_make_destroy_says_of_it(worlds: Worlds) -> None:
    world = worlds.up(PAIR)
    ids, mark = set(world.cloud.instances), world.cloud.mark()
    world.cloud.fault({"action": "DeleteInstances", "times": 1}, delay_ms=2_000)
    running = world.start("destroy", "--yes", "--skip-preview")
    until(lambda: world.cloud.requests(mark, "DeleteInstances"))
    running.interrupt()
    running.wait()
    assert resources_left(world.stack, world.project, world.environment) > 0
    assert world.destroy().code == 0
    assert resources_left(world.stack, world.project, world.environment) == 0
    assert_completed(world, mark, ids)


def killed_while_creating(worlds: Worlds) -> World:
    """The CLI and all its plugins die while both RunInstances are answered."""
    world = worlds.empty()
    world.groups = PAIR
    world.cloud.fault({"action": "RunInstances"}, delay_ms=10_000)
    running = world.start("up", "--yes", "--skip-preview")
    until(lambda: len(world.cloud.instances) == 2)
    running.kill_all()
    world.cloud.heal()
    assert world.pulumi("cancel", "--yes").code == 0
    return world


def test_destroy_after_a_kill_while_creating_leaves_nothing(worlds: Worlds) -> None:
    world = killed_while_creating(worlds)
    assert world.destroy().code == 0
    assert world.cloud.instances == {}


def test_up_after_a_kill_while_creating_and_claim_settles_the_second_ones(worlds: Worlds) -> None:
    world = killed_while_creating(worlds)
    first = set(world.cloud.instances)
    assert world.up().code == 0
    assert len(world.cloud.instances) == 4
    result = world.destroy()
    assert result.code != 0
    assert set(re.findall(r"(i-\w+) unrecorded", result.output)) == first
    assert len(world.cloud.instances) == 4
    for instance_id in first:
        assert world.ecs_release("claim", instance_id).code == 0
    assert world.destroy().code == 0
    assert world.cloud.instances == {}
