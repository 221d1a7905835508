"""DiskRelease and ReleaseSchedule: what they set, what they see as drift, what they refuse."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ecs_release.gateway.errors import Refused
from ecs_release.provider.disk_release import DiskReleaseProvider
from ecs_release.provider.release_schedule import ReleaseScheduleProvider
from tests.unit.fake_gateway import FakeGateway
from tests.unit.provider.conftest import CLOUD, DISKS, members

DISKS_PROVIDER, TIMES_PROVIDER = DiskReleaseProvider(), ReleaseScheduleProvider()
TEN, LATER = "2030-07-01T10:00Z", "2030-07-01T18:30Z"


def disk_inputs(**changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"group": "web", "group_id": "g", "account": "1", "cloud": CLOUD}
    return {**made, "members": members(0, 1, 2), "disks": DISKS, **changes}


def time_inputs(at: str = "none", **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"group": "web", "group_id": "g", "account": "1", "cloud": CLOUD}
    return {**made, "members": members(0, 1, 2), "charge": "pay-as-you-go", "at": at, **changes}


def flipped(name: str) -> list[dict[str, Any]]:
    return [{**disk, "release_with_instance": True} if disk["name"] == name else disk for disk in DISKS]


def test_flags_that_are_right_and_tags_that_are_there_cost_no_call(gateway: FakeGateway) -> None:
    DISKS_PROVIDER.create(disk_inputs())
    gateway.calls.clear()
    DISKS_PROVIDER.create(disk_inputs())
    assert gateway.calls == []


def test_disks_that_stay_say_whose_they_were(gateway: FakeGateway) -> None:
    DISKS_PROVIDER.create(disk_inputs(project="shop", stack="test"))
    assert gateway.calls == [("tag_disks", ("d-i-0-data", "d-i-1-data", "d-i-2-data"))]
    assert dict(gateway.disks["d-i-0-data"].tags) == {
        "ecs-release:project": "shop",
        "ecs-release:stack": "test",
        "ecs-release:group": "web",
    }


def test_a_flipped_flag_is_one_call_for_all_disks(gateway: FakeGateway) -> None:
    assert DISKS_PROVIDER.diff("id", disk_inputs(), disk_inputs(disks=flipped("data"))).changes
    DISKS_PROVIDER.update("id", disk_inputs(), disk_inputs(disks=flipped("data")))
    assert [(method, len(ids)) for method, ids in gateway.calls] == [("set_disk_flags", 3)]
    assert all(disk.delete_with_instance for disk in gateway.disks.values())


def test_a_flag_flipped_by_hand_is_drift(gateway: FakeGateway) -> None:
    gateway.set_disk_flags(["d-i-1-data"], delete_with_instance=True, delete_auto_snapshot=None)
    seen = DISKS_PROVIDER.read("id", disk_inputs())
    assert DISKS_PROVIDER.diff("id", seen.outs or {}, disk_inputs()).changes
    assert seen.inputs is not None
    assert seen.inputs["disks"] == (seen.outs or {})["disks"]


@pytest.mark.parametrize(
    ("reason", "disks", "refused"),
    [
        ("a disk added", [*DISKS, {**DISKS[1], "name": "more"}], True),
        ("a disk resized", [DISKS[0], {**DISKS[1], "size_gib": 400}], True),
        ("a disk removed", DISKS[:1], True),
        ("a flag flipped", flipped("data"), False),
    ],
)
def test_check_compares_with_the_recorded_disks(reason: str, disks: list[Any], refused: bool) -> None:
    failures = DISKS_PROVIDER.check(disk_inputs(), disk_inputs(disks=disks)).failures
    assert bool(failures) is refused, reason
    assert not refused or "--replace" in failures[0].reason


def test_check_lets_new_disks_pass_for_new_instances() -> None:
    news = disk_inputs(disks=DISKS[:1], members={"web-0": "i-9"})
    assert DISKS_PROVIDER.check(disk_inputs(), news).failures == []


def test_times_are_set_moved_and_cancelled(gateway: FakeGateway) -> None:
    for at in (TEN, LATER, "none"):
        TIMES_PROVIDER.update("id", {}, time_inputs(at))
        expected = datetime.strptime(at, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC) if at != "none" else None
        assert {facts.auto_release_at for facts in gateway.instances.values()} == {expected}
    assert len(gateway.calls) == 9


def test_a_time_that_stands_costs_no_call(gateway: FakeGateway) -> None:
    TIMES_PROVIDER.create(time_inputs(TEN))
    sent = len(gateway.calls)
    assert not TIMES_PROVIDER.diff("id", time_inputs(TEN), time_inputs(TEN)).changes
    TIMES_PROVIDER.update("id", time_inputs(TEN), time_inputs(TEN))
    assert len(gateway.calls) == sent


def test_a_time_moved_by_hand_is_drift_and_put_back_by_up(gateway: FakeGateway) -> None:
    TIMES_PROVIDER.create(time_inputs(TEN))
    gateway.set_release_time("i-1", datetime(2030, 7, 1, 18, 30, tzinfo=UTC))
    seen = TIMES_PROVIDER.read("id", time_inputs(TEN))
    assert (seen.outs or {})["at"] == LATER
    assert TIMES_PROVIDER.diff("id", time_inputs(TEN), time_inputs(TEN)).changes


def test_one_failure_is_named_after_the_rest_is_armed(gateway: FakeGateway) -> None:
    gateway.fail("set_release_time", Refused("InvalidAutoReleaseTime.Malformed", "too near", "R", "Modify"))
    with pytest.raises(Exception, match="is not set on web-0 i-0"):
        TIMES_PROVIDER.create(time_inputs(TEN))
    assert gateway.instances["i-2"].auto_release_at is not None


def test_a_subscription_takes_no_release_time() -> None:
    failures = TIMES_PROVIDER.check({}, time_inputs(TEN, charge="subscription")).failures
    assert "subscription" in failures[0].reason


EXPIRING = {"charge": "subscription", "renewal": "NotRenewal"}


def test_renewal_is_switched_off_once_where_a_release_at_expiry_is_declared(gateway: FakeGateway) -> None:
    TIMES_PROVIDER.create(time_inputs(**EXPIRING))
    TIMES_PROVIDER.update("id", time_inputs(**EXPIRING), time_inputs(**EXPIRING))
    assert gateway.calls == [("end_renewal", ("i-0", "i-1", "i-2"))]


def test_a_renewal_switched_on_by_hand_is_drift_and_put_back(gateway: FakeGateway) -> None:
    TIMES_PROVIDER.create(time_inputs(**EXPIRING))
    gateway.renewal_of["i-1"] = "AutoRenewal"
    seen = TIMES_PROVIDER.read("id", time_inputs(**EXPIRING))
    assert (seen.outs or {})["renewal"] == "none"
    assert TIMES_PROVIDER.diff("id", time_inputs(**EXPIRING), time_inputs(**EXPIRING)).changes


def test_a_renewal_that_nobody_declares_is_left_alone(gateway: FakeGateway) -> None:
    gateway.renewal_of["i-1"] = "AutoRenewal"
    TIMES_PROVIDER.create(time_inputs(charge="subscription"))
    assert gateway.calls == []
    assert TIMES_PROVIDER.diff("id", time_inputs(**EXPIRING), time_inputs(charge="subscription")).changes


def test_a_flag_that_was_silently_not_set_is_an_error(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "set_disk_flags", lambda *_, **__: ["request"])
    with pytest.raises(Exception, match=r"d-i-0-data.* not as they were set"):
        DISKS_PROVIDER.update("id", disk_inputs(), disk_inputs(disks=flipped("data")))
