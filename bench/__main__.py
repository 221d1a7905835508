"""`make bench`: what a destroy costs with us and with the stock provider, on the same emulator.

Counts calls, which are exact, and shows seconds, which are not. Both stacks have the same network
and the same number of instances, and run one after the other.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass

from toolchain.stage import Stage, open_stage

LOOKING = ("Describe", "List", "Get", "Query")
STOCK_PROGRAM = """
from pulumi_alicloud import ecs, vpc
network = vpc.Network("n", cidr_block="10.8.0.0/16")
switch = vpc.Switch("s", vpc_id=network.id, cidr_block="10.8.0.0/24", zone_id="cn-hangzhou-b")
guard = ecs.SecurityGroup("g", vpc_id=network.id)
for number in range({count}):
    ecs.Instance(
        f"web-{{number}}",
        instance_type="ecs.g7.large",
        image_id="ubuntu_24_04_x64_20G_alibase_20260101.vhd",
        vswitch_id=switch.id,
        security_groups=[guard.id],
    )
"""


@dataclass(frozen=True)
class Cost:
    """What one destroy cost: changing calls, looking calls, seconds."""

    who: str
    changing: int
    looking: int
    seconds: float


def main() -> int:
    """Measure both and print a table; 1 when a command failed, for then nothing was measured."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--instances", type=int, default=10)
    count = parser.parse_args().instances
    costs = [_ours(count), _stock(count)]
    print(f"\n`pulumi destroy` of {count} instances  changing calls  looking calls  seconds")
    for cost in costs:
        print(f"{cost.who:33}{cost.changing:>16}{cost.looking:>15}{cost.seconds:>9.1f}")
    return 0


def _ours(count: int) -> Cost:
    with open_stage("ours") as stage:
        # The demo's own stack, so that what is measured is what users see.
        text = stage.config.read_text()
        text = text.replace("deletion_protection: true", "deletion_protection: false")
        stage.config.write_text(text.replace("count: 3", f"count: {count}"))
        return _measure("ecs-release", stage)


def _stock(count: int) -> Cost:
    with open_stage("stock") as stage:
        (stage.project / "__main__.py").write_text(STOCK_PROGRAM.format(count=count))
        return _measure("stock provider", stage)


def _measure(who: str, stage: Stage) -> Cost:
    _must(stage, "stack", "init", stage.stack)
    _must(stage, "up", "--yes", "--skip-preview")
    # From here on, so that only the destroy is counted.
    before = len(stage.requests())
    began = time.monotonic()
    _must(stage, "destroy", "--yes", "--skip-preview")
    seconds = time.monotonic() - began
    actions = [str(request["action"]) for request in stage.requests()[before:]]
    looking = sum(action.startswith(LOOKING) for action in actions)
    return Cost(who, len(actions) - looking, looking, seconds)


def _must(stage: Stage, *arguments: str) -> None:
    if stage.pulumi(*arguments):
        sys.exit(
            f"`pulumi {arguments[0]}` of {stage.stack} failed, nothing is measured; read the lines above"
        )


if __name__ == "__main__":
    sys.exit(main())
