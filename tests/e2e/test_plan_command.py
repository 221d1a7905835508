"""`ecs-release plan` of one process says what `pulumi destroy` of another then does."""

import json
from typing import Any

from tests.e2e.conftest import Worlds
from tests.e2e.groups import PAIR
from tests.e2e.world import World, group

LIMITED = {"web": group(3, release={"max_instances": 2}), "db": PAIR["db"]}


def planned(world: World) -> list[dict[str, Any]]:
    """The instances of a plan that refuses nothing."""
    result = world.ecs_release("plan", "--json")
    assert result.code == 0
    plan = json.loads(result.output)
    assert plan["refused"] is False
    return [instance for held in plan["groups"] for instance in held["instances"]]


def disk_ids(instances: list[dict[str, Any]], fate: str) -> set[str]:
    """The ids of the disks with this fate."""
    things = [thing for instance in instances for thing in instance[fate]]
    return {str(thing["id"]) for thing in things if thing["kind"] == "disk"}


def test_the_plan_as_json_is_what_the_destroy_does(worlds: Worlds) -> None:
    world = worlds.up(PAIR)
    members, before, mark = world.cloud.members(), set(world.cloud.state("disks")), world.cloud.mark()
    instances = planned(world)
    assert world.cloud.changing(mark) == []
    result = world.destroy()
    assert result.code == 0
    assert {each["member"]: each["instance_id"] for each in instances} == members
    assert {each["answer"] for each in instances} == {"release"}
    released = set().union(*world.cloud.released(mark))
    assert {each["instance_id"] for each in instances} == released
    after = set(world.cloud.state("disks"))
    assert disk_ids(instances, "losses") == before - after
    assert disk_ids(instances, "survivors") == after
    assert all(f"stays and bills: disk {disk_id}" in result.output for disk_id in after)


def test_more_than_max_instances_is_refused_by_plan_and_destroy_alike(worlds: Worlds) -> None:
    world = worlds.up(PAIR)
    world.groups = LIMITED
    assert world.up().code == 0
    mark, instances = world.cloud.mark(), set(world.cloud.instances)
    result = world.ecs_release("plan", "--json")
    assert result.code == 10
    findings = [finding for held in json.loads(result.output)["groups"] for finding in held["findings"]]
    assert [finding["reason"] for finding in findings] == ["too-many-instances"]
    refused = world.destroy()
    assert refused.code != 0
    assert "too-many-instances: more instances would go in one run" in refused.output
    assert "3 would go, max_instances is 2" in refused.output
    assert world.cloud.changing(mark) == []
    assert set(world.cloud.instances) == instances
