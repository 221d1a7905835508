"""The package's schema, in the form that the CLI generates SDKs from; derived from the models.

Imports stacks through its sibling `names`. Whatever decides how instances end is `plain`: known when
the program runs.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from components.package.names import Schema, alternatives, camel, each, models, spoken

PACKAGE = "ecs-release"
# A test holds it against pyproject.toml, which an installed plugin does not have at hand.
VERSION = "0.1.0"
# The generators put everything else under names of Pulumi's own, where this is not.
LANGUAGES: dict[str, dict[str, str]] = {
    "nodejs": {"packageName": PACKAGE},
    "python": {"packageName": "ecs_release_sdk"},
    "go": {},
    "csharp": {},
    "java": {},
}
TEXT: dict[str, Any] = {"type": "string"}
IDS: dict[str, Any] = {"type": "object", "additionalProperties": TEXT}
IDS_OF_GROUPS: dict[str, Any] = {"type": "object", "additionalProperties": IDS}

ENVIRONMENT_OUTPUTS = {
    "groupIds": IDS | {"description": "The id that each group's instances carry as a tag, by group."},
    "instanceIds": IDS_OF_GROUPS | {"description": "The instance id of each member, by group."},
    "publicIps": IDS_OF_GROUPS
    | {"description": 'The public address of each member, "" without one, by group.'},
}
GROUP_OUTPUTS = {
    "groupId": TEXT | {"description": "The id that the group's instances carry as a tag."},
    "instanceIds": IDS | {"description": "The instance id of each member."},
    "publicIps": IDS | {"description": 'The public address of each member, "" without one.'},
}
NETWORK_OUTPUTS = {
    "vswitchId": TEXT | {"description": "The vSwitch of the instances."},
    "securityGroupIds": {
        "type": "array",
        "items": TEXT,
        "description": "The security groups of the instances.",
    },
}


def package_schema() -> dict[str, Any]:
    """The schema of the three components and of the types that their inputs have."""
    definitions = models()["$defs"]
    group, network = definitions["Group"], definitions["MadeNetwork"]
    lifetime = {"max_lifetime": models()["properties"]["max_lifetime"]}
    group_fields = {**_properties(group), **_properties({"properties": lifetime}), **NETWORK_OUTPUTS}
    return {
        "name": PACKAGE,
        "version": VERSION,
        "description": "Declares Alibaba Cloud ECS instances and ends them well.",
        "resources": {
            f"{PACKAGE}:index:Environment": _component(models(), _properties(models()), ENVIRONMENT_OUTPUTS),
            f"{PACKAGE}:index:InstanceGroup": _component(group, group_fields, GROUP_OUTPUTS, NETWORK_OUTPUTS),
            f"{PACKAGE}:index:Network": _component(network, _properties(network), NETWORK_OUTPUTS),
        },
        "types": {token(name): _type(node) for name, node in definitions.items()},
        "language": {
            language: {"respectSchemaVersion": True, **more} for language, more in LANGUAGES.items()
        },
    }


def token(name: str) -> str:
    """The token of a type."""
    return f"{PACKAGE}:index:{name}"


def _component(
    model: Schema, inputs: Mapping[str, Any], outputs: Mapping[str, Any], also: Iterable[str] = ()
) -> dict[str, Any]:
    return {
        "isComponent": True,
        "type": "object",
        "description": model["description"],
        "inputProperties": dict(inputs),
        "requiredInputs": [*(camel(name) for name in model["required"]), *also],
        "properties": dict(outputs),
        "required": list(outputs),
    }


def _type(node: Schema) -> dict[str, Any]:
    if "enum" in node:
        values = [{"value": value} for value in node["enum"]]
        return {"type": "string", "description": node["description"], "enum": values}
    # What tells the forms of a union apart is required, so that the forms differ in their types, too.
    fixed = (name for name, field in node["properties"].items() if "const" in field)
    required = dict.fromkeys((*fixed, *node.get("required", ())))
    return {
        "type": "object",
        "description": node["description"],
        "properties": _properties(node),
        "required": [camel(name) for name in required],
    }


def _properties(model: Schema) -> dict[str, Any]:
    return {
        camel(name): {**_type_of(node), "plain": True, "description": _description(node)}
        for name, node in model["properties"].items()
    }


def _type_of(node: Schema) -> dict[str, Any]:
    if "$ref" in node:
        return {"$ref": f"#/types/{token(str(node['$ref']).rpartition('/')[2])}"}
    forms = [part for part in node.get("oneOf") or node.get("anyOf") or () if part.get("type") != "null"]
    if len(forms) == 1:
        return _type_of(forms[0])
    if forms:
        return {"oneOf": [_type_of(form) for form in forms], **_discriminator(node)}
    held = each(node)
    if held is not None:
        key = "items" if node["type"] == "array" else "additionalProperties"
        return {"type": node["type"], key: {**_type_of(held), "plain": True}}
    return {"type": node["type"], **({"const": node["const"]} if "const" in node else {})}


def _discriminator(node: Schema) -> dict[str, Any]:
    if "discriminator" not in node:
        return {}
    named = node["discriminator"]["mapping"].items()
    mapping = {value: f"#/types/{token(ref.rpartition('/')[2])}" for value, ref in named}
    return {"discriminator": {"propertyName": node["discriminator"]["propertyName"], "mapping": mapping}}


def _description(node: Schema) -> str:
    text = node.get("description") or next(alternatives(node)).get("description", "")
    default = node.get("default")
    shown = "" if default in (None, {}, []) or isinstance(default, dict) else f" Default: {_word(default)}."
    return spoken(f"{text} Allowed: {node.get('allowed', '')}.{shown}")


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(value) if isinstance(value, list) else str(value)
