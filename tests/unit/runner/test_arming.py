"""Many release times at once: all are tried, failures are told, no more calls than members."""

import threading
from datetime import UTC, datetime
from typing import Any

from ecs_release.gateway.errors import Refused
from ecs_release.runner.arming import WORKERS, arm
from tests.unit.domain.worlds import instance
from tests.unit.fake_gateway import FakeGateway

AT = datetime(2030, 7, 1, 10, tzinfo=UTC)
IDS = [f"i-{number}" for number in range(100)]


def cloud() -> FakeGateway:
    return FakeGateway(*(instance(id_, f"web-{id_}") for id_ in IDS))


def test_a_hundred_are_armed_by_one_call_each() -> None:
    gateway: Any = cloud()
    armed = arm(dict.fromkeys(IDS, AT), gateway)
    assert set(armed.requests) == set(IDS)
    assert not armed.errors
    assert sorted(ids for _, ids in gateway.calls) == sorted((id_,) for id_ in IDS)
    assert {facts.auto_release_at for facts in gateway.instances.values()} == {AT}


def test_what_fails_is_told_and_the_rest_is_set() -> None:
    gateway: Any = cloud()
    refused = Refused("InvalidAutoReleaseTime.Malformed", "too near", "R", "Modify")
    gateway.fail("set_release_time", refused, refused)
    errors = arm(dict.fromkeys(IDS, AT), gateway).errors
    assert list(errors.values()) == [refused, refused]
    armed = {id_ for id_, facts in gateway.instances.items() if facts.auto_release_at == AT}
    assert armed == set(IDS) - errors.keys()


def test_the_pool_is_bounded_and_used() -> None:
    gateway: Any = cloud()
    together = threading.Barrier(WORKERS, timeout=10)
    running: list[int] = []
    most: list[int] = []

    def slowly(instance_id: str, _when: Any) -> str:
        running.append(1)
        most.append(len(running))
        # Passes only when as many calls as there are workers are under way at once.
        if IDS.index(instance_id) < WORKERS:
            together.wait()
        running.pop()
        return "R"

    gateway.set_release_time = slowly
    assert arm(dict.fromkeys(IDS, AT), gateway).errors == {}
    assert max(most) == WORKERS
