"""What becomes of kept disks, shared disks, addresses and networks when an instance is released."""

from __future__ import annotations

from typing import Any

from tests.emulator.cloud import Cloud, subscription


def data_disk(**fields: Any) -> dict[str, Any]:
    return {f"DataDisk.1.{name}": value for name, value in {"Size": 40, **fields}.items()}


def release(cloud: Cloud, instance: str) -> None:
    cloud.good("DeleteInstance", {"InstanceId": instance, "Force": True})
    cloud.advance("PT2S")


def test_a_kept_disk_stands_alone(cloud: Cloud) -> None:
    instance = cloud.run(data_disk(DeleteWithInstance=False))
    (before,) = cloud.disks(InstanceId=instance, DiskType="data")
    release(cloud, instance)
    (after,) = cloud.disks()
    assert after["DiskId"] == before["DiskId"]
    expected = {"Status": "Available", "InstanceId": "", "DiskChargeType": "PostPaid", "Portable": True}
    assert {name: after[name] for name in expected} == expected
    assert after["DetachedTime"] == "2026-06-15T10:00:04Z"


def test_a_disk_of_a_subscription_turns_pay_as_you_go(cloud: Cloud) -> None:
    instance = cloud.run({**subscription(), **data_disk(DeleteWithInstance=False)})
    (disk,) = cloud.disks(InstanceId=instance, DiskType="data")
    assert (disk["DiskChargeType"], disk["Portable"]) == ("PrePaid", False)
    order = {"InstanceId": instance, "ProductCode": "ecs", "ProductType": "", "ImmediatelyRelease": "1"}
    cloud.good("RefundInstance", order, "BssOpenApi")
    cloud.advance("PT2S")
    (disk,) = cloud.disks()
    assert (disk["DiskChargeType"], disk["Portable"]) == ("PostPaid", True)


def test_a_shared_disk_is_left_to_the_others(cloud: Cloud) -> None:
    network = cloud.network()
    first, second = cloud.run(network), cloud.run(network)
    made = {"ZoneId": "cn-hangzhou-b", "DiskCategory": "cloud_essd", "Size": 40, "MultiAttach": "Enabled"}
    disk = cloud.good("CreateDisk", made)["DiskId"]
    cloud.advance("PT1S")
    for instance in (first, second):
        cloud.good("AttachDisk", {"InstanceId": instance, "DiskId": disk})
    release(cloud, first)
    (row,) = cloud.disks(InstanceId=second, DiskType="data")
    assert (row["InstanceId"], row["Status"]) == ("", "In_use")
    assert [one["InstanceId"] for one in row["Attachments"]["Attachment"]] == [second]


def test_the_fixed_address_is_gone_for_good(cloud: Cloud) -> None:
    instance = cloud.run({"InternetMaxBandwidthOut": 5})
    (address,) = cloud.instance(instance)["PublicIpAddress"]["IpAddress"]
    release(cloud, instance)
    assert address.startswith("198.18.")
    assert address not in cloud.http.get("/_emulator/state").text


def test_the_network_can_go_after_the_instance(cloud: Cloud) -> None:
    network = cloud.network()
    instance = cloud.run(network)
    vpc = cloud.instance(instance)["VpcAttributes"]["VpcId"]
    switch, group = {"VSwitchId": network["VSwitchId"]}, {"SecurityGroupId": network["SecurityGroupId"]}
    assert cloud.call("DeleteSecurityGroup", group).outcome == "403 DependencyViolation"
    assert cloud.call("DeleteVSwitch", switch, "Vpc").outcome == "400 DependencyViolation.Instance"
    assert cloud.call("DeleteVpc", {"VpcId": vpc}, "Vpc").outcome == "400 DependencyViolation.VSwitch"
    release(cloud, instance)
    cloud.good("DeleteSecurityGroup", group)
    cloud.good("DeleteVSwitch", switch, "Vpc")
    cloud.good("DeleteVpc", {"VpcId": vpc}, "Vpc")
    assert not any(cloud.look("state").values())
