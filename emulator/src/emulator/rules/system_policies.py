"""The system policies that every account has. Imports resources."""

from __future__ import annotations

import json

from emulator.resources.ram import PolicyVersion, RamPolicy

_LOOK = ("Describe*", "List*", "Get*")
# Name, what it is for, and the actions that it allows.
_TABLE: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("AdministratorAccess", "Provides full access to Alibaba Cloud services and resources.", ("*",)),
    (
        "ReadOnlyAccess",
        "Provides read-only access to Alibaba Cloud services and resources.",
        ("*:Describe*", "*:List*", "*:Get*", "*:Query*", "*:Check*", "bss:Describe*", "bssapi:Query*"),
    ),
    (
        "AliyunECSFullAccess",
        "Provides full access to Elastic Compute Service.",
        ("ecs:*", "vpc:DescribeVpcs", "vpc:DescribeVSwitches"),
    ),
    (
        "AliyunECSReadOnlyAccess",
        "Provides read-only access to Elastic Compute Service.",
        (*(f"ecs:{word}" for word in _LOOK), "vpc:DescribeVpcs", "vpc:DescribeVSwitches"),
    ),
    (
        "AliyunVPCFullAccess",
        "Provides full access to Virtual Private Cloud.",
        ("vpc:*", "ecs:*NetworkInterface*"),
    ),
    (
        "AliyunVPCReadOnlyAccess",
        "Provides read-only access to Virtual Private Cloud.",
        (*(f"vpc:{word}" for word in _LOOK), "ecs:DescribeNetworkInterfaces", "ecs:DescribeSecurityGroups"),
    ),
    (
        "AliyunEIPFullAccess",
        "Provides full access to Elastic IP addresses.",
        ("vpc:*EipAddress*",),
    ),
    ("AliyunBSSFullAccess", "Provides full access to Billing.", ("bss:*", "bssapi:*")),
    (
        "AliyunBSSReadOnlyAccess",
        "Provides read-only access to Billing.",
        ("bss:Describe*", "bss:Query*", "bssapi:Describe*", "bssapi:Query*"),
    ),
    ("AliyunBSSOrderAccess", "Provides access to orders.", ("bss:*Order*",)),
    ("AliyunRAMFullAccess", "Provides full access to Resource Access Management.", ("ram:*",)),
    (
        "AliyunRAMReadOnlyAccess",
        "Provides read-only access to Resource Access Management.",
        ("ram:List*", "ram:Get*"),
    ),
    ("AliyunActionTrailFullAccess", "Provides full access to ActionTrail.", ("actiontrail:*",)),
    (
        "AliyunActionTrailReadOnlyAccess",
        "Provides read-only access to ActionTrail.",
        (*(f"actiontrail:{word}" for word in _LOOK), "actiontrail:LookupEvents"),
    ),
    ("AliyunEventBridgeFullAccess", "Provides full access to EventBridge.", ("eventbridge:*",)),
    (
        "AliyunEventBridgeReadOnlyAccess",
        "Provides read-only access to EventBridge.",
        ("eventbridge:Get*", "eventbridge:List*", "eventbridge:TestEventPattern"),
    ),
    ("AliyunSTSAssumeRoleAccess", "Provides access to the AssumeRole operation of STS.", ("sts:AssumeRole",)),
)


def _policy(name: str, description: str, actions: tuple[str, ...]) -> RamPolicy:
    statement = {"Action": list(actions), "Resource": "*", "Effect": "Allow"}
    version = PolicyVersion(
        version_id="v1", document=json.dumps({"Version": "1", "Statement": [statement]}), created_at=0
    )
    return RamPolicy(
        id=f"System/{name}",
        account_id="system",
        region_id="",
        created_at=0,
        updated_at=0,
        policy_name=name,
        policy_type="System",
        description=description,
        versions=[version],
    )


SYSTEM_POLICIES = {row[0]: _policy(*row) for row in _TABLE}
