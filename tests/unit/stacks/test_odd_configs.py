"""Configs with values that no check of a field expects: named like any other."""

from collections.abc import Callable
from typing import Any

import pytest

from stacks.load import Context, load
from stacks.problems import InvalidConfig
from tests.unit.stacks.conftest import Change


def refusal(config: dict[str, Any]) -> str:
    with pytest.raises(InvalidConfig) as caught:
        load(config, Context("dev"))
    return str(caught.value)


@pytest.mark.parametrize(
    "region", [["cn-hangzhou"], 7, " ", "cn-hangzhou/../x", "evil.example.com#", "\x1b[2J"]
)
def test_a_region_becomes_part_of_a_host(config: Change, region: Any) -> None:
    assert "a region like cn-hangzhou" in refusal(config(keys={"alicloud:region": region}))


@pytest.mark.parametrize(
    ("at", "zone"),
    [("9999-12-31T23:59:00Z", "Asia/Shanghai"), ("0001-01-01T00:00:00Z", "America/New_York")],
)
def test_a_time_that_its_zone_cannot_hold(
    only_problem: Callable[[dict[str, Any]], Any], at: str, zone: str
) -> None:
    problem = only_problem({"release": {"schedule": {"at": at, "zone": zone}}})
    assert problem.key.endswith("release.schedule.at")


def test_an_error_turns_no_colours_and_no_direction(config: Change) -> None:
    told = refusal(config({"instance_type": "\x1b[31m\u202e\ud800"}))
    assert told.isprintable()
    assert r"\u202e" in told


@pytest.mark.parametrize("depth", [500, 5_000, 100_000])
def test_what_is_nested_without_end_is_no_environment(config: Change, depth: int) -> None:
    text = f"{'[' * depth}{']' * depth}"
    assert "a mapping of" in refusal(config(keys={"ecs-release:environment": text}))
    nested: list[Any] = []
    for _ in range(depth):
        nested = [nested]
    assert ".tags.a: " in refusal(config({"tags": {"a": nested}}))
