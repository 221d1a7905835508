"""The same moves of a release time by the stock provider and by ours, and the page that compares them.

What the page says is what is measured here; ECS_RELEASE_WRITE_TABLES=1 writes it anew.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.e2e.cloud import ROOT
from tests.e2e.conftest import Worlds
from tests.e2e.schedule_moves import MOVES, STARTS_AT, Move, at
from tests.e2e.schedule_worlds import set_clock
from tests.e2e.stock import instance, program
from tests.e2e.world import World, group

PAGE = ROOT / "docs" / "stock-schedules.md"
BEGIN, END = "<!-- measured -->", "<!-- end of what was measured -->"
HEAD = ("| move | stock, `up` | stock, `up --refresh` | ecs-release, `up` |", "| --- | --- | --- | --- |")
DONE, MISSED, SILENT = "done", "**missed**", "**dropped without a word**"
AGAIN, NOTHING, REFUSED = "**created again**", "nothing created", "refused with the reason"
TRIED = "**fails: tries to create it again**"
Outcomes = dict[str, str]


def stock_program(after: bool) -> str:
    """One stock instance for each move, as it is declared before or after."""
    lines = []
    for move in MOVES:
        when = move.after if after else move.before
        told = [f"auto_release_time='{when:%Y-%m-%dT%H:%M:00Z}'"] if when else []
        lines.append(instance(move.name, *told, terms="paid_ahead" if move.subscription else "machine"))
    return program(*lines)


def our_groups(after: bool) -> dict[str, Any]:
    """One group for each move that can be declared; a time for a subscription cannot."""
    made = {}
    for move in MOVES:
        when = move.after if after else move.before
        release = {"schedule": {"at": f"{when:%Y-%m-%dT%H:%MZ}"}} if when else {}
        if not move.subscription:
            made[move.name] = group(1, release=release)
    return made


def ids_of(world: World, name: Callable[[Move], str]) -> dict[str, str]:
    """The instance of each move, by the name of its resource."""
    recorded = {urn.rpartition("::")[2]: state for urn, state in world.resources().items()}
    return {move.name: recorded[name(move)]["id"] for move in MOVES if name(move) in recorded}


def by_hand(world: World, ids: dict[str, str]) -> None:
    """What somebody does at the console."""
    for move in MOVES:
        if move.touched and move.name in ids:
            told = {"AutoReleaseTime": f"{move.by_hand:%Y-%m-%dT%H:%M:00Z}"} if move.by_hand else {}
            world.cloud.call("ModifyInstanceAutoReleaseTime", InstanceId=ids[move.name], **told)


def outcomes(world: World, ids: dict[str, str]) -> Outcomes:
    """Whether the cloud has what is declared now."""
    found = {}
    for move in MOVES:
        if move.name not in ids:
            continue
        wanted = f"{move.after:%Y-%m-%dT%H:%MZ}" if move.after else ""
        kept = world.cloud.instances[ids[move.name]]["AutoReleaseTime"] == wanted
        found[move.name] = DONE if kept else SILENT if move.subscription else MISSED
    return found


@pytest.fixture
def stock(worlds: Worlds) -> World:
    world = worlds.empty()
    world.speak_tls()
    set_clock(world, STARTS_AT)
    world.write_program(stock_program(after=False))
    assert world.up("--parallel", "32").code == 0
    return world


def measured_stock(world: World) -> tuple[Outcomes, Outcomes]:
    """The moves by the stock provider: after a plain `up`, and after one with a refresh."""
    ids = ids_of(world, lambda move: move.name)
    by_hand(world, ids)
    world.write_program(stock_program(after=True))
    assert world.up("--parallel", "32").code == 0
    plain = outcomes(world, ids)
    assert world.up("--refresh", "--parallel", "32").code == 0
    return plain, outcomes(world, ids)


def measured_ours(world: World) -> Outcomes:
    """The moves by ours, after a plain `up`; a schedule of a subscription is refused when declared."""
    set_clock(world, STARTS_AT)
    world.groups = our_groups(after=False)
    assert world.up("--parallel", "32").code == 0
    ids = ids_of(world, lambda move: f"{move.name}-0")
    by_hand(world, ids)
    world.groups = our_groups(after=True)
    assert world.up("--parallel", "32").code == 0
    found = outcomes(world, ids)
    ahead = {"type": "subscription", "period": 1}
    paid = {**group(1, charge=ahead, release={"schedule": {"at": "2027-03-27T10:00Z"}})}
    del paid["deletion_protection"]
    world.groups = {**world.groups, "paid": paid}
    assert "at_expiry: true} is for subscriptions" in world.preview().output
    return {**found, "paid": REFUSED}


def after_the_time(world: World) -> tuple[str, str]:
    """What `up` and `up --refresh` make of instances that the schedule has released, declared as before."""
    set_clock(world, at("23:59", 1) + timedelta(hours=1))
    told = []
    for options in ((), ("--refresh",)):
        mark = world.cloud.mark()
        world.up("--parallel", "32", *options)
        tried = [call["status"] for call in world.cloud.requests(mark, "RunInstances")]
        told.append(AGAIN if 200 in tried else TRIED if tried else NOTHING)
    return told[0], told[1]


def page_table(plain: Outcomes, refreshed: Outcomes, ours: Outcomes, later: tuple[str, str, str]) -> str:
    """The table of the page."""
    rows = [
        f"| {move.words} | {plain[move.name]} | {refreshed[move.name]} | {ours[move.name]} |"
        for move in MOVES
    ]
    return "\n".join(
        (*HEAD, *rows, f"| released by the schedule, declared as before | {' | '.join(later)} |")
    )


def test_the_page_says_what_each_provider_makes_of_each_move(stock: World, worlds: Worlds) -> None:
    plain, refreshed = measured_stock(stock)
    created = after_the_time(stock)
    world = worlds.empty()
    ours = measured_ours(world)
    world.groups = our_groups(after=True)
    assert after_the_time(world) == (NOTHING, NOTHING)
    assert set(ours.values()) == {DONE, REFUSED}
    table = page_table(plain, refreshed, ours, (*created, NOTHING))
    if os.environ.get("ECS_RELEASE_WRITE_TABLES"):
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    assert table in PAGE.read_text(encoding="utf-8")
