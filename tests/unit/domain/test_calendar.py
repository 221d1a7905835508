"""A group on the calendar: its ends as declared and as the cloud has them, and what is not known."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from ecs_release.domain.calendar import Declared, End, Source, calendar_line, in_order, renewed
from ecs_release.domain.facts import Charge, InstanceFacts
from ecs_release.domain.schedule import Daily, Schedule
from tests.unit.domain.worlds import instance

NOW = datetime(2027, 3, 27, 12, tzinfo=UTC)
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
SOON = NOW + 8 * HOUR
EVENING = Schedule(daily=Daily(time(20), "Europe/Berlin"), zone="Europe/Berlin")


def web(schedule: Schedule, **changes: Any) -> Declared:
    return replace(Declared("prod", "web", ("web-0", "web-1"), schedule), **changes)


def seen(*armed: datetime | None) -> dict[str, InstanceFacts]:
    return {
        f"web-{number}": instance(f"i-{number}", f"web-{number}", auto_release_at=when)
        for number, when in enumerate(armed)
    }


def test_what_is_declared_is_an_end_until_the_cloud_tells_its_own() -> None:
    declared = calendar_line(web(Schedule(at=SOON)), None, NOW, WEEK)
    assert declared.ends == (End(SOON, ("web-0", "web-1"), Source.DECLARED),)
    moved = calendar_line(web(Schedule(at=SOON)), seen(SOON, SOON + HOUR), NOW, WEEK)
    assert moved.ends == (
        End(SOON, ("web-0",), Source.CLOUD),
        End(SOON + HOUR, ("web-1",), Source.CLOUD),
    )


def test_a_daily_end_comes_at_its_local_time_over_the_change_of_the_clocks() -> None:
    line = calendar_line(web(EVENING), None, NOW, timedelta(days=3))
    assert [f"{end.when:%d %H:%M}" for end in line.ends] == ["27 19:00", "28 18:00", "29 18:00"]
    armed = calendar_line(web(EVENING), seen(line.ends[0].when), NOW, timedelta(days=3))
    assert [end.source for end in armed.ends] == [Source.CLOUD, Source.DECLARED, Source.DECLARED]


@pytest.mark.parametrize(
    ("schedule", "members", "how", "note"),
    [
        (Schedule(), None, "never by itself", ""),
        (Schedule(), seen(None), "never by itself", ""),
        (Schedule(), seen(SOON), "never by itself", "armed by hand, declared nowhere"),
        (Schedule(at=SOON), seen(None), "at 2027-03-27T20:00Z", "declared but not armed on all members"),
        (Schedule(at=NOW), {}, "at 2027-03-27T12:00Z", "released as planned"),
        (
            Schedule(at=NOW),
            seen(None),
            "at 2027-03-27T12:00Z",
            "its time has passed, and web-0 are still there",
        ),
        (Schedule(after=8 * HOUR), None, "8h after its creation", ""),
    ],
)
def test_what_is_said_of_a_group(schedule: Schedule, members: Any, how: str, note: str) -> None:
    line = calendar_line(web(schedule), members, NOW, WEEK)
    assert line.how == how
    assert line.note.startswith(note)
    assert bool(line.note) is bool(note)


def test_a_subscription_expires_and_one_that_is_renewed_does_not() -> None:
    member = instance("i-0", "web-0", charge=Charge.SUBSCRIPTION, expires_at=SOON)
    line = calendar_line(web(Schedule()), {"web-0": member}, NOW, WEEK)
    assert line.ends == (End(SOON, ("web-0",), Source.CLOUD, expires=True),)
    assert line.how == "nothing declared, the subscription expires"
    assert renewed(line).ends == ()
    assert calendar_line(web(Schedule(), at_expiry=True), {}, NOW, WEEK).how == "at its expiry, not renewed"


def test_what_ends_first_comes_first_and_what_never_ends_last() -> None:
    lines = [
        calendar_line(web(schedule, group=name), None, NOW, WEEK)
        for name, schedule in (
            ("never", Schedule()),
            ("late", Schedule(at=SOON + HOUR)),
            ("soon", Schedule(at=SOON)),
            ("also", Schedule()),
        )
    ]
    assert [line.group for line in in_order(lines)] == ["soon", "late", "also", "never"]
