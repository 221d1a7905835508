"""Release times that did not do what they were declared for, and what the next `up` says of it."""

from datetime import timedelta

from tests.e2e.conftest import Worlds
from tests.e2e.schedule_worlds import (
    SHANGHAI,
    armed_world,
    by_hand,
    expected,
    local,
    schedules,
    set_clock,
    times,
)
from tests.e2e.world import World

SET = "ModifyInstanceAutoReleaseTime"
DUE = local(SHANGHAI, "20:00")
# Half an hour after the last of them: `after` counts from each creation.
LATE = max(DUE, SHANGHAI.starts_at + timedelta(hours=30)) + timedelta(minutes=30)


def only(world: World, *names: str) -> None:
    """Leaves only these groups declared; the others are released at once."""
    world.groups = {name: world.groups[name] for name in names}
    assert world.up().code == 0


def test_with_the_account_overdue_nothing_fires_and_up_names_what_is_still_there(worlds: Worlds) -> None:
    world = armed_world(worlds, SHANGHAI)
    only(world, "at", "after", "daily")
    world.cloud.control("events", {"overdue": True})
    set_clock(world, LATE)
    ids = world.cloud.members()
    assert len(ids) == 3
    mark = world.cloud.mark()
    for _ in range(2):
        refused = world.up("--continue-on-error")
        assert refused.code != 0
        for member in ("at-0", "after-0"):
            assert f"{member} {ids[member]} schedule-not-fired: its release time has passed" in refused.output
        assert "see whether the account is overdue" in refused.output
        assert "declare a later time" in refused.output
    assert world.cloud.requests(mark, "DeleteInstances") == []
    assert world.cloud.requests(mark, "RunInstances") == []
    world.cloud.control("events", {"overdue": False})
    world.cloud.control("clock", {"advance": "PT5M"})
    assert [member for member in world.cloud.members() if member != "daily-0"] == []


def test_a_time_removed_by_hand_is_refused_once_it_has_passed_and_a_later_one_goes_on(worlds: Worlds) -> None:
    world = armed_world(worlds, SHANGHAI)
    only(world, "at", "after")
    ids = {name: by_hand(world, name, None) for name in ("at", "after")}
    set_clock(world, LATE)
    mark = world.cloud.mark()
    refused = world.up("--continue-on-error")
    assert refused.code != 0
    for name, instance_id in ids.items():
        assert f"{name}-0 {instance_id} schedule-not-fired" in refused.output
    assert world.cloud.changing(mark) == []
    later = schedules(SHANGHAI, "23:45", "34h")
    world.groups = {name: later[name] for name in ids}
    assert world.up().code == 0
    assert times(world) == expected(world, local(SHANGHAI, "23:45"), 34)
    assert set(world.cloud.instances) == set(ids.values())
    assert world.cloud.requests(mark, "RunInstances") == []


def test_what_is_gone_before_its_time_is_said_to_be_so_and_made_anew_by_a_refresh(worlds: Worlds) -> None:
    world = armed_world(worlds, SHANGHAI)
    ids = world.cloud.members()
    for member in ("at-0", "daily-0"):
        world.cloud.call("DeleteInstance", InstanceId=ids[member], Force="true")
    world.cloud.control("clock", {"advance": "PT5M"})
    mark = world.cloud.mark()
    plain = world.up()
    assert plain.code == 0
    for member in ("at-0", "daily-0"):
        gone = f"{member} {ids[member]} is gone before its time, {SHANGHAI.day}T20:00+08:00 {SHANGHAI.zone}"
        assert (
            f"{gone}: released by hand or by the cloud; `pulumi up --refresh` makes a new one" in plain.output
        )
    assert world.cloud.changing(mark) == []
    assert world.up("--refresh").code == 0
    assert times(world) == expected(world, DUE, 30)
    assert world.cloud.changing(mark).count("RunInstances") == 2


def test_in_the_last_half_hour_up_works_and_a_new_member_gets_the_time_after(worlds: Worlds) -> None:
    world = armed_world(worlds, SHANGHAI)
    only(world, "at", "daily")
    before = times(world)
    set_clock(world, DUE - timedelta(minutes=10))
    mark = world.cloud.mark()
    assert world.up("--expect-no-changes").code == 0
    world.groups["daily"] = {**world.groups["daily"], "tags": {"owner": "night"}, "count": 2}
    result = world.up()
    assert result.code == 0
    armed = {facts["AutoReleaseTime"] for facts in world.cloud.instances.values()}
    next_week = f"{DUE + timedelta(days=7):%Y-%m-%dT%H:%MZ}"
    assert armed == {*before.values(), next_week}
    assert "is less than 30 minutes ahead and cannot be set; it lives until" in result.output
    assert len(world.cloud.requests(mark, SET)) == 1
    # Too near to be declared anew, which is said before anything runs.
    world.groups["at"] = schedules(SHANGHAI, "20:15", "30h")["at"]
    mark = world.cloud.mark()
    assert "30 minutes to 3 years ahead" in world.up().output
    assert world.cloud.changing(mark) == []


def test_one_that_cannot_be_armed_is_named_the_rest_is_armed_and_the_next_up_completes(
    worlds: Worlds,
) -> None:
    world = armed_world(worlds, SHANGHAI)
    only(world, "daily")
    world.groups["daily"] = {**schedules(SHANGHAI, "21:30", "30h")["daily"], "count": 3}
    unlucky = world.cloud.members()["daily-0"]
    match = {"action": SET, "parameters": {"InstanceId": unlucky}}
    world.cloud.fault(match, status=403, code="OperationDenied", message="Denied.")
    failed = world.up()
    assert failed.code != 0
    assert f"is not set on daily-0 {unlucky}" in failed.output
    assert "OperationDenied" in failed.output
    moved = f"{local(SHANGHAI, '21:30'):%Y-%m-%dT%H:%MZ}"
    armed = {id_: facts["AutoReleaseTime"] for id_, facts in world.cloud.instances.items()}
    assert [id_ for id_, time in armed.items() if time != moved] == [unlucky]
    world.cloud.heal()
    mark = world.cloud.mark()
    assert world.up().code == 0
    assert world.cloud.changing(mark) == [SET]
    assert set(times(world).values()) == {moved}


def test_a_life_longer_than_allowed_is_refused_before_anything_runs(worlds: Worlds) -> None:
    world = armed_world(worlds, SHANGHAI)
    only(world, "at")
    (instance_id,) = world.cloud.instances
    set_clock(world, SHANGHAI.starts_at + timedelta(hours=20))
    world.environment_fields = {"max_lifetime": "32h"}
    mark = world.cloud.mark()
    world.groups = {"at": schedules(SHANGHAI, "23:30", "30h")["at"]}
    refused = world.preview()
    assert refused.code != 0
    assert f"at-0 {instance_id}: its release time cannot be set" in refused.output
    assert "later than max_lifetime 1d8h after its creation allows" in refused.output
    assert world.up().code != 0
    assert world.cloud.changing(mark) == []
    world.groups = {"at": schedules(SHANGHAI, "21:30", "30h")["at"]}
    assert world.up().code == 0
    assert times(world) == expected(world, local(SHANGHAI, "21:30"), 0)
