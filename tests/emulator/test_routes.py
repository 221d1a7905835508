"""Routes as they are listed, and what around them can be changed."""

from __future__ import annotations

import pytest

from tests.emulator.cloud import Cloud


def table_of(cloud: Cloud) -> str:
    (row,) = cloud.good("DescribeRouteTableList", {}, "Vpc")["RouterTableList"]["RouterTableListType"]
    return str(row["RouteTableId"])


def test_entries_are_the_systems_and_those_that_somebody_made(cloud: Cloud) -> None:
    instance = cloud.run()
    order = {"RouteTableId": table_of(cloud), "DestinationCidrBlock": "192.168.9.0/24", "NextHopId": instance}
    cloud.good("CreateRouteEntry", order, "Vpc")
    listed = cloud.good("DescribeRouteEntryList", {"RouteTableId": order["RouteTableId"]}, "Vpc")
    rows = listed["RouteEntrys"]["RouteEntry"]
    assert [(row["Type"], row["DestinationCidrBlock"]) for row in rows] == [
        ("System", "10.0.0.0/20"),
        ("Custom", "192.168.9.0/24"),
    ]
    asked = {"RouteTableId": order["RouteTableId"], "NextHopId": instance}
    (row,) = cloud.good("DescribeRouteEntryList", asked, "Vpc")["RouteEntrys"]["RouteEntry"]
    assert row["NextHops"]["NextHop"][0]["NextHopId"] == instance
    refused = cloud.call("DeleteInstance", {"InstanceId": instance, "Force": True})
    assert refused.outcome == "400 DependencyViolation.RouteEntry"


def test_a_table_is_renamed(cloud: Cloud) -> None:
    cloud.network()
    table = table_of(cloud)
    cloud.good("ModifyRouteTableAttributes", {"RouteTableId": table, "RouteTableName": "main"}, "Vpc")
    (row,) = cloud.good("DescribeRouteTableList", {}, "Vpc")["RouterTableList"]["RouterTableListType"]
    assert row["RouteTableName"] == "main"
    unknown = cloud.call("ModifyRouteTableAttributes", {"RouteTableId": "vtb-x"}, "Vpc")
    assert unknown.outcome == "404 InvalidRouteTableId.NotFound"


@pytest.mark.parametrize("kind", ["vpc", "eip"])
def test_a_resource_moves_to_another_group(cloud: Cloud, kind: str) -> None:
    if kind == "vpc":
        made = cloud.good("CreateVpc", {}, "Vpc")["VpcId"]
    else:
        made = cloud.good("AllocateEipAddress", {}, "Vpc")["AllocationId"]
    order = {"ResourceType": kind, "ResourceId": made, "NewResourceGroupId": "rg-1"}
    cloud.good("MoveResourceGroup", order, "Vpc")
    assert cloud.look("state")[f"{kind}s"][made]["ResourceGroupId"] == "rg-1"
    gone = cloud.call("MoveResourceGroup", {**order, "ResourceId": "x-nothing"}, "Vpc")
    assert gone.outcome == "404 ResourceNotFound"


def test_the_mode_of_an_address_is_changed(cloud: Cloud) -> None:
    made = cloud.good("AllocateEipAddress", {}, "Vpc")["AllocationId"]
    cloud.good("ModifyEipForwardMode", {"InstanceId": made, "Mode": "BINDED"}, "Vpc")
    assert cloud.look("state")["eips"][made]["Mode"] == "BINDED"


def test_the_assistant_runs_where_the_instance_does(cloud: Cloud) -> None:
    ids = {cloud.run(): "true", cloud.stopped(): "false"}
    rows = cloud.good("DescribeCloudAssistantStatus")["InstanceCloudAssistantStatusSet"]
    shown = {row["InstanceId"]: row["CloudAssistantStatus"] for row in rows["InstanceCloudAssistantStatus"]}
    assert shown == ids
