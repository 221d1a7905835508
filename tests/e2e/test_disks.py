"""Flags of disks follow the declaration, a disk's shape does not, and unknown disks are kept."""

from typing import Any

from tests.e2e.cloud import Cloud
from tests.e2e.conftest import Worlds
from tests.e2e.groups import ONE, RELEASE_REPLACED
from tests.e2e.world import group

DATA = {"name": "data", "category": "cloud_essd", "size_gib": 200}
LOGS = {"name": "logs", "category": "cloud_essd", "size_gib": 100}


def disks_named(cloud: Cloud, name: str) -> dict[str, Any]:
    """The disks with this name, by id."""
    return {id_: disk for id_, disk in cloud.state("disks").items() if disk["DiskName"] == name}


def attach_by_hand(cloud: Cloud, instance_id: str) -> str:
    """A disk that nobody declared, set to go with its instance."""
    cloud.control("settings", {"disk_seconds": 0})
    zone = cloud.instances[instance_id]["ZoneId"]
    made = cloud.call("CreateDisk", ZoneId=zone, DiskCategory="cloud_essd", Size="50", DiskName="stray")
    disk_id = str(made["DiskId"])
    cloud.call("AttachDisk", DiskId=disk_id, InstanceId=instance_id, DeleteWithInstance="true")
    assert cloud.state("disks")[disk_id]["DeleteWithInstance"] is True
    return disk_id


def test_a_flipped_flag_is_one_call_and_no_replacement(worlds: Worlds) -> None:
    world = worlds.up(ONE)
    ((disk_id, disk),) = disks_named(world.cloud, "data").items()
    assert disk["DeleteWithInstance"] is False
    mark = world.cloud.mark()
    world.groups = {"web": group(1, data_disks=[{**DATA, "release_with_instance": True}])}
    assert world.up().code == 0
    assert world.cloud.changing(mark) == ["ModifyDiskAttribute"]
    assert world.cloud.state("disks")[disk_id]["DeleteWithInstance"] is True
    assert world.destroy().code == 0
    assert world.cloud.state("disks") == {}


def test_an_added_disk_is_refused_and_the_named_way_on_works(worlds: Worlds) -> None:
    world = worlds.up(ONE)
    (old,) = world.cloud.instances
    mark, recorded = world.cloud.mark(), set(world.resources())
    world.groups = {"web": group(1, data_disks=[DATA, LOGS], **RELEASE_REPLACED)}
    result = world.preview()
    assert result.code != 0
    for words in (f"web-0 {old}", "logs", "pulumi up --replace"):
        assert words in result.output
    assert world.up().code != 0
    assert world.cloud.changing(mark) == []
    assert set(world.resources()) == recorded
    assert world.up("--replace", world.urn("web-0")).code == 0
    (new,) = world.cloud.instances
    assert new != old
    assert [disk["InstanceId"] for disk in disks_named(world.cloud, "logs").values()] == [new]


def test_a_disk_attached_by_hand_is_kept_and_reported(worlds: Worlds) -> None:
    world = worlds.up(ONE)
    (instance_id,) = world.cloud.instances
    stray = attach_by_hand(world.cloud, instance_id)
    mark = world.cloud.mark()
    result = world.destroy()
    assert result.code == 0
    assert f"stays and bills: disk {stray}" in result.output
    assert "declared nowhere" in result.output
    changing = world.cloud.changing(mark)
    assert changing.index("ModifyDiskAttribute") < changing.index("DeleteInstances")
    assert world.cloud.released(mark) == [{instance_id}]
    assert {disk["DiskName"] for disk in world.cloud.state("disks").values()} == {"data", "stray"}
