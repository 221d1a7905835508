"""What the first `up` of many instances costs, and what could be done about it: parallelism, and adoption."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from bench.contenders import DISK_GIB, IMAGE, STOCK_PROGRAM, declare
from bench.destroys import costs
from bench.scene import LATENCY_MILLISECONDS, Scene, open_scene

INSTANCES = 100
Prepare = Callable[[Scene], None]


def measure() -> list[dict[str, Any]]:
    """A row for each way to launch."""
    ways: tuple[tuple[str, Prepare, tuple[str, ...]], ...] = (
        ("stock provider", _stock, ()),
        ("stock provider, `--parallel 64`", _stock, ("--parallel", "64")),
        ("ecs-release", _ours, ()),
        ("ecs-release, `--parallel 64`", _ours, ("--parallel", "64")),
        ("ecs-release, `--parallel 128`", _ours, ("--parallel", "128")),
        ("one RunInstances, then adopted", _launched, ()),
        ("one RunInstances, then adopted, `--parallel 64`", _launched, ("--parallel", "64")),
    )
    return [_row(*way) for way in ways]


def _row(name: str, prepare: Prepare, arguments: tuple[str, ...]) -> dict[str, Any]:
    with open_scene("bench") as scene:
        prepare(scene)
        scene.control("latency", {"ms": LATENCY_MILLISECONDS})
        run = scene.run(scene.command("up", "--yes", "--skip-preview", *arguments))
        row = {"way": name, "instances": len(scene.look("state")["instances"]), **costs(run)}
    print(row, flush=True)
    return row


def _stock(scene: Scene) -> None:
    program = STOCK_PROGRAM.format(count=INSTANCES, image=IMAGE, disk=DISK_GIB)
    (scene.stage.project / "__main__.py").write_text(program)


def _ours(scene: Scene) -> None:
    declare(scene, {"web": INSTANCES})


def _launched(scene: Scene) -> None:
    """The network by `up`, the instances by one call, and the declaration that adopts them."""
    declare(scene, {"web": 0})
    scene.set_up(*scene.command("up", "--yes", "--skip-preview"))
    state = scene.look("state")
    order = {
        "Action": "RunInstances",
        "Version": "2014-05-26",
        "AccessKeyId": "emulator",
        "Signature": "any",
        "RegionId": "cn-hangzhou",
        "Amount": str(INSTANCES),
        "InstanceType": "ecs.g7.large",
        "ImageId": IMAGE,
        "VSwitchId": next(iter(state["vswitches"])),
        "SecurityGroupId": next(iter(state["security_groups"])),
        "DataDisk.1.Category": "cloud_essd",
        "DataDisk.1.Size": str(DISK_GIB),
        "DataDisk.1.DiskName": "data",
    }
    request = Request(f"http://127.0.0.1:{scene.stage.port}/", urlencode(order).encode())
    with urlopen(request) as reply:
        ids = json.load(reply)["InstanceIdSets"]["InstanceIdSet"]
    # All are running by then; a real launch would wait as long.
    scene.control("clock", {"advance": "PT1M"})
    declare(scene, {"web": INSTANCES}, adopt={f"web-{number}": id_ for number, id_ in enumerate(ids)})
