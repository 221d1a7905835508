"""Sweep: the group id drawn once, the guard before anything exists, the last look on destroy."""

from typing import Any

import pytest
from pulumi.runtime.rpc import UNKNOWN

from ecs_release.domain.facts import UNRECORDED_TAG
from ecs_release.provider.sweep import SweepProvider
from tests.unit.domain.worlds import GROUP_ID, instance
from tests.unit.fake_gateway import FakeGateway
from tests.unit.provider.conftest import CLOUD, DISKS

PROVIDER = SweepProvider()


def inputs(**changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "project": "shop",
        "stack": "test",
        "group": "web",
        "cloud": CLOUD,
        "terms": {},
        "disks": DISKS,
        "members": ["web-0", "web-1", "web-2"],
        "at": "none",
    }
    return {**made, **changes}


def outputs(**changes: Any) -> dict[str, Any]:
    return {**inputs(group_id=GROUP_ID, account="1", schema=1.0), **changes}


def problems(olds: dict[str, Any], news: dict[str, Any]) -> str:
    return " ".join(failure.reason for failure in PROVIDER.check(olds, news).failures)


def test_the_group_id_is_drawn_once_and_kept() -> None:
    first = PROVIDER.check({}, inputs()).inputs
    assert len(first["group_id"]) == 20
    assert PROVIDER.check({}, inputs()).inputs["group_id"] != first["group_id"]
    assert PROVIDER.check(first, inputs()).inputs["group_id"] == first["group_id"]


def test_the_account_is_recorded_and_another_one_refused(gateway: FakeGateway) -> None:
    first = PROVIDER.check({}, inputs()).inputs
    assert first["account"] == "1"
    gateway.account = "2"
    assert "wrong-account" in problems(first, inputs())


def test_another_region_or_endpoint_is_refused() -> None:
    assert "wrong-region" in problems(outputs(), inputs(cloud={**CLOUD, "region": "cn-beijing"}))
    assert "wrong-endpoint" in problems(outputs(), inputs(cloud={**CLOUD, "ecs": "127.0.0.1:2"}))


@pytest.mark.parametrize(
    ("reason", "changes", "olds", "named"),
    [
        ("an unknown term", {"terms": {"on_replaced": "burn"}}, {}, "terms.on_replaced"),
        ("in the past", {"at": "2030-06-01T11:00Z"}, {}, "2030-06-01T11:00Z cannot be set"),
        ("too near", {"at": "2030-06-01T12:29Z"}, {}, "30 minutes to 3 years"),
        ("too far", {"at": "2034-06-01T12:00Z"}, {}, "30 minutes to 3 years"),
        ("near enough", {"at": "2030-06-01T12:30Z"}, {}, ""),
        ("armed already", {"at": "2030-06-01T11:00Z"}, outputs(at="2030-06-01T11:00Z"), ""),
    ],
)
def test_check(reason: str, changes: dict[str, Any], olds: dict[str, Any], named: str) -> None:
    found = problems(olds, inputs(now="2030-06-01T12:00Z", **changes))
    assert (named in found) if named else not found, reason


def test_the_clock_is_no_part_of_the_inputs() -> None:
    assert "now" not in PROVIDER.check({}, inputs(now="2030-06-01T12:00Z")).inputs


def test_unknown_values_in_a_preview_are_left_alone() -> None:
    assert PROVIDER.check({}, inputs(project=UNKNOWN)).failures == []


def test_marked_instances_stop_an_up_that_would_create_beside_them(gateway: FakeGateway) -> None:
    gateway.tag_instances(["i-1"], {UNRECORDED_TAG: "true"})
    assert "web-1 i-1" in problems(outputs(), inputs())
    assert problems(outputs(), inputs(members=[])) == ""


def test_without_the_right_to_look_nothing_is_created(gateway: FakeGateway) -> None:
    gateway.may_see = False
    assert "no-permission-to-look" in problems(outputs(), inputs())


def test_a_schedule_that_is_no_longer_declared_is_a_change() -> None:
    declared = outputs(at="none", after="8h")
    assert not PROVIDER.diff("id", declared, inputs(at="none", after="8h")).changes
    assert PROVIDER.diff("id", declared, inputs(at="none")).changes
    assert PROVIDER.diff("id", outputs(at="none"), inputs(at="none", after="8h")).changes


def test_update_releases_nothing(gateway: FakeGateway) -> None:
    PROVIDER.update("id", outputs(), outputs(terms={"max_instances": 1}))
    assert gateway.calls == []


def test_delete_releases_what_still_carries_the_group_id(gateway: FakeGateway) -> None:
    PROVIDER.delete("id", outputs())
    assert [ids for method, ids in gateway.calls if method == "release_instances"] == [("i-0", "i-1", "i-2")]


def test_delete_marks_what_it_must_refuse(gateway: FakeGateway) -> None:
    gateway.add(instance("i-1", "web-1", deletion_protection=True))
    with pytest.raises(Exception, match="count: 0"):
        PROVIDER.delete("id", outputs())
    assert gateway.calls == [("tag_instances", ("i-0", "i-1", "i-2"))]


def test_an_empty_answer_without_the_right_to_look_is_refused(gateway: FakeGateway) -> None:
    gateway.may_see = False
    with pytest.raises(Exception, match="no-permission-to-look"):
        PROVIDER.delete("id", outputs())


def test_delete_of_a_sweep_that_is_declared_releases_nothing(gateway: FakeGateway) -> None:
    PROVIDER.check({}, inputs())
    with pytest.raises(Exception, match="nothing is released"):
        PROVIDER.delete("id", outputs())
    gateway.instances.clear()
    PROVIDER.delete("id", outputs())
    assert gateway.calls == []


@pytest.mark.parametrize(
    ("reason", "olds", "adopt", "group_id", "named"),
    [
        ("an existing member", {}, {"web-0": "i-5"}, "", "cannot adopt another instance"),
        ("an entry taken away", {"adopt": {"web-0": "i-5"}}, {}, "", "was adopted as i-5; put"),
        ("an entry changed", {"adopt": {"web-0": "i-5"}}, {"web-0": "i-6"}, "", "was adopted as i-5; put"),
        ("unknown", {"members": []}, {"web-0": "i-99"}, "", "i-99: no such instance"),
        ("of another group", {"members": []}, {"web-0": "i-5"}, "g-other", "not-ours"),
        ("as it was", {"adopt": {"web-0": "i-5"}}, {"web-0": "i-5"}, "", ""),
        ("a new member", {"members": []}, {"web-0": "i-5"}, "", ""),
        ("once more after a kill", {"members": []}, {"web-0": "i-5"}, GROUP_ID, ""),
    ],
)
def test_what_may_be_adopted(
    gateway: FakeGateway,
    reason: str,
    olds: dict[str, Any],
    adopt: dict[str, str],
    group_id: str,
    named: str,
) -> None:
    gateway.add(instance("i-5", "", group_id))
    said = problems(outputs(**olds), inputs(adopt=adopt))
    assert (named in said) if named else said == "", reason
