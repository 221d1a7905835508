"""A release time arrives in the cloud, follows the declaration, and is no drift once it has passed."""

from datetime import UTC, datetime, timedelta

from tests.e2e.conftest import Worlds
from tests.e2e.world import Groups, World, group

DAY = f"{datetime.now(UTC) + timedelta(days=20):%Y-%m-%d}"
MORNING, EVENING, BY_HAND = f"{DAY}T10:00Z", f"{DAY}T18:30Z", f"{DAY}T12:00Z"


def scheduled(at: str) -> Groups:
    """One instance that the cloud releases at this time."""
    return {"web": group(1, release={"schedule": {"at": at}})}


def armed(world: World) -> str:
    """The release time of the one instance, as the cloud has it."""
    (facts,) = world.cloud.instances.values()
    return str(facts["AutoReleaseTime"])


def test_a_time_is_set_moved_within_the_day_and_removed(worlds: Worlds) -> None:
    world = worlds.up(scheduled(MORNING))
    assert armed(world) == MORNING
    mark = world.cloud.mark()
    world.groups = scheduled(EVENING)
    assert world.up().code == 0
    assert armed(world) == EVENING
    world.groups = {"web": group(1)}
    assert world.up().code == 0
    assert armed(world) == ""
    assert world.cloud.changing(mark) == ["ModifyInstanceAutoReleaseTime"] * 2


def test_a_move_by_hand_is_drift_and_put_back_and_a_refresh_does_not_cancel(worlds: Worlds) -> None:
    world = worlds.up(scheduled(MORNING))
    (instance_id,) = world.cloud.instances
    world.cloud.call("ModifyInstanceAutoReleaseTime", InstanceId=instance_id, AutoReleaseTime=moved())
    assert armed(world) == BY_HAND
    shown = world.pulumi("preview", "--refresh", "--diff")
    assert shown.code == 0
    assert f"recorded {MORNING}, in the cloud {BY_HAND}" in shown.output
    assert "web-release-schedule" in shown.output
    assert world.preview("--refresh", "--expect-no-changes").code != 0
    assert world.up().code == 0
    assert armed(world) == MORNING
    mark = world.cloud.mark()
    assert world.pulumi("refresh", "--yes", "--skip-preview").code == 0
    assert world.up("--expect-no-changes").code == 0
    assert world.cloud.changing(mark) == []
    assert armed(world) == MORNING


def moved() -> str:
    """The time by hand in the form that the API takes."""
    return BY_HAND.replace("Z", ":00Z")


def test_a_time_that_has_passed_is_as_planned_and_creates_nothing(worlds: Worlds) -> None:
    world = worlds.up(scheduled(MORNING))
    (instance_id,) = world.cloud.instances
    world.cloud.control("clock", {"set": f"{DAY}T10:05:00Z"})
    assert instance_id not in world.cloud.instances
    mark = world.cloud.mark()
    world.config = {"ecs-release:now": f"{DAY}T10:05:00Z"}
    result = world.up("--refresh")
    assert result.code == 0
    assert f"web-0 {instance_id} schedule: released as planned" in result.output
    assert world.cloud.changing(mark) == []
    assert world.cloud.instances == {}
    assert not [urn for urn in world.resources() if urn.endswith("::web-0")]
    assert world.up("--refresh", "--expect-no-changes").code == 0
    assert world.cloud.requests(mark, "RunInstances") == []
