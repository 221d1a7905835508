"""`pulumi destroy` over instances in every state, by a RAM user who has just the rights that it takes.

The twin of the table at the level of the runner, in fewer rows, through the real CLI and the real plugin.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.e2e.cloud import Cloud
from tests.e2e.conftest import Worlds
from tests.e2e.world import Groups, group

RELEASER = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "emulator-a-releaser"}
# What a release run asks, whatever the terms.
LOOKING = (
    "ecs:DescribeInstances",
    "ecs:DescribeInstanceAttribute",
    "ecs:DescribeDisks",
    "ecs:DescribeSnapshots",
    "ecs:DescribeNetworkInterfaces",
    "ecs:DescribePrice",
    "bss:DescribeInstances",
)
# The network of the stack is the stock provider's to delete.
NETWORK = (
    "ecs:DescribeSecurityGroup*",
    "ecs:DeleteSecurityGroup",
    "ecs:ListTagResources",
    "vpc:Describe*",
    "vpc:List*",
    "vpc:GetVpcAttribute",
    "vpc:DeleteVSwitch",
    "vpc:DeleteVpc",
)
MONTHLY = {"type": "subscription", "period": 1, "unit": "month"}
DYING = [{"name": "data", "category": "cloud_essd", "size_gib": 40, "release_with_instance": True}]
RELEASED = ""
Happen = Callable[[Cloud, str], object]


def nothing(cloud: Cloud, instance: str) -> None:
    """Leave everything as it is."""


def stop(cloud: Cloud, instance: str) -> None:
    cloud.call("StopInstance", InstanceId=instance)
    cloud.control("clock", {"advance": "PT5S"})


def event(**told: Any) -> Happen:
    """Something that the cloud does by itself; the instance's id stands for None."""

    def happens(cloud: Cloud, instance: str) -> None:
        body = {
            name: [instance, value] if name in ("lock", "block") else value for name, value in told.items()
        }
        cloud.control("events", {name: value or instance for name, value in body.items()})

    return happens


def refund_first(cloud: Cloud, instance: str) -> None:
    named = {"InstanceId": instance, "ProductCode": "ecs", "ProductType": "", "ImmediatelyRelease": "0"}
    assert cloud.call("RefundInstance", "BssOpenApi", **named)["Success"]
    cloud.control("clock", {"advance": "PT5S"})


def quota_used_up(cloud: Cloud, instance: str) -> None:
    cloud.control("settings", {"refund_vcpu_hours": 1})


def released_by_hand(cloud: Cloud, instance: str) -> None:
    cloud.call("DeleteInstance", InstanceId=instance, Force="true")
    cloud.control("clock", {"advance": "PT1M"})


@dataclass(frozen=True)
class Case:
    """What is declared, what happens then, what comes of a destroy, and the rights that it takes."""

    name: str
    declared: dict[str, Any]
    happens: Happen = nothing
    reason: str = RELEASED
    rights: tuple[str, ...] = ("ecs:DeleteInstances",)
    kinds: dict[str, int] = field(default_factory=dict)


def terms(**release: Any) -> dict[str, Any]:
    return group(1, release=release)


def subscribed(**release: Any) -> dict[str, Any]:
    return group(1, charge=MONTHLY, release=release)


