"""DescribeInstances and the smaller reads: filters, pages, shapes that clients rely on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulator.cloud import IMAGE, Cloud, subscription


def world(cloud: Cloud) -> dict[str, str]:
    """Make three instances that differ: web, db and a subscription."""
    web = cloud.run(
        {"InstanceName": "web-0", "Tag.1.Key": "role", "Tag.1.Value": "web", "InternetMaxBandwidthOut": 1}
    )
    database = cloud.stopped({"InstanceName": "db-0", "Tag.1.Key": "role", "Tag.1.Value": "db"})
    paid = cloud.run(subscription(InstanceName="web-1", InstanceType="ecs.r7.xlarge"))
    return {"web": web, "db": database, "paid": paid}


@pytest.mark.parametrize(
    ("reason", "filters", "found"),
    [
        ("no filter", {}, ["web", "db", "paid"]),
        ("by status", {"Status": "Running"}, ["web", "paid"]),
        ("by charge type", {"InstanceChargeType": "PrePaid"}, ["paid"]),
        ("by tag", {"Tag.1.Key": "role", "Tag.1.Value": "db"}, ["db"]),
        ("by tag key alone", {"Tag.1.Key": "role"}, ["web", "db"]),
        ("tags add up", {"Tag.1.Key": "role", "Tag.1.Value": "db", "Tag.2.Key": "none"}, []),
        ("by name", {"InstanceName": "db-0"}, ["db"]),
        ("by name pattern", {"InstanceName": "web-*"}, ["web", "paid"]),
        ("a pattern has one special sign", {"InstanceName": "web-[01]"}, []),
        ("by type", {"InstanceType": "ecs.r7.xlarge"}, ["paid"]),
        ("by family", {"InstanceTypeFamily": "ecs.r7"}, ["paid"]),
        ("by image", {"ImageId": IMAGE}, ["web", "db", "paid"]),
        ("by network type", {"InstanceNetworkType": "classic"}, []),
        ("by public address", {"PublicIpAddresses": '["198.18.0.1"]'}, ["web"]),
        ("filters add up", {"Status": "Stopped", "InstanceName": "web-*"}, []),
        ("no id is no instance", {"InstanceIds": "[]"}, []),
        ("an unknown id is no error", {"InstanceIds": '["i-0"]'}, []),
        (
            "made since",
            {"Filter.1.Key": "CreationStartTime", "Filter.1.Value": "2026-06-15T10:00Z"},
            ["web", "db", "paid"],
        ),
        ("made later", {"Filter.1.Key": "CreationStartTime", "Filter.1.Value": "2026-06-15T11:00Z"}, []),
        ("another region", {"RegionId": "cn-beijing"}, []),
        ("more fields asked for", {"AdditionalAttributes.1": "META_OPTIONS"}, ["web", "db", "paid"]),
    ],
)
def test_filters(cloud: Cloud, reason: str, filters: dict[str, Any], found: list[str]) -> None:
    names = {identifier: name for name, identifier in world(cloud).items()}
    assert [names[row["InstanceId"]] for row in cloud.instances(**filters)] == found


def test_by_lock(cloud: Cloud) -> None:
    instance = cloud.run()
    cloud.event(lock=[instance, "security"])
    assert len(cloud.instances(LockReason="security")) == 1
    assert cloud.instances(LockReason="financial") == []
    cloud.event(unlock=[instance, "security"])
    assert cloud.instances(LockReason="security") == []


@pytest.mark.parametrize(
    ("reason", "filters", "outcome"),
    [
        ("no such status", {"Status": "Gone"}, "404 InvalidStatus.NotFound"),
        ("no such charge type", {"InstanceChargeType": "Free"}, "404 InvalidInstanceChargeType.NotFound"),
        ("no such lock", {"LockReason": "mood"}, "404 InvalidLockReason.NotFound"),
        ("no such network", {"InstanceNetworkType": "air"}, "404 InvalidNetworkType.NotFound"),
        (
            "no such traffic",
            {"InternetChargeType": "Free"},
            "404 InvalidInternetChargeType.ValueNotSupported",
        ),
        ("no such filter", {"Filter.1.Key": "Mood"}, "404 InvalidFilterKey.NotFound"),
        (
            "a filter's time",
            {"Filter.1.Key": "CreationStartTime", "Filter.1.Value": "now"},
            "400 InvalidParameter",
        ),
        ("a tag without a key", {"Tag.1.Value": "b"}, "400 InvalidTag.Mismatch"),
        ("21 tags", {f"Tag.{n}.Key": str(n) for n in range(1, 22)}, "400 InvalidTagCount"),
        ("101 ids", {"InstanceIds": json.dumps(["i-0"] * 101)}, "400 InvalidParameter"),
        ("ids are JSON", {"InstanceIds": "i-0"}, "400 InvalidParameter"),
        ("ids are text", {"InstanceIds": "[1]"}, "400 InvalidParameter"),
        ("ids of another call's form", {"InstanceId.1": "i-0"}, "400 UnsupportedParameter"),
        ("a page too large", {"PageSize": 101}, "400 InvalidParameter"),
        ("a page before the first", {"PageNumber": 0}, "400 InvalidParameter"),
        ("a token of nobody", {"NextToken": "?"}, "400 InvalidParameter"),
        ("the right to look", {"DryRun": True}, "400 DryRunOperation"),
    ],
)
def test_describe_refuses(cloud: Cloud, reason: str, filters: dict[str, Any], outcome: str) -> None:
    assert cloud.call("DescribeInstances", filters).outcome == outcome


@pytest.mark.parametrize(
    ("reason", "asked", "given"),
    [
        ("unset", {}, 10),
        ("below 10", {"MaxResults": 1}, 10),
        ("25", {"MaxResults": 25}, 25),
        ("above", {"MaxResults": 500}, 100),
    ],
)
def test_pages_by_token(cloud: Cloud, reason: str, asked: dict[str, Any], given: int) -> None:
    network = cloud.network()
    for amount in (100, 20):
        cloud.good("RunInstances", cloud.order(**network, Amount=amount))
    seen: list[str] = []
    token = "" if asked else "YWZ0ZXI6MA=="
    while True:
        page = cloud.good("DescribeInstances", {**asked, "NextToken": token})
        rows = page["Instances"]["Instance"]
        assert page["TotalCount"] == 0
        seen += [row["InstanceId"] for row in rows]
        token = page["NextToken"]
        if not token:
            break
        assert len(rows) == given
    assert len(seen) == len(set(seen)) == 120


def test_pages_by_number(cloud: Cloud) -> None:
    cloud.good("RunInstances", cloud.order(Amount=25))
    first, third = cloud.good("DescribeInstances"), cloud.good("DescribeInstances", {"PageNumber": 3})
    assert (first["TotalCount"], first["PageNumber"], first["PageSize"]) == (25, 1, 10)
    assert [len(page["Instances"]["Instance"]) for page in (first, third)] == [10, 5]


def test_an_instance_as_clients_read_it(cloud: Cloud) -> None:
    network = cloud.network()
    row = cloud.instance(cloud.run({**network, "UserData": "aGk=", "RamRoleName": "ops"}))
    assert row["OperationLocks"] == {"LockReason": []}
    assert row["SecurityGroupIds"] == {"SecurityGroupId": [network["SecurityGroupId"]]}
    assert row["PublicIpAddress"] == {"IpAddress": []}
    assert row["EipAddress"]["AllocationId"] == ""
    assert row["CreationTime"] == "2026-06-15T10:00Z"
    assert (row["AutoReleaseTime"], row["DeletionProtection"]) == ("", False)
    assert row["Tags"] == {"Tag": []}
    (interface,) = row["NetworkInterfaces"]["NetworkInterface"]
    assert (interface["Type"], interface["PrimaryIpAddress"]) == ("Primary", "10.0.0.1")
    assert None not in row.values()


def test_the_smaller_reads_echo_the_id(cloud: Cloud) -> None:
    instance = cloud.run({"UserData": "aGk=", "RamRoleName": "ops"})
    one, many = {"InstanceId": instance}, {"InstanceIds": json.dumps([instance])}
    attribute = cloud.good("DescribeInstanceAttribute", one)
    assert (attribute["InstanceId"], attribute["EnableJumboFrame"]) == (instance, False)
    assert not {"DeletionProtection", "AutoReleaseTime"} & set(attribute)
    assert cloud.good("DescribeUserData", one)["UserData"] == "aGk="
    (role,) = cloud.good("DescribeInstanceRamRole", many)["InstanceRamRoleSets"]["InstanceRamRoleSet"]
    (pool,) = cloud.good("DescribeInstanceAttachmentAttributes", many)["Instances"]["Instance"]
    kept = cloud.good("DescribeInstanceMaintenanceAttributes", {"InstanceId.1": instance})
    (care,) = kept["MaintenanceAttributes"]["MaintenanceAttribute"]
    assert [row["InstanceId"] for row in (role, pool, care)] == [instance] * 3
    assert (role["RamRoleName"], care["NotifyOnMaintenance"]) == ("ops", False)


@pytest.mark.parametrize("action", ["DescribeInstanceAttribute", "DescribeUserData"])
def test_one_unknown_instance_is_an_error(cloud: Cloud, action: str) -> None:
    assert cloud.call(action, {"InstanceId": "i-0"}).outcome == "404 InvalidInstanceId.NotFound"
    assert cloud.call(action).outcome == "400 MissingParameter"


def test_an_interface_as_clients_read_it(cloud: Cloud) -> None:
    instance = cloud.instance(cloud.run())
    identifier = instance["NetworkInterfaces"]["NetworkInterface"][0]["NetworkInterfaceId"]
    reply = cloud.good("DescribeNetworkInterfaces", {"NetworkInterfaceId.1": identifier, "MaxResults": 50})
    (row,) = reply["NetworkInterfaceSets"]["NetworkInterfaceSet"]
    assert (row["NetworkInterfaceId"], row["InstanceId"]) == (identifier, instance["InstanceId"])
    assert row["PrivateIpSets"]["PrivateIpSet"][0]["Primary"] is True
    assert row["Attachment"]["NetworkCardIndex"] == 0
    assert cloud.good("DescribeNetworkInterfaces", {"Status": "Available"})["TotalCount"] == 0
