"""Network resources as records: VPC, vSwitch, security group, network interface.

Imports the base and times only.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from emulator import times
from emulator.names import words
from emulator.resources.base import Resource


class Vpc(Resource):
    """A VPC with its router and system route table."""

    kind = "vpcs"
    hidden: ClassVar[set[str]] = set(
        words("route_table_id routes router_id route_table_name route_table_description")
    )

    id: str = Field(serialization_alias="VpcId")
    vpc_name: str = ""
    cidr_block: str = "172.16.0.0/12"
    description: str = ""
    status: str = "Available"
    resource_group_id: str = ""
    router_id: str
    route_table_id: str
    route_table_name: str = ""
    route_table_description: str = ""
    # Destination to instance.
    routes: dict[str, str] = Field(default_factory=dict)

    def view(self) -> dict[str, Any]:
        """Return the VPC as DescribeVpcAttribute shows it."""
        return {
            **self.plain(),
            **_created(self),
            "VRouterId": self.router_id,
            "RouterTableIds": {"RouterTableIds": [self.route_table_id]},
            "SecondaryCidrBlocks": {"SecondaryCidrBlock": []},
            "UserCidrs": {"UserCidr": []},
            "Ipv6CidrBlocks": {"Ipv6CidrBlock": []},
            "Ipv6CidrBlock": "",
            "IsDefault": False,
            "ClassicLinkEnabled": False,
            "EnabledIpv6": False,
            "DnsHostnameStatus": "DISABLED",
        }


class VSwitch(Resource):
    """A vSwitch: one zone's share of a VPC's addresses."""

    kind = "vswitches"

    id: str = Field(serialization_alias="VSwitchId")
    vpc_id: str
    zone_id: str
    cidr_block: str
    vswitch_name: str = Field(default="", serialization_alias="VSwitchName")
    description: str = ""
    status: str = "Available"
    resource_group_id: str = ""

    @property
    def parent(self) -> str:
        """Return the VPC."""
        return self.vpc_id

    def view(self) -> dict[str, Any]:
        """Return the vSwitch as DescribeVSwitchAttributes shows it."""
        return {
            **self.plain(),
            **_created(self),
            "IsDefault": False,
            "Ipv6CidrBlock": "",
            "EnabledIpv6": False,
        }


class SecurityGroup(Resource):
    """A security group and its rules."""

    kind = "security_groups"
    hidden: ClassVar[set[str]] = {"permissions", "inner_access_policy"}

    id: str = Field(serialization_alias="SecurityGroupId")
    security_group_name: str = ""
    description: str = ""
    vpc_id: str = ""
    security_group_type: str = "normal"
    resource_group_id: str = ""
    service_managed: bool = False
    inner_access_policy: str = "Accept"
    permissions: list[dict[str, str]] = Field(default_factory=list)

    @property
    def parent(self) -> str:
        """Return the VPC."""
        return self.vpc_id

    def view(self) -> dict[str, Any]:
        """Return the group as DescribeSecurityGroups shows it."""
        return {**super().view(), "CreationTime": times.to_second(self.created_at)}


class Interface(Resource):
    """A network interface (ENI)."""

    kind = "enis"
    hidden: ClassVar[set[str]] = {"security_group_ids", "secondary_ips"}

    id: str = Field(serialization_alias="NetworkInterfaceId")
    network_interface_name: str = ""
    description: str = ""
    type: str = "Secondary"
    status: str = "Available"
    instance_id: str = ""
    vpc_id: str
    vswitch_id: str = Field(serialization_alias="VSwitchId")
    zone_id: str
    mac_address: str
    private_ip_address: str
    delete_on_release: bool = True
    security_group_ids: list[str] = Field(default_factory=list)
    secondary_ips: list[str] = Field(default_factory=list)
    resource_group_id: str = ""

    @property
    def parent(self) -> str:
        """Return the instance that the interface is attached to."""
        return self.instance_id

    def view(self) -> dict[str, Any]:
        """Return the interface as DescribeNetworkInterfaces shows it."""
        index = 0 if self.type == "Primary" else 1
        private = [{"PrivateIpAddress": self.private_ip_address, "Primary": True}]
        private += [{"PrivateIpAddress": one, "Primary": False} for one in self.secondary_ips]
        return {
            **super().view(),
            "CreationTime": times.to_second(self.created_at),
            "OwnerId": self.account_id,
            "SecurityGroupIds": {"SecurityGroupId": self.security_group_ids},
            "PrivateIpSets": {"PrivateIpSet": private},
            "Ipv6Sets": {"Ipv6Set": []},
            "Ipv4PrefixSets": {"Ipv4PrefixSet": []},
            "Ipv6PrefixSets": {"Ipv6PrefixSet": []},
            "Attachment": {"InstanceId": self.instance_id, "DeviceIndex": index, "NetworkCardIndex": 0},
            "NetworkInterfaceTrafficMode": "Standard",
            "QueuePairNumber": 0,
            "QueueNumber": 1,
            "SourceDestCheck": False,
            "ServiceManaged": False,
        }


def _created(resource: Resource) -> dict[str, Any]:
    # The VPC product spells tags Key and Value where ECS writes TagKey and TagValue.
    tags = [{"Key": key, "Value": value} for key, value in resource.tags.items()]
    return {"CreationTime": times.to_second(resource.created_at), "Tags": {"Tag": tags}}
