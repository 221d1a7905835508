"""The looks at networks: what is sent, all pages, and replies that are not of the documented form."""

from collections.abc import Callable
from typing import Any

import pytest

from ecs_release.domain.networks import SECURITY_GROUP, VPC, VSWITCH, NetworkFacts
from ecs_release.gateway.errors import Malformed
from ecs_release.gateway.gateway import Gateway
from ecs_release.gateway.mapping_networks import security_groups_in, vpcs_in, vswitches_in
from tests.unit.gateway.scripted import Script

VPC_ROW = {"VpcId": "vpc-1", "VpcName": "t-environment-vpc", "Description": "mark", "Status": "Available"}
SWITCH_ROW = {"VSwitchId": "vsw-1", "VSwitchName": "n", "VpcId": "vpc-1", "Status": "Pending"}
GROUP_ROW = {"SecurityGroupId": "sg-1", "SecurityGroupName": "n", "Description": "mark", "VpcId": "vpc-1"}


def counted(total: int, page: int = 1, **lists: Any) -> dict[str, Any]:
    return {"PageNumber": page, "PageSize": 50, "TotalCount": total, **lists}


def vpcs(*rows: Any, total: int = 1, page: int = 1) -> dict[str, Any]:
    return counted(total, page, Vpcs={"Vpc": list(rows)})


def vswitches(*rows: Any, total: int = 1, page: int = 1) -> dict[str, Any]:
    return counted(total, page, VSwitches={"VSwitch": list(rows)})


def security_groups(*rows: Any, next_token: str = "") -> dict[str, Any]:
    return {"SecurityGroups": {"SecurityGroup": list(rows)}, "NextToken": next_token}


def test_networks_name_a_vpc_after_what_may_be_in_it(cloud: Script, subject: Gateway) -> None:
    cloud.answers(security_groups(GROUP_ROW), vswitches(SWITCH_ROW), vpcs(VPC_ROW))
    assert subject.networks.all() == (
        NetworkFacts(SECURITY_GROUP, "sg-1", "n", "mark", "vpc-1"),
        NetworkFacts(VSWITCH, "vsw-1", "n", "", "vpc-1", "Pending"),
        NetworkFacts(VPC, "vpc-1", "t-environment-vpc", "mark", "vpc-1", "Available"),
    )
    assert cloud.actions == ["DescribeSecurityGroups", "DescribeVSwitches", "DescribeVpcs"]
    assert cloud.queries[0] == {"RegionId": "cn-hangzhou", "MaxResults": "100"}
    assert cloud.queries[2] == {"RegionId": "cn-hangzhou", "PageNumber": "1", "PageSize": "50"}


def test_all_pages_are_read_by_token_and_by_number(cloud: Script, subject: Gateway) -> None:
    cloud.answers(
        security_groups(GROUP_ROW, next_token="more"),
        security_groups({**GROUP_ROW, "SecurityGroupId": "sg-2"}),
        vswitches(total=0),
        vpcs(VPC_ROW, total=101),
        vpcs({**VPC_ROW, "VpcId": "vpc-2"}, total=101, page=2),
        # A page that moved while it was read.
        vpcs({**VPC_ROW, "VpcId": "vpc-2"}, total=101, page=3),
    )
    assert [facts.id for facts in subject.networks.all()] == ["sg-1", "sg-2", "vpc-1", "vpc-2"]
    assert cloud.queries[1]["NextToken"] == "more"
    assert [query.get("PageNumber") for query in cloud.queries[2:]] == ["1", "1", "2", "3"]


def test_pages_that_lead_back_are_an_error(cloud: Script, subject: Gateway) -> None:
    cloud.answers(security_groups(), vswitches(total=0), vpcs(VPC_ROW, total=101))
    with pytest.raises(Malformed, match="circles"):
        subject.networks.all()


def without(row: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != key}


@pytest.mark.parametrize(
    ("read", "body"),
    [
        (vpcs_in, {}),
        (vpcs_in, counted(0)),
        (vpcs_in, counted(0, Vpcs={})),
        (vpcs_in, without(vpcs(VPC_ROW), "TotalCount")),
        (vpcs_in, vpcs(VPC_ROW, page=0)),
        (vpcs_in, {**vpcs(VPC_ROW), "TotalCount": "1"}),
        (vpcs_in, vpcs(without(VPC_ROW, "VpcId"))),
        (vpcs_in, vpcs({**VPC_ROW, "Status": ""})),
        (vpcs_in, vpcs({**VPC_ROW, "Description": 7})),
        (vswitches_in, vpcs(VPC_ROW)),
        (vswitches_in, vswitches(without(SWITCH_ROW, "VpcId"))),
        (vswitches_in, vswitches(without(SWITCH_ROW, "Status"))),
        (security_groups_in, {"NextToken": ""}),
        (security_groups_in, security_groups({**GROUP_ROW, "SecurityGroupId": ""})),
        (security_groups_in, security_groups("sg-1")),
        (security_groups_in, {**security_groups(), "NextToken": 2}),
    ],
)
def test_another_form_than_the_documented_one_is_malformed(
    read: Callable[[dict[str, Any]], Any], body: dict[str, Any]
) -> None:
    with pytest.raises(Malformed):
        read(body)


def test_what_is_null_is_absent() -> None:
    ((facts,), token) = security_groups_in(security_groups({**GROUP_ROW, "Description": None}))
    assert (facts.description, token) == ("", "")
