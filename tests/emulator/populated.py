"""A world with something of each kind, in this process."""

from __future__ import annotations

import json

from emulator.database import Database
from emulator.server import Application
from emulator.settings import Settings
from emulator.world import World

from tests.emulator.inside import Inside
from tests.emulator.ram import LOOK, granted, made, trusting


def build() -> tuple[Inside, dict[str, dict[str, str]]]:
    """Make a world with something of each kind, and the calls that need parameters which fit each other."""
    cloud = Inside(Application(World(Database(":memory:"), Settings(enforce_ram=True))))
    cloud.control("clock", {"set": "2026-06-15T10:00:00Z", "rate": 0})
    network = cloud.network()
    instance = cloud.run({**network, "DataDisk.1.Size": 20})
    (table,) = (vpc["RouterTableIds"]["RouterTableIds"][0] for vpc in cloud.look("state")["vpcs"].values())
    populate(cloud, network, instance)
    group = {"SecurityGroupId": cloud.network()["SecurityGroupId"]}
    rule = {**group, "IpProtocol": "tcp", "PortRange": "22/22"}
    tag = {"TagKey.N": "a"}
    return cloud, {
        "RunInstances": {**cloud.order(**network), "Amount": "2"},
        "AuthorizeSecurityGroup": {**rule, "SourceCidrIp": "10.0.0.0/8"},
        "AuthorizeSecurityGroupEgress": {**rule, "DestCidrIp": "10.0.0.0/8"},
        "CreateRouteEntry": {"NextHopId": instance, "RouteTableId": str(table)},
        "ModifyInstanceChargeType": {"InstanceIds": json.dumps([instance])},
        "CreateNetworkInterface": network,
        "CreateDisk": {"ZoneId": "cn-hangzhou-b", "Size": "20"},
        "ResizeDisk": {"NewSize": "50"},
        "RefundInstance": {"ProductType": ""},
        "AttachNetworkInterface": {"InstanceId": instance},
        "AssociateEipAddress": {"InstanceId": instance},
        "CreateAutoSnapshotPolicy": {"timePoints": '["1"]', "repeatWeekdays": '["1"]', "retentionDays": "-1"},
        "TagResources": {"Tag.N.Key": "a", "Tag.N.Value": "b"},
        "UntagResources": tag,
        "UnTagResources": tag,
    }


def populate(cloud: Inside, network: dict[str, str], instance: str) -> None:
    cloud.run({**network, "InstanceChargeType": "PrePaid", "Period": 1, "InternetMaxBandwidthOut": 5})
    cloud.stopped({**network, "AutoReleaseTime": "2026-06-16T10:00:00Z"})
    cloud.good("CreateDisk", {"ZoneId": "cn-hangzhou-b", "Size": 20})
    cloud.good("AllocateEipAddress", {}, "Vpc")
    cloud.good("CreateNetworkInterface", network)
    made(cloud, "CreateUser", UserName="reader")
    made(cloud, "CreateGroup", GroupName="readers")
    made(cloud, "CreateRole", RoleName="looker", AssumeRolePolicyDocument=trusting())
    granted(cloud, "User", "reader", "look", LOOK)
    cloud.good("CreateSnapshot", {"DiskId": cloud.disks(InstanceId=instance)[0]["DiskId"]})
    cloud.advance("PT1M")
    cloud.good("CreateImage", {"InstanceId": instance})
    cloud.advance("PT1M")
