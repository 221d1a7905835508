"""The calls about what earlier releases left, and about rights: what is sent, what is made of the answer."""

from dataclasses import replace
from typing import Any

import pytest

from ecs_release.gateway.errors import CloudError, NotFound
from ecs_release.gateway.gateway import Gateway
from ecs_release.gateway.rights import PROBES, Probe
from tests.unit.gateway.scripted import CLOUD, Script, api_error, disk, disks, instances, tagged

TAGS = {"ecs-release:project": "shop", "ecs-release:stack": "test"}
GONE = (
    *("InvalidSnapshotId.NotFound", "InvalidAllocationId.NotFound", "InvalidSecurityGroupId.NotFound"),
    *("InvalidVSwitchId.NotFound", "InvalidVpcId.NotFound"),
)
PROBED = {probe.right: probe for probe in PROBES}


def test_search_instances(cloud: Script, subject: Gateway) -> None:
    cloud.answers(instances(tagged("i-1", "role", "web")))
    (found,) = subject.search_instances({"role": "web"}, "web-*")
    assert found.instance_id == "i-1"
    (query,) = cloud.queries
    assert (query["Tag.1.Key"], query["InstanceName"]) == ("role", "web-*")


def test_a_search_by_tags_alone_sends_no_name(cloud: Script, subject: Gateway) -> None:
    cloud.answers(instances())
    assert subject.search_instances({"role": "web"}, "") == ()
    assert "InstanceName" not in cloud.queries[0]


def test_tagged_disks(cloud: Script, subject: Gateway) -> None:
    cloud.answers(disks(disk("d-1")))
    (found,) = subject.tagged_disks(TAGS)
    assert found.disk_id == "d-1"
    (query,) = cloud.queries
    assert [query["Tag.1.Key"], query["Tag.2.Value"]] == ["ecs-release:project", "test"]


def test_tagged_snapshots(cloud: Script, subject: Gateway) -> None:
    row = {"SnapshotId": "s-1", "SourceDiskId": "d-1", "SnapshotType": "user", "Status": "accomplished"}
    cloud.answers({"Snapshots": {"Snapshot": [row]}})
    assert [each.snapshot_id for each in subject.tagged_snapshots(TAGS)] == ["s-1"]


def test_tagged_images(cloud: Script, subject: Gateway) -> None:
    mappings = {"DiskDeviceMapping": [{"SnapshotId": "s-2"}, {"Device": "/dev/xvdb"}]}
    image = {"ImageId": "m-1", "Status": "Available", "DiskDeviceMappings": mappings}
    cloud.answers({"Images": {"Image": [image]}})
    assert [each.snapshot_ids for each in subject.tagged_images(TAGS)] == [("s-2",)]


def test_find_images(cloud: Script, subject: Gateway) -> None:
    cloud.answers({"Images": {"Image": []}})
    assert subject.find_images(["m-1", "m-2"]) == ()
    assert cloud.queries[0]["ImageId"] == "m-1,m-2"


def test_leftovers_find_eips_by_id_and_by_address(cloud: Script, subject: Gateway) -> None:
    row = {"AllocationId": "eip-1", "IpAddress": "198.18.0.1", "Status": "Available", "InstanceId": ""}
    cloud.answers({"EipAddresses": {"EipAddress": [row]}})
    (found,) = subject.leftovers.find_eips(["eip-1", "198.18.0.1"])
    assert (found.address, found.holder) == ("198.18.0.1", "")
    first, second = cloud.queries
    assert (first["AllocationId"], second["EipAddress"]) == ("eip-1", "198.18.0.1")


def test_without_an_endpoint_for_addresses_none_is_guessed(cloud: Script) -> None:
    with pytest.raises(CloudError, match="no endpoint of vpc"):
        Gateway(replace(CLOUD, vpc="")).leftovers.find_eips(["eip-1"])
    assert cloud.actions == []


@pytest.mark.parametrize(
    ("kind", "action", "query"),
    [
        ("disk", "DeleteDisk", {"DiskId": "x-1"}),
        ("snapshot", "DeleteSnapshot", {"SnapshotId": "x-1"}),
        ("image", "DeleteImage", {"ImageId": "x-1", "RegionId": "cn-hangzhou"}),
        (
            "network interface",
            "DeleteNetworkInterface",
            {"NetworkInterfaceId": "x-1", "RegionId": "cn-hangzhou"},
        ),
        ("EIP", "ReleaseEipAddress", {"AllocationId": "x-1", "RegionId": "cn-hangzhou"}),
        ("security group", "DeleteSecurityGroup", {"SecurityGroupId": "x-1", "RegionId": "cn-hangzhou"}),
        ("vSwitch", "DeleteVSwitch", {"VSwitchId": "x-1", "RegionId": "cn-hangzhou"}),
        ("VPC", "DeleteVpc", {"VpcId": "x-1", "RegionId": "cn-hangzhou"}),
    ],
)
def test_one_thing_is_deleted(
    cloud: Script, subject: Gateway, kind: str, action: str, query: dict[str, str]
) -> None:
    assert subject.leftovers.delete(kind, "x-1") == "R-1"
    assert (cloud.actions, cloud.queries) == ([action], [query])


@pytest.mark.parametrize("code", GONE)
def test_what_is_gone_already_is_not_found(cloud: Script, subject: Gateway, code: str) -> None:
    cloud.answers(api_error(404, code))
    with pytest.raises(NotFound):
        subject.leftovers.delete("snapshot", "s-1")


def test_tag_disks_by_fifty(cloud: Script, subject: Gateway) -> None:
    subject.tag_disks([f"d-{number}" for number in range(51)], TAGS)
    assert cloud.actions == ["TagResources"] * 2
    assert {query["ResourceType"] for query in cloud.queries} == {"disk"}


@pytest.mark.parametrize(
    ("right", "reply", "has"),
    [
        ("ecs:DescribeInstances", api_error(400, "DryRunOperation"), True),
        ("ecs:DeleteInstances", api_error(400, "DRYRUN.SUCCESS"), True),
        ("ecs:DeleteInstances", api_error(403, "Forbidden.RAM"), False),
        ("ecs:DescribeInstanceAttribute", api_error(404, "InvalidInstanceId.NotFound"), True),
        ("ecs:DescribeDisks", {}, True),
        ("ecs:ModifyInstanceAttribute", {}, None),
    ],
)
def test_has_right(cloud: Script, subject: Gateway, right: str, reply: Any, has: bool | None) -> None:
    cloud.answers(reply)
    assert subject.has_right(PROBED[right], "i-1") is has
    assert len(cloud.actions) == (has is not None)


@pytest.mark.parametrize("code", ["InvalidAccessKeyId.NotFound", "InvalidParameter"])
def test_another_error_tells_nothing_about_a_right(cloud: Script, subject: Gateway, code: str) -> None:
    cloud.answers(api_error(403, code))
    with pytest.raises(CloudError):
        subject.has_right(PROBED["ecs:StopInstances"], "i-1")


@pytest.mark.parametrize("probe", [probe for probe in PROBES if probe.parameters], ids=lambda one: one.right)
def test_a_probe_that_could_change_something_is_a_dry_run(
    cloud: Script, subject: Gateway, probe: Probe
) -> None:
    cloud.answers(api_error(400, "DryRunOperation"))
    subject.has_right(probe, "i-1")
    looks = cloud.actions[0].startswith(("Describe", "Query"))
    assert looks or cloud.queries[0]["DryRun"].lower() == "true"
