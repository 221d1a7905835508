"""Not alone: two destroys of one stack, two stacks under one limit, and somebody at the console meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random

from tests.e2e.conftest import Worlds
from tests.e2e.world import World, group, until
from tests.faults.test_two_stacks import twin_of

PAIR = {"web": group(2)}
ONE = {"web": group(1)}
# Fewer than the two stacks need together, so that one of them has to wait for the next minute.
LIMITS = {"DescribeInstances": 5, "DescribeDisks": 2, "DeleteInstances": 1}
# Of the emulator's clock, so that its minutes are over sooner.
RATE = 6
ATTEMPTS = 3


def test_the_second_destroy_of_a_stack_finds_it_locked_and_touches_nothing(worlds: Worlds) -> None:
    world = worlds.up(PAIR)
    ids, mark = set(world.cloud.instances), world.cloud.mark()
    world.cloud.fault({"action": "DeleteInstances", "times": 1}, delay_ms=8_000)
    first = world.start("destroy", "--yes", "--skip-preview")
    until(lambda: world.cloud.requests(mark, "DeleteInstances"))
    before = world.cloud.mark()
    second = world.destroy()
    assert second.code != 0
    assert "locked" in second.output
    assert world.cloud.requests(before) == [], "the second one has asked the cloud something"
    assert first.wait().code == 0
    assert world.cloud.released(mark) == [ids]
    assert world.resources() == {}


def test_two_stacks_under_one_limit_both_end(worlds: Worlds) -> None:
    world = worlds.up(ONE)
    twin = twin_of(world)
    ids, mark = set(world.cloud.instances), world.cloud.mark()
    world.cloud.control("limits", LIMITS)
    world.cloud.control("clock", {"rate": RATE})
    both = [each.start("destroy", "--yes", "--skip-preview") for each in (world, twin)]
    assert [running.wait().code for running in both] == [0, 0]
    throttled = [call for call in world.cloud.requests(mark) if call["code"].startswith("Throttling")]
    assert throttled, "the limit was never met, so nothing was shown"
    released = [id_ for each in world.cloud.released(mark) for id_ in each]
    assert sorted(released) == sorted(ids)
    assert world.cloud.instances == {}
    assert (world.resources(), twin.resources()) == ({}, {})


class Bystander:
    """Somebody at the console who changes one thing after the other on the instances of a world."""

    def __init__(self, world: World, ids: list[str]) -> None:
        self._cloud, self._ids, self._chance = world.cloud, ids, Random(7)
        self._over = threading.Event()
        self.done = 0

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Goes on until the block is left."""
        worker = threading.Thread(target=self._work, daemon=True)
        worker.start()
        try:
            yield
        finally:
            self._over.set()
            worker.join(timeout=30)

    def _work(self) -> None:
        acts: tuple[Callable[[str], object], ...] = (
            self._protects,
            self._stops_or_starts,
            self._schedules,
            self._takes_the_tag_off,
        )
        while not self._over.wait(0.02):
            self._chance.choice(acts)(self._chance.choice(self._ids))
            self.done += 1

    def _protects(self, id_: str, wanted: bool | None = None) -> None:
        on = self._chance.random() < 0.5 if wanted is None else wanted
        self._cloud.call("ModifyInstanceAttribute", InstanceId=id_, DeletionProtection=str(on).lower())

    def _stops_or_starts(self, id_: str) -> None:
        self._cloud.call(self._chance.choice(("StopInstance", "StartInstance")), InstanceId=id_)

    def _schedules(self, id_: str) -> None:
        time = self._chance.choice(({}, {"AutoReleaseTime": "2028-01-01T00:00:00Z"}))
        self._cloud.call("ModifyInstanceAutoReleaseTime", InstanceId=id_, **time)

    def _takes_the_tag_off(self, id_: str) -> None:
        tag = {"ResourceType": "instance", "ResourceId.1": id_, "TagKey.1": "ecs-release:group"}
        self._cloud.call("UntagResources", **tag)

    def goes_home(self) -> None:
        """Leaves everything as it was found, so that a destroy can be done."""
        for id_ in self._ids:
            self._protects(id_, wanted=False)


def test_beside_a_console_user_nothing_is_lost_and_the_end_comes(worlds: Worlds) -> None:
    world = worlds.up({"web": group(4)})
    ids, mark = set(world.cloud.instances), world.cloud.mark()
    bystander = Bystander(world, sorted(ids))
    with bystander.at_work():
        codes = [world.destroy().code for _ in range(ATTEMPTS)]
    assert bystander.done > 50
    bystander.goes_home()
    assert world.destroy().code == 0, codes
    check_the_end(world, mark, ids)


def check_the_end(world: World, mark: int, ids: set[str]) -> None:
    """Each was released once, nobody's protection was lifted by us, and the disks to keep are there."""
    released = [id_ for each in world.cloud.released(mark) for id_ in each]
    assert sorted(released) == sorted(ids)
    assert world.cloud.instances == {}
    assert [disk["DiskName"] for disk in world.cloud.state("disks").values()] == ["data"] * len(ids)
    lifted = world.cloud.requests(mark, "ModifyInstanceAttribute")
    assert [call for call in lifted if "ecs-release" in call["user_agent"]] == []
    assert world.resources() == {}
