"""Replies about VPCs, vSwitches and security groups to facts.

Imports pydantic, the domain's facts and the mapping beside it, whose rules hold here too.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from ecs_release.domain.networks import SECURITY_GROUP, VPC, VSWITCH, NetworkFacts
from ecs_release.gateway.mapping import Reply, read_reply

Page = tuple[tuple[NetworkFacts, ...], str]


class _Vpc(Reply):
    VpcId: str = Field(min_length=3)
    VpcName: str = ""
    Description: str = ""
    Status: str = Field(min_length=1)


class _Vpcs(Reply):
    Vpc: list[_Vpc]


class _Counted(Reply):
    PageNumber: int = Field(ge=1)
    PageSize: int = Field(ge=1)
    # No default: without it a first page would pass for all there is.
    TotalCount: int = Field(ge=0)

    @property
    def following(self) -> str:
        """The number of the next page, "" after the last one."""
        return str(self.PageNumber + 1) if self.PageNumber * self.PageSize < self.TotalCount else ""


class _VpcsReply(_Counted):
    Vpcs: _Vpcs


class _VSwitch(Reply):
    VSwitchId: str = Field(min_length=3)
    VSwitchName: str = ""
    Description: str = ""
    VpcId: str = Field(min_length=3)
    Status: str = Field(min_length=1)


class _VSwitches(Reply):
    VSwitch: list[_VSwitch]


class _VSwitchesReply(_Counted):
    VSwitches: _VSwitches


class _SecurityGroup(Reply):
    SecurityGroupId: str = Field(min_length=3)
    SecurityGroupName: str = ""
    Description: str = ""
    # Those of the classic network have none.
    VpcId: str = ""


class _SecurityGroups(Reply):
    SecurityGroup: list[_SecurityGroup]


class _SecurityGroupsReply(Reply):
    SecurityGroups: _SecurityGroups
    NextToken: str = ""


def vpcs_in(body: Mapping[str, Any]) -> Page:
    """The VPCs of a DescribeVpcs reply and the number of the next page; raises Malformed."""
    reply = read_reply("DescribeVpcs", body, _VpcsReply.model_validate)
    found = tuple(
        NetworkFacts(VPC, each.VpcId, each.VpcName, each.Description, each.VpcId, each.Status)
        for each in reply.Vpcs.Vpc
    )
    return found, reply.following


def vswitches_in(body: Mapping[str, Any]) -> Page:
    """The vSwitches of a DescribeVSwitches reply and the number of the next page; raises Malformed."""
    reply = read_reply("DescribeVSwitches", body, _VSwitchesReply.model_validate)
    found = tuple(
        NetworkFacts(VSWITCH, each.VSwitchId, each.VSwitchName, each.Description, each.VpcId, each.Status)
        for each in reply.VSwitches.VSwitch
    )
    return found, reply.following


def security_groups_in(body: Mapping[str, Any]) -> Page:
    """The groups of a DescribeSecurityGroups reply and the token of the next page; raises Malformed."""
    reply = read_reply("DescribeSecurityGroups", body, _SecurityGroupsReply.model_validate)
    found = tuple(
        NetworkFacts(
            SECURITY_GROUP, each.SecurityGroupId, each.SecurityGroupName, each.Description, each.VpcId
        )
        for each in reply.SecurityGroups.SecurityGroup
    )
    return found, reply.NextToken
