"""Families of stock resources as users declare them, with changes to each that need no replacement."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.e2e.stock import program


@dataclass(frozen=True)
class Family:
    """What a program declares, what is changed in it, and words that the cloud must hold after that."""

    made: str
    changes: Mapping[str, str]
    held: tuple[str, ...]

    @property
    def text(self) -> str:
        return program(self.made)

    @property
    def changed_text(self) -> str:
        text = self.text
        for old, new in self.changes.items():
            assert old in text
            text = text.replace(old, new)
        return text


NETWORK = Family(
    made="""
web = ecs.Instance("web", **machine)
address = ecs.EipAddress("address", bandwidth="5", address_name="first-address")
ecs.EipAssociation("association", allocation_id=address.id, instance_id=web.id)
ecs.EcsNetworkInterface(
    "interface",
    vswitch_id=switch.id,
    security_group_ids=[guard.id],
    network_interface_name="first-interface",
)
ecs.SecurityGroupRule(
    "rule",
    type="ingress",
    ip_protocol="tcp",
    port_range="22/22",
    cidr_ip="10.0.0.0/8",
    nic_type="intranet",
    policy="accept",
    priority=1,
    security_group_id=guard.id,
    description="first-rule",
)
""",
    changes={
        '"first-rule"': '"second-rule"',
        '"first-address"': '"second-address"',
        '"first-interface"': '"second-interface"',
        'cidr_block="10.8.0.0/16"': 'cidr_block="10.8.0.0/16", vpc_name="second-vpc"',
        'zone_id="cn-hangzhou-b"': 'zone_id="cn-hangzhou-b", vswitch_name="second-switch"',
        '"guard", vpc_id=network.id': '"guard", vpc_id=network.id, security_group_name="second-group"',
    },
    held=(
        "second-address",
        "second-interface",
        "second-vpc",
        "second-switch",
        "second-group",
    ),
)
INSTANCES = Family(
    made="""
ecs.Instance("web", instance_name="first-name", tags={"a": "first-tag"}, **machine)
ecs.Instance("spare", spot_strategy="SpotAsPriceGo", description="first-description", **machine)
ecs.Instance("paid", force_delete=True, renewal_status="Normal", **paid_ahead)
""",
    changes={
        '"first-name"': '"second-name"',
        '"first-tag"': '"second-tag"',
        '"first-description"': '"second-description"',
        '"Normal"': '"NotRenewal"',
    },
    held=("second-name", "second-tag", "second-description", "NotRenewal"),
)
SET = Family(
    made="""
ecs.EcsInstanceSet(
    "set",
    amount=3,
    instance_type="ecs.g7.large",
    image_id="ubuntu_24_04_x64_20G_alibase_20260101.vhd",
    vswitch_id=switch.id,
    zone_id="cn-hangzhou-b",
    security_group_ids=[guard.id],
    instance_name="set",
    instance_charge_type="PostPaid",
    tags={"a": "first-tag"},
)
""",
    changes={'"first-tag"': '"second-tag"'},
    held=("second-tag",),
)
STORAGE = Family(
    made="""
web = ecs.Instance("web", **machine)
disk = ecs.EcsDisk(
    "disk", zone_id="cn-hangzhou-b", category="cloud_essd", size=40, disk_name="first-disk"
)
attached = ecs.EcsDiskAttachment("attached", disk_id=disk.id, instance_id=web.id)
ecs.EcsSnapshot(
    "snapshot",
    disk_id=disk.id,
    snapshot_name="first-snapshot",
    opts=pulumi.ResourceOptions(depends_on=[attached]),
)
ecs.AutoSnapshotPolicy(
    "policy",
    auto_snapshot_policy_name="first-policy",
    repeat_weekdays=["1", "3"],
    retention_days=-1,
    time_points=["2"],
)
""",
    changes={
        '"first-disk"': '"second-disk"',
        "size=40": "size=60",
        '"first-snapshot"': '"second-snapshot"',
        '"first-policy"': '"second-policy"',
    },
    held=("second-disk", '"Size": 60', "second-snapshot", "second-policy"),
)
IDENTITY = Family(
    made="""
import json

def document(**statement):
    return json.dumps({"Version": "1", "Statement": [{"Effect": "Allow", **statement}]})

trust = document(Action="sts:AssumeRole", Principal={"Service": ["ecs.aliyuncs.com"]})
looking = document(Action="ecs:Describe*", Resource="*")
ecs.EcsKeyPair("key", key_pair_name="key", tags={"a": "first-tag"})
policy = ram.Policy("policy", policy_name="look", policy_document=looking)
role = ram.Role(
    "role", role_name="looker", assume_role_policy_document=trust, description="first-role"
)
ram.RolePolicyAttachment(
    "attachment", policy_name=policy.policy_name, policy_type="Custom", role_name=role.role_name
)
""",
    changes={
        '"first-tag"': '"second-tag"',
        '"first-role"': '"second-role"',
        '"ecs:Describe*"': '"ecs:DescribeInst*"',
    },
    held=("second-tag", "second-role"),
)
AUDIT = Family(
    made="""
import json
from pulumi_alicloud import actiontrail, eventbridge

actiontrail.Trail(
    "trail",
    trail_name="first-trail",
    oss_bucket_name="first-bucket",
    oss_key_prefix="first-prefix",
    event_rw="Write",
)
bus = eventbridge.EventBus("bus", event_bus_name="alarms", description="first-bus")

def alarm(bus_name, **more):
    endpoint = "http://127.0.0.1:9/first-alarm"
    target = eventbridge.RuleTargetArgs(
        target_id="listener",
        type="http",
        endpoint=endpoint,
        push_retry_strategy="BACKOFF_RETRY",
        param_lists=[
            eventbridge.RuleTargetParamListArgs(resource_key="Body", form="ORIGINAL"),
            eventbridge.RuleTargetParamListArgs(resource_key="URL", form="CONSTANT", value=endpoint),
            eventbridge.RuleTargetParamListArgs(
                resource_key="Network", form="CONSTANT", value="PublicNetwork"
            ),
        ],
    )
    pattern = json.dumps({"source": ["first-source"]})
    return dict(event_bus_name=bus_name, filter_pattern=pattern, targets=[target], **more)

eventbridge.Rule("rule", rule_name="own", description="first-rule", **alarm(bus.event_bus_name))
eventbridge.Rule("everything", rule_name="standing", status="DISABLE", **alarm("default"))
""",
    changes={
        '"first-bucket"': '"second-bucket"',
        '"first-prefix"': '"second-prefix"',
        '"Write"': '"All"',
        '"first-bus"': '"second-bus"',
        '"first-rule"': '"second-rule"',
        "first-alarm": "second-alarm",
        '"first-source"': '"second-source"',
        '"DISABLE"': '"ENABLE"',
    },
    held=("second-bucket", "second-prefix", "second-bus", "second-rule", "second-alarm", "second-source"),
)
FAMILIES = {
    "network": NETWORK,
    "instances": INSTANCES,
    "instance-set": SET,
    "storage": STORAGE,
    "identity": IDENTITY,
    "audit": AUDIT,
}
