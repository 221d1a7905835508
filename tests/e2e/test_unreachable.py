"""Without credentials or without a cloud every command ends soon, with one clear error."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.e2e.conftest import Worlds
from tests.e2e.groups import ONE
from tests.e2e.world import Result, World

SECONDS = 15
Command = Callable[[World], Result]
COMMANDS: dict[str, Command] = {"up": World.up, "destroy": World.destroy}


@contextmanager
def at_most_seconds() -> Iterator[None]:
    """What the user waits for an answer."""
    started = time.monotonic()
    yield
    assert time.monotonic() - started <= SECONDS


def assert_failed_clearly(result: Result, *words: str) -> None:
    """The command failed, said why, and showed no trace."""
    assert result.code != 0
    for word in words:
        assert word in result.output
    assert "Traceback" not in result.output
    assert "defect" not in result.output


@pytest.mark.parametrize("name", COMMANDS)
def test_without_credentials(worlds: Worlds, name: str) -> None:
    world = worlds.up(ONE)
    recorded, mark = set(world.resources()), world.cloud.mark()
    for variable in ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"):
        del world.environment[variable]
    with at_most_seconds():
        result = COMMANDS[name](world)
    assert_failed_clearly(result, "credential")
    assert world.cloud.requests(mark) == []
    assert set(world.resources()) == recorded


@pytest.mark.parametrize("name", COMMANDS)
def test_with_the_cloud_out_of_reach(worlds: Worlds, name: str) -> None:
    world = worlds.up(ONE)
    recorded = set(world.resources())
    world.cloud.stop()
    with at_most_seconds():
        result = COMMANDS[name](world)
    assert_failed_clearly(result, world.cloud.address)
    assert set(world.resources()) == recorded
