"""The package's schema: every field of the models, under the names and with the types of other languages."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.package.names import camel, models, ours, spoken
from components.package.schema import VERSION, package_schema

ROOT = Path(__file__).parents[4]
SCHEMA = package_schema()
TYPES, RESOURCES = SCHEMA["types"], SCHEMA["resources"]


def references(node: Any) -> Iterator[str]:
    """Every type that a part of the schema refers to."""
    if isinstance(node, dict):
        yield from ([node["$ref"]] if "$ref" in node else [])
        for part in node.values():
            yield from references(part)
    elif isinstance(node, list):
        for part in node:
            yield from references(part)


def plain_properties() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property that a program declares, with its name."""
    for held in TYPES.values():
        yield from held.get("properties", {}).items()
    for resource in RESOURCES.values():
        yield from resource["inputProperties"].items()


def test_the_version_is_the_projects() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION


@pytest.mark.parametrize("name", sorted(models()["$defs"]))
def test_every_field_of_every_part_is_there(name: str) -> None:
    part, held = models()["$defs"][name], TYPES[f"ecs-release:index:{name}"]
    assert set(held.get("properties", {})) == {camel(field) for field in part.get("properties", {})}
    assert [each["value"] for each in held.get("enum", [])] == part.get("enum", [])
    assert set(held.get("required", [])) >= {camel(field) for field in part.get("required", ())}


def test_the_components_take_what_the_models_take() -> None:
    inputs = {token.rpartition(":")[2]: set(each["inputProperties"]) for token, each in RESOURCES.items()}
    group = {camel(field) for field in models()["$defs"]["Group"]["properties"]}
    assert inputs["Environment"] == {camel(field) for field in models()["properties"]}
    assert inputs["InstanceGroup"] == group | {"maxLifetime", "vswitchId", "securityGroupIds"}
    assert inputs["Network"] == {"cidr", "zone"}


def test_every_type_that_is_referred_to_exists() -> None:
    assert {reference.removeprefix("#/types/") for reference in references(SCHEMA)} <= set(TYPES)


def test_only_the_ids_of_a_network_may_be_known_later() -> None:
    later = {name for name, held in plain_properties() if not held.get("plain")}
    assert later == {"vswitchId", "securityGroupIds"}


def test_unions_are_told_apart() -> None:
    group = TYPES["ecs-release:index:Group"]["properties"]
    assert group["charge"]["discriminator"]["propertyName"] == "type"
    assert set(group["charge"]["discriminator"]["mapping"]) == {"pay-as-you-go", "subscription", "spot"}
    forms = [form["$ref"] for form in TYPES["ecs-release:index:Release"]["properties"]["schedule"]["oneOf"]]
    assert [form.rpartition(":")[2] for form in forms] == ["Schedule", "After", "Daily", "AtExpiry"]
    assert TYPES["ecs-release:index:PayAsYouGo"]["required"] == ["type"]


def test_descriptions_say_what_is_allowed_and_what_is_taken() -> None:
    disk = TYPES["ecs-release:index:DataDisk"]["properties"]
    assert disk["releaseWithInstance"]["description"].endswith("Allowed: true or false. Default: false.")
    charge = TYPES["ecs-release:index:Group"]["properties"]["charge"]["description"]
    assert "autoRenew" in charge
    assert "auto_renew" not in charge


def test_values_get_our_names_and_keep_the_keys_of_maps() -> None:
    told = {
        "network": {"securityGroups": ["sg-1"]},
        "groups": {"dataDisks": {"count": 2.0, "dataDisks": [{"sizeGib": 40.0}], "tags": {"dataDisks": "x"}}},
    }
    assert ours(told, models()) == {
        "network": {"security_groups": ["sg-1"]},
        "groups": {
            "dataDisks": {"count": 2, "data_disks": [{"size_gib": 40}], "tags": {"dataDisks": "x"}},
        },
    }


def test_a_union_is_entered_and_a_price_stays_a_price() -> None:
    told = {"charge": {"type": "spot", "priceLimit": 0.35}, "release": {"schedule": {"atExpiry": True}}}
    assert ours(told, models()["$defs"]["Group"]) == {
        "charge": {"type": "spot", "price_limit": 0.35},
        "release": {"schedule": {"at_expiry": True}},
    }


def test_texts_are_spelled_as_the_program_is() -> None:
    assert spoken("known here: instance_type, data_disks, on_that_day") == (
        "known here: instanceType, dataDisks, on_that_day"
    )
