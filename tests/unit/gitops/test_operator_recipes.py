"""The operator's recipes by the schema of its Stack and by Kubernetes' own, and by ours.

The module of the operator's second generation is not published; that of the first has the same kind in
the same version with fewer fields. What only the second knows is checked apart.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from toolchain.place import this_place
from toolchain.recipe_checks import operator_schema

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "gitops" / "operator"
ENVIRONMENTS = ("dev", "staging", "prod")
OF_THE_SECOND = {"serviceAccountName", "workspaceTemplate"}
KUBERNETES = "1.34"
Resource = dict[str, Any]


def resources() -> Iterator[Resource]:
    for path in sorted(FOLDER.glob("*.yaml")):
        yield from yaml.safe_load_all(path.read_text())


STACKS = [each for each in resources() if each["kind"] == "Stack"]
OTHERS = [each for each in resources() if each["kind"] != "Stack"]


def named(resource: Resource) -> str:
    return f"{resource['kind']} {resource['metadata']['name']}"


@pytest.fixture(scope="module")
def schema() -> Resource:
    definition = yaml.safe_load(operator_schema(this_place(os.environ)).read_text())
    assert definition["spec"]["names"]["kind"] == "Stack"
    (version,) = [each for each in definition["spec"]["versions"] if each["name"] == "v1"]
    return dict(strict(version["schema"]["openAPIV3Schema"]))


def strict(schema: Any) -> Any:
    """The schema as the cluster applies it: what it does not know is dropped there, and an error here."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: strict(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and "additionalProperties" not in schema:
        made["additionalProperties"] = bool(schema.get("x-kubernetes-preserve-unknown-fields"))
    return made


def of_the_first(stack: Resource) -> Resource:
    spec = {key: value for key, value in stack["spec"].items() if key not in OF_THE_SECOND}
    return {"apiVersion": stack["apiVersion"], "kind": stack["kind"], "spec": spec}


@pytest.mark.parametrize("stack", STACKS, ids=named)
def test_a_stack_keeps_the_operators_schema(stack: Resource, schema: Resource) -> None:
    assert stack["apiVersion"] == "pulumi.com/v1"
    jsonschema.validate(of_the_first(stack), schema)


def test_the_schema_would_find_something(schema: Resource) -> None:
    (stack, *_) = STACKS
    for wrong in ({"refesh": True}, {"resyncFrequencySeconds": "3600"}):
        broken = {**of_the_first(stack), "spec": {**of_the_first(stack)["spec"], **wrong}}
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, schema)


@pytest.mark.parametrize("stack", STACKS, ids=named)
def test_the_workspaces_pod_keeps_kubernetes_schema(stack: Resource) -> None:
    template = stack["spec"]["workspaceTemplate"]["spec"]
    assert set(template) == {"image", "podTemplate"}
    pod = {"apiVersion": "v1", "kind": "PodTemplate", "metadata": {"name": "x"}}
    kubernetes_validate.validate({**pod, "template": template["podTemplate"]}, KUBERNETES, strict=True)


@pytest.mark.parametrize("resource", OTHERS, ids=named)
def test_the_rest_keeps_kubernetes_schema(resource: Resource) -> None:
    kubernetes_validate.validate(resource, KUBERNETES, strict=True)


def test_there_is_a_stack_and_a_check_for_each_environment() -> None:
    checks = {each["metadata"]["name"] for each in OTHERS if each["kind"] == "CronJob"}
    assert [each["metadata"]["name"] for each in STACKS] == sorted(ENVIRONMENTS)
    assert checks == {f"check-{name}" for name in ENVIRONMENTS}


def test_prod_comes_last_asks_for_a_digest_and_ends_by_nobodys_slip() -> None:
    spec = {each["metadata"]["name"]: each["spec"] for each in STACKS}
    assert [each["name"] for each in spec["prod"]["prerequisites"]] == ["staging"]
    assert [each["name"] for each in spec["staging"]["prerequisites"]] == ["dev"]
    assert {name for name in spec if "ECS_RELEASE_APPROVE" in spec[name]["envRefs"]} == {"prod"}
    assert spec["prod"]["destroyOnFinalize"] is False


def test_no_key_is_in_them() -> None:
    text = "\n".join(path.read_text() for path in FOLDER.glob("*.yaml"))
    assert "ACCESS_KEY" not in text
    assert "accessKey" not in text
