"""What a ReleaseAudit registers, when, and which events its rules want."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from emulator.events.pattern import pattern as emulated

from components import naming
from components.audit import ReleaseAudit
from components.environment import Environment
from ecs_release.domain.facts import Cloud
from stacks import schema
from tests.unit.components.conftest import Declare, Declared

ALARM = "https://ops.example/alarms"
RULE, TRAIL = "alicloud:eventbridge/rule:Rule", "alicloud:actiontrail/trail:Trail"
AUDIT = "ecs-release:index:ReleaseAudit"
IDS = {"web-0": "i-1", "web-1": "i-2"}
NETWORK = schema.MadeNetwork(cidr="10.8.0.0/16", zone="cn-hangzhou-b")


def event(name: str, **data: Any) -> dict[str, Any]:
    return {"type": "ecs:ActionTrail:ApiCall", "data": {"eventName": name, **data}}


def of_ecs(name: str, *ids: str, **data: Any) -> dict[str, Any]:
    return event(name, referencedResources={"ACS::ECS::Instance": list(ids)}, **data)


def refund(id_: str) -> dict[str, Any]:
    return event("RefundInstance", requestParameters={"InstanceId": id_, "ProductCode": "ecs"})


@pytest.fixture
def audited(declare: Declare) -> Declared:
    return declare(lambda: ReleaseAudit("web-audit", alarm=ALARM, instance_ids=IDS))


@pytest.fixture
def wanted(audited: Declared) -> Callable[[dict[str, Any]], list[str]]:
    """The rules that an event meets."""
    rules = {rule.name: emulated(json.loads(rule.inputs["filterPattern"])) for rule in audited.of(RULE)}
    return lambda given: [name for name, rule in rules.items() if rule.matches(given)]


@pytest.mark.parametrize(
    "name", ["DeleteInstance", "DeleteInstances", "ModifyInstanceAttribute", "ModifyInstanceAutoReleaseTime"]
)
def test_a_call_that_ends_one_of_ours_is_told_once(wanted: Any, name: str) -> None:
    assert wanted(of_ecs(name, "i-1")) == ["web-audit-releases"]
    assert wanted(of_ecs(name, "i-9", "i-2")) == ["web-audit-releases"]
    assert wanted(of_ecs(name, "i-9")) == []
    assert wanted({**of_ecs(name, "i-1"), "type": "actiontrail:ActionTrail:ConsoleOperation"}) != []


def test_a_refund_is_told_once(wanted: Any) -> None:
    assert wanted(refund("i-2")) == ["web-audit-refunds"]
    assert wanted(refund("i-9")) == []


@pytest.mark.parametrize("name", ["StopInstance", "RebootInstance", "RunInstances", "DescribeInstances"])
def test_nothing_else_is_told(wanted: Any, name: str) -> None:
    assert wanted(of_ecs(name, "i-1")) == []


def test_a_refused_try_is_told_and_a_dry_run_is_not(wanted: Any) -> None:
    refused = "InvalidOperation.DeletionProtection"
    assert wanted(of_ecs("DeleteInstance", "i-1", errorCode=refused)) == ["web-audit-releases"]
    assert wanted(of_ecs("DeleteInstance", "i-1", errorCode="")) == ["web-audit-releases"]
    assert wanted(of_ecs("DeleteInstances", "i-1", errorCode="DryRunOperation")) == []


def test_a_rule_sends_whole_events_to_the_address(audited: Declared) -> None:
    for rule in audited.of(RULE):
        (target,) = rule.inputs["targets"]
        assert (target["type"], target["endpoint"]) == ("https", ALARM)
        assert target["pushRetryStrategy"] == "EXPONENTIAL_DECAY_RETRY"
        given = {each["resourceKey"]: (each["form"], each.get("value")) for each in target["paramLists"]}
        assert given == {
            "Body": ("ORIGINAL", None),
            "URL": ("CONSTANT", ALARM),
            "Network": ("CONSTANT", "PublicNetwork"),
        }
        assert rule.inputs["eventBusName"] == "default"
        assert rule.parent == f"{AUDIT} web-audit"


def test_without_instances_or_address_there_is_no_rule(declare: Declare) -> None:
    assert declare(lambda: ReleaseAudit("a", alarm=ALARM, instance_ids={})).of(RULE) == []
    assert declare(lambda: ReleaseAudit("a", instance_ids=IDS)).of(RULE) == []


@pytest.mark.parametrize(
    ("spec", "place"),
    [
        ({"oss_bucket": "calls"}, {"ossBucketName": "calls"}),
        (
            {"sls_project": "acs:log:cn-hangzhou:1:project/a"},
            {"slsProjectArn": "acs:log:cn-hangzhou:1:project/a"},
        ),
    ],
)
def test_a_trail_records_what_changes_something(
    declare: Declare, spec: dict[str, str], place: dict[str, str]
) -> None:
    declared = declare(lambda: ReleaseAudit("audit", trail=schema.Trail.model_validate(spec)))
    made = declared.one(TRAIL, "audit-trail").inputs
    assert made == {
        "trailName": "release-ecs-release-local-audit",
        "eventRw": "Write",
        "status": "Enable",
        **place,
    }


def environment(cloud: Cloud, web: schema.Group, audit: schema.Audit | None, **more: Any) -> Any:
    spec = schema.Environment(network=NETWORK, groups={"web": web}, audit=audit)
    return lambda: Environment("environment", spec, cloud=cloud, **more)


BOTH = schema.Audit(alarm=ALARM, trail=schema.Trail(oss_bucket="calls"))


def test_a_trail_is_there_before_the_first_instance_and_after_the_last(
    declare: Declare, cloud: Cloud, web: schema.Group
) -> None:
    declared = declare(environment(cloud, web, BOTH))
    assert "environment-audit-trail" in declared.ours("Sweep", "web-sweep").dependencies
    assert declared.one(TRAIL, "environment-audit-trail").dependencies == set()


def test_rules_come_after_the_instances_and_outlive_what_releases_them(
    declare: Declare, cloud: Cloud, web: schema.Group
) -> None:
    declared = declare(environment(cloud, web, BOTH))
    rules = {"web-audit-releases", "web-audit-refunds"}
    assert {rule.name for rule in declared.of(RULE)} == rules
    for rule in rules:
        assert {"web-0", "web-1"} <= declared.one(RULE, rule).dependencies
        assert '"id-web-0","id-web-1"' in declared.one(RULE, rule).inputs["filterPattern"]
    assert rules <= declared.ours("Teardown", "web-teardown").dependencies
    assert rules <= declared.ours("Gate", "environment-gate").dependencies
    assert not rules & declared.ours("Sweep", "web-sweep").dependencies


def test_a_preview_knows_no_ids_yet(declare: Declare, cloud: Cloud, web: schema.Group) -> None:
    declared = declare(environment(cloud, web, BOTH), preview=True)
    assert len(declared.of(RULE)) == 2


def test_no_audit_changes_nothing(declare: Declare, cloud: Cloud, web: schema.Group) -> None:
    declared = declare(environment(cloud, web, None))
    assert [each for kind in (AUDIT, RULE, TRAIL) for each in declared.of(kind)] == []


def test_a_group_that_has_gone_by_its_schedule_has_no_rule(
    declare: Declare, cloud: Cloud, web: schema.Group
) -> None:
    timed = web.model_copy(
        update={"release": schema.Release.model_validate({"schedule": {"at": "2030-01-01T00:00Z"}})}
    )
    now = datetime(2030, 1, 2, tzinfo=UTC)
    assert declare(environment(cloud, timed, BOTH, now=now)).of(RULE) == []


@pytest.mark.parametrize(
    ("stack", "rule", "trail"),
    [
        ("prod", "ecs-release-prod-web", "release-ecs-release-prod-web"),
        ("a.b", "ecs-release-a-b-web-f42b54b9", "release-ecs-release-a-b-web-a95ed6c1"),
        ("a_b", "ecs-release-a-b-web-006886d9", "release-ecs-release-a_b-web"),
        ("Dev", "ecs-release-Dev-web", "release-ecs-release--ev-web-74f7681f"),
    ],
)
def test_names_are_the_apis_and_tell_stacks_apart(
    declare: Declare, stack: str, rule: str, trail: str
) -> None:
    names: list[str] = []
    declare(lambda: names.extend((naming.rule_name("web"), naming.trail_name("web"))), stack=stack)
    assert names == [rule, trail]


def test_a_long_name_is_cut_and_still_its_own(declare: Declare) -> None:
    names: list[str] = []
    for last in "ab":
        stack = "s" * 120 + last
        declare(lambda: names.extend((naming.rule_name("web"), naming.trail_name("web"))), stack=stack)
    assert [len(name) for name in names] == [127, 36, 127, 36]
    assert len(set(names)) == 4
