"""What it costs to see drift of release times, disk flags and protection: a refresh that changes nothing."""

from __future__ import annotations

from typing import Any

from bench.contenders import OURS, STOCK
from bench.scene import is_ours, open_scene

INSTANCES = 100


def measure() -> dict[str, Any]:
    """Calls of our resources, and of the stock provider's where it has to look at the same."""
    figures: dict[str, Any] = {"instances": INSTANCES}
    for contender, name in ((OURS, "ecs-release"), (STOCK, "stock")):
        with open_scene("bench") as scene:
            contender.set_up(scene, INSTANCES)
            scene.save()
            scene.restore()
            # Nothing is written, so that what is counted is looking alone.
            run = scene.run(scene.command("refresh", "--preview-only", "--non-interactive"))
        ours = sum(is_ours(call) for call in run.calls)
        figures[name] = {"ours": ours, "stock": len(run.calls) - ours, "seconds": round(run.seconds, 1)}
    print(figures, flush=True)
    return figures
