"""What the package declares for a program in another language, and what it refuses."""

from typing import Any

import pulumi
import pytest
from pulumi.errors import InputPropertiesError
from pulumi.output import Unknown
from pulumi.runtime.rpc import wrap_rpc_secret

from ecs_release.provider.session import SESSION
from tests.unit.components.conftest import INSTANCE
from tests.unit.components.package.conftest import GROUP, IDS, Construct

NETWORK = {"cidr": "10.8.0.0/16", "zone": "cn-hangzhou-b"}
UNKNOWN = Unknown()  # type: ignore[no-untyped-call]
KINDS = ("Sweep", "Teardown", "DiskRelease", "ReleaseSchedule")


def problems(raised: pytest.ExceptionInfo[InputPropertiesError]) -> dict[str, str]:
    """The reasons by the path of the input."""
    return {each["property_path"]: each["reason"] for each in raised.value.errors or []}


def test_an_environment_declares_all_and_its_own_process_serves_it(construct: Construct) -> None:
    declared = construct("Environment", {"network": NETWORK, "groups": {"web": GROUP}}, "shop")
    ours = [each.type for each in declared.all if each.type.startswith("ecs-release:index:")]
    kinds = [
        f"ecs-release:index:{kind}" for kind in (*KINDS, "Gate", "Environment", "InstanceGroup", "Network")
    ]
    assert sorted(ours) == sorted(kinds)
    assert not any("__provider" in each.inputs for each in declared.all)
    assert declared.one(INSTANCE, "web-0").inputs["deletionProtection"] is True


def test_a_group_waits_for_the_network_that_it_is_given(construct: Construct) -> None:
    ids: dict[str, Any] = {"vswitchId": pulumi.Output.from_input("vsw-7"), "securityGroupIds": ["sg-7"]}
    declared = construct("InstanceGroup", {**GROUP, **ids, "maxLifetime": "30d"})
    assert declared.one(INSTANCE, "web-0").inputs["vswitchId"] == "vsw-7"
    assert declared.one(INSTANCE, "web-0").inputs["securityGroups"] == ["sg-7"]
    assert declared.one("ecs-release:index:Sweep", "web-sweep").inputs["max_lifetime"] == "30d"


def test_a_network_is_made(construct: Construct) -> None:
    declared = construct("Network", NETWORK, "shop")
    assert [each.name for each in declared.of("alicloud:vpc/switch:Switch")] == ["shop-vswitch"]


def test_all_problems_are_told_at_once_by_the_names_that_the_program_uses(construct: Construct) -> None:
    wrong = {**GROUP, "dataDisks": [{"name": "system", "sizeGib": 9.0}], "release": {"onProtected": "maybe"}}
    with pytest.raises(InputPropertiesError) as raised:
        construct("Environment", {"network": {**NETWORK, "zone": "cn-x"}, "groups": {"web": wrong}})
    assert set(problems(raised)) == {
        "groups.web.dataDisks[0].name",
        "groups.web.dataDisks[0].sizeGib",
        "groups.web.release.onProtected",
    }


def test_a_group_is_told_of_its_own_inputs_and_of_the_stacks_config(construct: Construct) -> None:
    with pytest.raises(InputPropertiesError) as raised:
        construct("InstanceGroup", {**GROUP, **IDS, "count": -1.0}, config={"alicloud:accessKey": "x"})
    assert set(problems(raised)) == {"count", "alicloud:accessKey"}


def test_an_unknown_field_is_answered_with_the_known_ones(construct: Construct) -> None:
    with pytest.raises(InputPropertiesError) as raised:
        construct("InstanceGroup", {**GROUP, **IDS, "instances": 3.0})
    assert "instanceType" in problems(raised)["instances"]


@pytest.mark.parametrize("vague", [UNKNOWN, wrap_rpc_secret("x"), pulumi.Output.from_input("x")])
def test_what_decides_the_end_has_to_be_known_and_no_secret(construct: Construct, vague: Any) -> None:
    with pytest.raises(InputPropertiesError) as raised:
        construct("InstanceGroup", {**GROUP, **IDS, "tags": {"owner": vague}})
    assert "known when the program runs" in problems(raised)["tags"]


def test_an_explicit_stock_provider_is_refused(construct: Construct) -> None:
    stock = pulumi.ProviderResource.__new__(pulumi.ProviderResource)
    with pytest.raises(InputPropertiesError) as raised:
        construct("InstanceGroup", {**GROUP, **IDS}, providers={"alicloud": stock})
    assert "alicloud:region" in problems(raised)["providers"]


def test_a_component_that_does_not_exist_is_named(construct: Construct) -> None:
    with pytest.raises(ValueError, match="known: Environment, InstanceGroup, Network"):
        construct("Fleet", {})


def test_records_of_another_place_are_noticed(construct: Construct) -> None:
    construct("Network", NETWORK, "shop")
    assert SESSION._configured["region"] == "cn-hangzhou"
