"""What the engine hands over is held against the stored form before any method reads it."""

from typing import Any

import pytest
from pulumi.output import Unknown
from pulumi.runtime.rpc import UNKNOWN

from ecs_release.provider.disk_release import DiskReleaseProvider
from ecs_release.provider.gate import GateProvider
from ecs_release.provider.release_schedule import ReleaseScheduleProvider
from ecs_release.provider.shape import check_shape
from ecs_release.provider.sweep import SweepProvider
from ecs_release.provider.teardown import TeardownProvider
from ecs_release.runner.records import UnreadableRecord
from tests.unit.fake_gateway import FakeGateway
from tests.unit.provider.conftest import DISKS, record, stored

TIMED = {**record(), "charge": "pay-as-you-go", "at": "2030-07-01T10:00Z"}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"members": "i-0"}, "members: 'i-0'"),
        ({"members": {"web-0": 7}}, "members.web-0: 7"),
        ({"members": {"web-0": ""}}, "members.web-0: ''"),
        ({"members": [["web-0"]]}, "members.0"),
        ({"disks": {"system": DISKS[0]}}, "disks: "),
        ({"disks": [None]}, "disks.0: None"),
        ({"disks": [{**DISKS[0], "release_with_instance": "true"}]}, "disks.0.release_with_instance: 'true'"),
        ({"disks": [{**DISKS[0], "size_gib": True}]}, "disks.0.size_gib: True"),
        ({"terms": []}, "terms: "),
        ({"cloud": {"ecs": None}}, "cloud.ecs: None"),
        ({"adopt": ["i-9"]}, "adopt: "),
        ({"armed": {"web-0": None}}, "armed.web-0: None"),
        ({"groups": ["web"]}, "groups: "),
        ({"groups": {"web": 7}}, "groups.web: 7"),
        ({"groups": {"web": {"members": ["web-0"]}}}, "groups.web.members: "),
        ({"group": "a/b"}, "group: 'a/b'"),
        ({"at": 7}, "at: 7"),
    ],
)
def test_another_form_is_named(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(UnreadableRecord) as caught:
        check_shape(record(**changes))
    assert f"cannot be read: {place}" in str(caught.value)


def test_what_is_not_known_yet_and_what_the_engine_fills_in_pass() -> None:
    unknown = Unknown()  # type: ignore[no-untyped-call]
    check_shape(record(members=unknown, disks=UNKNOWN, group_id=None, account=None, bought=None, more=[7]))
    check_shape(record(members={"web-0": unknown}, cloud={"ecs": UNKNOWN}))
    check_shape({**stored(), "members": ["web-0"]})


@pytest.mark.parametrize("properties", [{"groups": 7}, {"groups": {"web": None}}, {"groups": ["web"]}])
def test_a_gate_that_cannot_be_read_lets_nothing_pass(properties: dict[str, Any]) -> None:
    with pytest.raises(Exception, match="groups"):
        GateProvider().delete("id", {**properties, "schema": 1})


def test_a_member_that_cannot_be_read_is_not_left_out(gateway: FakeGateway) -> None:
    with pytest.raises(Exception, match=r"members\.web-1"):
        DiskReleaseProvider().update("id", stored(), record(members={"web-0": "i-0", "web-1": 7}))
    assert gateway.calls == []


def test_a_wish_that_lost_a_flag_sets_no_disk_to_go(gateway: FakeGateway) -> None:
    lost = {key: value for key, value in DISKS[1].items() if key != "release_with_instance"}
    with pytest.raises(Exception, match="release_with_instance"):
        DiskReleaseProvider().update("id", stored(), record(disks=[DISKS[0], lost]))
    assert gateway.calls == []


def test_a_schedule_that_lost_its_time_cancels_nothing(gateway: FakeGateway) -> None:
    news = {key: value for key, value in TIMED.items() if key != "at"}
    with pytest.raises(Exception, match="at: missing"):
        ReleaseScheduleProvider().update("id", {**TIMED, "schema": 1}, news)
    assert gateway.calls == []


@pytest.mark.parametrize("at", ["soon", "2030-07-01"])
def test_a_time_that_is_none_is_named(at: str) -> None:
    with pytest.raises(Exception, match="at: time data"):
        ReleaseScheduleProvider().diff("id", {**TIMED, "schema": 1}, {**TIMED, "at": at})


def test_a_sweep_that_lost_its_group_id_draws_no_other() -> None:
    inputs = {**record(), "members": ["web-0"], "at": "none", "group_id": None}
    olds = {key: value for key, value in inputs.items() if key != "group_id"}
    with pytest.raises(Exception, match="group_id: missing"):
        SweepProvider().check(olds, inputs)


@pytest.mark.parametrize("key", ["project", "stack", "group"])
def test_a_declaration_without_its_place_is_named(key: str) -> None:
    news = {name: value for name, value in record().items() if name != key}
    with pytest.raises(Exception, match=f"{key}: missing"):
        TeardownProvider().check({}, news)
