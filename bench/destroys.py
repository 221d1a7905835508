"""What it costs to end instances: every contender's destroy, at several sizes, one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bench.contenders import Contender, Way
from bench.scene import Run, Scene, is_ours, open_scene

LOOKING = ("Describe", "List", "Get", "Query", "Inquiry", "Lookup")
# What the network's own end takes; the same for all, whatever ends the instances.
NETWORK = ("Vpc", "VSwitch", "SecurityGroup", "RouteTable", "NatGateway")
SETTLED = "DryRunOperation"


def measure(contenders: Sequence[Contender], counts: Sequence[int]) -> list[dict[str, Any]]:
    """A row for each contender, size and way."""
    return [
        row for count in counts for contender in contenders for row in _rows(contender, count, contender.ways)
    ]


def _rows(contender: Contender, count: int, ways: Sequence[Way]) -> Iterator[dict[str, Any]]:
    with open_scene("bench") as scene:
        contender.set_up(scene, count)
        scene.save()
        for way in ways:
            scene.restore()
            run = scene.run(_command(scene, contender, way), way.environment)
            row = {"who": contender.name, "way": way.name, "instances": count, **costs(run)}
            row |= wasted(scene, run)
            print(row, flush=True)
            yield row


def _command(scene: Scene, contender: Contender, way: Way) -> list[str]:
    if contender.destroy[0] == "terraform":
        return [*contender.destroy, *way.arguments]
    return [*scene.command(*contender.destroy), *way.arguments]


def costs(run: Run) -> dict[str, Any]:
    """Seconds, and calls that are not the network's."""
    actions = [str(call["action"]) for call in run.calls]
    counted = Counter(action for action in actions if not _of_network(action))
    ours = sum(is_ours(call) for call in run.calls)
    return {
        "seconds": round(run.seconds, 1),
        "cpu_seconds": round(run.cpu_seconds, 1),
        "calls": sum(counted.values()),
        "prices": counted["DescribePrice"],
        "changing": sum(number for action, number in counted.items() if not action.startswith(LOOKING)),
        "ours": ours,
    }


def _of_network(action: str) -> bool:
    return action.endswith(NETWORK) or any(f"{name}Attribute" in action for name in NETWORK)


def wasted(scene: Scene, run: Run) -> dict[str, int]:
    """Calls that brought nothing: refused, repeated within a second, or asked again too early."""
    # Of this run only: the restored database brings the calls of the set-up along.
    since = min((int(call["n"]) for call in run.calls), default=0)
    repeated = sum(int(found["request"]) >= since for found in scene.look("violations"))
    refused = sum(_is_refused(call) for call in run.calls)
    return {"refused": refused, "repeated": repeated, "too_early": early_polls(run.calls)}


def _is_refused(call: Mapping[str, Any]) -> bool:
    # That the network is gone is told by a refusal, to everybody alike.
    if _of_network(str(call["action"])):
        return False
    return int(call["status"]) != 200 and call["code"] != SETTLED


def early_polls(calls: Sequence[Mapping[str, Any]]) -> int:
    """Repeated looks for the same ids, when the one before still found what was to go."""
    # The first look for some ids comes after the release; a second one means that the first was in vain.
    looks = [str(call["parameters"].get("InstanceIds")) for call in calls if _is_poll(call)]
    return len(looks) - len(set(looks))


def _is_poll(call: Mapping[str, Any]) -> bool:
    return call["action"] == "DescribeInstances" and "InstanceIds" in call["parameters"]
