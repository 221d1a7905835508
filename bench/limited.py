"""500 instances under a limit of 60 calls a minute for every action, on the emulator's clock.

Whoever sleeps moves the clock on, so that minutes pass without anybody waiting for them.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.crowd import Crowd, open_crowd
from ecs_release.gateway.gateway import Gateway
from ecs_release.runner import arming
from ecs_release.runner.journal import Journal
from ecs_release.runner.observe import Errand
from ecs_release.runner.records import parse_record
from ecs_release.runner.run import ReleaseRun, Tools

INSTANCES, CALLS_A_MINUTE = 500, 60
ACTIONS = (
    "DescribeInstances",
    "DescribeDisks",
    "DescribeSnapshots",
    "DescribeNetworkInterfaces",
    "DescribePrice",
    "GetCallerIdentity",
    "DeleteInstances",
    "ModifyInstanceAttribute",
    "ModifyInstanceAutoReleaseTime",
    "ModifyDiskAttribute",
)
Job = Callable[[Crowd, dict[str, Any]], None]


class Clock:
    """The emulator's clock; only one may sleep at a time, for who sleeps moves it on."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd

    def __call__(self) -> float:
        now = str(self._crowd.look("clock")["now"]).replace("Z", "+00:00")
        return datetime.fromisoformat(now).timestamp()

    def sleep(self, seconds: float) -> None:
        """Lets that many seconds pass at once."""
        self._crowd.control("clock", {"advance": f"PT{seconds:.3f}S"})


def measure() -> list[dict[str, Any]]:
    """A row for each job: how long it took, how long it takes at least, and what was refused."""
    jobs: Mapping[str, tuple[Job, dict[str, str]]] = {
        "release": (_release, {}),
        "release, protection lifted first": (_lift_and_release, {"DeletionProtection": "true"}),
        "release time set": (_arm, {}),
    }
    return [_row(job, work, order) for job, (work, order) in jobs.items()]


def _row(job: str, work: Job, order: Mapping[str, str]) -> dict[str, Any]:
    free, calls = _run(work, order, {})
    _, most = Counter(str(call["action"]) for call in calls).most_common(1)[0]
    seconds, calls = _run(work, order, dict.fromkeys(ACTIONS, CALLS_A_MINUTE))
    refused = sum(int(call["status"]) != 200 and call["code"] != "DryRunOperation" for call in calls)
    # A minute's worth goes at once, the rest at the limit's pace; what needs less takes its own time only.
    least = (most - CALLS_A_MINUTE) * 60 / CALLS_A_MINUTE if most > CALLS_A_MINUTE else free
    row = {
        "job": job,
        "seconds": round(seconds),
        "least": round(least),
        "calls": len(calls),
        "refused": refused,
    }
    print(row, flush=True)
    return row


def _run(work: Job, order: Mapping[str, str], limits: Mapping[str, int]) -> tuple[float, list[Any]]:
    """The seconds on the emulator's clock that a job takes under these limits, and its calls."""
    with open_crowd() as crowd:
        recorded = crowd.group("web", INSTANCES, **order)
        crowd.control("limits", limits)
        clock, before = Clock(crowd), len(crowd.look("requests?since=0"))
        began = clock()
        work(crowd, recorded)
        return clock() - began, crowd.look("requests?since=0")[before:]


def _gateway(recorded: Mapping[str, Any], clock: Clock) -> Gateway:
    return Gateway(parse_record(dict(recorded)).cloud, clock=clock, sleep=clock.sleep)


def _release(crowd: Crowd, recorded: dict[str, Any]) -> None:
    record, clock = parse_record(recorded), Clock(crowd)
    tools = Tools(lambda line: None, clock, clock.sleep)
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder), record.group, lambda: datetime.now(UTC))
        outcome = ReleaseRun(Errand(record, record.terms), _gateway(recorded, clock), journal, tools).run()
    if not outcome.done or crowd.look("state")["instances"]:
        raise SystemExit(f"the release did not complete: {outcome.findings[:3]}")


def _lift_and_release(crowd: Crowd, recorded: dict[str, Any]) -> None:
    _release(crowd, {**recorded, "terms": {"on_protected": "lift"}})


def _arm(crowd: Crowd, recorded: dict[str, Any]) -> None:
    clock = Clock(crowd)
    when = (datetime.now(UTC) + timedelta(days=2)).replace(second=0, microsecond=0)
    # With one worker: eight that sleep together would each move the one clock.
    arming.WORKERS = 1
    armed = arming.arm(dict.fromkeys(recorded["members"].values(), when), _gateway(recorded, clock))
    if armed.errors:
        raise SystemExit(f"not all times were set: {list(armed.errors.values())[:3]}")
