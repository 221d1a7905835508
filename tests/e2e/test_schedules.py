"""Every form of a release time from its arming to the `up` after it, over a change of the clocks."""

import re
from datetime import datetime, timedelta

import pytest

from tests.e2e.conftest import Worlds
from tests.e2e.schedule_worlds import (
    CASES,
    Case,
    armed_world,
    by_hand,
    expected,
    local,
    schedules,
    set_clock,
    times,
    unscheduled,
)
from tests.e2e.world import Result

SET = "ModifyInstanceAutoReleaseTime"


def said(result: Result, pattern: str) -> set[str]:
    """What the pattern's group caught; the engine shows most lines twice."""
    return set(re.findall(pattern, result.output))


@pytest.fixture(params=CASES, ids=lambda case: case.zone)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


def test_armed_moved_within_the_day_and_cancelled_by_one_call_each(worlds: Worlds, case: Case) -> None:
    world = armed_world(worlds, case)
    assert times(world) == expected(world, local(case, "20:00"), 30)
    assert len(world.cloud.requests(action=SET)) == 6
    mark = world.cloud.mark()
    assert world.up("--expect-no-changes").code == 0
    assert world.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes").code == 0
    assert world.cloud.changing(mark) == []
    world.groups = schedules(case, "21:30", "32h")
    assert world.up().code == 0
    assert times(world) == expected(world, local(case, "21:30"), 32)
    world.groups = unscheduled(world.groups)
    assert world.up().code == 0
    assert set(times(world).values()) == {""}
    assert world.cloud.changing(mark) == [SET] * 12
    assert world.up("--expect-no-changes").code == 0


def test_moved_cancelled_and_added_by_hand_are_seen_in_the_owners_zone_and_put_back(
    worlds: Worlds, case: Case
) -> None:
    world = armed_world(worlds, case)
    world.groups["at-spot"]["release"] = {}
    assert world.up().code == 0
    before = times(world)
    noon = local(case, "12:00")
    moved = {name: by_hand(world, name, noon) for name in ("at", "after", "daily-spot", "at-spot")}
    cancelled = {name: by_hand(world, name, None) for name in ("daily", "after-spot")}
    mark = world.cloud.mark()
    seen = world.pulumi("refresh", "--yes", "--skip-preview")
    assert seen.code == 0
    shown = f"{case.day}T12:00{case.offset} {case.zone}"
    assert f"at-0 {moved['at']}: release time moved by hand" in seen.output
    assert f"in the cloud {shown}" in seen.output
    assert f"recorded {case.day}T20:00{case.offset} {case.zone}" in seen.output
    assert f"daily-0 {cancelled['daily']}: release time cancelled by hand" in seen.output
    assert f"at-spot-0 {moved['at-spot']}: release time added by hand" in seen.output
    assert world.preview("--expect-no-changes").code != 0
    assert world.up().code == 0
    assert times(world) == before
    assert world.cloud.changing(mark) == [SET] * 6
    assert world.up("--expect-no-changes").code == 0


def after_all(case: Case) -> datetime:
    """Twenty minutes after the last of the releases."""
    return max(local(case, "20:00"), case.starts_at + timedelta(hours=30)) + timedelta(minutes=20)


def test_a_preview_of_a_later_time_shows_what_will_be_gone_by_then(worlds: Worlds, case: Case) -> None:
    world = armed_world(worlds, case)
    world.config["ecs-release:now"] = f"{after_all(case):%Y-%m-%dT%H:%MZ}"
    mark = world.cloud.mark()
    told = world.preview()
    assert told.code == 0
    assert said(told, r"(\S+) will be gone by") == set(world.cloud.instances)
    disks = world.cloud.state("disks").items()
    dying = {id_ for id_, disk in disks if disk["DeleteWithInstance"]}
    assert said(told, r"lost with it: disk (\S+)") == dying
    assert said(told, r"stays and bills: disk (\S+)") == world.cloud.state("disks").keys() - dying
    assert world.cloud.changing(mark) == []


def test_what_falls_due_is_as_planned_and_comes_back_only_where_it_repeats(
    worlds: Worlds, case: Case
) -> None:
    world = armed_world(worlds, case)
    old = world.cloud.members()
    set_clock(world, after_all(case))
    assert world.cloud.instances == {}
    mark = world.cloud.mark()
    assert "schedule: released as planned" in world.preview().output
    plain = world.up()
    assert plain.code == 0
    repeating = {id_ for name, id_ in old.items() if not name.startswith("at")}
    command = r"(\S+) schedule: released as planned at .*; `pulumi up --refresh` makes a new one"
    assert said(plain, command) == repeating
    planned = said(plain, r"(\S+) schedule: released as planned by its schedule")
    assert planned == {id_ for name, id_ in old.items() if name.startswith("at")}
    assert world.cloud.changing(mark) == []
    again = world.up("--refresh", "--parallel", "16")
    assert again.code == 0
    assert said(again, r"(\S+) schedule: released as planned by its schedule") == repeating
    assert sorted(times(world)) == ["after", "after-spot", "daily", "daily-spot"]
    assert not set(old.values()) & set(world.cloud.instances)
    next_week = local(case, "20:00") + timedelta(days=7)
    assert times(world) == expected(world, next_week, 30)
    assert world.cloud.changing(mark).count("RunInstances") == 4
    assert world.up("--refresh", "--expect-no-changes").code == 0
