"""More of an instance: batches, restarts, types, bindings, history; what can be had and for how much."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulator.cloud import Cloud, subscription


def status(cloud: Cloud, identifier: str) -> str:
    rows = cloud.good("DescribeInstanceStatus", {"InstanceId.1": identifier})
    (row,) = rows["InstanceStatuses"]["InstanceStatus"]
    return str(row["Status"])


def test_a_reboot_passes_through_starting(cloud: Cloud) -> None:
    instance = cloud.run()
    cloud.good("RebootInstance", {"InstanceId": instance})
    seen = [status(cloud, instance)]
    cloud.advance("PT1S")
    assert [*seen, status(cloud, instance)] == ["Starting", "Running"]


@pytest.mark.parametrize(
    ("action", "policy", "outcome", "codes"),
    [
        ("StartInstances", "AllTogether", "403 IncorrectInstanceStatus", []),
        ("StartInstances", "SuccessFirst", "200", ["IncorrectInstanceStatus", "200"]),
        ("RebootInstances", "AllTogether", "403 IncorrectInstanceStatus", []),
        ("RebootInstances", "SuccessFirst", "200", ["200", "IncorrectInstanceStatus"]),
    ],
)
def test_a_batch_goes_together_or_as_far_as_it_can(
    cloud: Cloud, action: str, policy: str, outcome: str, codes: list[str]
) -> None:
    running, stopped = cloud.run(), cloud.stopped()
    order = {"InstanceId.1": running, "InstanceId.2": stopped, "BatchOptimization": policy}
    answer = cloud.call(action, order)
    assert answer.outcome == outcome
    rows = answer.body.get("InstanceResponses", {"InstanceResponse": []})["InstanceResponse"]
    assert [row["Code"] for row in rows] == codes


SPEC: list[tuple[str, str, dict[str, Any], str]] = [
    ("stopped", "ModifyInstanceSpec", {"InstanceType": "ecs.g7.xlarge"}, "200"),
    ("running", "ModifyInstanceSpec", {"InstanceType": "ecs.g7.xlarge"}, "403 IncorrectInstanceStatus"),
    ("stopped", "ModifyInstanceSpec", {"InstanceType": "huge"}, "404 InvalidInstanceType.NotFound"),
    ("paid ahead", "ModifyInstanceSpec", {"InstanceType": "ecs.g7.xlarge"}, "403 ChargeTypeViolation"),
    ("paid ahead", "ModifyPrepayInstanceSpec", {"InstanceType": "ecs.g7.xlarge"}, "200"),
    ("stopped", "ModifyPrepayInstanceSpec", {"InstanceType": "ecs.g7.xlarge"}, "403 ChargeTypeViolation"),
]


@pytest.mark.parametrize(("kind", "action", "order", "outcome"), SPEC)
def test_another_type(cloud: Cloud, kind: str, action: str, order: dict[str, Any], outcome: str) -> None:
    more = subscription() if kind == "paid ahead" else {}
    instance = cloud.run(more) if kind == "running" else cloud.stopped(more)
    assert cloud.call(action, {"InstanceId": instance, **order}).outcome == outcome
    assert cloud.instance(instance)["InstanceType"] == (
        order["InstanceType"] if outcome == "200" else "ecs.g7.large"
    )


def test_a_role_is_attached_once_and_detached(cloud: Cloud) -> None:
    instance = cloud.run()
    order = {"InstanceIds": json.dumps([instance]), "RamRoleName": "reader"}
    cloud.good("AttachInstanceRamRole", order)
    again = cloud.call("AttachInstanceRamRole", {**order, "RamRoleName": "writer"})
    assert again.outcome == "403 InvalidInstance.RamRoleExist"
    cloud.good("DetachInstanceRamRole", order)
    assert cloud.look("state")["instances"][instance]["RamRoleName"] == ""


def test_maintenance_and_metadata_are_shown_as_they_were_set(cloud: Cloud) -> None:
    instance = cloud.run()
    window = {"MaintenanceWindow.1.StartTime": "02:00:00", "MaintenanceWindow.1.EndTime": "03:00:00"}
    order = {"InstanceId.1": instance, "ActionOnMaintenance": "Stop", "NotifyOnMaintenance": True, **window}
    cloud.good("ModifyInstanceMaintenanceAttributes", order)
    rows = cloud.good("DescribeInstanceMaintenanceAttributes", {"InstanceId.1": instance})
    (row,) = rows["MaintenanceAttributes"]["MaintenanceAttribute"]
    assert row["ActionOnMaintenance"]["Value"] == "Stop"
    assert (row["NotifyOnMaintenance"], len(row["MaintenanceWindows"]["MaintenanceWindow"])) == (True, 1)
    cloud.good("ModifyInstanceMetadataOptions", {"InstanceId": instance, "HttpTokens": "required"})
    assert cloud.instance(instance)["MetadataOptions"]["HttpTokens"] == "required"


def test_groups_are_joined_and_the_last_one_stays(cloud: Cloud) -> None:
    network = cloud.network()
    instance = cloud.run(network)
    vpc = cloud.instance(instance)["VpcAttributes"]["VpcId"]
    second = cloud.good("CreateSecurityGroup", {"VpcId": vpc})["SecurityGroupId"]
    join = {"InstanceId": instance, "SecurityGroupId": second}
    cloud.good("JoinSecurityGroup", join)
    assert cloud.call("JoinSecurityGroup", join).outcome == "403 InvalidInstanceId.AlreadyExists"
    cloud.good("LeaveSecurityGroup", {**join, "SecurityGroupId": network["SecurityGroupId"]})
    assert cloud.call("LeaveSecurityGroup", join).outcome == "403 InstanceLastSecurityGroup"
    assert cloud.instance(instance)["SecurityGroupIds"]["SecurityGroupId"] == [second]


def test_a_stopped_instance_moves_to_another_vswitch(cloud: Cloud) -> None:
    instance = cloud.run()
    vpc = cloud.instance(instance)["VpcAttributes"]["VpcId"]
    place = {"VpcId": vpc, "CidrBlock": "10.0.32.0/24", "ZoneId": "cn-hangzhou-b"}
    target = cloud.good("CreateVSwitch", place, "Vpc")["VSwitchId"]
    order = {"InstanceId": instance, "VSwitchId": target}
    assert cloud.call("ModifyInstanceVpcAttribute", order).outcome == "403 IncorrectInstanceStatus"
    cloud.good("StopInstance", {"InstanceId": instance})
    cloud.advance("PT1S")
    cloud.good("ModifyInstanceVpcAttribute", order)
    shown = cloud.instance(instance)["VpcAttributes"]
    assert shown["VSwitchId"] == target
    assert shown["PrivateIpAddress"]["IpAddress"][0].startswith("10.0.32.")


def test_bandwidth_then_an_address(cloud: Cloud) -> None:
    order = {"InstanceId": cloud.run()}
    assert cloud.call("AllocatePublicIpAddress", order).outcome == "400 InvalidBandwidth"
    cloud.good("ModifyInstanceNetworkSpec", {**order, "InternetMaxBandwidthOut": 5})
    address = cloud.good("AllocatePublicIpAddress", order)["IpAddress"]
    assert cloud.instance(order["InstanceId"])["PublicIpAddress"]["IpAddress"] == [address]
    assert cloud.call("AllocatePublicIpAddress", order).outcome == "400 AllocatedAlready"


def test_key_pairs_are_made_attached_and_deleted_when_unused(cloud: Cloud) -> None:
    made = cloud.good("CreateKeyPair", {"KeyPairName": "ops"})
    assert "PRIVATE KEY" in made["PrivateKeyBody"]
    assert cloud.call("CreateKeyPair", {"KeyPairName": "ops"}).outcome == "400 KeyPair.AlreadyExist"
    bad = {"KeyPairName": "other", "PublicKeyBody": "nothing"}
    assert cloud.call("ImportKeyPair", bad).outcome == "400 InvalidPublicKeyBody.ValueNotSupported"
    order = {"KeyPairName": "ops", "InstanceIds": json.dumps([cloud.run()])}
    cloud.good("AttachKeyPair", order)
    gone = cloud.call("DeleteKeyPairs", {"KeyPairNames": '["ops"]'})
    assert gone.outcome == "400 DependencyViolation.KeyPair"
    cloud.good("DetachKeyPair", order)
    cloud.good("DeleteKeyPairs", {"KeyPairNames": '["ops", "nobody"]'})
    assert cloud.good("DescribeKeyPairs", {})["KeyPairs"]["KeyPair"] == []


def test_a_deployment_set_knows_its_instances(cloud: Cloud) -> None:
    made = cloud.good("CreateDeploymentSet", {"DeploymentSetName": "apart"})["DeploymentSetId"]
    instance = cloud.run({"DeploymentSetId": made})
    (row,) = cloud.good("DescribeDeploymentSets", {})["DeploymentSets"]["DeploymentSet"]
    assert row["InstanceIds"]["InstanceId"] == [instance]
    refused = cloud.call("DeleteDeploymentSet", {"DeploymentSetId": made})
    assert refused.outcome == "403 DependencyViolation.Instance"
    out = {"InstanceId": instance, "RemoveFromDeploymentSet": True}
    cloud.good("ModifyInstanceDeployment", out)
    cloud.good("DeleteDeploymentSet", {"DeploymentSetId": made})


def test_regions_zones_and_types_are_listed(cloud: Cloud) -> None:
    regions = [row["RegionId"] for row in cloud.good("DescribeRegions")["Regions"]["Region"]]
    zones = cloud.good("DescribeZones")["Zones"]["Zone"]
    assert "cn-hangzhou" in regions
    assert all(zone["AvailableInstanceTypes"]["InstanceTypes"] for zone in zones)
    types = cloud.good("DescribeInstanceTypes", {"MinimumCpuCoreCount": 8, "MaximumCpuCoreCount": 8})
    assert {row["CpuCoreCount"] for row in types["InstanceTypes"]["InstanceType"]} == {8}
    page = cloud.good("DescribeInstanceTypes", {"MaxResults": 10})
    rest = cloud.good("DescribeInstanceTypes", {"MaxResults": 100, "NextToken": page["NextToken"]})
    names = [row["InstanceTypeId"] for one in (page, rest) for row in one["InstanceTypes"]["InstanceType"]]
    assert len(names) == len(set(names)) > 30
    stock = cloud.good(
        "DescribeAvailableResource", {"DestinationResource": "InstanceType", "Cores": 2, "Memory": 8}
    )
    offered = stock["AvailableZones"]["AvailableZone"][0]["AvailableResources"]["AvailableResource"][0]
    assert {"ecs.g7.large"} <= {row["Value"] for row in offered["SupportedResources"]["SupportedResource"]}


def price(cloud: Cloud, **order: Any) -> float:
    return float(cloud.good("DescribePrice", order)["PriceInfo"]["Price"]["TradePrice"])


def test_prices_agree_with_quotes_and_bills(cloud: Cloud) -> None:
    disk = {"ResourceType": "disk", "DataDisk.1.Category": "cloud_essd", "DataDisk.1.Size": 100}
    hour = price(cloud, **disk)
    assert price(cloud, **disk, PriceUnit="Month") == pytest.approx(hour * 720 * 0.7)
    instance = cloud.run({"DataDisk.1.Size": 100, "DataDisk.1.Category": "cloud_essd"})
    (data,) = [row["DiskId"] for row in cloud.disks(InstanceId=instance) if row["Type"] == "data"]
    cloud.advance("PT10H")
    bill = cloud.good("DescribeInstanceBill", {"BillingCycle": "2026-06", "InstanceID": data}, "BssOpenApi")
    (row,) = bill["Data"]["Items"]
    assert row["PretaxAmount"] == pytest.approx(hour * 10, rel=0.01)
    released = cloud.call("DescribePrice", {"ResourceType": "disk"})
    assert released.outcome == "400 MissingParameter"


def quote(cloud: Cloud, instance: str) -> dict[str, Any]:
    order = {"InstanceId": instance, "ProductCode": "ecs", "ProductType": ""}
    return cloud.good("InquiryPriceRefundInstance", order, "BssOpenApi")


def test_a_refund_is_worth_less_every_day_and_nothing_after_expiry(cloud: Cloud) -> None:
    instance = cloud.run(subscription())
    first = quote(cloud, instance)["Data"]
    cloud.advance("P15D")
    second = quote(cloud, instance)["Data"]
    assert (first["Currency"], second["RefundAmount"]) == (
        "CNY",
        pytest.approx(first["RefundAmount"] / 2, rel=0.02),
    )
    cloud.event(expire=instance)
    assert (quote(cloud, instance)["Success"], quote(cloud, instance)["Code"]) == (
        False,
        "ResourceStatusError",
    )
    assert quote(cloud, "i-nothing")["Code"] == "ResourceNotExists"
    assert quote(cloud, cloud.run())["Code"] == "ResourceStatusError"
