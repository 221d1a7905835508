"""Release times: what is wanted of a member, what stands against it, how a time reads."""

from datetime import UTC, datetime, time, timedelta
from itertools import islice, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ecs_release.domain.schedule import (
    SHORTEST,
    Daily,
    Schedule,
    has_not_fired,
    in_zone,
    moment,
    obstacle,
    occurrences,
    parse_span,
    skipped,
    span,
    wanted,
    zone_of,
)
from tests.unit.domain.worlds import instance

BERLIN, SHANGHAI = "Europe/Berlin", "Asia/Shanghai"
EVENING = Daily(time(20), SHANGHAI, frozenset(range(5)))
# A Friday, 20:00 in Shanghai.
FRIDAY = datetime(2030, 6, 7, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def member(armed: datetime | None = None, created: datetime | None = FRIDAY - DAY) -> Any:
    return instance("i-0", "web-0", auto_release_at=armed, created_at=created)


@given(some.integers(1, 3 * 365 * 1440))
def test_a_duration_reads_back(minutes: int) -> None:
    assert parse_span(span(timedelta(minutes=minutes))) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "8", "h", "1h2d", "-1h", "8 h", "8h30", "1.5h", "٨h"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no duration"):
        parse_span(text)


@pytest.mark.parametrize("name", ["", "Berlin", "../etc/passwd", "Europe", "8:00"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no IANA zone"):
        zone_of(name)


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("UTC", "2030-06-07T12:00Z"),
        (BERLIN, "2030-06-07T14:00+02:00 Europe/Berlin"),
        (SHANGHAI, "2030-06-07T20:00+08:00 Asia/Shanghai"),
        ("-03:30", "2030-06-07T08:30-03:30"),
    ],
)
def test_a_time_is_shown_in_its_owners_zone(zone: str, shown: str) -> None:
    assert in_zone(FRIDAY, zone) == shown


@pytest.mark.parametrize(
    ("day", "clock", "shown"),
    [
        ((2027, 3, 27), time(2, 30), "2027-03-27T02:30+01:00"),
        # Left out by the change to summer time: as much later as the clocks jump.
        ((2027, 3, 28), time(2, 30), "2027-03-28T03:30+02:00"),
        ((2027, 3, 28), time(3, 0), "2027-03-28T03:00+02:00"),
        # There twice: the first, in summer time still.
        ((2027, 10, 31), time(2, 30), "2027-10-31T02:30+02:00"),
        ((2027, 10, 31), time(3, 0), "2027-10-31T03:00+01:00"),
    ],
)
def test_times_around_the_change_of_the_clocks(day: Any, clock: time, shown: str) -> None:
    when = moment(datetime(*day).date(), clock, BERLIN)
    assert in_zone(when, BERLIN) == f"{shown} {BERLIN}"


@given(
    some.datetimes(datetime(2026, 1, 1), datetime(2040, 1, 1), timezones=some.just(UTC)),
    some.times(),
    some.sampled_from([BERLIN, SHANGHAI, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    some.frozensets(some.integers(0, 6), min_size=1),
)
def test_occurrences_rise_never_lie_before_and_are_on_their_days(
    since: datetime, clock: time, zone: str, days: frozenset[int]
) -> None:
    found = list(islice(occurrences(Daily(clock.replace(second=0, microsecond=0), zone, days), since), 9))
    assert all(earlier < later for earlier, later in pairwise(found))
    assert found[0] >= since
    # The change of the clocks can carry a time over midnight, never by a day.
    assert found[0] - since < timedelta(days=8)
    assert all(
        (when - HOUR).astimezone(zone_of(zone)).weekday() in days or _on(when, zone, days) for when in found
    )


def _on(when: datetime, zone: str, days: frozenset[int]) -> bool:
    return when.astimezone(zone_of(zone)).weekday() in days


@pytest.mark.parametrize(
    ("schedule", "armed", "now", "expected"),
    [
        (Schedule(), FRIDAY, FRIDAY - HOUR, None),
        (Schedule(at=FRIDAY), None, FRIDAY - HOUR, FRIDAY),
        (Schedule(after=30 * HOUR), None, FRIDAY, FRIDAY + 6 * HOUR),
        (Schedule(daily=EVENING), None, FRIDAY - HOUR, FRIDAY),
        (Schedule(daily=EVENING), None, FRIDAY - SHORTEST, FRIDAY),
        # Too near to be set: the next one, after the weekend.
        (Schedule(daily=EVENING), None, FRIDAY - timedelta(minutes=29), FRIDAY + 3 * DAY),
        # Armed already: left alone to the last minute.
        (Schedule(daily=EVENING), FRIDAY, FRIDAY - timedelta(minutes=1), FRIDAY),
        (Schedule(daily=EVENING), FRIDAY, FRIDAY + timedelta(minutes=1), FRIDAY + 3 * DAY),
        # Moved by hand to the one after: back to the next.
        (Schedule(daily=EVENING), FRIDAY + 3 * DAY, FRIDAY - HOUR, FRIDAY),
    ],
)
def test_the_time_that_a_member_should_have(
    schedule: Schedule, armed: datetime | None, now: datetime, expected: datetime | None
) -> None:
    assert wanted(schedule, member(armed), now) == expected


@pytest.mark.parametrize(
    ("schedule", "armed", "now", "why"),
    [
        (Schedule(at=FRIDAY), FRIDAY, FRIDAY - timedelta(minutes=5), ""),
        (Schedule(at=FRIDAY), None, FRIDAY - SHORTEST, ""),
        (Schedule(at=FRIDAY), None, FRIDAY - timedelta(minutes=29), "less than 30 minutes ahead"),
        (Schedule(at=FRIDAY), None, FRIDAY, "has passed"),
        (Schedule(at=FRIDAY), None, FRIDAY - timedelta(days=1096), "more than 3 years ahead"),
        (Schedule(after=8 * HOUR), None, FRIDAY, "2030-06-06T20:00Z has passed"),
        (Schedule(at=FRIDAY, max_lifetime=DAY), None, FRIDAY - HOUR, ""),
        (
            Schedule(at=FRIDAY, max_lifetime=23 * HOUR),
            None,
            FRIDAY - HOUR,
            "later than max_lifetime 23h after its creation allows, 2030-06-07T11:00Z",
        ),
        (Schedule(at=FRIDAY, max_lifetime=HOUR), FRIDAY, FRIDAY - HOUR, ""),
        (Schedule(daily=EVENING, max_lifetime=2 * DAY), None, FRIDAY, "later than max_lifetime 2d"),
    ],
)
def test_what_stands_against_setting_a_time(
    schedule: Schedule, armed: datetime | None, now: datetime, why: str
) -> None:
    found = obstacle(schedule, member(armed), now)
    assert why in found
    assert bool(found) is bool(why)


def test_a_member_whose_creation_is_not_told_cannot_be_armed_after_it() -> None:
    unknown = member(created=None)
    assert wanted(Schedule(after=HOUR), unknown, FRIDAY) is None
    assert "does not tell" in obstacle(Schedule(after=HOUR), unknown, FRIDAY)


@pytest.mark.parametrize(
    ("schedule", "armed", "unfired"),
    [
        (Schedule(at=FRIDAY), FRIDAY, True),
        (Schedule(at=FRIDAY), None, True),
        (Schedule(at=FRIDAY), FRIDAY + HOUR, False),
        (Schedule(after=8 * HOUR), None, True),
        (Schedule(after=8 * HOUR), FRIDAY + HOUR, False),
        (Schedule(after=30 * HOUR), None, False),
        (Schedule(daily=EVENING), FRIDAY - DAY, True),
        (Schedule(daily=EVENING), None, False),
        (Schedule(), None, False),
    ],
)
def test_what_should_have_gone_by_now(schedule: Schedule, armed: datetime | None, unfired: bool) -> None:
    assert has_not_fired(schedule, member(armed), FRIDAY) is unfired


def test_the_evening_that_is_too_near_is_named() -> None:
    soon = FRIDAY - timedelta(minutes=10)
    assert skipped(Schedule(daily=EVENING), member(), soon) == FRIDAY
    assert skipped(Schedule(daily=EVENING), member(FRIDAY), soon) is None
    assert skipped(Schedule(daily=EVENING), member(), FRIDAY - HOUR) is None
    assert skipped(Schedule(after=HOUR), member(), soon) is None


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (Schedule(at=FRIDAY, zone=BERLIN), "2030-06-07T14:00+02:00 Europe/Berlin"),
        (Schedule(after=36 * HOUR), "1d12h after its creation"),
        (Schedule(daily=EVENING, zone=SHANGHAI), "daily 20:00 mon,tue,wed,thu,fri Asia/Shanghai"),
        (Schedule(), "none"),
    ],
)
def test_a_schedule_in_words(schedule: Schedule, words: str) -> None:
    assert str(schedule) == words
