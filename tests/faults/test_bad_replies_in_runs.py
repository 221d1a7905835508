"""Release runs of which one reply is not of the documented form: nothing is lost, and nothing called gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecs_release.gateway.errors import CloudError
from tests.faults.disturbed_runs import WORLDS, World, at_call, check, instead, run, spoilt
from tests.faults.inside_cloud import InsideShop, exchanging, opened
from tests.faults.mutations import cuts, mutations, twisted
from tests.faults.tally import Tally, sampled
from tests.properties.shop import Clock, gateway_of

UNKNOWN = "i-00000000000000000000"


@pytest.fixture(scope="module")
def shop() -> Iterator[InsideShop]:
    with opened() as made:
        yield made


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_one_spoilt_reply_ends_nothing_that_is_to_stay(
    shop: InsideShop, tmp_path: Path, world: World
) -> None:
    tally = Tally(f"API replies in a run, {world.name}")
    clean = run(shop, world, tmp_path)
    assert (clean.done, clean.error) == (world.done, None)
    assert bool(clean.changes) is world.done
    for number, is_malformed, place, change in spoilt(clean.exchange.replies, world):
        told = run(shop, world, tmp_path, at_call(number, change))
        action = clean.exchange.replies[number - 1][0]
        check(
            shop, clean, told, is_malformed, f"{world.name}, call {number}, {action}: {place}: {told.error}"
        )
        tally.refused += told.error is not None
        tally.accepted += told.error is None
    tally.keep(20)


@pytest.mark.parametrize("world", WORLDS[3:], ids=lambda world: world.name)
def test_a_reply_of_any_bytes_ends_nothing(shop: InsideShop, tmp_path: Path, world: World) -> None:
    tally = Tally(f"bytes of API replies in a run, {world.name}")
    clean = run(shop, world, tmp_path)
    for number, (action, _status, body) in enumerate(clean.exchange.replies, 1):
        for text in sampled((*cuts(body), *twisted(body)), 1999, 31 * number, at_most=97):
            told = run(shop, world, tmp_path, at_call(number, instead(text)))
            where = f"{world.name}, call {number}, {action}: {text!r:.200}"
            assert not told.done, where
            assert not told.changes, where
            tally.refused += told.error is not None
            tally.accepted += told.error is None
    tally.keep(20)


def test_only_a_whole_error_proves_that_an_instance_is_gone(shop: InsideShop) -> None:
    tally = Tally("API error replies, a proof of gone")
    shop.empty()
    with exchanging(shop) as exchange:
        assert gateway_of(shop, Clock(shop)).is_released(UNKNOWN)
    (_, status, body) = exchange.replies[-1]
    proof = json.loads(body)
    assert status == 404
    for mutation in mutations(proof):
        with exchanging(shop, at_call(1, instead(json.dumps(mutation.value).encode()))):
            told = asked(shop)
        whole = isinstance(mutation.value, dict) and all(
            mutation.value.get(key) == proof[key] or (key == "RequestId" and is_text(mutation.value.get(key)))
            for key in ("Code", "RequestId")
        )
        assert (told is True) is whole, f"{mutation}: {told}"
        tally.accepted += told is True
        tally.refused += told is not True
    tally.keep(50)


def is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def asked(shop: InsideShop) -> bool | CloudError:
    """Whether an unknown instance is gone, or why that is not proven."""
    clock = Clock(shop)
    gateway = gateway_of(shop, clock)
    try:
        return gateway.is_released(UNKNOWN)
    except CloudError as error:
        return error
