"""The terms of release through the real CLI, judged by the emulator's record and state."""

import json
from typing import Any

import pytest

from tests.e2e.conftest import Worlds
from tests.e2e.world import World, group

MONTHLY = {"type": "subscription", "period": 1, "unit": "month"}
ORDER = (
    "CreateSnapshot",
    "ConvertNatPublicIpToEip",
    "ModifyDiskAttribute",
    "ModifyInstanceAttribute",
    "RefundInstance",
    "ModifyInstanceChargeType",
    "DeleteInstances",
)


def with_terms(world: World, **release: Any) -> None:
    """Declares other terms and records them by an `up`."""
    world.groups["web"]["release"] = release
    assert world.up().code == 0


def changed(world: World, since: int) -> list[str]:
    """The changing calls about instances, in order, each action once."""
    return [action for action in dict.fromkeys(world.cloud.changing(since)) if action in ORDER]


def test_protection_is_lifted_where_it_was_declared(worlds: Worlds) -> None:
    world = worlds.up({"web": group(1, deletion_protection=True, release={"on_protected": "lift"})})
    before = world.cloud.mark()
    assert world.destroy().code == 0
    assert changed(world, before) == ["ModifyInstanceAttribute", "DeleteInstances"]
    assert world.cloud.instances == {}


def test_every_disk_that_dies_has_an_accomplished_snapshot_from_before(worlds: Worlds) -> None:
    world = worlds.up({"web": group(2)})
    with_terms(world, backup="snapshots")
    dying = {id_ for id_, disk in world.cloud.state("disks").items() if disk["DeleteWithInstance"]}
    before = world.cloud.mark()
    assert world.destroy().code == 0
    snapshots = world.cloud.state("snapshots").values()
    assert {one["SourceDiskId"] for one in snapshots} == dying
    assert {one["Status"] for one in snapshots} == {"accomplished"}
    assert changed(world, before) == ["CreateSnapshot", "DeleteInstances"]
    (receipt,) = (world.project / ".ecs-release" / "journal").glob("*.receipt.json")
    stays = {each["id"] for each in json.loads(receipt.read_text())["stays"]}
    assert {one["SnapshotId"] for one in snapshots} <= stays


def test_a_backup_that_fails_means_no_release(worlds: Worlds) -> None:
    world = worlds.up({"web": group(1)})
    with_terms(world, backup="snapshots")
    world.cloud.fault({"action": "CreateSnapshot"}, code="QuotaExceed.Snapshot", status=403)
    result = world.destroy()
    assert result.code != 0
    assert "backup-failed" in result.output
    assert len(world.cloud.instances) == 1


def test_a_fixed_address_that_is_to_be_kept_becomes_an_eip(worlds: Worlds) -> None:
    address = {"bandwidth_mbps": 5, "on_release": "keep"}
    world = worlds.up({"web": group(1, public_ip=address)})
    (facts,) = world.cloud.instances.values()
    before = world.cloud.mark()
    assert world.destroy().code == 0
    (eip,) = world.cloud.state("eips").values()
    assert [eip["IpAddress"]] == facts["PublicIpAddress"]["IpAddress"]
    assert changed(world, before) == ["ConvertNatPublicIpToEip", "DeleteInstances"]


@pytest.mark.parametrize(
    ("term", "calls"),
    [
        ("refund", ["RefundInstance", "DeleteInstances"]),
        ("convert", ["ModifyInstanceChargeType", "DeleteInstances"]),
    ],
)
def test_an_active_subscription_ends_as_declared(worlds: Worlds, term: str, calls: list[str]) -> None:
    declared = group(1, charge=MONTHLY, release={"on_active_subscription": term})
    world = worlds.up({"web": declared})
    before = world.cloud.mark()
    assert world.destroy().code == 0
    assert changed(world, before) == calls
    (release,) = world.cloud.requests(before, "DeleteInstances")
    terminates = release["parameters"].get("TerminateSubscription", "").lower() == "true"
    assert terminates is (term == "refund")
    assert world.cloud.instances == {}


def test_the_others_go_where_one_is_blocked_and_that_was_declared(worlds: Worlds) -> None:
    world = worlds.up({"web": group(2)})
    with_terms(world, on_blocked="release-others")
    blocked = world.cloud.members()["web-0"]
    world.cloud.call("ModifyInstanceAttribute", InstanceId=blocked, DeletionProtection="true")
    result = world.destroy()
    assert result.code != 0
    assert list(world.cloud.instances) == [blocked]
    world.cloud.call("ModifyInstanceAttribute", InstanceId=blocked, DeletionProtection="false")
    assert world.destroy().code == 0
    assert world.resources() == {}


def test_a_release_that_needs_approval_waits_for_the_digest_and_a_stale_one_is_told(worlds: Worlds) -> None:
    world = worlds.up({"web": group(1)})
    with_terms(world, approval="plan")
    before = world.cloud.mark()
    assert "needs-approval" in world.destroy().output
    digest = planned(world)["groups"][0]["digest"]
    (instance,) = world.cloud.instances
    disk = world.cloud.call("CreateDisk", ZoneId="cn-hangzhou-b", Size=40, DiskCategory="cloud_essd")[
        "DiskId"
    ]
    world.cloud.control("clock", {"advance": "PT5S"})
    world.cloud.call("AttachDisk", InstanceId=instance, DiskId=disk)
    world.cloud.control("clock", {"advance": "PT5S"})
    stale = world.pulumi("destroy", "--yes", "--skip-preview", environment={"ECS_RELEASE_APPROVE": digest})
    assert "approval-is-stale" in stale.output
    assert disk in stale.output
    assert world.cloud.released(before) == []
    digest = planned(world)["groups"][0]["digest"]
    approved = {"ECS_RELEASE_APPROVE": digest}
    assert world.pulumi("destroy", "--yes", "--skip-preview", environment=approved).code == 0
    assert world.cloud.released(before) == [{instance}]


def test_a_term_for_one_run_needs_the_digest_of_the_plan_that_it_leads_to(worlds: Worlds) -> None:
    world = worlds.up({"web": group(1, deletion_protection=True)})
    override = {"ECS_RELEASE_TERMS": "web.on_protected=lift"}
    command = ("destroy", "--yes", "--skip-preview")
    refused = world.pulumi(*command, environment=override)
    assert refused.code != 0
    assert len(world.cloud.instances) == 1
    digest = refused.output.split("ECS_RELEASE_APPROVE=")[1][:12]
    assert world.pulumi(*command, environment={**override, "ECS_RELEASE_APPROVE": digest}).code == 0
    assert world.cloud.instances == {}


def planned(world: World) -> dict[str, Any]:
    """The plan of another process, which is what a pipeline approves."""
    answer: dict[str, Any] = json.loads(world.ecs_release("plan", "--json").output)
    return answer
