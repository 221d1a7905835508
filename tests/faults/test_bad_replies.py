"""Replies that are not of the documented form: refused by name, never read as something else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from ecs_release.domain.facts import Cloud
from ecs_release.gateway.errors import CloudError
from ecs_release.gateway.gateway import Gateway
from tests.faults.inside_cloud import opened
from tests.faults.mutations import (
    EMPTY,
    NULL,
    REMOVED,
    Mutation,
    at,
    compact,
    cuts,
    mutations,
    replaced,
)
from tests.faults.readings import DECIDING, TOLD, Answers, Reading, answering, readings
from tests.faults.tally import ALL, Tally, sampled

CLOUD = Cloud("cn-hangzhou", "HTTP", *["127.0.0.1:1"] * 4)
# An error that is about ids has no field to name.
ABOUT_IDS = ("asked for", "says nothing about", "has the InstanceId")
SOME = settings(max_examples=2000 if ALL else 150, deadline=None, suppress_health_check=list(HealthCheck))
junk = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    max_leaves=20,
)


@pytest.fixture(scope="module")
def asked() -> list[Reading]:
    with opened() as shop:
        return readings(shop)


@pytest.fixture
def answers() -> Iterator[Answers]:
    with pytest.MonkeyPatch.context() as patched:
        yield answering(patched)


def gateway() -> Gateway:
    """A gateway whose waiting takes no time, and whose patience is that of a first contact."""
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    return Gateway(CLOUD, clock=lambda: now[0], sleep=sleep, patience=10)


def read(reading: Reading, answers: Answers, text: str) -> Any:
    """The facts, or the error where the reply is refused by name; anything else fails the test."""
    answers.text, refused = text, None
    try:
        return reading.ask(gateway())
    except CloudError as error:
        refused = error
    assert str(refused).startswith(reading.action), refused
    assert str(refused).isprintable(), refused
    return refused


def check(reading: Reading, mutation: Mutation, told: Any) -> bool:
    """Whether the reply was refused; fails where it was read as what it is not."""
    where = f"{reading.name}: {mutation}: {told}"
    if isinstance(told, CloudError):
        named = [part for part in mutation.path if isinstance(part, str)]
        assert not named or any(words in str(told) for words in (*named, *ABOUT_IDS)), where
        return True
    told_only = mutation.key in TOLD - DECIDING.get(reading.action, set())
    may_be_left_out = mutation.kind in (REMOVED, NULL, EMPTY) and told_only
    assert told == reading.facts or not mutation.is_malformed or may_be_left_out, where
    return False


def test_every_place_of_every_reply_spoilt_in_every_way(asked: list[Reading], answers: Answers) -> None:
    tally = Tally("API replies, every place spoilt")
    for number, reading in enumerate(asked):
        for mutation in sampled(mutations(reading.body), 3, number):
            refused = check(reading, mutation, read(reading, answers, json.dumps(mutation.value)))
            tally.refused += refused
            tally.accepted += not refused
    tally.keep(5000)


def test_a_reply_cut_at_any_byte_is_no_reply(asked: list[Reading], answers: Answers) -> None:
    tally = Tally("API replies, cut at every byte")
    for number, reading in enumerate(asked):
        for text in sampled(cuts(compact(reading.body)), 11, number):
            told = read(reading, answers, text)
            assert isinstance(told, CloudError), (reading.name, text)
            tally.refused += 1
    tally.keep(3000)


def rows_of(body: Any) -> list[tuple[Any, ...]]:
    """Where the rows of a listing are."""
    return [path for path, part in _lists(body, ()) if part and isinstance(part[0], dict)][:1]


def _lists(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], list[Any]]]:
    if isinstance(value, list):
        yield path, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _lists(part, (*path, key))


def test_a_row_that_comes_twice_counts_once(asked: list[Reading], answers: Answers) -> None:
    tally = Tally("API replies, rows twice")
    for reading in asked:
        for path in rows_of(reading.body):
            rows = at(reading.body, path)
            told = read(reading, answers, json.dumps(replaced(reading.body, path, [*rows, *rows])))
            assert told == reading.facts, reading.name
            tally.accepted += 1
    tally.keep(12)


def test_any_json_is_refused(asked: list[Reading], answers: Answers) -> None:
    tally = Tally("API replies, any JSON")

    @given(value=junk)
    @SOME
    def try_one(value: Any) -> None:
        envelope = {"RequestId": "R-1", **value} if isinstance(value, dict) else value
        for reading in asked:
            told = read(reading, answers, json.dumps(envelope))
            tally.refused += isinstance(told, CloudError)
            tally.accepted += not isinstance(told, CloudError)
            # Confirming a call needs no more than the id of its request.
            assert isinstance(told, CloudError) or told is True, (reading.name, value)

    try_one()
    tally.keep(100 * len(asked))
