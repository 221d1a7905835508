"""The client-side limiter."""

from ecs_release.gateway.limits import Limiter
from tests.unit.gateway.scripted import Time


def test_calls_of_one_action_are_spaced(time: Time) -> None:
    limiter = Limiter(time.clock, time.sleep, calls_per_second=8)
    for _ in range(17):
        limiter.wait("DescribeInstances")
    assert time.now == 2.0


def test_actions_do_not_slow_each_other(time: Time) -> None:
    limiter = Limiter(time.clock, time.sleep, calls_per_second=1)
    for action in ("DescribeInstances", "DescribeDisks", "DeleteInstances"):
        limiter.wait(action)
    assert time.slept == []


def test_unused_time_is_not_saved_up(time: Time) -> None:
    limiter = Limiter(time.clock, time.sleep, calls_per_second=1)
    limiter.wait("DescribeInstances")
    time.now = 100.0
    limiter.wait("DescribeInstances")
    limiter.wait("DescribeInstances")
    assert time.slept == [1.0]


def test_an_action_without_a_batch_keeps_to_its_most_a_minute_wherever_the_minute_begins(time: Time) -> None:
    limiter = Limiter(time.clock, time.sleep, most_a_minute={"ModifyInstanceAutoReleaseTime": 60})
    called = []
    for _ in range(500):
        limiter.wait("ModifyInstanceAutoReleaseTime")
        called.append(time.now)
    for offset in range(60):
        minutes = [int((when + offset) // 60) for when in called]
        assert max(minutes.count(minute) for minute in set(minutes)) <= 60
    # At the least 8 minutes and a third by the limit alone.
    assert time.now < 500 / 60 * 60 * 1.3


def test_the_first_of_them_do_not_wait_for_a_minute(time: Time) -> None:
    limiter = Limiter(time.clock, time.sleep)
    for _ in range(60):
        limiter.wait("ModifyInstanceAutoReleaseTime")
    assert time.now < 10


def test_a_refusal_teaches_how_many_calls_a_minute_has(time: Time) -> None:
    limiter = Limiter(time.clock, time.sleep)
    called: list[float] = []
    refused = 0
    while len(called) < 300:
        limiter.wait("ModifyInstanceAttribute")
        if sum(int(when // 60) == int(time.now // 60) for when in called) >= 60:
            refused += 1
            limiter.throttled("ModifyInstanceAttribute")
        else:
            called.append(time.now)
    assert refused == 1
    assert time.now < (300 - 60) * 1.3


def test_what_others_have_used_up_does_not_stop_us(time: Time) -> None:
    limiter = Limiter(time.clock, time.sleep)
    for _ in range(50):
        limiter.wait("ModifyInstanceAttribute")
        limiter.throttled("ModifyInstanceAttribute")
    assert time.now < 10
    for _ in range(11):
        limiter.wait("ModifyInstanceAttribute")
    assert time.now > 61
