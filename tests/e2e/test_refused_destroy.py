"""What a refused destroy leaves: every field of the state, and not even an attempt in the cloud's log."""

import json
from typing import Any

from tests.e2e.cloud import LOOKING, Cloud
from tests.e2e.conftest import Worlds
from tests.e2e.world import World, group

PROTECTED = {"web": group(3, deletion_protection=True)}


def attempts(cloud: Cloud, since: int) -> list[str]:
    """The changing calls after a mark, those that the cloud refused too."""
    actions = [str(request["action"]) for request in cloud.requests(since)]
    return [action for action in actions if not action.startswith(LOOKING)]


def whole_state(world: World) -> dict[str, Any]:
    """The deployment in plain text: every write encrypts its secrets anew; without the time of writing."""
    result = world.pulumi("stack", "export", "--show-secrets")
    assert result.code == 0
    deployment: dict[str, Any] = json.loads(result.output)["deployment"]
    return {name: value for name, value in deployment.items() if name != "manifest"}


def test_a_refused_destroy_does_not_even_try_to_change_anything(worlds: Worlds) -> None:
    world = worlds.up(PROTECTED)
    mark, instances = world.cloud.mark(), world.cloud.instances
    assert world.destroy().code != 0
    assert world.cloud.requests(mark), "the refusal did not look at the cloud"
    assert attempts(world.cloud, mark) == []
    assert world.cloud.instances == instances


def test_a_refused_destroy_leaves_every_field_of_the_state(worlds: Worlds) -> None:
    world = worlds.up(PROTECTED)
    before = whole_state(world)
    assert len(before["resources"]) > len(world.cloud.instances)
    assert world.destroy().code != 0
    assert whole_state(world) == before


def test_a_plan_that_refuses_does_not_even_try_to_change_anything(worlds: Worlds) -> None:
    world = worlds.up(PROTECTED)
    mark, before = world.cloud.mark(), world.resources()
    assert world.ecs_release("plan").code == 10
    assert world.cloud.requests(mark, "DescribeInstances")
    assert attempts(world.cloud, mark) == []
    assert world.resources() == before
