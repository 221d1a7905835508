"""DeleteInstances: all or none, a shallow dry run, and tokens."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.cloud import Cloud

UNKNOWN = "i-00000000000000000000"


def ids(*instances: str) -> dict[str, Any]:
    return {f"InstanceId.{index}": instance for index, instance in enumerate(instances, 1)}


def test_many_go_in_one_call(cloud: Cloud) -> None:
    rows = cloud.good("RunInstances", cloud.order(Amount=100))["InstanceIdSets"]["InstanceIdSet"]
    cloud.advance("PT2S")
    assert set(cloud.good("DeleteInstances", {**ids(*rows), "Force": True})) == {"RequestId"}
    assert cloud.good("DescribeInstances")["TotalCount"] == 100
    cloud.advance("PT2S")
    assert cloud.good("DescribeInstances")["TotalCount"] == 0


@pytest.mark.parametrize(
    ("reason", "obstacle", "outcome"),
    [
        ("one is protected", {"DeletionProtection": True}, "403 InvalidOperation.DeletionProtection"),
        ("one is a subscription", {"InstanceChargeType": "PrePaid", "Period": 1}, "403 ChargeTypeViolation"),
        ("one is running", {}, "403 IncorrectInstanceStatus"),
    ],
)
def test_one_refusal_keeps_all(cloud: Cloud, reason: str, obstacle: dict[str, Any], outcome: str) -> None:
    free, other = cloud.stopped(), cloud.run(obstacle)
    assert cloud.call("DeleteInstances", ids(free, other)).outcome == outcome
    cloud.advance("PT1M")
    assert len(cloud.instances()) == 2


def test_an_unknown_id_keeps_all(cloud: Cloud) -> None:
    free = cloud.stopped()
    assert cloud.call("DeleteInstances", ids(free, UNKNOWN)).outcome == "404 InvalidInstanceIds.NotFound"
    cloud.advance("PT1M")
    assert len(cloud.instances()) == 1


@pytest.mark.parametrize(
    ("reason", "order", "outcome"),
    [
        ("no id", {}, "400 MissingParameter"),
        ("not ids", ids("web-0"), "403 InvalidInstanceIds.ValueNotSupported"),
        ("101 ids", ids(*[UNKNOWN] * 101), "403 InvalidParameter.TooManyInstanceIds"),
        ("a list in one string is another call's form", {"InstanceIds": "[]"}, "400 MissingParameter"),
        ("a dry run looks at no resource", {**ids(UNKNOWN), "DryRun": True}, "400 DRYRUN.SUCCESS"),
        ("a boolean that is none", {**ids(UNKNOWN), "Force": "yes"}, "400 InvalidParameter"),
        ("a token that is too long", {**ids(UNKNOWN), "ClientToken": "x" * 65}, "400 InvalidParameter"),
    ],
)
def test_delete_instances_refuses(cloud: Cloud, reason: str, order: dict[str, Any], outcome: str) -> None:
    assert cloud.call("DeleteInstances", order).outcome == outcome


def test_instances_of_another_region_are_refused(cloud: Cloud) -> None:
    instance = cloud.stopped()
    abroad = {**ids(instance), "RegionId": "cn-beijing"}
    assert cloud.call("DeleteInstances", abroad).outcome == "400 InvalidParameter.CrossRegionNotSupport"


def test_another_account_sees_nothing(cloud: Cloud) -> None:
    instance = cloud.stopped()
    other = Cloud(cloud.url, "emulator-b")
    assert other.instances() == []
    assert other.call("DeleteInstances", ids(instance)).outcome == "404 InvalidInstanceIds.NotFound"
    assert other.call("DeleteInstance", {"InstanceId": instance}).outcome == "404 InvalidInstanceId.NotFound"


def test_a_token_replays_the_first_answer(cloud: Cloud) -> None:
    order = {**ids(cloud.stopped()), "ClientToken": "once"}
    cloud.good("DeleteInstances", order)
    cloud.advance("PT1M")
    assert cloud.call("DeleteInstances", order).status == 200
    changed = cloud.call("DeleteInstances", {**order, "Force": True})
    assert changed.outcome == "400 IdempotentParameterMismatch"
    cloud.advance("P1D")
    assert cloud.call("DeleteInstances", order).outcome == "404 InvalidInstanceIds.NotFound"


def test_a_promise_can_be_broken(cloud: Cloud) -> None:
    kept, gone = cloud.stopped(), cloud.stopped()
    cloud.event(linger=kept)
    cloud.good("DeleteInstances", ids(kept, gone))
    cloud.advance("PT1M")
    assert [row["InstanceId"] for row in cloud.instances()] == [kept]
    cloud.good("DeleteInstances", ids(kept))
    cloud.advance("PT1M")
    assert cloud.instances() == []
