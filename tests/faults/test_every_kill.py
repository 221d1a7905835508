"""kill -9 of the plugin, of the CLI or of both, right after any call of a real `up` and `destroy`.

What docs/ending.md names is then run, and nothing else. All calls are tried by `make faults`, a sample by the
usual tests.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from tests.e2e.conftest import Worlds
from tests.e2e.world import Running, World, descendants, group, until
from tests.faults.figures import keep_figures

SUBJECT = "kill -9 right after a call"
ALL = bool(os.environ.get("ECS_RELEASE_ALL_FAULTS"))
# A machine that does much else takes its time.
SECONDS = 150.0
PAIR = {"web": group(2)}
UP, DESTROY, UNRECORDED = "up", "destroy", "destroy without checkpoints"
# More than a clean run makes, by a few for polls that a slow machine repeats.
CALLS = {DESTROY: 19, UNRECORDED: 19, UP: 48}
ONE_IN = {DESTROY: 1 if ALL else 6, UNRECORDED: 1 if ALL else 9, UP: 1 if ALL else 16}
# As `make destroy` does it: the state is written at the end alone.
NO_CHECKPOINTS = {"PULUMI_SKIP_CHECKPOINTS": "true"}
LISTED = ("VPC", "vSwitch", "security group")
NETWORK = ("vpcs", "vswitches", "security_groups")
VICTIMS: dict[str, Callable[[Running], None]] = {
    "the plugin": Running.kill_plugin,
    "the CLI": lambda running: os.kill(running.process.pid, signal.SIGKILL),
    "both": Running.kill_all,
}
CASES = [
    (command, victim, nth)
    for command, calls in CALLS.items()
    for number, victim in enumerate(VICTIMS)
    for nth in range(1 + 2 * number % ONE_IN[command], calls + 1, ONE_IN[command])
]


@pytest.mark.parametrize(("command", "victim", "nth"), CASES)
def test_the_documented_command_ends_what_a_kill_left(
    worlds: Worlds, command: str, victim: str, nth: int
) -> None:
    world = worlds.empty() if command == UP else worlds.up(PAIR)
    world.groups = PAIR
    made = set(world.cloud.instances)
    mark = world.cloud.mark()
    with killed(world, command, victim, nth) as was_killed:
        made |= set(world.cloud.instances)
        recover(world, command, victim)
    if (command, victim) == (UP, "the plugin"):
        assert sorted(world.cloud.members()) == ["web-0", "web-1"]
        assert len(world.cloud.instances) == 2
    else:
        check_ended(world, mark, made)
    counts = {"kills": int(was_killed), "ended first": int(not was_killed)}
    keep_figures(SUBJECT, {f"{command}, {victim}, call {nth}": counts})


def check_ended(world: World, mark: int, made: set[str]) -> None:
    """Nothing is left but the disks that were to be kept, and each instance was released once."""
    assert world.cloud.instances == {}
    assert world.resources() == {}
    released = [id_ for ids in world.cloud.released(mark) for id_ in ids]
    assert len(released) == len(set(released))
    assert made <= set(released)
    assert {facts["DiskName"] for facts in world.cloud.state("disks").values()} <= {"data"}
    assert len(world.cloud.state("disks")) == len(released)
    assert {kind: world.cloud.state(kind) for kind in NETWORK} == {kind: {} for kind in NETWORK}


@contextmanager
def killed(world: World, command: str, victim: str, nth: int) -> Iterator[bool]:
    """The command, with its victim killed while the nth call waits for its answer; whether it came so far."""
    mark = world.cloud.mark()
    world.cloud.fault({"after": nth - 1, "times": 1}, delay_ms=20_000)
    running = started(world, command)
    until(lambda: world.cloud.mark() >= mark + nth or running.process.poll() is not None, SECONDS)
    was_killed = running.process.poll() is None
    left = [running.process.pid, *descendants(running.process.pid)]
    try:
        if was_killed:
            VICTIMS[victim](running)
        running.wait()
        world.cloud.heal()
        yield was_killed
    finally:
        # Plugins that outlive their engine have to find that out by themselves; here the test is over.
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def started(world: World, command: str) -> Running:
    """The command in flight."""
    if command != UNRECORDED:
        return world.start(command, "--yes", "--skip-preview")
    world.environment |= NO_CHECKPOINTS
    running = world.start(DESTROY, "--yes", "--skip-preview")
    for name in NO_CHECKPOINTS:
        del world.environment[name]
    return running


def recover(world: World, command: str, victim: str) -> None:
    """`pulumi cancel` where the CLI was killed, then destroy; after a dead plugin the command again.

    What an `up` made of the network and did not record is released in between.
    """
    if victim != "the plugin":
        cancelled = world.pulumi("cancel", "--yes")
        assert cancelled.code == 0, cancelled.output
    if command == UP and victim != "the plugin":
        release_network(world)
    repeated = world.up() if (command, victim) == (UP, "the plugin") else world.destroy()
    assert repeated.code == 0, repeated.output


def release_network(world: World) -> None:
    """`ecs-release survivors`, then `--release` of each part of a network that it lists."""
    listed = world.ecs_release("survivors", "--json")
    assert listed.code == 0, listed.output
    ids = [row["id"] for row in json.loads(listed.output) if row["kind"] in LISTED]
    if ids:
        chosen = [word for id_ in ids for word in ("--release", id_)]
        released = world.ecs_release("survivors", *chosen, typed=f"release {len(ids)}\n")
        assert released.code == 0, released.output
