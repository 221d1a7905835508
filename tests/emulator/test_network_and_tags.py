"""VPC, vSwitch, security group, and tags of all of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulator.cloud import Cloud

RULE = {"IpProtocol": "tcp", "PortRange": "22/22", "SourceCidrIp": "10.0.0.0/8"}


def vpc_of(cloud: Cloud, **fields: Any) -> str:
    return str(cloud.good("CreateVpc", {"CidrBlock": "10.0.0.0/16", **fields}, "Vpc")["VpcId"])


def rules(cloud: Cloud, group: str, **more: str) -> list[dict[str, str]]:
    reply = cloud.good("DescribeSecurityGroupAttribute", {"SecurityGroupId": group, **more})
    found: list[dict[str, str]] = reply["Permissions"]["Permission"]
    return found


def test_a_vpc_as_clients_read_it(cloud: Cloud) -> None:
    vpc = vpc_of(cloud, VpcName="main", **{"Tag.1.Key": "a", "Tag.1.Value": "b"})
    row = cloud.good("DescribeVpcAttribute", {"VpcId": vpc}, "Vpc")
    assert (row["VpcId"], row["Status"], row["VpcName"]) == (vpc, "Available", "main")
    assert row["Tags"] == {"Tag": [{"Key": "a", "Value": "b"}]}
    assert row["SecondaryCidrBlocks"] == {"SecondaryCidrBlock": []}
    assert row["ClassicLinkEnabled"] is False
    tables = cloud.good("DescribeRouteTableList", {"VpcId": vpc}, "Vpc")["RouterTableList"][
        "RouterTableListType"
    ]
    assert [(table["RouteTableType"], table["VpcId"]) for table in tables] == [("System", vpc)]


def test_names_change(cloud: Cloud) -> None:
    network = cloud.network()
    switch, group = network["VSwitchId"], network["SecurityGroupId"]
    cloud.good("ModifyVSwitchAttribute", {"VSwitchId": switch, "VSwitchName": "left"}, "Vpc")
    row = cloud.good("DescribeVSwitchAttributes", {"VSwitchId": switch}, "Vpc")
    assert (row["VSwitchName"], row["Status"], row["AvailableIpAddressCount"]) == ("left", "Available", 4092)
    cloud.good("ModifyVpcAttribute", {"VpcId": row["VpcId"], "VpcName": "main"}, "Vpc")
    assert cloud.good("DescribeVpcAttribute", {"VpcId": row["VpcId"]}, "Vpc")["VpcName"] == "main"
    cloud.good("ModifySecurityGroupAttribute", {"SecurityGroupId": group, "Description": "inner"})
    cloud.good("ModifySecurityGroupPolicy", {"SecurityGroupId": group, "InnerAccessPolicy": "Drop"})
    shown = cloud.good("DescribeSecurityGroupAttribute", {"SecurityGroupId": group})
    assert (shown["Description"], shown["InnerAccessPolicy"]) == ("inner", "Drop")


@pytest.mark.parametrize(
    ("reason", "place", "outcome"),
    [
        ("outside the VPC", {"CidrBlock": "192.168.0.0/24"}, "400 InvalidCidrBlock.Malformed"),
        ("no range", {"CidrBlock": "10.0.0.0"}, "200"),
        ("words", {"CidrBlock": "ten"}, "400 InvalidCidrBlock.Malformed"),
        ("an overlap", {"CidrBlock": "10.0.1.0/25"}, "400 InvalidCidrBlock.Overlapped"),
        ("no such VPC", {"VpcId": "vpc-0"}, "404 InvalidVpcId.NotFound"),
        ("no zone", {"ZoneId": ""}, "400 MissingParameter"),
    ],
)
def test_where_a_vswitch_may_lie(cloud: Cloud, reason: str, place: dict[str, str], outcome: str) -> None:
    first = {"VpcId": vpc_of(cloud), "CidrBlock": "10.0.1.0/24", "ZoneId": "cn-hangzhou-b"}
    cloud.good("CreateVSwitch", first, "Vpc")
    assert (
        cloud.call("CreateVSwitch", {**first, "CidrBlock": "10.0.2.0/24", **place}, "Vpc").outcome == outcome
    )


NO_GROUP = {"SecurityGroupId": "sg-0"}
NO_ROUTE = {"RouteTableId": "vtb-0", "DestinationCidrBlock": "10.0.0.0/8"}


@pytest.mark.parametrize(
    ("action", "parameters", "product", "code"),
    [
        ("DescribeVpcAttribute", {"VpcId": "vpc-0"}, "Vpc", "InvalidVpcId.NotFound"),
        ("DeleteVpc", {"VpcId": "vpc-0"}, "Vpc", "InvalidVpcId.NotFound"),
        ("DescribeVSwitchAttributes", {"VSwitchId": "vsw-0"}, "Vpc", "InvalidVSwitchId.NotFound"),
        ("DescribeSecurityGroupAttribute", NO_GROUP, "Ecs", "InvalidSecurityGroupId.NotFound"),
        ("DeleteSecurityGroup", NO_GROUP, "Ecs", "InvalidSecurityGroupId.NotFound"),
        ("CreateSecurityGroup", {"VpcId": "vpc-0"}, "Ecs", "InvalidVpcId.NotFound"),
        ("DeleteRouteEntry", NO_ROUTE, "Vpc", "InvalidRouteTableId.NotFound"),
    ],
)
def test_unknown_things(
    cloud: Cloud, action: str, parameters: dict[str, str], product: str, code: str
) -> None:
    assert cloud.call(action, parameters, product).outcome == f"404 {code}"


def test_groups_are_listed(cloud: Cloud) -> None:
    group = cloud.network()["SecurityGroupId"]
    cloud.network()
    rows = cloud.good("DescribeSecurityGroups", {"SecurityGroupId": group})["SecurityGroups"]["SecurityGroup"]
    assert [(row["SecurityGroupId"], row["Tags"]) for row in rows] == [(group, {"Tag": []})]
    assert cloud.good("DescribeSecurityGroups", {"VpcId": rows[0]["VpcId"]})["TotalCount"] == 1
    assert cloud.good("DescribeSecurityGroups", {"SecurityGroupIds": '["sg-0"]'})["TotalCount"] == 0


def test_rules_come_and_go(cloud: Cloud) -> None:
    group = cloud.network()["SecurityGroupId"]
    cloud.good("AuthorizeSecurityGroup", {"SecurityGroupId": group, **RULE})
    nested = {f"Permissions.1.{name}": value for name, value in RULE.items()}
    cloud.good("AuthorizeSecurityGroup", {"SecurityGroupId": group, **nested})
    cloud.good("AuthorizeSecurityGroupEgress", {"SecurityGroupId": group, **RULE, "Policy": "drop"})
    assert [(rule["Direction"], rule["Policy"]) for rule in rules(cloud, group)] == [
        ("ingress", "Accept"),
        ("egress", "Drop"),
    ]
    cloud.good("RevokeSecurityGroup", {"SecurityGroupId": group, **RULE})
    assert rules(cloud, group, Direction="ingress") == []
    (rule,) = rules(cloud, group)
    cloud.good(
        "RevokeSecurityGroupEgress",
        {"SecurityGroupId": group, "SecurityGroupRuleId.1": rule["SecurityGroupRuleId"]},
    )
    assert rules(cloud, group) == []


def test_tags_of_instances_are_found_by_filter(cloud: Cloud) -> None:
    first, second = cloud.run(), cloud.run()
    order = {"ResourceType": "instance", "ResourceId.1": first, "ResourceId.2": second}
    cloud.good("TagResources", {**order, "Tag.1.Key": "role", "Tag.1.Value": "web"})
    cloud.good("TagResources", {**order, "Tag.1.Key": "role", "Tag.1.Value": "db", "ResourceId.2": ""})
    found = cloud.instances(**{"Tag.1.Key": "role", "Tag.1.Value": "db"})
    assert [row["InstanceId"] for row in found] == [first]
    cloud.good("UntagResources", {**order, "TagKey.1": "role"})
    assert cloud.instances(**{"Tag.1.Key": "role"}) == []


def test_tags_are_listed(cloud: Cloud) -> None:
    instance = cloud.run({"Tag.1.Key": "a", "Tag.1.Value": "1", "Tag.2.Key": "b", "Tag.2.Value": "2"})
    asked = {"ResourceType": "instance", "ResourceId.1": instance}
    rows = cloud.good("ListTagResources", asked)["TagResources"]["TagResource"]
    assert [(row["TagKey"], row["TagValue"]) for row in rows] == [("a", "1"), ("b", "2")]
    cloud.good("UntagResources", {**asked, "All": True})
    assert cloud.good("ListTagResources", asked)["TagResources"] == {"TagResource": []}


def test_tags_of_a_vpc(cloud: Cloud) -> None:
    order = {"ResourceType": "VPC", "ResourceId.1": vpc_of(cloud)}
    cloud.good("TagResources", {**order, "Tag.1.Key": "a", "Tag.1.Value": "1"}, "Vpc")
    assert len(cloud.good("ListTagResources", order, "Vpc")["TagResources"]["TagResource"]) == 1
    cloud.good("UnTagResources", {**order, "TagKey.1": "a"}, "Vpc")
    assert json.dumps(cloud.look("state")["vpcs"]).count('"Tag": []') == 1


@pytest.mark.parametrize(
    ("reason", "order", "outcome"),
    [
        ("no such kind", {"ResourceType": "idea"}, "404 InvalidResourceType.NotFound"),
        ("no such thing", {"ResourceId.1": "i-0"}, "404 InvalidResourceId.NotFound"),
        ("51 things", {f"ResourceId.{n}": "i-0" for n in range(1, 52)}, "400 InvalidParameter.ResourceIds"),
        ("no tag", {"Tag.1.Key": ""}, "400 MissingParameter"),
        ("a reserved key", {"Tag.1.Key": "aliyun"}, "400 InvalidTagKey.Malformed"),
    ],
)
def test_tagging_refuses(cloud: Cloud, reason: str, order: dict[str, str], outcome: str) -> None:
    base = {"ResourceType": "instance", "ResourceId.1": cloud.run(), "Tag.1.Key": "a", **order}
    assert cloud.call("TagResources", base).outcome == outcome


def test_a_resource_has_at_most_20_tags(cloud: Cloud) -> None:
    instance = cloud.run({f"Tag.{n}.Key": f"k{n}" for n in range(1, 21)})
    order = {"ResourceType": "instance", "ResourceId.1": instance, "Tag.1.Key": "more"}
    assert cloud.call("TagResources", order).outcome == "400 InvalidTagCount"


def test_a_rule_is_changed_by_what_it_lets_through_and_by_its_id(cloud: Cloud) -> None:
    group = cloud.network()["SecurityGroupId"]
    rule = {"IpProtocol": "tcp", "PortRange": "22/22", "SourceCidrIp": "10.0.0.0/8", "Policy": "accept"}
    order = {"SecurityGroupId": group, **rule}
    cloud.good("AuthorizeSecurityGroup", order)
    for _ in range(2):
        cloud.good("ModifySecurityGroupRule", {**order, "Description": "second"})
    (shown,) = cloud.good("DescribeSecurityGroupAttribute", {"SecurityGroupId": group})["Permissions"][
        "Permission"
    ]
    assert (shown["Description"], shown["Policy"]) == ("second", "Accept")
    named = {
        "SecurityGroupId": group,
        "SecurityGroupRuleId": shown["SecurityGroupRuleId"],
        "Description": "third",
    }
    cloud.good("ModifySecurityGroupRule", named)
    other = cloud.call("ModifySecurityGroupRule", {**order, "PortRange": "80/80"})
    assert other.outcome == "404 InvalidSecurityGroupRule.RuleNotExist"
