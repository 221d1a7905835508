"""`pulumi destroy` over instances in every state, by a RAM user who has just the generated rights.

The twin of the table at the level of the runner, in fewer rows, through the real CLI and the real plugin.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.e2e.cloud import Cloud, tags_of
from tests.e2e.conftest import Worlds
from tests.e2e.rights import RELEASER, generated, grant, refused_calls, without
from tests.e2e.world import Groups, Result, World, group
from tests.faults.test_broken_off_up import PROTECTED as PROTECTED_THREE
from tests.faults.test_broken_off_up import broken_off

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


def disk_turned_by_hand(cloud: Cloud, instance: str) -> None:
    (disk,) = [id_ for id_, facts in cloud.state("disks").items() if not facts["DeleteWithInstance"]]
    cloud.call("ModifyDiskAttribute", DiskId=disk, DeleteWithInstance="true")


def released_by_hand(cloud: Cloud, instance: str) -> None:
    cloud.call("DeleteInstance", InstanceId=instance, Force="true")
    cloud.control("clock", {"advance": "PT1M"})


@dataclass(frozen=True)
class Case:
    """What is declared, what happens then, and what comes of a destroy."""

    name: str
    declared: dict[str, Any]
    happens: Happen = nothing
    reason: str = RELEASED
    kinds: dict[str, int] = field(default_factory=dict)


def terms(**release: Any) -> dict[str, Any]:
    return group(1, release=release)


def subscribed(**release: Any) -> dict[str, Any]:
    return group(1, charge=MONTHLY, release=release)


PLAIN, SPOT = group(1), group(1, charge={"type": "spot"})
PROTECTED = group(1, deletion_protection=True)
LIFTED = group(1, deletion_protection=True, release={"on_protected": "lift"})
ALL_DIES = group(1, data_disks=DYING)
CASES = [
    Case("running", PLAIN),
    Case("stopped", PLAIN, stop),
    Case("overdue account", PLAIN, event(overdue=True)),
    Case("released by hand", PLAIN, released_by_hand),
    Case("protected", PROTECTED, reason="protected"),
    Case("protected, to be lifted", LIFTED),
    Case("a disk to be kept, turned by hand", PLAIN, disk_turned_by_hand),
    Case("spot", SPOT),
    Case("spot, about to be reclaimed", SPOT, event(reclaim=None)),
    Case("subscription", subscribed(), reason="active-subscription"),
    Case("subscription, to be refunded", subscribed(on_active_subscription="refund")),
    Case(
        "subscription, to be shut down and refunded",
        subscribed(on_active_subscription="refund", shutdown="graceful"),
    ),
    Case("subscription, to be converted", subscribed(on_active_subscription="convert")),
    Case(
        "subscription, no quota to convert",
        subscribed(on_active_subscription="convert"),
        quota_used_up,
        "refund-quota-used-up",
    ),
    Case("subscription, expired", subscribed(), event(expire=None)),
    Case("subscription, refunded and stopped", subscribed(), refund_first),
    Case("locked, a disk to be kept", PLAIN, event(lock="security"), "security-lock-destroys-kept-disks"),
    Case("locked, nothing to be kept", ALL_DIES, event(lock="security")),
    Case("blocked by a route", PLAIN, event(block="route-entry"), "route-entry"),
    Case("blocked by an interface", PLAIN, event(block="eni-linked"), "eni-linked"),
    Case("managed by another product", PLAIN, event(block="system-managed"), "managed-by-another-product"),
    Case("snapshots first", terms(backup="snapshots"), kinds={"snapshots": 1}),
    Case("an image first", terms(backup="image"), kinds={"images": 1}),
    Case("shut down", terms(shutdown="graceful")),
    Case(
        "the address kept",
        group(1, public_ip={"bandwidth_mbps": 5, "on_release": "keep"}),
        kinds={"eips": 1},
    ),
]
NAMED = {case.name: case for case in CASES}


def destroyed(world: World) -> Result:
    """A real destroy by the releaser."""
    return world.pulumi("destroy", "--yes", "--skip-preview", environment=RELEASER)


def begun(worlds: Worlds, case: Case) -> tuple[World, str]:
    """The world of a case, when it has happened."""
    groups: Groups = {"web": case.declared}
    world = worlds.up(groups)
    (instance,) = world.cloud.instances
    case.happens(world.cloud, instance)
    return world, instance


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_destroy_with_just_the_generated_rights(worlds: Worlds, case: Case) -> None:
    groups: Groups = {"web": case.declared}
    world = worlds.up(groups)
    (instance,) = world.cloud.instances
    kept = {id_ for id_, disk in world.cloud.state("disks").items() if not disk["DeleteWithInstance"]}
    case.happens(world.cloud, instance)
    grant(world.cloud, generated(world))
    before = world.cloud.mark()
    result = destroyed(world)
    if case.reason:
        assert result.code != 0
        assert f"web-0 {instance} {case.reason}" in result.output
        assert list(world.cloud.instances) == [instance]
        return
    assert result.code == 0, result.output
    assert refused_calls(world.cloud, before) == []
    assert (world.cloud.instances, set(world.cloud.state("disks"))) == ({}, kept)
    assert {kind: len(world.cloud.state(kind)) for kind in case.kinds} == case.kinds


@pytest.mark.parametrize(
    ("right", "name", "words"),
    [
        ("ecs:DeleteInstances", "running", "without the right ecs:DeleteInstances"),
        ("ecs:DescribeInstances", "running", "no-permission-to-look"),
        ("ecs:DescribeDisks", "running", "DescribeDisks"),
        ("ecs:DescribeInstanceAttribute", "released by hand", "no-permission-to-look"),
        ("ecs:ModifyInstanceAttribute", "protected, to be lifted", "protection-cannot-be-lifted"),
        ("ecs:CreateImage", "an image first", "backup-failed"),
        ("ecs:StopInstances", "subscription, to be shut down and refunded", "ecs:StopInstances"),
        ("vpc:DeleteVpc", "running", "DeleteVpc"),
        ("ecs:DeleteSecurityGroup", "running", "DeleteSecurityGroup"),
    ],
)
def test_with_one_right_less_it_is_said_which_and_the_case_fails(
    worlds: Worlds, right: str, name: str, words: str
) -> None:
    world, _ = begun(worlds, NAMED[name])
    grant(world.cloud, without(generated(world), right))
    result = destroyed(world)
    assert result.code != 0
    assert words in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("less", [(), ("ecs:TagResources",)])
def test_what_a_destroy_had_to_leave_is_marked_where_it_has_the_right(
    worlds: Worlds, less: tuple[str, ...]
) -> None:
    world = broken_off(worlds, PROTECTED_THREE)
    grant(world.cloud, without(generated(world), *less))
    before = world.cloud.mark()
    result = destroyed(world)
    assert result.code != 0
    marked = [tags_of(facts).get("ecs-release:unrecorded") for facts in world.cloud.instances.values()]
    assert marked == ([None, None] if less else ["true", "true"])
    assert ("could not be marked" in result.output) == bool(less)
    assert refused_calls(world.cloud, before) == (["TagResources"] if less else [])


def test_doctor_says_which_right_is_missing(worlds: Worlds) -> None:
    world, _ = begun(worlds, NAMED["running"])
    grant(world.cloud, without(generated(world), "ecs:DeleteInstances"))
    rows = json.loads(world.ecs_release("doctor", "--json", **RELEASER).output)
    found = {row["check"]: row["result"] for row in rows}
    assert (found["right ecs:DescribeDisks"], found["right ecs:DeleteInstances"]) == ("ok", "WRONG")
