"""The world that is probed, and calls that fit it, so that one wrong value is all that is wrong."""

from __future__ import annotations

import json

from tests.emulator.inside import Inside
from tests.emulator.nasty import Values
from tests.emulator.populated import build

PATTERN = json.dumps({"source": ["acs.actiontrail"]})
RULE = {"EventBusName": "default", "RuleName": "alarm"}
NAMED = {"Name": "audit-trail"}
STORED = {"OssBucketName": "audit-bucket"}
ISSUER = {"OIDCProviderName": "issuer", "IssuerUrl": "https://issuer.example", "ClientIds": "a"}
TAG = {"Tag.N.Key": "a", "Tag.N.Value": "b"}
MADE = [
    ("EventBridge", "CreateEventBus", {"EventBusName": "shop"}),
    ("EventBridge", "CreateRule", {**RULE, "FilterPattern": PATTERN}),
    ("Actiontrail", "CreateTrail", {**NAMED, **STORED}),
    ("Ecs", "CreateKeyPair", {"KeyPairName": "pair"}),
    ("Ecs", "CreateDeploymentSet", {"DeploymentSetName": "apart"}),
    ("Ims", "CreateOIDCProvider", ISSUER),
]


def _same(order: dict[str, str], *actions: str) -> dict[str, dict[str, str]]:
    return dict.fromkeys(actions, order)


# By action, or by product and action where several products have one of the name.
COMPLETE = {
    **_same(RULE, "GetRule", "DeleteRule", "EnableRule", "DisableRule", "ListTargets", "ListRules"),
    "CreateRule": {**RULE, "RuleName": "second", "FilterPattern": PATTERN},
    "UpdateRule": {**RULE, "FilterPattern": PATTERN},
    "PutTargets": {**RULE, "Targets": "[]"},
    "DeleteTargets": {**RULE, "TargetIds": "[]"},
    "PutEvents": {"EventBusName": "shop", "EventList": "[]"},
    "TestEventPattern": {"Event": "{}", "EventPattern": PATTERN},
    **_same({"EventBusName": "shop"}, "GetEventBus", "UpdateEventBus", "DeleteEventBus"),
    "CreateTrail": {"Name": "second-trail", **STORED},
    **_same(NAMED, "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging", "GetTrailStatus"),
    **_same({"TrailName": "audit-trail"}, "GetDataEventSelector", "PutDataEventSelector"),
    **_same({"OIDCProviderName": "issuer"}, "GetOIDCProvider", "UpdateOIDCProvider", "DeleteOIDCProvider"),
    "CreateOIDCProvider": {**ISSUER, "OIDCProviderName": "second", "IssuerUrl": "https://second.example"},
    "ImportKeyPair": {"KeyPairName": "second", "PublicKeyBody": "ssh-rsa AAAA"},
    "DescribeAvailableResource": {"DestinationResource": "InstanceType"},
    "DescribeSpotPriceHistory": {"InstanceType": "ecs.g7.large", "NetworkType": "vpc"},
    "ModifyDiskAttribute": {"DiskName": "other"},
    "GetResourceGroup": {"ResourceGroupId": "default"},
    "Ram TagResources": {"ResourceType": "role", "ResourceNames.N": "looker", **TAG},
    "Ram UntagResources": {"ResourceType": "role", "ResourceNames.N": "looker", "TagKey.N": "a"},
    "Ram ListTagResources": {"ResourceType": "role"},
}


def world() -> tuple[Inside, Values]:
    """Return a world in which all may do everything, and what is in it."""
    cloud, complete = build()
    cloud.control("settings", {"enforce_ram": False})
    for product, action, order in MADE:
        cloud.good(action, order, product)
    state = cloud.look("state")
    return cloud, Values(state, {**complete, **COMPLETE, **_of(cloud)})


def _of(cloud: Inside) -> dict[str, dict[str, str]]:
    running, paid = ids_by_charge(cloud)
    pair = {"KeyPairName": "pair", "InstanceIds": json.dumps([running])}
    (eip, *_) = cloud.look("state")["eips"]
    (vpc, *_) = cloud.look("state")["vpcs"]
    group = {"ResourceGroupId": "default"}
    return {
        "AttachKeyPair": pair,
        "DetachKeyPair": pair,
        "RenewInstance": {"InstanceId": paid, "Period": "1"},
        "DescribeRenewalPrice": {"ResourceId": paid},
        "ModifyPrepayInstanceSpec": {"InstanceId": paid, "InstanceType": "ecs.g7.xlarge"},
        "InquiryPriceRefundInstance": {"InstanceId": paid, "ProductType": "", "ProductCode": "ecs"},
        "JoinResourceGroup": {**group, "ResourceType": "instance", "ResourceId": running},
        "Ecs TagResources": {"ResourceType": "instance", "ResourceId.N": running, **TAG},
        "Ecs UntagResources": {"ResourceType": "instance", "ResourceId.N": running, "TagKey.N": "a"},
        "Vpc TagResources": {"ResourceType": "VPC", "ResourceId.N": vpc, **TAG},
        "Vpc UnTagResources": {"ResourceType": "VPC", "ResourceId.N": vpc, "TagKey.N": "a"},
        "Vpc ListTagResources": {"ResourceType": "VPC"},
        "DeletionProtection": {"InstanceId": eip, "Type": "EIP"},
    }


def ids_by_charge(cloud: Inside) -> tuple[str, str]:
    """Return a running instance that is paid as it goes, and a subscription."""
    rows = cloud.instances(Status="Running")
    paid = next(row["InstanceId"] for row in rows if row["InstanceChargeType"] == "PrePaid")
    return next(row["InstanceId"] for row in rows if row["InstanceChargeType"] == "PostPaid"), str(paid)
