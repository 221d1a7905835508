"""A destroy looks at every group first: one refusal holds all back, else all groups end."""

from tests.e2e.conftest import Worlds
from tests.e2e.groups import PAIR
from tests.e2e.world import group, until

FIVE = {f"g{number}": group(1) for number in range(5)}


def test_one_protected_instance_holds_its_group_and_the_other_one_back(worlds: Worlds) -> None:
    world = worlds.up(PAIR)
    members, recorded = world.cloud.members(), set(world.resources())
    protected = members["web-1"]
    world.cloud.call("ModifyInstanceAttribute", InstanceId=protected, DeletionProtection="true")
    mark = world.cloud.mark()
    result = world.destroy()
    assert result.code != 0
    assert f"web-1 {protected} protected" in result.output
    assert "held back with it: db" in result.output
    assert world.cloud.requests(mark, "DeleteInstances") == []
    assert world.cloud.changing(mark) == []
    assert world.cloud.members() == members
    assert set(world.resources()) == recorded


def test_five_groups_end_in_one_destroy(worlds: Worlds) -> None:
    world = worlds.up(FIVE)
    ids, mark = set(world.cloud.instances), world.cloud.mark()
    assert world.destroy().code == 0
    released = world.cloud.released(mark)
    assert len(released) == len(FIVE)
    assert set().union(*released) == ids
    assert world.cloud.instances == {}
    assert world.resources() == {}


def test_what_was_released_by_hand_is_said_and_no_obstacle(worlds: Worlds) -> None:
    world = worlds.up(PAIR)
    members = world.cloud.members()
    by_hand = members.pop("web-1")
    world.cloud.call("DeleteInstance", InstanceId=by_hand, Force="true")
    until(lambda: by_hand not in world.cloud.instances)
    mark = world.cloud.mark()
    result = world.destroy()
    assert result.code == 0
    assert f"web-1 {by_hand} released-elsewhere: already released" in result.output
    assert set().union(*world.cloud.released(mark)) == set(members.values())
    assert world.cloud.instances == {}
    assert world.resources() == {}
