"""What an environment and its network register, and what Gate is told."""

from datetime import UTC, datetime
from typing import Any

import pytest

from components.environment import Environment
from components.network import Network
from ecs_release.domain.facts import Cloud
from stacks import schema

OURS = "pulumi-python:dynamic/ecs-release:"
MADE = schema.MadeNetwork(cidr="10.8.0.0/16", zone="cn-hangzhou-b")
MARKED = {"description": "ecs-release ecs-release/local"}
EXISTING = schema.ExistingNetwork(vswitch="vsw-9", security_groups=("sg-8", "sg-9"))


def environment_of(groups: dict[str, schema.Group], cloud: Cloud, network: Any = MADE) -> Any:
    """A program of one environment."""
    spec = schema.Environment(network=network, tags={"cost-center": "42"}, groups=groups)
    return lambda: Environment("local", spec, cloud=cloud)


def test_gate_is_told_what_each_teardown_is_told(declare: Any, web: schema.Group, cloud: Cloud) -> None:
    declared = declare(environment_of({"web": web, "db": web}, cloud))
    told = declared.ours("Gate", "local-gate").inputs["groups"]
    assert set(told) == {"web", "db"}
    for group in told:
        teardown = dict(declared.ours("Teardown", f"{group}-teardown").inputs)
        teardown.pop("__provider")
        assert told[group] == teardown


def test_gate_waits_for_everything_of_every_group(declare: Any, web: schema.Group, cloud: Cloud) -> None:
    declared = declare(environment_of({"web": web, "db": web}, cloud))
    waited = declared.ours("Gate", "local-gate").dependencies
    for group in ("web", "db"):
        ours = {f"{group}-{part}" for part in ("sweep", "teardown", "disk-release", "release-schedule")}
        assert ours | {f"{group}-0", f"{group}-1"} <= waited


def test_gate_stands_in_an_environment_without_groups(declare: Any, cloud: Cloud) -> None:
    assert declare(environment_of({}, cloud)).ours("Gate", "local-gate").inputs["groups"] == {}


def test_children_have_the_environment_as_their_parent(declare: Any, web: schema.Group, cloud: Cloud) -> None:
    declared = declare(environment_of({"web": web}, cloud))
    parent = "ecs-release:index:Environment local"
    assert declared.one("ecs-release:index:InstanceGroup", "web").parent == parent
    assert declared.one("ecs-release:index:Network", "local").parent == parent
    assert declared.ours("Gate", "local-gate").parent == parent


def test_tags_and_clock_reach_the_groups(declare: Any, web: schema.Group, cloud: Cloud) -> None:
    spec = schema.Environment(network=MADE, tags={"cost-center": "42"}, groups={"web": web})
    now = datetime(2030, 1, 1, tzinfo=UTC)
    declared = declare(lambda: Environment("local", spec, cloud=cloud, now=now))
    assert declared.one("alicloud:ecs/instance:Instance", "web-0").inputs["tags"]["cost-center"] == "42"
    assert declared.ours("Sweep", "web-sweep").inputs["now"] == "2030-01-01T00:00Z"


def test_a_made_network_comes_before_sweep_and_carries_the_instances(
    declare: Any, web: schema.Group, cloud: Cloud
) -> None:
    declared = declare(environment_of({"web": web}, cloud))
    assert declared.ours("Sweep", "web-sweep").dependencies == {"local-vswitch", "local-security-group"}
    instance = declared.one("alicloud:ecs/instance:Instance", "web-0").inputs
    assert (instance["vswitchId"], instance["securityGroups"]) == (
        "id-local-vswitch",
        ["id-local-security-group"],
    )


@pytest.mark.parametrize(
    ("kind", "name", "inputs"),
    [
        (
            "vpc/network:Network",
            "local-vpc",
            {"vpcName": "local-local-vpc", "cidrBlock": "10.8.0.0/16", **MARKED},
        ),
        (
            "vpc/switch:Switch",
            "local-vswitch",
            {
                "vswitchName": "local-local-vswitch",
                "vpcId": "id-local-vpc",
                "cidrBlock": "10.8.0.0/16",
                "zoneId": "cn-hangzhou-b",
                **MARKED,
            },
        ),
        (
            "ecs/securityGroup:SecurityGroup",
            "local-security-group",
            {"securityGroupName": "local-local-security-group", "vpcId": "id-local-vpc", **MARKED},
        ),
    ],
)
def test_a_made_network_is_three_resources(
    declare: Any, kind: str, name: str, inputs: dict[str, Any]
) -> None:
    registered = declare(lambda: Network("local", MADE)).one(f"alicloud:{kind}", name)
    assert registered.inputs == inputs
    assert registered.parent == "ecs-release:index:Network local"


def test_an_existing_network_registers_nothing_of_its_own(
    declare: Any, web: schema.Group, cloud: Cloud
) -> None:
    declared = declare(environment_of({"web": web}, cloud, EXISTING))
    assert not [found for found in declared.all if found.type.startswith("alicloud:vpc")]
    assert declared.ours("Sweep", "web-sweep").dependencies == set()
    instance = declared.one("alicloud:ecs/instance:Instance", "web-0").inputs
    assert (instance["vswitchId"], instance["securityGroups"]) == ("vsw-9", ["sg-8", "sg-9"])
