"""Requests at random: nearly right ones of every action, and bodies and headers that are anything."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from emulator.registry import ACTIONS

from tests.emulator.cloud import VERSIONS
from tests.emulator.fuzz.values import ALSO, RIGHT, Known, right, wrong
from tests.emulator.issuer import Issuer
from tests.emulator.nasty import INDEXES

FEWEST_INSTANCES = 6
FORM = "application/x-www-form-urlencoded"
# Parameters that the page asks for in words, beside those that it calls mandatory; "name=value" fixes one.
ALONG = {
    "AuthorizeSecurityGroup": "IpProtocol PortRange SourceCidrIp Policy=accept",
    "AuthorizeSecurityGroupEgress": "IpProtocol PortRange DestCidrIp Policy=accept",
    "ModifySecurityGroupRule": "SecurityGroupRuleId Description",
    "ModifySecurityGroupEgressRule": "SecurityGroupRuleId Description",
    "RevokeSecurityGroup": "IpProtocol PortRange SourceCidrIp Policy=accept",
    "RevokeSecurityGroupEgress": "IpProtocol PortRange DestCidrIp Policy=accept",
    "RunInstances": "VSwitchId SecurityGroupId",
    "CreateDisk": "ZoneId Size DiskCategory",
    "CreateImage": "InstanceId",
    "CreateSnapshotGroup": "InstanceId",
    "CreateNetworkInterface": "SecurityGroupId",
    "CreateSecurityGroup": "VpcId",
    "CreateTrail": "OssBucketName",
    "AssignPrivateIpAddresses": "PrivateIpAddress.N",
    "CreateVpc": "CidrBlock=10.0.0.0/16",
    "UnassignPrivateIpAddresses": "PrivateIpAddress.N",
    "JoinSecurityGroup": "InstanceId",
    "LeaveSecurityGroup": "InstanceId",
    "ModifyDiskAttribute": "DiskId DiskName",
    "ModifyDiskChargeType": "InstanceId DiskIds DiskChargeType",
    "ModifyDiskSpec": "PerformanceLevel",
    "DeletionProtection": "Type=EIP ProtectionEnable",
    "ModifyInstanceAutoRenewAttribute": "InstanceId RenewalStatus",
    "ModifyInstanceDeployment": "DeploymentSetId",
    "ModifyInstanceChargeType": "InstanceChargeType Period=1",
    "ModifyInstanceSpec": "InstanceType",
    "ModifyInstanceMaintenanceAttributes": "InstanceId.N",
    "ModifyInstanceNetworkSpec": "InternetMaxBandwidthOut",
    "ModifySnapshotAttribute": "SnapshotName=kept",
    "RenewInstance": "Period=1 PeriodUnit=Month",
    "ReplaceSystemDisk": "ImageId",
    "TagResources": "Tag.N.Key=a Tag.N.Value=b",
    "UntagResources": "TagKey.N=a",
    "UnTagResources": "TagKey.N=a",
    "ListTagResources": "ResourceId.N",
    "PutEvents": "EventBusName=shop EventList",
    "DescribeAvailableResource": "DestinationResource",
    "DescribePrice": "InstanceType",
    "CreateAccessKey": "UserName",
    "DescribeInstanceAutoRenewAttribute": "InstanceId",
    "GetPayAsYouGoPrice": "ModuleList.N.ModuleCode=InstanceType "
    "ModuleList.N.Config=InstanceType:ecs.g7.large ModuleList.N.PriceType=Hour SubscriptionType=PayAsYouGo",
    "DescribeInstanceModificationPrice": "InstanceType",
    "ListAccessKeys": "UserName",
    "DeleteAccessKey": "UserName",
}  # fmt: skip
METHODS = ["GET", "PUT", "DELETE", "HEAD", "PATCH", "\u00e9"]
CONTENT_TYPES = ["", FORM, "application/json", f"{FORM}; charset=\u00e9", "x"]
AUTHORIZATIONS = ["", "Basic eA==", "ACS3-HMAC-SHA256 ", "\u00ff"]
AUTHORIZATIONS += ["ACS3-HMAC-SHA256 Credential=emulator,Signature=0"]
PROTOCOL = ["Action", "Version", "AccessKeyId", "Signature", "Format", "SecurityToken", "Timestamp"]
HEADERS = ["x-acs-action", "x-acs-version", "x-acs-security-token", "host", "user-agent"]
KEYS = (
    ["emulator"] * 40 + ["emulator-a-operator"] * 5 + ["emulator-a-reader", "emulator-b", "emulator-b-x"] * 2
)
# Words in the singular that end so.
ONE_S = {"Status"}
# What the ids of a type are called, by product.
TYPES: dict[str, dict[str, str]] = {
    "Ecs": {
        "instance": "InstanceId", "disk": "DiskId", "snapshot": "SnapshotId", "image": "ImageId",
        "eni": "NetworkInterfaceId", "securitygroup": "SecurityGroupId", "keypair": "KeyPairName",
        "snapshotgroup": "SnapshotGroupId", "snapshotpolicy": "AutoSnapshotPolicyId",
    },
    "Vpc": {"VPC": "VpcId", "VSWITCH": "VSwitchId", "EIP": "AllocationId"},
}  # fmt: skip
NAMED = {"role": "looker", "policy": "look"}
# Where a name stands for something else than usual.
OF_ACTION = {
    ("DeletionProtection", "InstanceId"): "AllocationId",
    ("ModifyEipForwardMode", "InstanceId"): "AllocationId",
    ("DescribeRenewalPrice", "ResourceId"): "InstanceId",
}


@dataclass
class Sent:
    """One request as it goes over the wire."""

    query: dict[str, str]
    form: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "POST"
    raw: bytes | None = None

    @property
    def body(self) -> bytes:
        """The form, in which a lone surrogate becomes bytes that are not UTF-8, or what was put instead."""
        return urlencode(self.form, errors="surrogatepass").encode() if self.raw is None else self.raw

    @property
    def kind(self) -> tuple[str, str]:
        """Product and action, if they are known ones."""
        products = {version: product for product, version in VERSIONS.items()}
        return products.get(self.query.get("Version", ""), ""), self.query.get("Action", "")


class Writer:
    """Writes requests of all actions, more often of those that were never accepted yet."""

    def __init__(self, rng: random.Random, known: Known, issuer: Issuer) -> None:
        self.rng, self.known, self.issuer = rng, known, issuer
        self.all = sorted(ACTIONS)
        # Shared with whoever counts the answers.
        self.missing = set(self.all)
        self.now = 0.0

    def next(self) -> Sent:
        """The next request."""
        product, name = self._action()
        parameters = self._right(product, name)
        luck = self.rng.random()
        if luck < 0.35:
            self._spoil(parameters, sorted(ACTIONS[product, name].allowed))
        index = "1" if luck > 0.03 else self.rng.choice(INDEXES)
        numbered = {key.replace(".N", f".{index}"): value for key, value in parameters.items()}
        sent = self._signed(product, name, numbered)
        if self.rng.random() < 0.06:
            self._garble(sent)
        return sent

    def _action(self) -> tuple[str, str]:
        # Most calls are about instances, and half of what happens ends some.
        if len(self.known.live.get("InstanceId", ())) < FEWEST_INSTANCES and self.rng.random() < 0.2:
            return "Ecs", "RunInstances"
        if self.missing and self.rng.random() < 0.3:
            return self.rng.choice(sorted(self.missing))
        return self.rng.choice(self.all)

    def _right(self, product: str, name: str) -> dict[str, str]:
        action = ACTIONS[product, name]
        needed = [*action.required, *action.sent, "RegionId"]
        along = ALONG.get(name, "").split() if self.rng.random() < 0.85 and product != "Ram" else []
        optional = self.rng.sample(
            sorted(action.allowed), self.rng.choice([0, 0, 1, 2, 4]) % len(action.allowed)
        )
        found = {each: right(each, self.known, self.rng) for each in [*optional, *needed]}
        for each in along:
            key, _, value = each.partition("=")
            found[key] = value or right(key, self.known, self.rng)
        self._related(product, name, found)
        return found

    def _related(self, product: str, name: str, found: dict[str, str]) -> None:
        """Make fit what only fits together: a type and an id of it, a token and its moment."""
        if self.rng.random() < 0.5:
            self._of_one_row(found)
        for parameter in found:
            instead = OF_ACTION.get((name, parameter))
            found[parameter] = right(instead, self.known, self.rng) if instead else found[parameter]
        if name == "AssumeRoleWithOIDC":
            found |= {"OIDCToken": self.issuer.token(self.now), "RoleArn": RIGHT["RoleArn"][1]}
        if product == "Ram" and "ResourceType" in found:
            kind = self.rng.choice(sorted(NAMED))
            tags = {
                "UntagResources": {"TagKey.N": "a"},
                "TagResources": {"Tag.N.Key": "a", "Tag.N.Value": "b"},
            }
            found |= {"ResourceType": kind, "ResourceNames.N": NAMED[kind], **tags.get(name, {})}
        elif "Resource" in name and product in TYPES:
            kind = self.rng.choice(sorted(TYPES[product]))
            ids = {
                one: right(TYPES[product][kind], self.known, self.rng) for one in found if "ResourceId" in one
            }
            found |= {**ids, "ResourceType": kind} if "ResourceType" in found or product == "Vpc" else ids

    def _of_one_row(self, found: dict[str, str]) -> None:
        """Name a disk and its instance, a key and its user: what one record has together."""
        names = {one: one.replace(".N", "").rpartition(".")[2] for one in found}
        names = {one: ALSO.get(last, last) for one, last in names.items()}
        single = {one: last if last in ONE_S else last.removesuffix("s") for one, last in names.items()}
        rows = [row for row in self.known.rows if len({*single.values()} & {*row} - {"RegionId"}) > 1]
        row = self.rng.choice(rows) if rows else {}
        for one, last in single.items():
            if last in row:
                found[one] = row[last] if last == names[one] else json.dumps([row[last]])

    def _spoil(self, parameters: dict[str, str], allowed: list[str]) -> None:
        # Few values are wrong at a time, or none would be read but the first.
        for name in self.rng.sample(sorted(parameters), min(len(parameters), self.rng.choice([1, 1, 2]))):
            parameters[name] = wrong(self.known, self.rng)
        if self.rng.random() < 0.2:
            parameters[self.rng.choice(["Unknown", "\u4e2d", "a.N.b", "", *allowed])] = wrong(
                self.known, self.rng
            )
        if self.rng.random() < 0.1:
            parameters.pop(self.rng.choice(sorted(parameters)))

    def _signed(self, product: str, name: str, parameters: dict[str, str]) -> Sent:
        query = {"Action": name, "Version": VERSIONS[product]}
        if name != "AssumeRoleWithOIDC":
            query |= {"AccessKeyId": self._key(name), "Signature": "any"}
        # The dialects: parameters in the query, or in a form.
        if self.rng.random() < 0.5:
            return Sent({**parameters, **query})
        return Sent(query, parameters, {"content-type": FORM})

    def _key(self, name: str) -> str:
        if name == "AssumeRole":
            return "emulator-a-operator"
        luck = self.rng.random()
        if luck < 0.02:
            return self.known.of("AccessKeyId", self.rng) or "emulator"
        return wrong(self.known, self.rng) if luck < 0.03 else self.rng.choice(KEYS)

    def _garble(self, sent: Sent) -> None:
        """Take away or replace a part of the request that is no parameter."""
        rng, garbage = self.rng, wrong(self.known, self.rng)
        changes: list[Callable[[], None]] = [
            lambda: setattr(sent, "method", rng.choice(METHODS)),
            lambda: setattr(sent, "raw", rng.randbytes(rng.choice([0, 1, 40, 5000]))),
            lambda: setattr(sent, "raw", json.dumps(sent.form).encode()),
            lambda: sent.headers.update({"content-type": rng.choice(CONTENT_TYPES)}),
            lambda: sent.headers.update({"authorization": rng.choice(AUTHORIZATIONS)}),
            lambda: sent.query.update({rng.choice(PROTOCOL): garbage}),
            lambda: sent.headers.update({rng.choice(HEADERS): garbage}),
        ]
        rng.choice(changes)()
