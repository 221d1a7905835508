"""A hundred instances that exist already get their release time under a limit of 60 calls a minute."""

from collections import Counter

from tests.e2e.conftest import Worlds
from tests.e2e.schedule_worlds import SHANGHAI, expected, local, set_clock, times
from tests.e2e.world import group

SET = "ModifyInstanceAutoReleaseTime"
# What the update makes, beside one call for each instance: who is asking, and looks by the hundred.
MOST_LOOKS = 12


def test_a_hundred_are_armed_in_one_operation_without_a_refused_call(worlds: Worlds) -> None:
    world = worlds.empty()
    set_clock(world, SHANGHAI.starts_at)
    world.groups = {"web": group(100)}
    assert world.up("--parallel", "128").code == 0
    assert len(world.cloud.instances) == 100
    world.cloud.control("limits", {SET: 60, "DescribeInstances": 60})
    schedule = {"daily": "20:00", "zone": SHANGHAI.zone, "days": ["sun"]}
    world.groups["web"]["release"] = {"schedule": schedule}
    mark = world.cloud.mark()
    assert world.up().code == 0
    assert set(times(world).values()) == set(expected(world, local(SHANGHAI, "20:00"), 0).values())
    assert {facts["AutoReleaseTime"] for facts in world.cloud.instances.values()} == set(
        times(world).values()
    )
    calls = world.cloud.requests(mark)
    assert [
        call["code"] for call in calls if call["status"] != 200 and call["code"] != "DryRunOperation"
    ] == []
    made = Counter(call["parameters"]["InstanceId"] for call in calls if call["action"] == SET)
    assert made == Counter(list(world.cloud.instances))
    assert len(calls) - 100 <= MOST_LOOKS
    mark = world.cloud.mark()
    assert world.up("--expect-no-changes").code == 0
    assert world.cloud.changing(mark) == []
