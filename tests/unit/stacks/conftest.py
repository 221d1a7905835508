"""Whole configs to change one thing in."""

from collections.abc import Callable
from typing import Any

import pytest

from stacks.load import Context, load
from stacks.problems import InvalidConfig, Problem

Change = Callable[..., dict[str, Any]]
GROUP = {"count": 1, "instance_type": "ecs.g7.large", "image": "image-1"}


@pytest.fixture
def config() -> Change:
    """A config with one group `web`, changed by the given fields of the group, and by other keys."""

    def build(group: dict[str, Any] | None = None, keys: dict[str, Any] | None = None) -> dict[str, Any]:
        environment = {
            "network": {"cidr": "10.8.0.0/16", "zone": "cn-hangzhou-b"},
            "groups": {"web": {**GROUP, **(group or {})}},
        }
        return {
            "alicloud:region": "cn-hangzhou",
            "ecs-release:environment": environment,
            **(keys or {}),
        }

    return build


@pytest.fixture
def only_problem(config: Change) -> Callable[[dict[str, Any]], Problem]:
    """The one problem of a group, which is one line with all its parts."""

    def find(group: dict[str, Any]) -> Problem:
        with pytest.raises(InvalidConfig) as caught:
            load(config(group), Context("dev"))
        (problem,) = caught.value.problems
        parts = ("stacks/Pulumi.dev.yaml", problem.key, problem.value, problem.allowed)
        assert str(caught.value) == ": ".join(parts)
        assert "\n" not in str(caught.value)
        return problem

    return find
