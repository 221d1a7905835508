"""Alarms about what is done to a stack's instances, and `ecs-release audit`: whose doing it was."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.e2e.cloud import Cloud
from tests.e2e.conftest import Worlds
from tests.e2e.test_subscription import SUBSCRIPTION
from tests.e2e.world import World, group, until
from tests.emulator.listening import Listener, Received, listening

BY_HAND = {"AccessKeyId": "emulator-a-ops"}


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as heard:
        yield heard


@pytest.fixture
def world(worlds: Worlds, listener: Listener) -> World:
    """An empty stack that is to tell the listener, in a cloud with a second user."""
    world = worlds.empty()
    world.environment_fields = {"audit": {"alarm": f"{listener.url}/alarms"}}
    world.cloud.call("CreateUser", "Ram", UserName="ops")
    return world


def audit(world: World) -> tuple[int, list[dict[str, str]]]:
    """The exit code, and what was found, oldest first."""
    result = world.ecs_release("audit", "--json")
    return result.code, json.loads(result.output)["findings"]


def shown(findings: list[dict[str, str]]) -> list[tuple[str, str, str, str]]:
    return [(each["verdict"], each["call"], each["member"], each["who"]) for each in findings]


def told(received: Received) -> tuple[str, list[str]]:
    """The call and the instances that an alarm is about."""
    data = received.event["data"]
    named = data["referencedResources"].get("ACS::ECS::Instance", [])
    return data["eventName"], sorted(named) or [data["requestParameters"]["InstanceId"]]


def alarmed(
    listener: Listener, cloud: Cloud, action: str, product: str = "Ecs", **parameters: Any
) -> Received:
    """The alarm that one call by hand leads to, which has to come within a second of it."""
    before, began = len(listener.received), time.time()
    reply = cloud.call(action, product, **BY_HAND, **parameters)
    assert "Code" not in reply or reply.get("Success") is True, reply
    *_, alarm = listener.wait(before + 1)
    assert alarm.at - began < 1
    assert alarm.event["data"]["userIdentity"]["userName"] == "ops"
    return alarm


def another(cloud: Cloud) -> str:
    """An instance in the stack's network that is not the stack's."""
    beside, *_ = cloud.instances.values()
    guard, *_ = beside["SecurityGroupIds"]["SecurityGroupId"]
    wanted = {
        "InstanceType": "ecs.g7.large",
        "ImageId": beside["ImageId"],
        "VSwitchId": beside["VpcAttributes"]["VSwitchId"],
        "SecurityGroupId": guard,
    }
    (made,) = cloud.call("RunInstances", **wanted)["InstanceIdSets"]["InstanceIdSet"]
    return str(made)


def left(cloud: Cloud) -> set[str]:
    """What is left of an audit in the cloud."""
    return {kind for kind in ("event_rules", "event_buses", "trails") if cloud.control("state")[kind]}


def test_a_release_by_hand_is_told_at_once_and_is_the_only_one_that_was_not_ours(
    world: World, listener: Listener
) -> None:
    world.groups = {"web": group(3)}
    assert world.up().code == 0
    # Its dry run of a release is none, here and for an alarm.
    world.ecs_release("doctor")
    assert world.cloud.requests(0, "DeleteInstances") != []
    assert audit(world) == (11, [])
    members = world.cloud.members()
    by_hand = members["web-2"]
    # Of which nobody here wants to hear.
    stranger = {"InstanceId": another(world.cloud), "Force": "true"}
    until(lambda: "Code" not in world.cloud.call("DeleteInstance", **BY_HAND, **stranger))
    alarm = alarmed(listener, world.cloud, "DeleteInstance", InstanceId=by_hand, Force="true")
    assert told(alarm) == ("DeleteInstance", [by_hand])
    assert world.destroy().code == 0
    *_, last = listener.wait(2)
    assert told(last) == ("DeleteInstances", sorted((members["web-0"], members["web-1"])))
    *_, release = world.cloud.requests(0, "DeleteInstances")
    # The emulator's record tells whole seconds.
    assert 0 <= last.at - datetime.fromisoformat(release["time"]).timestamp() < 2
    code, findings = audit(world)
    assert code == 10
    assert shown(findings) == [
        ("not ours", "DeleteInstance", "web-2", "ops"),
        ("ours", "DeleteInstances", "web-0, web-1", "root"),
    ]
    assert findings[0]["from"] == "127.0.0.1"
    assert left(world.cloud) == set()


def ends(members: dict[str, str]) -> list[tuple[str, str, dict[str, Any]]]:
    """Every call that ends an instance, or decides when and whether it can end, in an order that works."""
    web, paid = {"InstanceId": members["web-0"]}, {"InstanceId": members["db-0"]}
    later = (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:00Z")
    refund = {**paid, "ProductCode": "ecs", "ProductType": "", "ImmediatelyRelease": "1"}
    return [
        ("ModifyInstanceAutoReleaseTime", "Ecs", {**web, "AutoReleaseTime": later}),
        ("ModifyInstanceAttribute", "Ecs", {**web, "DeletionProtection": "false"}),
        ("DeleteInstance", "Ecs", {**web, "Force": "true"}),
        ("RefundInstance", "BssOpenApi", refund),
    ]


def test_every_way_to_end_an_instance_is_told_and_accounted_for(world: World, listener: Listener) -> None:
    scheduled = group(1, release={"schedule": {"after": "8h"}}, deletion_protection=True)
    world.groups = {"web": scheduled, **SUBSCRIPTION}
    assert world.up().code == 0
    # The time that this `up` has set is its own doing.
    set_by_us = ("ours", "ModifyInstanceAutoReleaseTime", "web-0", "root")
    code, findings = audit(world)
    assert (code, shown(findings)) == (0, [set_by_us])
    members = world.cloud.members()
    assert [told(each) for each in listener.wait(1)] == [(set_by_us[1], [members["web-0"]])]
    calls = ends(members)
    for action, product, parameters in calls:
        alarm = alarmed(listener, world.cloud, action, product, **parameters)
        assert told(alarm) == (action, [parameters["InstanceId"]])
    assert len(listener.received) == 1 + len(calls)
    code, findings = audit(world)
    assert code == 10
    # Events tell whole seconds, and these came in one.
    by_hand = {
        ("not ours", action, "db-0" if product != "Ecs" else "web-0", "ops") for action, product, _ in calls
    }
    after_refund = ("the cloud's", "Release", "db-0", "ecs.aliyuncs.com")
    assert sorted(shown(findings)) == sorted([*by_hand, set_by_us, after_refund])


def test_an_up_that_cannot_set_up_its_alarms_leaves_nothing_that_a_destroy_does_not_end(
    world: World, listener: Listener
) -> None:
    world.groups = {"web": group(2)}
    world.cloud.fault({"action": "CreateRule"}, status=403, code="NoPermission", message="no right")
    refused = world.up()
    assert refused.code != 0
    assert "NoPermission" in refused.output
    assert len(world.cloud.instances) == 2
    assert world.destroy().code == 0
    assert world.cloud.instances == {}
    assert listener.received == []


def test_a_trail_is_there_until_the_last_instance_has_gone(world: World) -> None:
    world.groups = {"web": group(1)}
    world.environment_fields = {"audit": {"trail": {"oss_bucket": "calls"}}}
    assert world.up().code == 0
    (trail,) = world.cloud.state("trails").values()
    assert (trail["OssBucketName"], trail["Status"], trail["EventRW"]) == ("calls", "Enable", "Write")
    assert world.destroy().code == 0
    actions = [request["action"] for request in world.cloud.requests()]
    assert actions.index("StartLogging") < actions.index("RunInstances")
    assert actions.index("DeleteInstances") < actions.index("DeleteTrail")
    assert left(world.cloud) == set()


def test_the_rules_follow_the_members(world: World, listener: Listener) -> None:
    world.groups = {"web": group(2)}
    assert world.up().code == 0
    assert world.up("--expect-no-changes").code == 0
    assert world.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes").code == 0
    world.groups = {"web": group(1)}
    assert world.up().code == 0
    # What leaves is no longer watched when it is released, and what stays is.
    assert listener.received == []
    code, findings = audit(world)
    assert (code, shown(findings)) == (0, [("ours", "DeleteInstances", "web-1", "root")])
    (stays,) = world.cloud.instances
    alarm = alarmed(listener, world.cloud, "DeleteInstance", InstanceId=stays, Force="true")
    assert told(alarm) == ("DeleteInstance", [stays])
    world.groups = {"web": group(0)}
    assert world.up().code == 0
    assert left(world.cloud) == set()
