"""Subscriptions that are declared to end at their expiry: ended by `up` or destroy, never bought again."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.conftest import Worlds
from tests.e2e.schedule_worlds import MINUTE, set_clock
from tests.e2e.world import World, group

MONTHLY = {"type": "subscription", "period": 1}
SUBSCRIPTION = {key: value for key, value in group(2, charge=MONTHLY).items() if key != "deletion_protection"}
ENDS = {"db": {**SUBSCRIPTION, "release": {"schedule": {"at_expiry": True}}}}


@pytest.fixture
def world(worlds: Worlds) -> World:
    made = worlds.up(ENDS)
    # The `up` after the first has seen the members, and knows that they were bought.
    assert made.up().code == 0
    return made


def expiry(world: World) -> datetime:
    """When the last of the subscriptions expires."""
    times = [facts["ExpiredTime"] for facts in world.cloud.instances.values()]
    return max(datetime.strptime(time, MINUTE).replace(tzinfo=UTC) for time in times)


def test_until_its_expiry_up_leaves_it_alone_and_destroy_refuses(world: World) -> None:
    set_clock(world, expiry(world) - timedelta(hours=1))
    mark = world.cloud.mark()
    assert world.up("--expect-no-changes").code == 0
    refused = world.destroy()
    assert refused.code != 0
    assert "active-subscription" in refused.output
    assert world.cloud.changing(mark) == []


def test_after_its_expiry_preview_says_so_and_up_releases_it_in_one_call(world: World) -> None:
    ids = set(world.cloud.instances)
    set_clock(world, expiry(world) + timedelta(hours=1))
    mark = world.cloud.mark()
    shown = world.preview()
    assert shown.code == 0
    assert all(f"{instance_id} release" in shown.output for instance_id in ids)
    assert world.cloud.changing(mark) == []
    assert world.up().code == 0
    assert world.cloud.released(mark) == [ids]
    (call,) = world.cloud.requests(mark, "DeleteInstances")
    assert call["parameters"]["TerminateSubscription"].lower() == "true"
    assert world.cloud.instances == {}
    mark = world.cloud.mark()
    assert world.up().code == 0
    assert world.cloud.changing(mark) == []


def test_what_has_ended_is_not_bought_again_by_a_refresh_until_it_is_declared(world: World) -> None:
    set_clock(world, expiry(world) + timedelta(hours=1))
    assert world.up().code == 0
    mark = world.cloud.mark()
    refused = world.up("--refresh")
    assert refused.code != 0
    assert "db-0: it was bought before and has ended" in refused.output
    assert world.cloud.changing(mark) == []
    # Two ways on: to end the declaration, or to declare that it is bought anew.
    world.groups = {"db": {**ENDS["db"], "count": 0}}
    assert world.up("--refresh").code == 0
    assert world.cloud.changing(mark) == []
    world.groups = {"db": SUBSCRIPTION}
    assert world.up().code == 0
    assert len(world.cloud.instances) == 2


def test_one_that_expires_before_the_other_goes_alone(world: World) -> None:
    first = world.cloud.members()["db-0"]
    world.cloud.control("events", {"expire": first})
    world.cloud.control("clock", {"advance": "PT10M"})
    mark = world.cloud.mark()
    assert world.up().code == 0
    assert world.cloud.released(mark) == [{first}]
    assert set(world.cloud.members()) == {"db-1"}
    assert world.up().code == 0
    world.cloud.control("events", {"expire": world.cloud.members()["db-1"]})
    world.cloud.control("clock", {"advance": "PT10M"})
    assert world.destroy().code == 0
    assert world.cloud.instances == {}
    assert world.resources() == {}
