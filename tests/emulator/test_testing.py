"""The control calls as methods, each against a real process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from emulator.testing import ControlError, Emulator, Process

from tests.emulator.cloud import ORDERED, Cloud, subscription


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    running = Process(tmp_path_factory.mktemp("testing"))
    yield running
    running.stop()


@pytest.fixture
def hand(process: Process) -> Emulator:
    emulator = process.fresh()
    emulator.freeze("2026-06-15T10:00:00Z")
    return emulator


@pytest.fixture
def cloud(hand: Emulator) -> Iterator[Cloud]:
    caller = Cloud(hand.url)
    # Faults are ordered by the other hand here.
    ORDERED.add(hand.url)
    yield caller
    ORDERED.discard(hand.url)
    caller.http.close()


def test_the_clock(hand: Emulator) -> None:
    start = datetime(2026, 6, 15, 10, tzinfo=UTC)
    assert hand.now() == hand.now() == start
    assert hand.advance("P1DT1H") == start + timedelta(days=1, hours=1)
    assert hand.advance(timedelta(milliseconds=1500)) == start + timedelta(days=1, hours=1, seconds=1.5)
    there = datetime(2026, 6, 20, 18, tzinfo=timezone(timedelta(hours=8)))
    assert hand.set_clock(there) == there
    assert hand.rate(60) >= there
    assert hand.freeze() < there + timedelta(hours=1)


def test_a_datetime_without_a_time_zone_is_refused(hand: Emulator) -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        hand.set_clock(datetime(2026, 6, 20))


def test_a_fault_ends_with_its_block_and_leaves_the_others(hand: Emulator, cloud: Cloud) -> None:
    hand.fault("DescribeZones", code="Kept", status=503, times=1)
    with hand.fault(parameters={"RegionId": "cn-hangzhou"}, product="Ecs", code="Brief", after=1) as rule:
        assert rule.number > 0
        assert [cloud.call("DescribeRegions").code for _ in range(2)] == ["", "Brief"]
    assert [cloud.call("DescribeZones").code for _ in range(2)] == ["Kept", ""]
    hand.fault(code="All")
    hand.clear_faults()
    assert cloud.call("DescribeZones").status == 200


def test_limits_latency_and_settings(hand: Emulator, cloud: Cloud) -> None:
    assert hand.limit(DescribeZones=1) == {"DescribeZones": 1}
    assert [cloud.call("DescribeZones").code for _ in range(2)] == ["", "Throttling.User"]
    hand.lift_limits()
    hand.latency(20)
    url = "/?Action=DescribeRegions&Version=2014-05-26&AccessKeyId=emulator&Signature=any"
    assert cloud.http.get(url).elapsed >= timedelta(milliseconds=20)
    assert hand.settings(release_seconds=7)["release_seconds"] == hand.settings()["release_seconds"] == 7
    with pytest.raises(ControlError, match="limit_seconds"):
        hand.settings(limit_seconds=7)


def locked_and_unlocked(hand: Emulator, instance: str) -> None:
    hand.lock(instance, "security")
    hand.unlock(instance, "security")


LOCKED: list[tuple[str, Callable[[Emulator, str], None], Any]] = [
    ("lock", lambda hand, one: hand.lock(one, "security"), ["security"]),
    ("unlock", locked_and_unlocked, []),
    ("expire", lambda hand, one: hand.expire(one), ["financial"]),
]


@pytest.mark.parametrize(("event", "happen", "locks"), LOCKED, ids=[event for event, *_ in LOCKED])
def test_what_locks_an_instance(
    hand: Emulator, cloud: Cloud, event: str, happen: Callable[[Emulator, str], None], locks: list[str]
) -> None:
    instance = cloud.run(subscription())
    happen(hand, instance)
    rows = cloud.instance(instance)["OperationLocks"]["LockReason"]
    assert [row["LockReason"] for row in rows] == locks


def test_what_keeps_an_instance_and_what_takes_it(hand: Emulator, cloud: Cloud) -> None:
    instance = cloud.stopped()
    hand.block(instance, "eni-linked")
    assert cloud.call("DeleteInstance", {"InstanceId": instance}).status == 403
    hand.unblock(instance, "eni-linked")
    hand.linger(instance)
    cloud.good("DeleteInstance", {"InstanceId": instance})
    hand.advance("PT10S")
    assert list(hand.state()["instances"]) == [instance]
    hand.maintain(instance, "SystemFailure.Delete")
    hand.advance("PT1H")
    assert hand.state()["instances"] == {}


def test_spot_arrears_and_refusals(hand: Emulator, cloud: Cloud) -> None:
    spot = cloud.run({"SpotStrategy": "SpotAsPriceGo"})
    hand.reclaim(spot)
    hand.overdue(account="1000000000000002")
    assert cloud.instance(spot)["Status"] == "Running"
    hand.overdue()
    hand.overdue(False)
    with pytest.raises(ControlError, match="has no unpaid order"):
        hand.pay(spot)
    with pytest.raises(ControlError, match="is no snapshot"):
        hand.fail("s-0")
    with pytest.raises(ControlError, match="is no JWK"):
        hand.publish("https://issuer.example", [{"kty": "none"}])


def test_what_was_seen(hand: Emulator, cloud: Cloud) -> None:
    cloud.good("DescribeZones")
    hand.mark()
    cloud.good("DescribeZones")
    assert [row["n"] for row in hand.requests(1)] == [row["n"] for row in hand.since_mark()] == [2]
    assert hand.counts() == {"DescribeZones": 2}
    assert [row["kind"] for row in hand.violations()] == ["polling"]
    assert (hand.violations(since=1), hand.deliveries()) == ([], [])


def test_an_emulator_elsewhere_has_no_certificate_to_read(hand: Emulator) -> None:
    assert Emulator(hand.port).is_up()
    with pytest.raises(ValueError, match="only the machine"):
        _ = Emulator(hand.port).ca_file
    assert not Emulator(1).is_up()
