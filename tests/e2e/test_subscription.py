"""A subscription ends when it has expired or was refunded and stopped, and never while it runs."""

from tests.e2e.cloud import Cloud
from tests.e2e.conftest import Worlds
from tests.e2e.world import World, group, until

CHARGE = {"type": "subscription", "period": 1, "unit": "month", "auto_renew": False}
SUBSCRIPTION = {"db": {key: value for key, value in group(1).items() if key != "deletion_protection"}}
SUBSCRIPTION["db"]["charge"] = CHARGE


def assert_terminated(world: World, mark: int, instance_id: str) -> None:
    """One accepted release with the switch that subscriptions need; only the kept disk is left."""
    (call,) = world.cloud.requests(mark, "DeleteInstances")
    assert call["status"] == 200
    assert call["parameters"]["TerminateSubscription"].lower() == "true"
    assert world.cloud.released(mark) == [{instance_id}]
    assert world.cloud.instances == {}
    assert [disk["DiskName"] for disk in world.cloud.state("disks").values()] == ["data"]
    assert world.resources() == {}


def refund(cloud: Cloud, instance_id: str) -> None:
    """What the owner orders in the console: money back, stopped, not yet released."""
    named = {"InstanceId": instance_id, "ProductCode": "ecs", "ProductType": ""}
    assert cloud.call("RefundInstance", "BssOpenApi", **named, ImmediatelyRelease="0")["Success"] is True
    until(lambda: cloud.instances[instance_id]["Status"] == "Stopped")


def test_an_active_subscription_is_refused_with_its_expiry_and_the_ways_out(worlds: Worlds) -> None:
    world = worlds.up(SUBSCRIPTION)
    (instance_id,) = world.cloud.instances
    expires = world.cloud.instances[instance_id]["ExpiredTime"]
    mark, recorded = world.cloud.mark(), set(world.resources())
    result = world.destroy()
    assert result.code != 0
    assert f"db-0 {instance_id} active-subscription" in result.output
    assert expires in result.output
    for way in ("expiry", "on_active_subscription: refund or convert"):
        assert way in result.output
    assert world.cloud.changing(mark) == []
    assert set(world.resources()) == recorded


def test_an_expired_subscription_is_terminated(worlds: Worlds) -> None:
    world = worlds.up(SUBSCRIPTION)
    (instance_id,) = world.cloud.instances
    world.cloud.control("clock", {"advance": "P40D"})
    mark = world.cloud.mark()
    assert world.destroy().code == 0
    assert_terminated(world, mark, instance_id)


def test_a_refunded_and_stopped_subscription_is_terminated(worlds: Worlds) -> None:
    world = worlds.up(SUBSCRIPTION)
    (instance_id,) = world.cloud.instances
    refund(world.cloud, instance_id)
    mark = world.cloud.mark()
    assert world.destroy().code == 0
    assert_terminated(world, mark, instance_id)


def test_a_subscription_that_is_to_end_at_its_expiry_is_not_renewed_and_then_released(worlds: Worlds) -> None:
    ends = group(1, charge={"type": "subscription", "period": 1}, release={"schedule": {"at_expiry": True}})
    world = worlds.up({"web": ends})
    (instance_id,) = world.cloud.instances
    assert renewal(world.cloud, instance_id) == "NotRenewal"
    named = {"InstanceId": instance_id, "RenewalStatus": "AutoRenewal", "Duration": "1"}
    world.cloud.call("ModifyInstanceAutoRenewAttribute", **named)
    assert "renewal switched on by hand" in world.pulumi("refresh", "--yes").output
    assert world.up().code == 0
    assert renewal(world.cloud, instance_id) == "NotRenewal"
    world.cloud.control("events", {"expire": instance_id})
    assert world.destroy().code == 0
    assert world.cloud.instances == {}


def renewal(cloud: Cloud, instance_id: str) -> str:
    reply = cloud.call("DescribeInstanceAutoRenewAttribute", InstanceId=instance_id)
    (row,) = reply["InstanceRenewAttributes"]["InstanceRenewAttribute"]
    return str(row["RenewalStatus"])
