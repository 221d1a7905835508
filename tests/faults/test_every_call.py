"""Every call of a release run, disturbed in every way: the end is the same, or refused and nothing lost.

All pairs of calls and faults are tried by `make faults`; a sample of them by the usual tests.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from alibabacloud_credentials.client import Client as Credentials
from alibabacloud_credentials.models import Config
from pytest_mock import MockerFixture

from ecs_release.gateway import clients
from tests.emulator.cloud import Server
from tests.faults.every_call import (
    CHANGES,
    FAULTS,
    Calls,
    Change,
    Fault,
    Told,
    built,
    destroyed,
    disk_attached,
    protected_by_hand,
    released_by_hand,
    reset,
    settled,
    tag_removed,
)
from tests.faults.figures import keep_figures
from tests.properties.shop import Shop

SUBJECT = "every call, every fault"
ALL = bool(os.environ.get("ECS_RELEASE_ALL_FAULTS"))
ONE_IN = 1 if ALL else 8
REASONS = {
    "protected_by_hand": {"protected", "refused-by-the-cloud"},
    "tag_removed": {"tags-removed"},
    "disk_attached": set(),
    "released_by_hand": set(),
}
Clean = tuple[list[str], dict[str, list[Any]]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("emulator") / "world.db")
    yield running
    running.end()


@pytest.fixture
def shop(server: Server, mocker: MockerFixture) -> Iterator[Shop]:
    pair = {"access_key_id": "emulator", "access_key_secret": "emulator"}
    credentials = Credentials(Config(type="access_key", **pair))
    mocker.patch.object(clients, "_default_credentials", return_value=credentials)
    made = Shop(server.url)
    yield made
    made.http.close()


@pytest.fixture
def clean(shop: Shop, tmp_path: Path) -> Clean:
    """The calls of an undisturbed run, and what there is after it."""
    _, errand = built(shop)
    calls = Calls()
    with calls.watching():
        assert destroyed(shop, errand, tmp_path) == Told(True, [], [], 1)
    return calls.actions, settled(shop)


def numbers(count: int, kind: int) -> range:
    """The calls to disturb: all of them, or other ones for each kind of disturbance."""
    return range(1 + kind % ONE_IN, count + 1, ONE_IN)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_whatever_happens_to_a_call_the_end_is_the_same(
    shop: Shop, clean: Clean, tmp_path: Path, fault: Fault
) -> None:
    actions, end = clean
    tried = runs = 0
    for number in numbers(len(actions), FAULTS.index(fault)):
        _, errand = built(shop)
        watched = Calls(number, reset) if fault.resets else Calls()
        with watched.watching():
            told = destroyed(shop, errand, tmp_path, fault, number)
        where = f"{fault.name} at call {number}, {actions[number - 1]}: {told}"
        assert told.done, where
        assert settled(shop) == end, where
        tried, runs = tried + 1, runs + told.runs
    keep_figures(SUBJECT, {fault.name: {"pairs": tried, "destroys": runs, "refused": 0}})


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_whatever_changes_between_two_calls_nothing_is_lost(
    shop: Shop, clean: Clean, tmp_path: Path, change: Change
) -> None:
    actions, end = clean
    tried = runs = refused = 0
    for number in numbers(len(actions), CHANGES.index(change)):
        ids, errand = built(shop)
        with Calls(number, lambda ids=ids: change(shop, ids)).watching():  # type: ignore[misc]
            told = destroyed(shop, errand, tmp_path)
        where = f"{change.__name__} before call {number}, {actions[number - 1]}: {told}"
        check_nothing_is_lost(shop, ids, change, told, end, where)
        tried, runs, refused = tried + 1, runs + told.runs, refused + (not told.done)
    name = f"{change.__name__.replace('_', ' ')}, between two calls"
    keep_figures(SUBJECT, {name: {"pairs": tried, "destroys": runs, "refused": refused}})


def check_nothing_is_lost(
    shop: Shop,
    ids: Mapping[str, str],
    change: Change,
    told: Told,
    end: dict[str, list[Any]],
    where: str,
) -> None:
    """A run that is done leaves what an undisturbed one leaves; a refused one has the right reason."""
    alive, after = set(shop.state()["instances"]), settled(shop)
    kept = [name for name, _ in after["disks"] if name == "data"]
    assert len(kept) == 3, where
    if told.done:
        assert alive == set(), where
        assert told.reasons == [], where
        _check_ended(change, after, end, where)
        return
    assert set(told.reasons) & REASONS[change.__name__], where
    assert ids["web-0"] in alive, where
    if change is protected_by_hand:
        assert shop.state()["instances"][ids["web-0"]]["DeletionProtection"] is True, where


def _check_ended(change: Change, after: dict[str, list[Any]], end: dict[str, list[Any]], where: str) -> None:
    if change is disk_attached:
        # Declared nowhere, so it stays, unless it came too late to be attached at all.
        late = [disk for disk in after["disks"] if disk[0] == "late"]
        assert len(late) <= 1, where
        assert [disk for disk in after["disks"] if disk[0] != "late"] == end["disks"], where
        return
    if change is released_by_hand:
        # What a hand has released took its address and its unsaved disks along.
        assert after["disks"] == end["disks"], where
        return
    assert change in (protected_by_hand, tag_removed), where
    assert after == end, where


def test_the_sample_is_part_of_all_pairs(clean: Clean) -> None:
    actions, _ = clean
    assert len(actions) > 30
    assert set(numbers(len(actions), 3)) <= set(range(1, len(actions) + 1))
