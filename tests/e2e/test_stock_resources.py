"""The stock plugin, which nobody here wrote, makes, changes, refreshes, imports and ends its resources."""

import json
from typing import Any

import pytest

from tests.e2e.conftest import Worlds
from tests.e2e.stock_families import FAMILIES, Family
from tests.e2e.world import World

# What every account has from the beginning.
STANDING = ("policies", "resource_groups")


@pytest.fixture(params=FAMILIES)
def family(request: pytest.FixtureRequest) -> Family:
    return FAMILIES[request.param]


def left(world: World) -> dict[str, list[str]]:
    """What the cloud still holds of what somebody made."""
    state: dict[str, dict[str, Any]] = world.cloud.control("state")
    return {kind: list(held) for kind, held in state.items() if held and kind not in STANDING}


def ours(world: World) -> list[dict[str, Any]]:
    """The stock resources that the state records, as `pulumi import` wants them."""
    return [
        {"type": held["type"], "name": urn.rpartition("::")[2], "id": held["id"]}
        for urn, held in world.resources().items()
        if held["type"].startswith("alicloud:")
    ]


def assert_settled(world: World) -> None:
    """Neither the program nor the cloud differs from the state, and nothing is called that changes."""
    before = world.cloud.mark()
    assert world.up("--expect-no-changes", "--diff").code == 0
    assert world.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes").code == 0
    assert world.cloud.changing(before) == []


def assert_importable(world: World) -> None:
    """A second stack takes in everything by its id, and then differs from the cloud in nothing."""
    wanted = ours(world)
    (world.project / "import.json").write_text(json.dumps({"resources": wanted}))
    before, first = world.cloud.mark(), world.stack
    world.stack = "imported"
    assert world.pulumi("stack", "init", world.stack).code == 0
    taken = ("import", "--file", "import.json", "--generate-code=false", "--protect=false")
    assert world.pulumi(*taken, "--yes", "--skip-preview").code == 0
    assert len(ours(world)) == len(wanted)
    assert world.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes").code == 0
    world.stack = first
    assert world.cloud.changing(before) == []


def test_a_family_is_made_changed_imported_and_ended(worlds: Worlds, family: Family) -> None:
    world = worlds.stock(family.text)
    assert_settled(world)
    world.write_program(family.changed_text)
    assert world.up().code == 0
    state = json.dumps(world.cloud.control("state"))
    assert [word for word in family.held if word not in state] == []
    assert_settled(world)
    assert_importable(world)
    assert world.destroy().code == 0
    assert left(world) == {}
