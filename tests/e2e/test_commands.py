"""The commands around a release, each in a process of its own, judged by the emulator's record and state."""

import json
import shutil
from typing import Any

import pytest
import yaml

from tests.e2e.conftest import Worlds
from tests.e2e.world import World, group

ONE = {"web": group(1)}
IMAGE = "ubuntu_24_04_x64_20G_alibase_20260101.vhd"


def bought_elsewhere(world: World, amount: int, **more: Any) -> list[str]:
    """Instances that somebody made by hand, beside the stack's own."""
    (own,) = world.cloud.instances.values()
    told = {
        "ImageId": IMAGE,
        "InstanceType": "ecs.g7.xlarge",
        "VSwitchId": own["VpcAttributes"]["VSwitchId"],
        "SecurityGroupId": own["SecurityGroupIds"]["SecurityGroupId"][0],
        "Amount": amount,
        "SystemDisk.Category": "cloud_essd",
        "SystemDisk.Size": 60,
        "DataDisk.1.Category": "cloud_essd",
        "DataDisk.1.Size": 100,
        "DataDisk.1.DiskName": "archive",
        "DataDisk.1.DeleteWithInstance": "false",
        "Tag.1.Key": "role",
        "Tag.1.Value": "old",
    }
    reply = world.cloud.call("RunInstances", **told, **more)
    world.cloud.control("clock", {"advance": "PT1M"})
    return list(reply["InstanceIdSets"]["InstanceIdSet"])


def adopted(world: World, *arguments: str, typed: str) -> dict[str, Any]:
    """The group that `adopt` prints."""
    result = world.ecs_release("adopt", "--group", "old", *arguments, typed=typed)
    assert result.code == 0, result.output
    return dict(yaml.safe_load(result.output.partition("pulumi up`:")[2]))


def test_adopted_machines_stay_as_they_are_and_end_under_the_groups_terms(worlds: Worlds) -> None:
    world = worlds.up(ONE)
    ids = bought_elsewhere(world, 2, **{"DeletionProtection": "true"})
    before = world.cloud.mark()
    printed = adopted(world, "--tag", "role=old", typed="adopt 2\n")
    assert world.cloud.changing(before) == ["TagResources"] * 2
    world.groups |= printed
    assert world.up().code == 0
    assert set(world.cloud.changing(before)) == {"TagResources"}
    members = world.cloud.members()
    assert {members["old-0"], members["old-1"]} == set(ids)
    assert all(world.cloud.instances[id_]["DeletionProtection"] for id_ in ids)
    preview = world.preview("--expect-no-changes")
    assert preview.code == 0, preview.output
    world.groups["old"]["release"] = {"on_protected": "lift"}
    assert world.up().code == 0
    assert world.destroy().code == 0
    assert world.cloud.instances == {}
    assert [disk["DiskName"] for disk in world.cloud.state("disks").values()].count("archive") == 2


def test_a_machine_of_another_stack_is_not_adopted(worlds: Worlds) -> None:
    world = worlds.up(ONE)
    (own,) = world.cloud.instances
    before = world.cloud.mark()
    refused = world.ecs_release("adopt", own, "--group", "old", typed="adopt 1\n")
    assert (refused.code, "already managed" in refused.output) == (1, True)
    world.groups["old"] = {**group(1), "adopt": {"old-0": own}}
    denied = world.up()
    assert denied.code != 0
    assert "not-ours" in denied.output
    assert world.cloud.changing(before) == []


@pytest.mark.parametrize("journal", ["kept", "lost"])
def test_what_a_destroy_left_is_found_and_can_be_released(worlds: Worlds, journal: str) -> None:
    world = worlds.up(ONE)
    assert world.destroy().code == 0
    if journal == "lost":
        shutil.rmtree(world.project / ".ecs-release")
    (disk_id,) = world.cloud.state("disks")
    (found,) = json.loads(world.ecs_release("survivors", "--json").output)
    assert (found["id"], found["price"].endswith("a month")) == (disk_id, True)
    assert world.ecs_release("survivors", "--release", disk_id, typed="no\n").code == 1
    assert set(world.cloud.state("disks")) == {disk_id}
    assert world.ecs_release("survivors", "--release", disk_id, typed="release 1\n").code == 0
    assert world.cloud.state("disks") == {}
    assert "nothing is left" in world.ecs_release("survivors").output


def test_a_kept_address_and_an_image_are_found_and_can_be_released(worlds: Worlds) -> None:
    kept = group(1, public_ip={"bandwidth_mbps": 5, "on_release": "keep"}, data_disks=[])
    world = worlds.up({"web": {**kept, "release": {"backup": "image"}}})
    assert world.destroy().code == 0
    found = {row["kind"]: row["id"] for row in json.loads(world.ecs_release("survivors", "--json").output)}
    assert set(found) == {"EIP", "image"}
    chosen = [word for id_ in found.values() for word in ("--release", id_)]
    result = world.ecs_release("survivors", *chosen, typed="release 2\n")
    assert result.code == 0, result.output
    for kind in ("eips", "images", "snapshots"):
        assert world.cloud.state(kind) == {}


def test_doctor_finds_nothing_wrong_where_everything_is_right(worlds: Worlds) -> None:
    world = worlds.up(ONE)
    before = world.cloud.mark()
    result = world.ecs_release("doctor", "--json")
    rows = {row["check"]: row for row in json.loads(result.output)}
    assert {name for name, row in rows.items() if row["result"] not in ("ok", "unknown")} == set()
    assert result.code == 0
    # Dry runs change nothing, and nothing else was called.
    assert {call["status"] for call in world.cloud.requests(before) if "DryRun" in call["parameters"]} == {
        400
    }
    assert len(world.cloud.instances) == 1
