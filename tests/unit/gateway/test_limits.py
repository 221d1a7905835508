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
