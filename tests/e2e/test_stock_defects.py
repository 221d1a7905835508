"""What users of the stock provider suffer today, seen on the emulator: the reasons for this product.

The numbers are those of the list of defects that the product was designed against.
"""

from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.cloud import Request
from tests.e2e.conftest import Worlds
from tests.e2e.stock import instance, program
from tests.e2e.world import World

FAR = datetime.now(UTC) + timedelta(days=200)
DAY = FAR.date().isoformat()
NEXT_DAY = f"{(FAR + timedelta(days=1)).date().isoformat()}T10:00:00Z"
TEN, HALF_PAST_SIX = f"{DAY}T10:00:00Z", f"{DAY}T18:30:00Z"
LINES = {
    "protected": instance("protected", "deletion_protection=True"),
    "timed": instance("timed", f"auto_release_time='{TEN}'"),
    "unforced": instance("unforced", terms="paid_ahead"),
    "forced": instance("forced", "force_delete=True", terms="paid_ahead"),
    "believed": instance(
        "believed", "deletion_protection=True", f"auto_release_time='{TEN}'", terms="paid_ahead"
    ),
}


@pytest.fixture
def world(worlds: Worlds) -> World:
    return worlds.stock(program(*LINES.values()))


def id_of(world: World, name: str) -> str:
    return str(world.resources()[world.urn(name)]["id"])


def destroy(world: World, name: str) -> tuple[int, list[Request]]:
    """Ends one instance by the stock provider; its exit code and the changing calls it made."""
    before = world.cloud.mark()
    result = world.destroy("--target", world.urn(name))
    calls = world.cloud.requests(before)
    return result.code, [call for call in calls if call["action"] in world.cloud.changing(before)]


def test_d1_an_expired_subscription_cannot_be_destroyed_because_the_switch_is_never_sent(
    world: World,
) -> None:
    expired = id_of(world, "forced")
    world.cloud.control("events", {"expire": expired})
    world.cloud.control("clock", {"advance": "PT2H"})
    code, calls = destroy(world, "forced")
    assert code != 0
    assert expired in world.cloud.instances
    assert not any("TerminateSubscription" in call["parameters"] for call in calls)


def test_d2_a_subscription_without_force_delete_is_refused_without_a_call(world: World) -> None:
    code, calls = destroy(world, "unforced")
    assert code != 0
    assert calls == []
    assert id_of(world, "unforced") in world.cloud.instances


def test_d2_a_subscription_with_force_delete_is_converted_and_then_deleted(world: World) -> None:
    doomed = id_of(world, "forced")
    code, calls = destroy(world, "forced")
    assert code == 0
    assert [call["action"] for call in calls] == ["ModifyInstanceChargeType", "DeleteInstance"]
    assert calls[1]["parameters"]["Force"] == "true"
    assert doomed not in world.cloud.instances


def test_d4_a_release_time_moved_within_the_day_is_ignored_without_a_word(world: World) -> None:
    world.write_program(program(*LINES.values()).replace(TEN, HALF_PAST_SIX))
    before = world.cloud.mark()
    assert world.up().code == 0
    assert world.cloud.changing(before) == []
    assert world.cloud.instances[id_of(world, "timed")]["AutoReleaseTime"] == f"{DAY}T10:00Z"


def test_d5_protection_and_release_time_of_a_subscription_are_dropped_without_a_word(world: World) -> None:
    orders = [call["parameters"] for call in world.cloud.requests(action="RunInstances")]
    ahead = [order for order in orders if order.get("InstanceChargeType") == "PrePaid"]
    assert len(ahead) == len([line for line in LINES.values() if "paid_ahead" in line])
    assert [order for order in ahead if {"DeletionProtection", "AutoReleaseTime"} & order.keys()] == []
    assert world.preview("--expect-no-changes").code == 0
    assert world.cloud.instances[id_of(world, "believed")]["DeletionProtection"] is False


def test_d7_a_protected_instance_fails_the_destroy_at_once_and_is_never_lifted(world: World) -> None:
    code, calls = destroy(world, "protected")
    assert code != 0
    assert [(call["action"], call["code"]) for call in calls] == [
        ("DeleteInstance", "InvalidOperation.DeletionProtection")
    ]
    assert id_of(world, "protected") in world.cloud.instances


def test_d8_one_throttled_call_fails_the_destroy(world: World) -> None:
    world.cloud.fault(
        {"action": "DeleteInstance", "times": 1}, code="Throttling.User", message="Request was denied."
    )
    code, calls = destroy(world, "timed")
    assert code != 0
    assert [call["code"] for call in calls] == ["Throttling.User"]
    assert id_of(world, "timed") in world.cloud.instances


def test_d9_what_the_schedule_released_is_created_again(world: World) -> None:
    released = id_of(world, "timed")
    world.cloud.control("clock", {"set": f"{DAY}T10:01:00Z"})
    assert released not in world.cloud.instances
    # Its owner looks again a day later and declares another time for what should run meanwhile.
    world.write_program(program(*LINES.values()).replace(TEN, NEXT_DAY))
    before = world.cloud.mark()
    assert world.up("--refresh", "--target", world.urn("timed")).code == 0
    assert world.cloud.changing(before) == ["RunInstances"]
    assert id_of(world, "timed") in world.cloud.instances


def test_d11_ten_seconds_pass_before_the_first_look_at_what_was_created(world: World) -> None:
    created = id_of(world, "timed")
    requests = world.cloud.requests()
    run = next(call for call in requests if call["action"] == "RunInstances")
    first = next(
        call
        for call in requests
        if call["action"] == "DescribeInstances" and call["n"] > run["n"] and created.startswith("i-")
    )
    waited = datetime.fromisoformat(first["time"]) - datetime.fromisoformat(run["time"])
    assert waited >= timedelta(seconds=9)
