"""The pack: what it makes of what components declare, its settings, and which rules look at what."""

import json
import runpy
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from pulumi_policy import EnforcementLevel, PolicyResourceOptions, ResourceValidationArgs
from pulumi_policy.deserialize import deserialize_properties
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError, unknown_checking_proxy

from components.group import InstanceGroup
from components.network import NetworkIds
from ecs_release.domain.facts import Charge, Cloud, DiskKind
from ecs_release.domain.guardrails import DeclaredInstance, Rule
from policy.declared import GROUP_TYPE, INSTANCE_TYPE, declared_group, declared_instance, stack_of
from policy.rules import GUARDRAILS, policies
from policy.settings import UnknownSetting, parse
from stacks.schema import Group

ROOT = Path(__file__).parents[3]
NOW = datetime(2030, 1, 1, tzinfo=UTC)
PLAIN: dict[str, Any] = {"count": 2, "instance_type": "ecs.g7.large", "image": "image-1"}
CLOUD = Cloud("cn-hangzhou", "HTTP", *["127.0.0.1:8443"] * 3)
COMPONENT = "urn:pulumi:{}::shop::ecs-release:index:Environment$ecs-release:index:InstanceGroup::web"
BY_RULE = {guardrail.rule: guardrail for guardrail in GUARDRAILS}
SCHEDULES: list[Any] = [
    None,
    {"at": "2030-12-31T18:00", "zone": "Asia/Shanghai"},
    {"after": "8h"},
    {"daily": "20:00", "zone": "Europe/Berlin", "days": ["mon", "fri"]},
]


def asked(
    kind: str,
    props: Mapping[str, Any],
    stack: str = "prod",
    parent: str | None = COMPONENT,
    config: Mapping[str, Any] | None = None,
) -> ResourceValidationArgs:
    """What the engine asks about one resource, its values wrapped as the SDK wraps them."""
    urn = f"urn:pulumi:{stack}::shop::{kind}::web-0"
    proxied = unknown_checking_proxy(deserialize_properties(json.loads(json.dumps(props))))
    options = PolicyResourceOptions(False, [], None, [], None, [], parent and parent.format(stack))  # type: ignore[arg-type]
    return ResourceValidationArgs(kind, proxied, urn, "web-0", options, None, config)


def sweep(declare: Any, **changes: Any) -> dict[str, Any]:
    """The inputs of the Sweep that our component declares for a group."""
    spec = Group.model_validate({**PLAIN, **changes})
    network = NetworkIds("vsw-1", ["sg-1"])
    declared = declare(lambda: InstanceGroup("web", spec, network=network, cloud=CLOUD, now=NOW))
    inputs: dict[str, Any] = declared.ours("Sweep", "web-sweep").inputs
    return {key: value for key, value in inputs.items() if value is not None}


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_group_is_read_as_its_component_declares_it(declare: Any, schedule: Any) -> None:
    declared = {
        "release": {"schedule": schedule, "approval": "plan", "max_instances": 2},
        "data_disks": [{"name": "data", "size_gib": 20}],
    }
    spec = Group.model_validate({**PLAIN, **declared})
    group = declared_group(asked(GROUP_TYPE, sweep(declare, **declared)))
    assert (group.group, group.members) == ("web", ("web-0", "web-1"))
    assert (group.terms.approval, group.terms.max_instances) == ("plan", 2)
    assert [(disk.name, disk.kind, disk.release_with_instance) for disk in group.disks] == [
        ("system", DiskKind.SYSTEM, True),
        ("data", DiskKind.DATA, False),
    ]
    assert (group.schedule, group.at_expiry) == (spec.release.timing, False)


def test_an_end_at_the_expiry_is_read(declare: Any) -> None:
    charge = {"type": "subscription", "period": 1, "unit": "month"}
    inputs = sweep(declare, charge=charge, release={"schedule": {"at_expiry": True}})
    assert declared_group(asked(GROUP_TYPE, inputs)).at_expiry


@pytest.mark.parametrize(
    ("props", "charge", "is_protected"),
    [
        ({}, Charge.PAY_AS_YOU_GO, False),
        ({"instanceChargeType": "PostPaid", "deletionProtection": True}, Charge.PAY_AS_YOU_GO, True),
        ({"spotStrategy": "NoSpot", "deletionProtection": False}, Charge.PAY_AS_YOU_GO, False),
        ({"spotStrategy": "SpotWithPriceLimit"}, Charge.SPOT, False),
        ({"instanceChargeType": "PrePaid"}, Charge.SUBSCRIPTION, False),
    ],
)
def test_an_instance_is_read_as_the_stock_provider_is_told(
    props: dict[str, Any], charge: Charge, is_protected: bool
) -> None:
    read = declared_instance(asked(INSTANCE_TYPE, props))
    assert read == DeclaredInstance("web-0", "web", charge, is_protected)


