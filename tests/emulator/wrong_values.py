"""Valid calls of each action that concerns instances, and the types of what can be put into them wrongly."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from tests.emulator import states
from tests.emulator.cloud import IMAGE, Answer, Cloud

INVALID = "400 InvalidParameter"
TEXT_FOR_A_FLAG = ["maybe", "1", "yes", "truee", " true", "null"]
TEXT_FOR_A_NUMBER = ["many", "1.5", "1e3", "0x10", "", "99999999999999999999"]
TEXT_FOR_A_LIST = ["i-0", "[", "{}", "[1]", "[null]", '[["i-0"]]', "null", "true", '{"a": "b"}']


@dataclass(frozen=True)
class Wrong:
    """One wrong value of one parameter; the others are as in the valid call."""

    product: str
    action: str
    parameter: str
    value: str
    outcome: str

    @property
    def id(self) -> str:
        return f"{self.action}-{self.parameter}-{self.value or 'empty'}"


def placed(cloud: Cloud) -> dict[str, str]:
    """Make what the valid calls are about."""
    network = cloud.network()
    running, stopped = cloud.run(network), cloud.stopped(network)
    paid = cloud.run({**network, "InstanceChargeType": "PrePaid", "Period": 1})
    made = {"running": running, "stopped": stopped, "paid": paid, **network}
    (system,) = cloud.disks(InstanceId=running, DiskType="system")
    made["disk"] = system["DiskId"]
    made["vpc"] = cloud.instance(running)["VpcAttributes"]["VpcId"]
    return {**made, "unknown": states.UNKNOWN}


_ORDER = {"ImageId": IMAGE, "InstanceType": "ecs.g7.large", "VSwitchId": "$VSwitchId"}
_ORDER |= {"SecurityGroupId": "$SecurityGroupId"}
_RULE = {"SecurityGroupId": "$SecurityGroupId", "IpProtocol": "tcp", "PortRange": "22/22"}
# By product and action: the call that is right.
CALLS: dict[tuple[str, str], dict[str, Any]] = {
    ("Ecs", "RunInstances"): _ORDER,
    ("Ecs", "DescribeInstances"): {},
    ("Ecs", "DescribeInstanceStatus"): {},
    ("Ecs", "DeleteInstance"): {"InstanceId": "$stopped"},
    ("Ecs", "DeleteInstances"): {"InstanceId.1": "$stopped"},
    ("Ecs", "StopInstance"): {"InstanceId": "$running"},
    ("Ecs", "StopInstances"): {"InstanceId.1": "$running"},
    ("Ecs", "StartInstance"): {"InstanceId": "$stopped"},
    ("Ecs", "StartInstances"): {"InstanceId.1": "$stopped"},
    ("Ecs", "RebootInstance"): {"InstanceId": "$running"},
    ("Ecs", "RebootInstances"): {"InstanceId.1": "$running"},
    ("Ecs", "ModifyInstanceAttribute"): {"InstanceId": "$running"},
    ("Ecs", "ModifyInstanceMetadataOptions"): {"InstanceId": "$running"},
    ("Ecs", "ModifyInstanceMaintenanceAttributes"): {"InstanceId.1": "$running"},
    ("Ecs", "ModifyInstanceAutoReleaseTime"): {"InstanceId": "$running"},
    ("Ecs", "ModifyInstanceChargeType"): {"InstanceIds": '["$paid"]', "InstanceChargeType": "PostPaid"},
    ("Ecs", "ModifyInstanceAutoRenewAttribute"): {"InstanceId": "$paid"},
    ("Ecs", "DescribeInstanceAutoRenewAttribute"): {"InstanceId": "$paid"},
    ("Ecs", "DescribeInstanceRamRole"): {"InstanceIds": '["$running"]'},
    ("Ecs", "DescribeInstanceAttachmentAttributes"): {"InstanceIds": '["$running"]'},
    ("Ecs", "DescribeDisks"): {},
    ("Ecs", "ModifyDiskAttribute"): {"DiskId": "$disk", "DiskName": "system"},
    ("Ecs", "CreateDisk"): {"ZoneId": "cn-hangzhou-b", "DiskCategory": "cloud_essd", "Size": 40},
    ("Ecs", "DescribeNetworkInterfaces"): {},
    ("Ecs", "CreateSecurityGroup"): {"VpcId": "$vpc"},
    ("Ecs", "DescribeSecurityGroups"): {},
    ("Ecs", "DescribeSecurityGroupAttribute"): {"SecurityGroupId": "$SecurityGroupId"},
    ("Ecs", "ModifySecurityGroupPolicy"): {
        "SecurityGroupId": "$SecurityGroupId",
        "InnerAccessPolicy": "Drop",
    },
    ("Ecs", "AuthorizeSecurityGroup"): {**_RULE, "SourceCidrIp": "10.0.0.0/8"},
    ("Ecs", "AuthorizeSecurityGroupEgress"): {**_RULE, "DestCidrIp": "10.0.0.0/8"},
    ("Ecs", "TagResources"): {
        "ResourceType": "instance",
        "ResourceId.1": "$running",
        "Tag.1.Key": "a",
        "Tag.1.Value": "b",
    },
    ("Ecs", "UntagResources"): {"ResourceType": "instance", "ResourceId.1": "$running", "TagKey.1": "a"},
    ("Ecs", "ListTagResources"): {"ResourceType": "instance", "ResourceId.1": "$running"},
    ("Vpc", "CreateVpc"): {"CidrBlock": "10.0.0.0/16"},
    ("Vpc", "DescribeVpcs"): {},
    ("Vpc", "CreateVSwitch"): {"VpcId": "$vpc", "CidrBlock": "10.0.64.0/20", "ZoneId": "cn-hangzhou-b"},
    ("Vpc", "DescribeVSwitches"): {},
    ("Vpc", "DescribeRouteTableList"): {},
    ("BssOpenApi", "RefundInstance"): {
        "InstanceId": "$paid",
        "ProductCode": "ecs",
        "ProductType": "",
        "ImmediatelyRelease": "1",
    },
    ("BssOpenApi", "QueryAvailableInstances"): {},
}
# Action, parameter, least, most, outcome; and what else must be given for the number to be read.
NUMBERS: list[tuple[str, str, int, int, str, dict[str, Any]]] = [
    ("RunInstances", "Amount", 1, 100, INVALID, {}),
    ("RunInstances", "MinAmount", 1, 3, INVALID, {"Amount": 3}),
    ("RunInstances", "InternetMaxBandwidthOut", 0, 100, "400 InvalidParameter.Bandwidth", {}),
    ("RunInstances", "InternetMaxBandwidthIn", 0, 200, INVALID, {}),
    (
        "RunInstances",
        "Period",
        1,
        60,
        "400 InvalidPeriod.ValueNotSupported",
        {"InstanceChargeType": "PrePaid"},
    ),
    (
        "RunInstances",
        "AutoRenewPeriod",
        1,
        60,
        "400 InvalidPeriod.ValueNotSupported",
        {"InstanceChargeType": "PrePaid", "Period": 1},
    ),
    ("RunInstances", "SpotDuration", 0, 1, INVALID, {"SpotStrategy": "SpotAsPriceGo"}),
    ("RunInstances", "CpuOptions.ThreadsPerCore", 1, 2, INVALID, {}),
    ("DescribeInstances", "PageSize", 1, 100, INVALID, {}),
    ("DescribeInstances", "PageNumber", 1, 10**9 - 1, INVALID, {}),
    ("DescribeDisks", "PageNumber", 1, 10**9 - 1, INVALID, {}),
    ("DescribeInstanceAutoRenewAttribute", "PageSize", 1, 100, INVALID, {}),
    (
        "ModifyInstanceChargeType",
        "Period",
        1,
        60,
        "400 InvalidPeriod.ValueNotSupported",
        {"InstanceIds": '["$running"]', "InstanceChargeType": "PrePaid"},
    ),
    (
        "ModifyInstanceAutoRenewAttribute",
        "Duration",
        1,
        60,
        "403 InvalidParameter.Duration",
        {"AutoRenew": True},
    ),
    ("QueryAvailableInstances", "PageSize", 1, 300, INVALID, {}),
    ("QueryAvailableInstances", "PageNum", 1, 10**6, INVALID, {}),
    ("AuthorizeSecurityGroup", "Priority", 1, 100, INVALID, {}),
]
# Read as numbers, but a value out of bounds counts as the nearest bound.
CLAMPED = [("DescribeInstances", "MaxResults"), ("DescribeDisks", "MaxResults")]
# Action, parameter, outcome, and what else must be given.
CHOICES: list[tuple[str, str, str, dict[str, Any]]] = [
    ("RunInstances", "InstanceChargeType", INVALID, {}),
    ("RunInstances", "InternetChargeType", INVALID, {}),
    ("RunInstances", "SpotStrategy", INVALID, {}),
    ("RunInstances", "SpotInterruptionBehavior", INVALID, {"SpotStrategy": "SpotAsPriceGo"}),
    ("RunInstances", "PeriodUnit", INVALID, {"InstanceChargeType": "PrePaid", "Period": 1}),
    ("RunInstances", "HttpTokens", INVALID, {}),
    ("RunInstances", "HttpEndpoint", INVALID, {}),
    ("RunInstances", "CreditSpecification", INVALID, {}),
    ("RunInstances", "IoOptimized", INVALID, {}),
    ("RunInstances", "Tenancy", INVALID, {}),
    ("RunInstances", "SecurityEnhancementStrategy", INVALID, {}),
    ("RunInstances", "SystemDisk.Category", "400 InvalidDiskCategory.ValueNotSupported", {}),
    ("RunInstances", "SystemDisk.PerformanceLevel", "400 InvalidPerformanceLevel.Malformed", {}),
    ("RunInstances", "NetworkInterface.1.InstanceType", INVALID, {}),
    ("RunInstances", "SpotPriceLimit", INVALID, {"SpotStrategy": "SpotWithPriceLimit"}),
    ("DescribeInstances", "Status", "404 InvalidStatus.NotFound", {}),
    ("DescribeInstances", "InstanceChargeType", "404 InvalidInstanceChargeType.NotFound", {}),
    ("DescribeInstances", "HttpTokens", INVALID, {}),
    ("DescribeDisks", "DiskType", "400 InvalidDiskType.ValueNotSupported", {}),
    ("DescribeDisks", "Status", "400 InvalidStatus.ValueNotSupported", {}),
    ("StopInstance", "StoppedMode", INVALID, {}),
    ("StopInstances", "StoppedMode", INVALID, {}),
    ("StopInstances", "BatchOptimization", INVALID, {}),
    ("StartInstances", "BatchOptimization", INVALID, {}),
    ("RebootInstances", "BatchOptimization", INVALID, {}),
    ("ModifyInstanceAttribute", "CreditSpecification", INVALID, {}),
    ("ModifyInstanceMetadataOptions", "HttpTokens", INVALID, {}),
    ("ModifyInstanceMaintenanceAttributes", "ActionOnMaintenance", INVALID, {}),
    (
        "ModifyInstanceChargeType",
        "InstanceChargeType",
        "400 InvalidInstanceChargeType.ValueNotSupported",
        {},
    ),
    (
        "ModifyInstanceChargeType",
        "PeriodUnit",
        INVALID,
        {"InstanceIds": '["$running"]', "InstanceChargeType": "PrePaid", "Period": 1},
    ),
    ("ModifyInstanceAutoRenewAttribute", "RenewalStatus", "403 InvalidParameter.RenewalStatus", {}),
    ("ModifyInstanceAutoRenewAttribute", "PeriodUnit", "403 InvalidPeriodUnit.ValueNotSupported", {}),
    ("DescribeInstanceAutoRenewAttribute", "RenewalStatus", "403 InvalidParameter.RenewalStatus", {}),
    ("RefundInstance", "ImmediatelyRelease", INVALID, {}),
    ("QueryAvailableInstances", "SubscriptionType", INVALID, {}),
    ("QueryAvailableInstances", "RenewStatus", INVALID, {}),
    ("CreateSecurityGroup", "SecurityGroupType", INVALID, {}),
    ("ModifySecurityGroupPolicy", "InnerAccessPolicy", INVALID, {}),
    ("AuthorizeSecurityGroup", "IpProtocol", INVALID, {}),
    ("AuthorizeSecurityGroup", "PortRange", INVALID, {}),
    ("AuthorizeSecurityGroup", "Policy", INVALID, {}),
    ("AuthorizeSecurityGroup", "NicType", INVALID, {}),
    ("AuthorizeSecurityGroup", "SourceCidrIp", INVALID, {}),
    ("AuthorizeSecurityGroupEgress", "DestCidrIp", INVALID, {}),
    ("DescribeSecurityGroupAttribute", "Direction", INVALID, {}),
    ("CreateVpc", "CidrBlock", "400 InvalidCidrBlock.Malformed", {}),
    ("CreateVSwitch", "CidrBlock", "400 InvalidCidrBlock.Malformed", {}),
]
# Action, parameter, most entries, outcome of what is no list, outcome of one too long.
LISTS: list[tuple[str, str, int, str, str]] = [
    ("DescribeInstances", "InstanceIds", 100, INVALID, INVALID),
    ("DescribeInstances", "PrivateIpAddresses", 100, INVALID, INVALID),
    ("DescribeInstances", "PublicIpAddresses", 100, INVALID, INVALID),
    ("DescribeInstances", "EipAddresses", 100, INVALID, INVALID),
    ("DescribeInstanceRamRole", "InstanceIds", 100, INVALID, INVALID),
    ("DescribeInstanceAttachmentAttributes", "InstanceIds", 100, INVALID, INVALID),
    ("DescribeDisks", "DiskIds", 100, "400 InvalidParameter.DiskIds", "403 InvalidDiskIds.Malformed"),
    (
        "ModifyInstanceChargeType",
        "InstanceIds",
        20,
        "400 InvalidParameter.InstanceIds",
        "400 InstancesIdQuotaExceed",
    ),
    ("DescribeSecurityGroups", "SecurityGroupIds", 100, INVALID, INVALID),
]


def too_long(most: int) -> str:
    return json.dumps(["i-0"] * (most + 1))


def ask(cloud: Cloud, made: dict[str, str], product: str, action: str, more: dict[str, Any]) -> Answer:
    """Make the valid call with some parameters more or otherwise."""
    order = {**CALLS[product, action], **more}
    filled = {name: _filled(value, made) for name, value in order.items()}
    return cloud.call(action, filled, product)


def _filled(value: Any, made: dict[str, str]) -> Any:
    if not isinstance(value, str):
        return value
    return re.sub(r"\$(\w+)", lambda match: made[match.group(1)], value)
