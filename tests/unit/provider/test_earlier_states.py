"""States as earlier versions wrote them, kept as files: each can still be destroyed.

A file holds our resources out of `pulumi stack export --show-secrets`. The engine hands `delete`
the stored outputs only, and the provider is the one pickled in them.
"""

import base64
import json
from pathlib import Path
from typing import Any

import dill
import pytest

from tests.unit.domain.worlds import instance
from tests.unit.fake_gateway import FakeGateway

STATES = sorted((Path(__file__).parent / "states").glob("*.json"))
DESTROY_ORDER = ("Gate", "DiskRelease", "ReleaseSchedule", "Teardown", "Sweep")
KEYS = {
    "Sweep": {"account", "at", "cloud", "disks", "group", "group_id", "members", "project", "stack", "terms"},
    "Teardown": {
        *("account", "cloud", "disks", "group", "group_id", "members", "project", "released_by"),
        *("stack", "terms"),
    },
    "DiskRelease": {"account", "cloud", "disks", "group", "group_id", "members"},
    "ReleaseSchedule": {"account", "at", "charge", "cloud", "group", "group_id", "members"},
    "Gate": {"groups"},
}


def resources(path: Path) -> dict[str, dict[str, Any]]:
    """Stored outputs by kind."""
    listed = json.loads(path.read_text(encoding="utf-8"))
    return {each["type"].rpartition(":")[2]: each["outputs"] for each in listed}


def provider_in(outputs: dict[str, Any]) -> Any:
    """The provider as the state has it: pickled, by its import path."""
    return dill.loads(base64.b64decode(json.loads(outputs["__provider"]["plaintext"])))


@pytest.mark.parametrize("path", STATES, ids=lambda path: path.stem)
def test_a_kept_state_is_destroyed(path: Path, gateway: FakeGateway) -> None:
    stored = resources(path)
    teardown = stored["Teardown"]
    gateway.instances.clear()
    gateway.disks.clear()
    gateway.account = teardown["account"]
    for member, instance_id in teardown["members"].items():
        gateway.add(instance(instance_id, member, teardown["group_id"]))
    for kind in DESTROY_ORDER:
        provider_in(stored[kind]).delete("id", stored[kind])
    released = [set(ids) for method, ids in gateway.calls if method == "release_instances"]
    assert released == [set(teardown["members"].values())]


def test_the_stored_outputs_of_this_schema_are_pinned() -> None:
    stored = resources(next(path for path in STATES if path.stem == "schema-1"))
    found = {kind: set(outputs) - {"__provider", "schema"} for kind, outputs in stored.items()}
    assert found == KEYS
    assert {outputs["schema"] for outputs in stored.values()} == {1}


def test_the_records_of_a_gate_are_those_of_its_teardowns() -> None:
    stored = resources(STATES[0])
    held = set(stored["Gate"]["groups"]["web"])
    assert held == KEYS["Teardown"]