@pytest.mark.parametrize(
    ("parent", "group"),
    [
        (COMPONENT, "web"),
        ("urn:pulumi:{}::shop::ecs-release:index:InstanceGroup::db", "db"),
        ("urn:pulumi:{}::shop::ecs-release:index:InstanceGroup$my:index:Wrapper::db", ""),
        ("urn:pulumi:{}::shop::pulumi:pulumi:Stack::shop-prod", ""),
        (None, ""),
    ],
)
def test_the_group_is_the_component_right_above(parent: str | None, group: str) -> None:
    assert declared_instance(asked(INSTANCE_TYPE, {}, parent=parent)).group == group


def test_the_stack_is_the_urns() -> None:
    assert stack_of("urn:pulumi:eu-prod::shop::a:b:C::name") == "eu-prod"


def test_what_a_preview_does_not_know_is_no_fault_and_no_pass(declare: Any) -> None:
    inputs = {**sweep(declare), "terms": {"approval": UNKNOWN_STRING_VALUE}}
    with pytest.raises(UnknownValueError):
        declared_group(asked(GROUP_TYPE, inputs))


def violated(args: ResourceValidationArgs) -> set[str]:
    """The rules that find something in one resource."""
    found = set()
    for policy in policies(lambda: NOW):
        policy.validate(args, lambda _line, _urn, name=policy.name: found.add(name))  # type: ignore[attr-defined]
    return found


@pytest.mark.parametrize(
    ("stack", "rules"),
    [
        ("prod", {"production-approval", "production-disks", "production-schedule"}),
        ("production-2", {"production-approval", "production-disks", "production-schedule"}),
        ("dev", {"development-end"}),
        ("feature-test", {"development-end"}),
        ("test-prod", {"production-approval", "production-disks", "production-schedule"}),
        ("staging", set()),
    ],
)
def test_the_stacks_name_decides_which_rules_hold(declare: Any, stack: str, rules: set[str]) -> None:
    inputs = sweep(declare, release={"schedule": {"after": "31d"}})
    assert violated(asked(GROUP_TYPE, inputs, stack)) == rules


def test_each_rule_looks_at_its_kind_of_resource_only(declare: Any) -> None:
    inputs = sweep(declare, release={"on_protected": "lift"})
    assert violated(asked(GROUP_TYPE, inputs)) == {
        "production-protection",
        "production-approval",
        "production-disks",
    }
    assert violated(asked(INSTANCE_TYPE, {}, parent=None)) == {"production-protection", "instance-group"}
    assert violated(asked("alicloud:vpc/network:Network", inputs)) == set()


def test_every_rule_is_in_the_pack_and_only_reporting_is_advisory() -> None:
    levels = {Rule(policy.name): policy.enforcement_level for policy in policies(lambda: NOW)}
    assert set(levels) == set(Rule)
    assert {rule for rule, level in levels.items() if level is not EnforcementLevel.MANDATORY} == {Rule.GROUP}


def test_settings_are_the_defaults_but_for_what_is_configured() -> None:
    default = parse({}, BY_RULE[Rule.END].settings)
    assert default.max_lifetime == timedelta(days=30)
    assert default.hold_for("dev-1")
    assert not default.hold_for("prod")
    given = parse({"max_lifetime": "2d12h", "stacks": ["box*"]}, BY_RULE[Rule.END].settings)
    assert given.max_lifetime == timedelta(hours=60)
    assert (given.hold_for("box-1"), given.hold_for("dev-1")) == (True, False)
    assert parse({"max_instances": 3.0}, BY_RULE[Rule.SIZE].settings).max_instances == 3
    assert parse({"kinds": ["data"]}, BY_RULE[Rule.DISKS].settings).kinds == {DiskKind.DATA}
    assert parse({"allow_spot": True}, BY_RULE[Rule.PROTECTION].settings).allow_spot


def test_an_unknown_setting_is_named_with_those_that_there_are(declare: Any) -> None:
    with pytest.raises(UnknownSetting, match="unknown setting max_instance; known here: stacks, except_"):
        parse({"max_instance": 3}, BY_RULE[Rule.SIZE].settings)
    args = asked(GROUP_TYPE, sweep(declare), config={"max_instance": 3})
    assert "group-size" in violated(args)


@pytest.mark.parametrize("stack", ["local", "dev", "staging", "prod"])
def test_the_stacks_of_this_repository_keep_to_the_rules(declare: Any, stack: str) -> None:
    text = (ROOT / f"stacks/Pulumi.{stack}.yaml").read_text(encoding="utf-8")
    config = yaml.safe_load(text)["config"]
    levels = json.loads((ROOT / "stacks/policy.json").read_text(encoding="utf-8"))
    pulumi.runtime.set_all_config(
        {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    )
    declared = declare(lambda: runpy.run_path(str(ROOT / "__main__.py")), stack=stack)
    seen = [each for each in declared.all if each.type in (GROUP_TYPE, INSTANCE_TYPE)]
    for each in seen:
        for guardrail in GUARDRAILS:
            props = {key: value for key, value in each.inputs.items() if value is not None}
            args = asked(each.type, props, stack, each.request.parent, levels.get(guardrail.rule.value))
            assert list(guardrail.violations(args, NOW)) == []
    assert len(seen) > len(declared.of(GROUP_TYPE)) > 0
