"""What the plugin's process does at a destroy, in a process of its own: `python -m bench.in_plugin FILE`.

The file has a list of what Teardowns have recorded. The last line on standard error is JSON: CPU seconds and
the most memory in MiB; with `--compare` nothing is released, and it has the CPU seconds to plan all groups
and those to decode and map the DescribeInstances answers about them.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ecs_release.domain.plan import plan_release
from ecs_release.gateway import call
from ecs_release.gateway.clients import ECS
from ecs_release.gateway.gateway import Gateway
from ecs_release.gateway.mapping import instances_in
from ecs_release.gateway.translate import body_of
from ecs_release.provider.base import whole
from ecs_release.provider.gate import GateProvider
from ecs_release.provider.teardown import TeardownProvider
from ecs_release.runner.observe import Sightings, observe
from ecs_release.runner.records import parse_record

ROUNDS = 5


def main() -> None:
    """Measures what the arguments ask for."""
    groups = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    measured = _compare(groups) if "--compare" in sys.argv else _destroy(groups)
    sys.stderr.write(json.dumps(measured) + "\n")


def _destroy(groups: list[dict[str, Any]]) -> dict[str, float]:
    """Destroys the groups as the engine would ask for it: Gate first, then all Teardowns at once."""
    before = time.process_time()
    GateProvider().delete("gate", {"schema": 1, "groups": {each["group"]: each for each in groups}})
    with ThreadPoolExecutor(len(groups)) as pool:
        list(pool.map(lambda each: TeardownProvider().delete("teardown", each), groups))
    cpu = time.process_time() - before
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"cpu_seconds": round(cpu, 3), "memory_mib": round(memory)}


def _compare(groups: list[dict[str, Any]]) -> dict[str, float]:
    """The CPU seconds of planning all groups against those of decoding and mapping their instances."""
    texts: list[str] = []

    def keeping(product: Any, action: str, about: str, text: Any) -> Any:
        if action == "DescribeInstances":
            texts.append(text)
        return body_of(product, action, about, text)

    # Where the gateway's caller looks it up, so that the real answers are kept.
    vars(call)["body_of"] = keeping
    records = [parse_record(each) for each in groups]
    errands = [whole(record) for record in records]
    facts = [errand.facts(observe(errand, Gateway(errand.record.cloud), Sightings())) for errand in errands]
    vars(call)["body_of"] = body_of

    def plan() -> None:
        for errand, each in zip(errands, facts, strict=True):
            plan_release(each, errand.terms, each.observation.taken_at)

    def decode() -> None:
        for text in texts:
            instances_in(body_of(ECS, "DescribeInstances", "", text))

    return {"plan_seconds": round(_least(plan), 4), "decode_seconds": round(_least(decode), 4)}


def _least(work: Callable[[], None]) -> float:
    # The least of them is what the work itself takes; the rest is disturbance.
    taken = []
    for _ in range(ROUNDS):
        before = time.process_time()
        work()
        taken.append(time.process_time() - before)
    return min(taken)


if __name__ == "__main__":
    main()
