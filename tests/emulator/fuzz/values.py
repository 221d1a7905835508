"""What a parameter may be given: words of the documentation by name and type, and what the world has said."""

from __future__ import annotations

import json
import random
from collections import defaultdict, deque
from typing import Any

from emulator.typed import CHOICES, FLAGS, NUMBERS

from tests.emulator.cloud import IMAGE, REGION
from tests.emulator.issuer import ISSUER
from tests.emulator.nasty import FITTING, TEXTS
from tests.emulator.ram import ACCOUNT, LOOK, allow, document, trusting
from tests.emulator.ruling import WRITES, target

KEPT_OF_A_NAME = 12
ZONE = "cn-hangzhou-b"
PATTERN, EVENT = json.dumps(WRITES), json.dumps({"id": "1", "source": "shop", "type": "sold", "data": {}})
PROVIDER = f"acs:ram::{ACCOUNT}:oidc-provider/pipeline"
FEDERATED = document(
    {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Federated": [PROVIDER]}}
    | {"Condition": {"StringEquals": {"oidc:iss": ISSUER}}}
)
WORDS = ["a", "b", "1", "2", "10", "once", "all", "vpc", "Running", "name-1", "name-2"]
# By the last part of a parameter's name.
RIGHT: dict[str, list[str]] = {
    **FITTING,
    "ImageId": [IMAGE], "RegionId": [REGION], "regionId": [REGION], "Region": [REGION],
    "ZoneId": [ZONE, ZONE, "cn-hangzhou-h"], "DestinationResource": ["InstanceType", "Zone", "SystemDisk"],
    "ResourceType": ["instance", "disk", "snapshot", "snapshotgroup", "snapshotpolicy", "image", "keypair",
                     "securitygroup", "eni", "VPC", "VSWITCH", "EIP", "role", "policy", "ecs-instance"],
    "ModuleCode": ["InstanceType", "SystemDisk", "DataDisk"], "PriceType": ["Hour"],
    "Config": ["InstanceType:ecs.g7.large", "SystemDisk.Category:cloud_essd,SystemDisk.Size:40",
               "DataDisk.Category:cloud_essd,DataDisk.Size:40"],
    "SubscriptionType": ["PayAsYouGo", "Subscription"], "ProductType": [""], "BillingCycle": ["2026-06"],
    "BillingDate": ["2026-06-15"], "Granularity": ["MONTHLY", "DAILY"],
    "NetworkType": ["vpc"], "OSType": ["linux"], "Attribute": ["permissions"],
    "Duration": ["1"], "NewSize": ["60", "100", "200"], "Type": ["offline", "online", "EIP"],
    "Mode": ["NAT", "BINDED"], "DestCidrIp": ["10.0.0.0/8"], "DestinationCidrBlock": ["192.168.7.0/24"],
    "CidrBlock": ["10.0.32.0/20", "10.0.48.0/20", "10.0.64.0/20", "10.0.80.0/20", "10.0.0.0/16"],
    "EventBusName": ["default", "shop"], "RuleName": ["alarm", "bell"], "FilterPattern": [PATTERN],
    "EventPattern": ['{"source": ["shop"]}'], "Event": [EVENT],
    "EventList": [json.dumps([{"id": "1", "source": "shop", "type": "sold", "specversion": "1.0",
                               "data": {"n": 1}, "aliyuneventbusname": "shop"}])],
    "Targets": [json.dumps([target("http://127.0.0.1:1/")])], "EventTargets": [json.dumps([target("x")])],
    "TargetIds": ['["hook"]'], "Name": ["audit-trail", "audit-books"],
    "TrailName": ["audit-trail", "audit-books"],
    "OssBucketName": ["audit-logs"], "EventRW": ["All", "Write"], "NameList": ["audit-trail"],
    "OIDCProviderName": ["pipeline", "other"], "IssuerUrl": ["https://tokens.example.org", ISSUER],
    "ClientIds": ["sts.aliyuncs.com"], "Fingerprints": ["902ef2deeb3c5b13ea4c3d5193629309e231ae55"],
    "UserName": ["reader", "operator", "x", "y"], "GroupName": ["readers", "x"],
    "RoleName": ["looker", "federated", "x"],
    "PolicyName": ["look", "other", "x"], "PolicyType": ["Custom", "Custom", "System"],
    "PolicyDocument": [LOOK], "NewPolicyDocument": [LOOK],
    "AssumeRolePolicyDocument": [trusting(), FEDERATED],
    "RoleArn": [f"acs:ram::{ACCOUNT}:role/{name}" for name in ("looker", "federated")],
    "OIDCProviderArn": [PROVIDER], "ResourceNames": ['["looker"]', '["look"]'],
    "Tag": ['[{"Key": "a", "Value": "b"}]'], "TagKeys": ['["a"]'], "TagKey": ["a"], "Key": ["a", "b"],
    "Value": ["b"], "VersionId": ["v1", "v2"], "DisplayName": ["x"], "Email": ["x@example.com"],
    "Policy": [document(allow("*")), "accept"], "RenewalStatus": ["AutoRenewal", "Normal", "NotRenewal"],
    "KeyPairName": ["pair", "other"], "KeyPairNames": ['["other"]', '["pair"]'], "NextHopType": ["Instance"],
    "PublicKeyBody": ["ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQCkWcRnaM4tXyzW"], "ServiceCode": ["ecs"],
    "RamRoleName": ["looker"], "timePoints": ['["1"]'], "repeatWeekdays": ['["1"]'], "retentionDays": ["-1"],
    "DiskChargeType": ["PrePaid", "PostPaid"], "PerformanceLevel": ["PL1", "PL2", "PL0"],
    "DiskCategory": ["cloud_essd", "cloud_auto"], "InstanceType": ["ecs.g7.large", "ecs.g7.xlarge"],
    "Strategy": ["Availability"], "Description": ["text"], "ClientToken": ["", "once"],
    "ActionOnMaintenance": ["AutoRecover", "Stop"], "StartTime": ["02:00:00+08:00"],
    "EndTime": ["04:00:00+08:00"], "SecondaryPrivateIpAddressCount": ["1"],
    "PrivateIpAddress": ["10.0.0.99", "10.0.0.98"], "Status": ["Active", "Inactive", "Running", "ENABLE"],
    "InternetMaxBandwidthOut": ["5", "10"], "InternetMaxBandwidthIn": ["10"], "Bandwidth": ["5", "10"],
    "SnapshotType": ["user"], "RetentionDays": ["7"], "NewResourceGroupId": [],
    "Password": ["Emulator-0"], "UserData": ["ZWNobw=="], "HostName": ["host"], "Recyclable": ["false"],
}  # fmt: skip
# Whose values these names take; what is spelt alike needs no line.
ALSO = {
    "UserAccessKeyId": "AccessKeyId", "NextHopId": "InstanceId", "InstanceID": "InstanceId",
    "InstanceIDs": "InstanceIds", "DestGroupId": "SecurityGroupId", "SourceGroupId": "SecurityGroupId",
    "NewResourceGroupId": "ResourceGroupId", "autoSnapshotPolicyId": "AutoSnapshotPolicyId",
    "diskIds": "DiskIds", "ExcludeDiskId": "DiskId", "AssociatedInstanceId": "InstanceId",
}  # fmt: skip
# Names whose values are any id that there is.
ANY_ID = {"ResourceId", "RelationId"}
# Of these, what answers said is of more use than any word.
SAID_ONLY = {"EncodedDiagnosticMessage", "AccessKeyId", "UserAccessKeyId", "NextToken", "Marker"}


class Known:
    """The last values that answers and the state have shown for each name, ids among them."""

    def __init__(self) -> None:
        self.said: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=KEPT_OF_A_NAME))
        self.ids: deque[str] = deque(maxlen=10 * KEPT_OF_A_NAME)
        # What there is now, by the names that its ids have.
        self.live: dict[str, list[str]] = {}
        self.rows: list[dict[str, str]] = []

    def look(self, state: dict[str, dict[str, dict[str, Any]]]) -> None:
        """Learn what there is from the state, so that ids of what is gone make way."""
        self.live, self.rows = defaultdict(list), []
        for kind in state.values():
            for identifier, fields in kind.items():
                named = next((name for name, value in fields.items() if value == identifier), "")
                self.live[named].append(identifier)
                self.rows.append(_flat(fields))
            for fields in list(kind.values())[-KEPT_OF_A_NAME:]:
                self.hear(fields)

    def hear(self, body: Any, name: str = "") -> None:
        """Remember all texts and numbers of an answer by their names."""
        if isinstance(body, dict):
            for key, value in body.items():
                self.hear(value, f"{name}Id" if key == "Id" else key)
        elif isinstance(body, list):
            for value in body[:KEPT_OF_A_NAME]:
                self.hear(value, name)
        elif isinstance(body, str) and body and name != "RequestId":
            self._keep(name, body)

    def _keep(self, name: str, value: str) -> None:
        if value not in self.said[name]:
            self.said[name].append(value)
            if name.endswith("Id"):
                self.ids.append(value)

    def of(self, name: str, rng: random.Random) -> str | None:
        """Return a value that is or was seen under a name, a list of them for a name in the plural."""
        if name in ANY_ID:
            return rng.choice(self.ids) if self.ids else None
        here = self._values(name, rng)
        if here:
            return rng.choice(here)
        single = self._values(name.removesuffix("s"), rng)
        if not name.endswith("s") or not single:
            return None
        return json.dumps(rng.sample(single, min(len(single), rng.choice([1, 1, 1, 2]))))

    def _values(self, name: str, rng: random.Random) -> list[str]:
        live = self.live.get(name)
        return live if live and rng.random() < 0.9 else list(self.said.get(name, ()))


