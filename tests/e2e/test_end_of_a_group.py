"""The main job: up, a refused destroy, a real one; one call for the group, kept disks stay."""

from typing import Any

from tests.e2e.cloud import tags_of
from tests.e2e.conftest import Worlds
from tests.e2e.world import World, group

THREE = {"web": group(3)}
PROTECTED = {"web": group(3, deletion_protection=True)}


def test_up_tags_from_run_instances_on_and_sets_flags_on_every_disk(worlds: Worlds) -> None:
    cloud = worlds.up(THREE).cloud
    assert sorted(cloud.members()) == ["web-0", "web-1", "web-2"]
    for call in cloud.requests(action="RunInstances"):
        keys = {value for name, value in call["parameters"].items() if name.endswith(".Key")}
        assert {"ecs-release:group-id", "ecs-release:member", "ecs-release:stack"} <= keys
    flags = {(disk["Type"], disk["DeleteWithInstance"]) for disk in cloud.state("disks").values()}
    assert flags == {("system", True), ("data", False)}
    assert len(cloud.state("disks")) == 6
    set_by_us = {id_ for call in cloud.requests(action="ModifyDiskAttribute") for id_ in disks_of(call)}
    assert set_by_us == set(cloud.state("disks"))
    assert not any(disk["DeleteAutoSnapshot"] for disk in cloud.state("disks").values())
    agents = " ".join(call["user_agent"] for call in cloud.requests())
    assert "Terraform-Provider" in agents
    assert "ecs-release" in agents


def disks_of(request: dict[str, Any]) -> set[str]:
    """The disk ids that a ModifyDiskAttribute names."""
    return {str(value) for name, value in request["parameters"].items() if name.startswith("DiskIds.")}


def test_a_second_up_changes_nothing(worlds: Worlds) -> None:
    world = worlds.up(THREE)
    mark = world.cloud.mark()
    result = world.up("--expect-no-changes")
    assert result.code == 0
    assert world.cloud.changing(mark) == []


def test_destroy_while_protected_is_refused_and_touches_nothing(worlds: Worlds) -> None:
    world = worlds.up(PROTECTED)
    before, mark = world.resources(), world.cloud.mark()
    result = world.destroy()
    assert result.code != 0
    for member, instance_id in world.cloud.members().items():
        assert f"{member} {instance_id} protected" in result.output
    assert "deletion_protection: false" in result.output
    assert "Traceback" not in result.output
    assert world.cloud.changing(mark) == []
    assert set(world.resources()) == set(before)


def test_protection_off_up_destroy_is_one_call_and_the_kept_disks_stay(worlds: Worlds) -> None:
    world = worlds.up(PROTECTED)
    ids = set(world.cloud.instances)
    kept = {id_ for id_, disk in world.cloud.state("disks").items() if disk["Type"] == "data"}
    world.groups = THREE
    assert world.up().code == 0
    mark = world.cloud.mark()
    result = world.destroy()
    assert result.code == 0
    assert world.cloud.released(mark) == [ids]
    assert_empty(world)
    assert set(world.cloud.state("disks")) == kept
    assert all(disk_id in result.output for disk_id in kept)


def assert_empty(world: World) -> None:
    """Nothing is left but kept disks, neither in the cloud nor in the state."""
    assert world.cloud.instances == {}
    assert world.cloud.state("vpcs") == {}
    assert world.resources() == {}


def test_tags_name_project_stack_and_group(worlds: Worlds) -> None:
    facts = next(iter(worlds.up(THREE).cloud.instances.values()))
    tags = tags_of(facts)
    assert (tags["ecs-release:project"], tags["ecs-release:stack"]) == ("ecs-release", "t")
    assert tags["ecs-release:group"] == "web"
