"""An answer that is empty, cut or of another form is never taken for gone."""

from typing import Any

import pytest

from tests.e2e.cloud import Cloud
from tests.e2e.conftest import Worlds
from tests.e2e.world import group

ONE = {"web": group(1)}
EMPTY = {"RequestId": "0", "TotalCount": 0, "PageNumber": 1, "PageSize": 10, "NextToken": ""}
EMPTY |= {"Instances": {"Instance": []}}
FORBIDDEN = {"status": 403, "code": "Forbidden.RAM", "message": "User not authorized."}


def take_the_right_away(cloud: Cloud) -> None:
    """As the cloud does it: an empty list, and a refusal only where one asks by name or dry run."""
    cloud.fault({"action": "DescribeInstances", "parameters": {"DryRun": "True"}}, **FORBIDDEN)
    cloud.fault({"action": "DescribeInstances"}, body=EMPTY)
    cloud.fault({"action": "DescribeInstanceAttribute"}, **FORBIDDEN)


def test_refresh_up_destroy_without_the_right_release_and_forget_nothing(worlds: Worlds) -> None:
    world = worlds.up(ONE)
    (first,) = world.cloud.instances
    take_the_right_away(world.cloud)
    world.pulumi("refresh", "--yes")
    mark = world.cloud.mark()
    result = world.up()
    assert result.code != 0
    assert "no-permission-to-look" in result.output
    assert world.cloud.changing(mark) == []
    result = world.destroy()
    assert result.code != 0
    assert f"web-0 {first} no-permission-to-look" in result.output
    assert world.cloud.released() == []
    world.cloud.heal()
    result = world.up()
    assert result.code != 0
    assert f"web-0 {first} replaced" in result.output
    (second,) = set(world.cloud.instances) - {first}
    result = world.destroy()
    assert result.code != 0
    assert f"{second} unrecorded" in result.output
    assert set(world.cloud.instances) == {first, second}
    assert world.ecs_release("claim", second).code == 0
    assert world.destroy().code == 0
    assert world.cloud.instances == {}


@pytest.mark.parametrize(
    ("what", "body"),
    [("{}", {}), ("half a body", '{"RequestId": "0", "Instances": {"Inst'), ("no list", {"RequestId": "0"})],
)
def test_a_malformed_answer_is_an_error(worlds: Worlds, what: str, body: Any) -> None:
    world = worlds.up(ONE)
    world.cloud.fault({"action": "DescribeInstances"}, body=body)
    recorded = set(world.resources())
    result = world.destroy()
    assert result.code != 0, what
    assert "Traceback" not in result.output
    assert world.cloud.released() == []
    assert set(world.resources()) == recorded
    world.cloud.heal()
    assert world.destroy().code == 0
    assert world.cloud.instances == {}


def test_an_empty_list_after_the_release_is_believed_only_with_the_right(worlds: Worlds) -> None:
    world = worlds.up(ONE)
    (instance_id,) = world.cloud.instances
    world.cloud.fault({"action": "DescribeInstances", "parameters": {"DryRun": "True"}}, **FORBIDDEN)
    world.cloud.fault({"action": "DescribeInstances", "after": 2}, body=EMPTY)
    world.cloud.fault({"action": "DescribeInstanceAttribute"}, **FORBIDDEN)
    result = world.destroy()
    assert result.code != 0
    assert f"{instance_id} no-permission-to-look" in result.output
    world.cloud.heal()
    assert world.destroy().code == 0
    assert world.cloud.instances == {}