PLAIN, SPOT = group(1), group(1, charge={"type": "spot"})
PROTECTED = group(1, deletion_protection=True)
LIFTED = group(1, deletion_protection=True, release={"on_protected": "lift"})
ALL_DIES = group(1, data_disks=DYING)
RELEASE = "ecs:DeleteInstances"
CASES = [
    Case("running", PLAIN),
    Case("stopped", PLAIN, stop),
    Case("overdue account", PLAIN, event(overdue=True)),
    Case("released by hand", PLAIN, released_by_hand, rights=()),
    Case("protected", PROTECTED, reason="protected", rights=()),
    Case("protected, to be lifted", LIFTED, rights=(RELEASE, "ecs:ModifyInstanceAttribute")),
    Case("spot", SPOT),
    Case("spot, about to be reclaimed", SPOT, event(reclaim=None)),
    Case("subscription", subscribed(), reason="active-subscription", rights=()),
    Case(
        "subscription, to be refunded",
        subscribed(on_active_subscription="refund"),
        rights=(RELEASE, "bss:RefundBatchRemainRefund", "bssapi:InquiryPriceRefundInstance"),
    ),
    Case(
        "subscription, to be converted",
        subscribed(on_active_subscription="convert"),
        rights=(RELEASE, "ecs:ModifyInstanceChargeType"),
    ),
    Case(
        "subscription, no quota to convert",
        subscribed(on_active_subscription="convert"),
        quota_used_up,
        "refund-quota-used-up",
        rights=("ecs:ModifyInstanceChargeType",),
    ),
    Case("subscription, expired", subscribed(), event(expire=None)),
    Case("subscription, refunded and stopped", subscribed(), refund_first),
    Case("locked, a disk to be kept", PLAIN, event(lock="security"), "security-lock-destroys-kept-disks", ()),
    Case("locked, nothing to be kept", ALL_DIES, event(lock="security")),
    Case("blocked by a route", PLAIN, event(block="route-entry"), "route-entry"),
    Case("blocked by an interface", PLAIN, event(block="eni-linked"), "eni-linked"),
    Case("managed by another product", PLAIN, event(block="system-managed"), "managed-by-another-product"),
    Case(
        "snapshots first",
        terms(backup="snapshots"),
        rights=(RELEASE, "ecs:CreateSnapshot", "ecs:TagResources"),
        kinds={"snapshots": 1},
    ),
    Case(
        "an image first",
        terms(backup="image"),
        rights=(RELEASE, "ecs:CreateImage", "ecs:DescribeImages", "ecs:TagResources"),
        kinds={"images": 1},
    ),
    Case("shut down", terms(shutdown="graceful")),
    Case(
        "the address kept",
        group(1, public_ip={"bandwidth_mbps": 5, "on_release": "keep"}),
        rights=(RELEASE, "ecs:ConvertNatPublicIpToEip"),
        kinds={"eips": 1},
    ),
]


def allow(cloud: Cloud, *rights: str) -> None:
    """Lets the releaser do just this, and nobody anything without a right."""
    document = {"Version": "1", "Statement": [{"Effect": "Allow", "Action": list(rights), "Resource": "*"}]}
    cloud.call("CreateUser", "Ram", UserName="releaser")
    cloud.call("CreatePolicy", "Ram", PolicyName="release", PolicyDocument=json.dumps(document))
    attached = {"PolicyType": "Custom", "PolicyName": "release", "UserName": "releaser"}
    cloud.call("AttachPolicyToUser", "Ram", **attached)
    cloud.control("settings", {"enforce_ram": True})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_destroy_under_rights(worlds: Worlds, case: Case) -> None:
    groups: Groups = {"web": case.declared}
    world = worlds.up(groups)
    (instance,) = world.cloud.instances
    kept = {id_ for id_, disk in world.cloud.state("disks").items() if not disk["DeleteWithInstance"]}
    case.happens(world.cloud, instance)
    allow(world.cloud, *LOOKING, *NETWORK, *case.rights)
    before = world.cloud.mark()
    result = world.pulumi("destroy", "--yes", "--skip-preview", environment=RELEASER)
    if case.reason:
        assert result.code != 0
        assert f"web-0 {instance} {case.reason}" in result.output
        assert list(world.cloud.instances) == [instance]
        return
    assert result.code == 0, result.output
    refused = [call for call in world.cloud.requests(before) if call["status"] == 403]
    assert refused == []
    assert (world.cloud.instances, set(world.cloud.state("disks"))) == ({}, kept)
    assert {kind: len(world.cloud.state(kind)) for kind in case.kinds} == case.kinds


def test_without_the_right_to_release_it_is_said_by_whom_and_nothing_is_changed(worlds: Worlds) -> None:
    world = worlds.up({"web": PLAIN})
    allow(world.cloud, *LOOKING, *NETWORK)
    result = world.pulumi("destroy", "--yes", "--skip-preview", environment=RELEASER)
    assert result.code != 0
    assert "Forbidden.RAM" in result.output
    assert "Traceback" not in result.output
    assert len(world.cloud.instances) == 1
    rows = json.loads(world.ecs_release("doctor", "--json", **RELEASER).output)
    found = {row["check"]: row["result"] for row in rows}
    assert (found["right ecs:DescribeDisks"], found["right ecs:DeleteInstances"]) == ("ok", "WRONG")
