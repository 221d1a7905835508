"""Groups of up to 2,000 instances at the level of the plugin: calls, processor time and memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.crowd import open_crowd
from bench.destroys import LOOKING

COUNTS = (100, 500, 1000, 2000)
# A group has at most 1,000 members, so each crowd is two groups that end at the same time.
GROUPS = 2


def measure() -> list[dict[str, Any]]:
    """A row for each size."""
    return [_row(count) for count in COUNTS]


def _row(count: int) -> dict[str, Any]:
    with open_crowd() as crowd, tempfile.TemporaryDirectory() as folder:
        groups = [crowd.group(f"crowd-{number}", count // GROUPS) for number in range(GROUPS)]
        file = Path(folder) / "groups.json"
        file.write_text(json.dumps(groups), encoding="utf-8")
        environment = {**os.environ, "ECS_RELEASE_JOURNAL": folder}
        # In a process of its own first: the memory is to be the destroy's alone.
        compared = _run([str(file), "--compare"], environment)
        before = len(crowd.look("requests?since=0"))
        done = _run([str(file)], environment)
        calls = [str(call["action"]) for call in crowd.look("requests?since=0")[before:]]
        if left := crowd.look("state")["instances"]:
            sys.exit(f"{len(left)} instances are left, nothing is measured")
    changing = sum(not action.startswith(LOOKING) for action in calls)
    row = {"instances": count, "calls": len(calls), "changing": changing, **done, **compared}
    print(row, flush=True)
    return row


def _run(arguments: list[str], environment: dict[str, str]) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.in_plugin", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr}")
    figures: dict[str, float] = json.loads(done.stderr.splitlines()[-1])
    return figures
