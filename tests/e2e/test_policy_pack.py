"""The policy pack by the real CLI: what it rejects never reaches the cloud, what is good passes."""

import json
from typing import Any

import pytest

from tests.e2e.cloud import ROOT
from tests.e2e.conftest import Worlds
from tests.e2e.world import Result, World, group

PACK = ("--policy-pack", str(ROOT / "policy"))
GOOD_RELEASE = {"approval": "plan", "backup": "snapshots"}
KEPT = {"release_with_instance": False}
BOX: dict[str, Any] = {"deletion_protection": False, "release": {"schedule": {"after": "8h"}}}


def production(release: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A group that every rule for production lets pass, but for what is changed."""
    return group(1, deletion_protection=True, **changes, release={**GOOD_RELEASE, **(release or {})})


def faultless(stack: str) -> dict[str, Any]:
    """A group that no rule for this stack forbids."""
    return group(1, **BOX) if stack.startswith(("dev", "test")) else production()


def of_stack(worlds: Worlds, stack: str, **groups: dict[str, Any]) -> World:
    """A stack of this name that declares these groups, of which nothing exists."""
    world = worlds.empty()
    world.stack, world.groups = stack, groups
    assert world.pulumi("stack", "init", stack).code == 0
    return world


def configured(world: World, config: dict[str, Any]) -> tuple[str, ...]:
    """The pack with levels and limits of its own."""
    file = world.folder / "policy.json"
    file.write_text(json.dumps(config))
    return (*PACK, "--policy-pack-config", str(file))


def reported(result: Result) -> set[tuple[str, str]]:
    """Level and name of each rule that was violated."""
    lines = [line.split() for line in result.output.splitlines() if line.lstrip().startswith("- [")]
    return {(words[1].strip("[]"), words[2]) for words in lines}


FORBIDDEN: list[tuple[str, str, dict[str, Any], str]] = [
    (
        "production-protection",
        "prod",
        production() | {"deletion_protection": False},
        "web: web-0: deletion_protection: false: whoever may release can end it; declare deletion_protection",
    ),
    (
        "production-protection",
        "eu-production",
        production({"on_protected": "lift"}),
        "web: on_protected: lift: a release takes its protection off by itself; declare on_protected: refuse",
    ),
    (
        "production-approval",
        "prod",
        production({"approval": "none"}),
        "web: approval: none: it can be released without anybody having seen the plan; declare approval",
    ),
    (
        "production-schedule",
        "production",
        production({"schedule": {"after": "8h"}, "backup": "none"}, system_disk=KEPT),
        "web: schedule 8h after its creation: the cloud releases it by itself then, protected or not, and"
        " asks nobody; remove the schedule",
    ),
    (
        "production-disks",
        "prod",
        production({"backup": "none"}),
        "web: disks system with release_with_instance: true and backup: none: their data are lost with the"
        " instance; declare backup: snapshots or image",
    ),
    (
        "development-end",
        "dev-7",
        group(1),
        "web: no schedule: it bills until somebody remembers to end it; declare a schedule",
    ),
    (
        "development-end",
        "test",
        group(1, release={"schedule": {"after": "31d"}}),
        "web: schedule 31d after its creation: it ends later than the 30d that are allowed; declare an",
    ),
    (
        "group-size",
        "staging",
        group(101),
        "web: count: 101: at most 100 instances are allowed in a group; lower count",
    ),
]


@pytest.mark.parametrize(
    ("rule", "stack", "declared", "said"),
    FORBIDDEN,
    ids=[f"{rule} in {stack}" for rule, stack, *_ in FORBIDDEN],
)
def test_what_a_rule_forbids_is_rejected_by_the_preview(
    worlds: Worlds, rule: str, stack: str, declared: dict[str, Any], said: str
) -> None:
    world = of_stack(worlds, stack, web=declared, other=faultless(stack))
    result = world.preview(*PACK)
    assert result.code != 0
    assert reported(result) == {("mandatory", rule)}
    assert said in result.output
    assert world.cloud.changing() == []


def test_an_up_without_preview_is_stopped_before_the_first_instance(worlds: Worlds) -> None:
    world = of_stack(worlds, "prod", web=production({"approval": "none"}), other=production())
    result = world.up(*PACK)
    assert result.code != 0
    assert ("mandatory", "production-approval") in reported(result)
    assert "RunInstances" not in world.cloud.changing()
    assert world.cloud.instances == {}


def test_production_that_keeps_the_rules_is_made_and_later_examined_where_it_stands(worlds: Worlds) -> None:
    world = of_stack(worlds, "prod", web=production())
    made = world.pulumi("up", "--yes", *PACK)
    assert (made.code, reported(made)) == (0, set())
    assert len(world.cloud.instances) == 1
    before = world.cloud.mark()
    assert world.pulumi("policy", "analyze", *PACK).code == 0
    wrong = configured(world, {"development-end": {"stacks": ["prod"], "except_stacks": []}})
    examined = world.pulumi("policy", "analyze", *wrong)
    assert examined.code != 0
    assert "web: no schedule" in examined.output
    assert world.cloud.requests(before) == []


def test_a_level_of_advisory_reports_and_one_of_disabled_does_not(worlds: Worlds) -> None:
    world = of_stack(worlds, "prod", web=production({"approval": "none", "backup": "none"}))
    levels = {"production-approval": "advisory", "production-disks": "disabled", "no-such-rule": "mandatory"}
    result = world.preview(*configured(world, levels))
    assert (result.code, reported(result)) == (0, {("advisory", "production-approval")})
    assert "web: approval: none" in result.output


def test_limits_and_names_of_stacks_are_configured(worlds: Worlds) -> None:
    world = of_stack(worlds, "live", web=production({"approval": "none"}), box=group(2, **BOX))
    named = {"production-approval": {"stacks": ["live"]}, "group-size": {"max_instances": 1}}
    limit = {"development-end": {"stacks": ["live"], "max_lifetime": "7h"}}
    result = world.preview(*configured(world, {**named, **limit}))
    assert result.code != 0
    said = ("web: approval: none", "box: approval: none", "box: count: 2: at most 1", "than the 7h that are")
    assert [line for line in said if line not in result.output] == []
    assert world.cloud.changing() == []


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"group-size": {"max_instances": "many"}}, "group-size: max_instances: Invalid type"),
        ({"group-size": {"max_instance": 5}}, "group-size: unknown setting max_instance; known here: stacks"),
        ({"group-size": "strict"}, '"strict" is not a valid enforcement level'),
    ],
)
def test_a_wrong_configuration_is_refused(worlds: Worlds, config: dict[str, Any], said: str) -> None:
    world = of_stack(worlds, "staging", web=group(1))
    result = world.preview(*configured(world, config))
    assert result.code != 0
    assert said in result.output
    assert "Traceback" not in result.output


LONE = """
import pulumi
import pulumi_alicloud as alicloud

network = alicloud.vpc.Network("net", cidr_block="10.8.0.0/16")
vswitch = alicloud.vpc.Switch("vsw", vpc_id=network.id, cidr_block="10.8.0.0/20", zone_id="cn-hangzhou-b")
security = alicloud.ecs.SecurityGroup("sg", vpc_id=network.id)
alicloud.ecs.Instance(
    "lone",
    instance_type="ecs.g7.large",
    image_id="ubuntu_24_04_x64_20G_alibase_20260101.vhd",
    security_groups=[security.id],
    vswitch_id=vswitch.id,
)
"""


def test_an_instance_outside_a_group_is_reported_and_rejected_where_that_is_wanted(worlds: Worlds) -> None:
    world = of_stack(worlds, "staging", web=group(1))
    world.write_program(LONE)
    result = world.preview(*PACK)
    assert (result.code, reported(result)) == (0, {("advisory", "instance-group")})
    assert "lone: declared outside an InstanceGroup: " in result.output
    assert "declare it as a member of a group" in result.output
    strict = world.preview(*configured(world, {"all": "mandatory"}))
    assert (strict.code != 0, reported(strict)) == (True, {("mandatory", "instance-group")})
    assert world.cloud.changing() == []


def test_in_production_one_outside_a_group_is_held_to_protection_too(worlds: Worlds) -> None:
    world = of_stack(worlds, "prod", web=group(1))
    world.write_program(LONE)
    result = world.preview(*PACK)
    assert result.code != 0
    assert reported(result) == {("advisory", "instance-group"), ("mandatory", "production-protection")}
    assert "lone: deletion_protection: false: whoever may release can end it" in result.output
