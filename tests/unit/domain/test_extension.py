"""Times moved in a hurry, and the declaration under which the next `up` leaves them alone."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as some

from ecs_release.domain.extension import cancelled, declaration, extended, schedule_value
from ecs_release.domain.facts import InstanceFacts
from ecs_release.domain.schedule import Daily, Schedule, wanted
from stacks.schema import Group
from tests.unit.domain.worlds import instance

NOW = datetime(2027, 3, 27, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ZONES = ["UTC", "Europe/Berlin", "Asia/Shanghai", "America/St_Johns"]
PLAIN: dict[str, Any] = {"count": 1, "instance_type": "ecs.g7.large", "image": "image-1"}
minutes = some.integers(31, 60 * 24 * 9).map(lambda count: timedelta(minutes=count))
schedules = some.one_of(
    some.builds(lambda ahead, zone: Schedule(at=NOW + ahead, zone=zone), minutes, some.sampled_from(ZONES)),
    some.builds(lambda ahead: Schedule(after=ahead + 30 * HOUR), minutes),
    some.builds(
        lambda hour, minute, zone, days: Schedule(daily=Daily(time(hour, minute), zone, days), zone=zone),
        some.integers(0, 23),
        some.integers(0, 59),
        some.sampled_from(ZONES[1:]),
        some.frozensets(some.integers(0, 6), min_size=1),
    ),
)


def armed(schedule: Schedule, count: int = 2) -> dict[str, InstanceFacts]:
    """Members as an `up` has left them."""
    bare = {
        f"web-{number}": instance(f"i-{number}", f"web-{number}", created_at=NOW - 30 * HOUR)
        for number in range(count)
    }
    return {
        name: instance(facts.instance_id, name, created_at=facts.created_at, auto_release_at=when)
        for name, facts in bare.items()
        if (when := wanted(schedule, facts, NOW))
    }


@given(schedules, some.integers(1, 60 * 23))
def test_what_the_file_is_told_to_say_makes_the_new_time_the_wanted_one(
    schedule: Schedule, later: int
) -> None:
    changes = extended(armed(schedule), schedule, timedelta(minutes=later), NOW)
    assert [change.refusal for change in changes] == ["", ""]
    wish = declaration(schedule, changes, NOW)
    # Seven days of the week, moved over the next of them: no time of day says that.
    assume(wish is not None)
    assert wish is not None
    text = yaml.safe_dump(schedule_value(wish), default_flow_style=True, width=1000)
    declared = Group.model_validate({**PLAIN, "release": {"schedule": yaml.safe_load(text)}}).release.timing
    for change in changes:
        moved = instance("i-9", "web", created_at=change.facts.created_at, auto_release_at=change.after)
        assert wanted(declared, moved, NOW) == change.after


def test_a_declaration_is_found_for_every_form_within_a_day() -> None:
    for schedule in (
        Schedule(at=NOW + 8 * HOUR, zone="Asia/Shanghai"),
        Schedule(after=40 * HOUR),
        Schedule(daily=Daily(time(20), "Europe/Berlin"), zone="Europe/Berlin"),
    ):
        changes = extended(armed(schedule), schedule, 2 * HOUR, NOW)
        assert declaration(schedule, changes, NOW) not in (None, schedule)


@pytest.mark.parametrize(
    ("schedule", "later", "value"),
    [
        (Schedule(at=NOW + 8 * HOUR), 2 * HOUR, {"at": "2027-03-27T22:00:00Z"}),
        (Schedule(at=NOW + 8 * HOUR, zone="+08:00"), 2 * HOUR, {"at": "2027-03-28T06:00:00+08:00"}),
        (
            Schedule(at=NOW + 8 * HOUR, zone="Europe/Berlin"),
            6 * HOUR,
            {"at": "2027-03-28T04:00", "zone": "Europe/Berlin"},
        ),
        (Schedule(after=32 * HOUR), 2 * HOUR, {"after": "1d10h"}),
        (
            Schedule(daily=Daily(time(23), "Asia/Shanghai", frozenset({5, 6})), zone="Asia/Shanghai"),
            2 * HOUR,
            {"daily": "01:00", "zone": "Asia/Shanghai", "days": ["mon", "sun"]},
        ),
        (
            Schedule(daily=Daily(time(22), "Asia/Shanghai"), zone="Asia/Shanghai"),
            HOUR,
            {"daily": "23:00", "zone": "Asia/Shanghai"},
        ),
    ],
)
def test_the_words_for_the_file(schedule: Schedule, later: timedelta, value: dict[str, Any]) -> None:
    wish = declaration(schedule, extended(armed(schedule), schedule, later, NOW), NOW)
    assert wish is not None
    assert schedule_value(wish) == value


def test_a_time_that_comes_twice_is_said_with_its_offset() -> None:
    second = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    assert schedule_value(Schedule(at=second, zone="Europe/Berlin")) == {
        "at": "2027-10-31T02:30:00+01:00",
        "zone": "Europe/Berlin",
    }


@pytest.mark.parametrize(
    ("armed_in", "later", "longest", "why"),
    [
        (10, 10, None, "less than 30 minutes ahead"),
        (10, 20, None, ""),
        (10, 60 * 24 * 365 * 3, None, "more than 3 years ahead"),
        (0, 60, None, "has passed; the cloud may release it"),
        (60, 60, timedelta(hours=32), ""),
        (60, 61, timedelta(hours=32), "later than max_lifetime 1d8h after its creation allows"),
    ],
)
def test_what_forbids_an_extension(armed_in: int, later: int, longest: timedelta | None, why: str) -> None:
    schedule = Schedule(at=NOW + timedelta(minutes=armed_in), max_lifetime=longest)
    (change,) = extended(armed(schedule, 1), schedule, timedelta(minutes=later), NOW)
    assert why in change.refusal
    assert bool(change.refusal) is bool(why)


def test_members_without_a_time_are_left_alone_and_a_bounded_life_is_not_cancelled() -> None:
    members = {**armed(Schedule(at=NOW + HOUR), 1), "web-9": instance("i-9", "web-9")}
    (change,) = cancelled(members, Schedule())
    assert (change.member, change.after, change.refusal) == ("web-0", None, "")
    assert schedule_value(declaration(Schedule(at=NOW + HOUR), [change], NOW) or Schedule()) is None
    (refused,) = cancelled(members, Schedule(max_lifetime=timedelta(days=30)))
    assert "max_lifetime 30d bounds its life" in refused.refusal


def test_times_that_differ_have_no_single_declaration() -> None:
    members = armed(Schedule(at=NOW + 8 * HOUR), 2)
    first = instance("i-0", "web-0", created_at=NOW, auto_release_at=NOW + 9 * HOUR)
    changes = extended({**members, "web-0": first}, Schedule(at=NOW + 8 * HOUR), HOUR, NOW)
    assert declaration(Schedule(at=NOW + 8 * HOUR), changes, NOW) is None
