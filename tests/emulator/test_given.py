"""Every refusal that is listed was given to a test, or is said to have been given to none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.emulator.given import ELSEWHERE, NOWHERE, kept, own
from tests.emulator.inside import Inside
from tests.emulator.nasty import Values
from tests.emulator.probed_world import world
from tests.emulator.probing import answers
from tests.emulator.reading.handlers import Key, facts

KEYS = sorted(facts())


@pytest.fixture(scope="module")
def probed() -> Iterator[tuple[Inside, Values]]:
    cloud, values = world()
    yield cloud, values
    cloud.world.database.close()


@pytest.mark.parametrize("key", KEYS, ids=" ".join)
def test_what_an_action_is_said_to_answer_it_answers(probed: tuple[Inside, Values], key: Key) -> None:
    wanted = own(key) - kept(ELSEWHERE, key) - kept(NOWHERE, key)
    # One that is not reached belongs into given.json, by hand or by a run of all tests.
    assert wanted - answers(probed[0], key, probed[1], wanted) == set()


@pytest.mark.parametrize("key", KEYS, ids=" ".join)
def test_what_is_said_of_a_refusal_is_said_of_one_that_is_there(key: Key) -> None:
    assert kept(ELSEWHERE, key) | kept(NOWHERE, key) <= own(key)
