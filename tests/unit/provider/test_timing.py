"""ReleaseSchedule with times of each member's own: what it sets, sees, says and refuses."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from ecs_release.provider.release_schedule import ReleaseScheduleProvider
from tests.unit.domain.worlds import NOW, instance
from tests.unit.fake_gateway import FakeGateway
from tests.unit.provider.conftest import CLOUD, TestSession, members

PROVIDER = ReleaseScheduleProvider()
HOUR = timedelta(hours=1)
# 20:00 in Shanghai is the very minute of NOW.
DAILY = {"daily": "20:00 mon,tue,wed,thu,fri,sat,sun", "zone": "Asia/Shanghai"}


def inputs(**changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"group": "web", "group_id": "g", "account": "1", "cloud": CLOUD}
    return {**made, "members": members(0, 1, 2), "charge": "pay-as-you-go", "at": "none", **changes}


@pytest.fixture(autouse=True)
def created(gateway: FakeGateway) -> None:
    """The members were created one, two and three hours ago."""
    for number in range(3):
        made = instance(f"i-{number}", f"web-{number}", created_at=NOW - (number + 1) * HOUR)
        gateway.add(made)


def armed(gateway: FakeGateway) -> list[datetime | None]:
    return [facts.auto_release_at for facts in gateway.instances.values()]


def test_each_member_counts_from_its_own_creation(gateway: FakeGateway) -> None:
    outputs = PROVIDER.create(inputs(after="8h")).outs or {}
    assert armed(gateway) == [NOW + 7 * HOUR, NOW + 6 * HOUR, NOW + 5 * HOUR]
    assert outputs["armed"]["web-0"] == "2030-06-01T19:00Z"
    assert not PROVIDER.diff("id", outputs, inputs(after="8h")).changes


def test_a_daily_time_that_is_now_is_the_next_days_and_says_so(
    gateway: FakeGateway, own_session: TestSession, capsys: pytest.CaptureFixture[str]
) -> None:
    PROVIDER.create(inputs(**DAILY))
    assert set(armed(gateway)) == {NOW + 24 * HOUR}
    assert "cannot be set; it lives until 2030-06-02T20:00+08:00 Asia/Shanghai" in capsys.readouterr().out


def test_a_schedule_that_is_no_longer_declared_is_cancelled(gateway: FakeGateway) -> None:
    outputs = PROVIDER.create(inputs(after="8h")).outs or {}
    assert PROVIDER.diff("id", outputs, inputs()).changes
    PROVIDER.update("id", outputs, inputs())
    assert set(armed(gateway)) == {None}


def test_a_move_by_hand_is_shown_by_member_and_put_back(
    gateway: FakeGateway, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = PROVIDER.create(inputs(**DAILY)).outs or {}
    gateway.set_release_time("i-1", NOW + 30 * HOUR)
    gateway.set_release_time("i-2", None)
    read = PROVIDER.read("id", outputs)
    assert (read.inputs or {})["moved"] == {
        "web-1": "2030-06-03T02:00+08:00 Asia/Shanghai",
        "web-2": "none",
    }
    said = capsys.readouterr().out
    assert "web-1 i-1: release time moved by hand: recorded 2030-06-02T20:00+08:00 Asia/Shanghai" in said
    assert "web-2 i-2: release time cancelled by hand" in said
    assert PROVIDER.diff("id", read.outs or {}, inputs(**DAILY)).changes
    gateway.calls.clear()
    PROVIDER.update("id", read.outs or {}, inputs(**DAILY))
    assert sorted(ids for _, ids in gateway.calls) == [("i-1",), ("i-2",)]
    assert set(armed(gateway)) == {NOW + 24 * HOUR}


def test_what_should_be_gone_and_is_not_is_refused(gateway: FakeGateway) -> None:
    with pytest.raises(
        Exception, match=r"web-2 i-2 schedule-not-fired: its release time has passed"
    ) as refused:
        PROVIDER.update("id", {}, inputs(after="3h"))
    assert "web-0" not in str(refused.value)
    assert armed(gateway) == [NOW + 2 * HOUR, NOW + HOUR, None]


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ({"after": "3h"}, "web-2 i-2: its release time cannot be set: 2030-06-01T12:00Z has passed"),
        ({"after": "2h15m"}, "web-1 i-1: its release time cannot be set: 2030-06-01T12:15Z is less than 30"),
        ({**DAILY, "max_lifetime": "1d2h"}, "later than max_lifetime 1d2h after its creation"),
    ],
)
def test_what_cannot_be_set_fails_the_check(wish: dict[str, Any], why: str) -> None:
    failures = PROVIDER.check(inputs(), inputs(**wish)).failures
    assert any(why in failure.reason for failure in failures)


def test_a_check_of_what_is_recorded_already_asks_nobody(gateway: FakeGateway) -> None:
    gateway.may_see = False
    assert PROVIDER.check(inputs(after="3h"), inputs(after="3h")).failures == []


def test_what_is_gone_is_told_from_what_may_not_be_seen(
    gateway: FakeGateway, own_session: TestSession, capsys: pytest.CaptureFixture[str]
) -> None:
    times = {"web-0": "2030-06-01T11:00Z", "web-1": "2030-06-01T13:00Z", "web-2": "2030-06-02T12:00Z"}
    outputs = {**inputs(after="8h"), "armed": times}
    del gateway.instances["i-0"], gateway.instances["i-1"]
    PROVIDER.diff("id", outputs, inputs(after="8h"))
    said = capsys.readouterr().out
    assert "web-0 i-0 schedule: released as planned at 2030-06-01T11:00Z; `pulumi up --refresh`" in said
    assert "web-1 i-1 is gone before its time, 2030-06-01T13:00Z" in said
    assert own_session.fallen_due == {"i-0"}
    gateway.may_see = False
    PROVIDER.diff("id", outputs, inputs(after="8h"))
    said = capsys.readouterr().out
    assert "no-permission-to-look" in said
    assert "web-2 i-2" not in said


def test_a_preview_of_a_later_time_tells_what_goes_and_plans_no_change(
    gateway: FakeGateway, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = PROVIDER.create(inputs(after="8h")).outs or {}
    gateway.add(replace(gateway.instances["i-2"], deletion_protection=True))
    capsys.readouterr()
    later = inputs(after="8h", now="2030-06-01T18:30Z")
    checked = PROVIDER.check(inputs(after="8h"), later).inputs
    assert not PROVIDER.diff("id", outputs, checked or {}).changes
    said = capsys.readouterr().out
    assert "web-2 i-2 will be gone by 2030-06-01T18:30Z: the cloud releases it at 2030-06-01T17:00Z" in said
    assert "its deletion protection does not stop that" in said
    assert "web-0" not in said
    assert "lost with it: disk d-i-1-system (system, cloud_essd, 40 GiB)" in said
    assert "stays and bills: disk d-i-2-data (data, cloud_essd, 200 GiB)" in said


def test_a_record_of_times_that_cannot_be_read_is_named() -> None:
    with pytest.raises(Exception, match="the release times of web"):
        PROVIDER.read("id", {**inputs(after="8h"), "armed": {"web-0": "soon"}})
    with pytest.raises(Exception, match="the schedule of web: daily"):
        PROVIDER.read("id", inputs(daily="20:00 someday"))