def _flat(fields: dict[str, Any]) -> dict[str, str]:
    """Return the texts of a record by the names that parameters give them."""
    texts = {name: value for name, value in fields.items() if isinstance(value, str) and value}
    return texts | {"DiskId": texts["SourceDiskId"]} if "SourceDiskId" in texts else texts


def right(name: str, known: Known, rng: random.Random) -> str:
    """Return a value that a parameter of this name may well have."""
    last = name.replace(".N", "").rpartition(".")[2]
    last = ALSO.get(last, last)
    # What words there are for a name are better known than what was said, which may be long gone.
    share = 1 if last in SAID_ONLY or last not in RIGHT else 0.5 if last in known.live else 0.1
    seen = known.of(last, rng) if rng.random() < share else None
    if seen is not None:
        return seen
    if RIGHT.get(last):
        return rng.choice(RIGHT[last])
    if last in FLAGS:
        return rng.choice(["true", "false", "True"])
    if last in NUMBERS or last.endswith(("Size", "Number", "Count", "Days", "Results", "Items", "Limit")):
        return str(rng.choice([1, 2, 10, 20]))
    return rng.choice(list(CHOICES.get(last, WORDS)))


def wrong(known: Known, rng: random.Random) -> str:
    """Return a value that no parameter should have."""
    kind = rng.random()
    if kind < 0.6:
        return rng.choice(TEXTS)
    if kind < 0.75 and known.ids:
        return rng.choice(known.ids)
    if kind < 0.8:
        return rng.choice("x\u4e2d[\0") * rng.choice([10, 1000, 20_000])
    return "".join(chr(rng.choice([rng.randrange(128), rng.randrange(0x2FFF)])) for _ in range(12))
