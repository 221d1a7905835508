"""Release times changed in a hurry survive the next `up` when the file says what the command told."""

import re

import pytest
import yaml

from tests.e2e.conftest import Worlds
from tests.e2e.schedule_worlds import SHANGHAI, armed_world, expected, local, set_clock, times
from tests.e2e.world import Result, World

SET = "ModifyInstanceAutoReleaseTime"


def only(worlds: Worlds, name: str) -> World:
    """The stack with one of its groups left."""
    world = armed_world(worlds, SHANGHAI)
    world.groups = {name: world.groups[name]}
    assert world.up().code == 0
    return world


def told(result: Result, name: str) -> object:
    """The schedule that the command tells to write."""
    (text,) = re.findall(rf"groups\.{name}\.release\.schedule: (.*)", result.output)
    return yaml.safe_load(text)


@pytest.mark.parametrize("name", ["at", "after", "daily"])
def test_an_extension_is_set_at_once_and_left_alone_by_an_up_that_declares_it(
    worlds: Worlds, name: str
) -> None:
    world = only(worlds, name)
    result = world.ecs_release("extend", "--group", name, "--by", "2h")
    assert result.code == 0
    later = expected(world, local(SHANGHAI, "22:00"), 32)
    assert times(world) == later
    mark = world.cloud.mark()
    world.groups[name]["release"] = {"schedule": told(result, name)}
    assert world.up().code == 0
    assert times(world) == later
    assert world.cloud.changing(mark) == []
    assert world.up("--refresh", "--expect-no-changes").code == 0
    assert world.cloud.changing(mark) == []


def test_what_the_file_does_not_say_is_undone_by_the_next_up(worlds: Worlds) -> None:
    world = only(worlds, "at")
    assert world.ecs_release("extend", "--group", "at", "--by", "2h").code == 0
    assert world.up().code == 0
    assert times(world) == expected(world, local(SHANGHAI, "20:00"), 0)
    assert world.ecs_release("cancel", "--group", "at").code == 0
    assert times(world) == {"at": ""}
    world.groups["at"]["release"] = {}
    mark = world.cloud.mark()
    assert world.up().code == 0
    assert world.cloud.changing(mark) == []


def test_in_the_last_minutes_an_extension_still_saves_it_and_a_longest_life_holds(worlds: Worlds) -> None:
    world = only(worlds, "at")
    set_clock(world, local(SHANGHAI, "19:50"))
    mark = world.cloud.mark()
    assert world.ecs_release("extend", "--group", "at", "--by", "15m").code == 10
    world.environment_fields = {"max_lifetime": "31h"}
    for command in (("extend", "--by", "2h"), ("cancel",)):
        refused = world.ecs_release(*command, "--group", "at")
        assert refused.code == 10
        assert "max_lifetime 1d7h" in refused.output
    assert world.cloud.changing(mark) == []
    assert world.ecs_release("extend", "--group", "at", "--by", "45m").code == 0
    assert times(world) == expected(world, local(SHANGHAI, "20:45"), 0)
    assert world.cloud.changing(mark) == [SET]
