"""What leaves the program is shown by the preview, released by the `up`, and nothing else is."""

from tests.e2e.conftest import Worlds
from tests.e2e.groups import PAIR
from tests.e2e.world import group


def test_a_member_and_a_group_leave_and_the_others_stay(worlds: Worlds) -> None:
    world = worlds.up(PAIR)
    members, before, mark = world.cloud.members(), world.cloud.instances, world.cloud.mark()
    world.groups = {"web": group(2)}
    shown = world.preview()
    assert shown.code == 0
    for member in ("web-2", "db-0"):
        assert f"{member} {members[member]} release" in shown.output
    assert f"web-1 {members['web-1']}" not in shown.output
    assert world.cloud.changing(mark) == []
    assert world.up().code == 0
    released = world.cloud.released(mark)
    assert sorted(released, key=sorted) == sorted([{members["web-2"]}, {members["db-0"]}], key=sorted)
    staying = {members["web-0"], members["web-1"]}
    assert world.cloud.instances == {id_: before[id_] for id_ in staying}
    names = {urn.rpartition("::")[2] for urn in world.resources()}
    assert {"web-0", "web-1", "web-teardown"} <= names
    assert not {name for name in names if name == "web-2" or name.startswith("db")}


def test_a_protected_group_that_leaves_is_refused_and_stays_recorded(worlds: Worlds) -> None:
    world = worlds.up(PAIR)
    database, recorded = world.cloud.members()["db-0"], set(world.resources())
    world.cloud.call("ModifyInstanceAttribute", InstanceId=database, DeletionProtection="true")
    mark = world.cloud.mark()
    world.groups = {"web": group(3)}
    shown = world.preview()
    assert f"db-0 {database} protected" in shown.output
    result = world.up()
    assert result.code != 0
    assert f"db-0 {database} protected" in result.output
    assert world.cloud.changing(mark) == []
    assert set(world.resources()) == recorded
