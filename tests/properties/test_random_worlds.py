"""What the plan of one process says is what the run of another does, in 500 random worlds on the emulator."""

from __future__ import annotations

import multiprocessing
import os
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from ecs_release.domain.reasons import Reason
from ecs_release.domain.render import plan_json
from ecs_release.runner.observe import Errand
from tests.properties.shop import SYSTEM, Shop, State, errand_of, flags_of, planned, released
from tests.properties.worlds import LIVES, Built, World, build, worlds

WORLDS = 500
EXHAUSTIVE = settings(
    max_examples=WORLDS,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
# What no state of the world leads to: faults, a wrong configuration of the stack, endless waiting.
ELSEWHERE = {
    Reason.WRONG_REGION,
    Reason.WRONG_ENDPOINT,
    Reason.NO_PERMISSION_TO_LOOK,
    Reason.CONVERSION_FAILED,
    Reason.REFUND_RELEASES_AT_ONCE,
    Reason.REFUSED_BY_THE_CLOUD,
    Reason.DEADLINE,
    Reason.DISK_CANNOT_BE_KEPT,
}
LONG_AGO = datetime(2026, 6, 1, tzinfo=UTC)
ASKED = re.compile(r"ECS_RELEASE_APPROVE=([0-9a-f]{12}(@[0-9.]+)?)")
Told = tuple[str, World, Built, str]


def errand(told: Told) -> tuple[Shop, Errand]:
    """What both processes are asked about."""
    url, world, built, approve = told
    shop = Shop(url)
    made = errand_of(shop, built.members, (SYSTEM, world.disk), approve, **world.terms)
    record = made.record
    if world.wrong_account:
        record = replace(record, account="1000000000000009")
    if world.schedule_passed:
        record = replace(record, released_by=LONG_AGO)
    return shop, replace(
        made, record=record, wanted=MappingProxyType(built.wanted), confirm_only=world.schedule_passed
    )


def plan_in_a_process(told: Told) -> dict[str, Any]:
    return plan_json(planned(*errand(told)))


def run_in_a_process(told: Told, folder: str) -> dict[str, Any]:
    outcome = released(*errand(told), Path(folder))
    return {
        "done": outcome.done,
        "released": list(outcome.released),
        "reasons": [finding.reason.value for finding in outcome.findings],
    }


def set_keys() -> None:
    """Gives a process of its own the emulator's keys."""
    keys = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "emulator", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "emulator"}
    os.environ.update(keys)


@pytest.fixture(scope="module")
def processes() -> Iterator[tuple[ProcessPoolExecutor, ProcessPoolExecutor]]:
    """One that plans and one that runs."""
    context = multiprocessing.get_context("spawn")
    with (
        ProcessPoolExecutor(1, context, initializer=set_keys) as planner,
        ProcessPoolExecutor(1, context, initializer=set_keys) as runner,
    ):
        yield planner, runner


class Explorer:
    """Goes through worlds, one after the other, and counts what they reached."""

    def __init__(self, shop: Shop, processes: tuple[ProcessPoolExecutor, ProcessPoolExecutor]) -> None:
        self._shop, (self._planner, self._runner) = shop, processes
        self.reached: Counter[str] = Counter()

    def explore(self, world: World, folder: Path) -> None:
        """Plans, runs, and holds both against the emulator's state before and after."""
        built = build(self._shop, world)
        told, plan = _approved((self._shop.url, world, built, ""), self._planner, self.reached)
        before = self._shop.state()
        outcome = self._runner.submit(run_in_a_process, told, str(folder)).result()
        _count(self.reached, world, plan, outcome)
        after = self._shop.state()
        judge(plan, outcome, before, after)
        if world.terms["backup"] == "snapshots":
            judge_backups(outcome, before, after)


def test_what_the_plan_says_is_what_happens(
    shop: Shop, processes: tuple[ProcessPoolExecutor, ProcessPoolExecutor], tmp_path: Path
) -> None:
    explorer = Explorer(shop, processes)
    check = given(worlds)(lambda world: explorer.explore(world, tmp_path))
    EXHAUSTIVE(check)()
    reached = explorer.reached
    print(reached.most_common())
    assert reached["worlds"] >= WORLDS
    wanted = {each.value for each in Reason if each not in ELSEWHERE}
    assert sorted(wanted - set(reached)) == []
    assert sorted({f"life {life}" for life in LIVES} - set(reached)) == []
    assert sorted(_all_terms() - set(reached)) == []


def _approved(told: Told, planner: ProcessPoolExecutor, reached: Counter[str]) -> tuple[Told, dict[str, Any]]:
    """The plan, asked for once more with its digest where somebody gives one."""
    plan = planner.submit(plan_in_a_process, told).result()
    reached.update(_reasons(plan))
    asked = ASKED.search(str(plan["findings"]))
    given_digest = {"nothing": "", "another plan": "0" * 12}.get(told[1].approve) or (
        asked.group(1) if asked and told[1].approve == "the plan" else ""
    )
    if not given_digest:
        return told, plan
    told = (*told[:3], given_digest)
    return told, planner.submit(plan_in_a_process, told).result()


def _reasons(plan: dict[str, Any]) -> list[str]:
    findings = [*plan["findings"], *(each for one in plan["instances"] for each in one["findings"])]
    return [finding["reason"] for finding in findings]


def _count(reached: Counter[str], world: World, plan: dict[str, Any], outcome: dict[str, Any]) -> None:
    reached["worlds"] += 1
    reached["done" if outcome["done"] else "refused"] += 1
    reached.update(_reasons(plan))
    reached.update(outcome["reasons"])
    reached.update(f"life {machine.life}" for machine in world.machines)
    reached.update(f"{term}={value}" for term, value in world.terms.items())


def _all_terms() -> set[str]:
    values = {
        "on_protected": ("refuse", "lift"),
        "on_active_subscription": ("refuse", "refund", "convert"),
        "on_replaced": ("refuse", "release"),
        "on_blocked": ("stop", "release-others"),
        "backup": ("none", "snapshots", "image"),
        "shutdown": ("power-off", "graceful"),
        "on_public_ip": ("release", "keep"),
        "approval": ("none", "plan"),
        "max_instances": (None, 1),
    }
    return {f"{term}={value}" for term, given_values in values.items() for value in given_values}


def judge(plan: dict[str, Any], outcome: dict[str, Any], before: State, after: State) -> None:
    """Holds what was planned against what the emulator has before and after."""
    going = [one for one in plan["instances"] if one["answer"] in ("release", "wait")]
    ids = {one["instance_id"] for one in going} & set(before["instances"])
    gone = set(before["instances"]) - set(after["instances"])
    if plan["blocked"]:
        assert not outcome["released"]
        assert flags_of(_without_leaving(before, gone)) == flags_of(_without_leaving(after, gone))
        return
    assert set(outcome["released"]) <= ids
    assert gone <= {one["instance_id"] for one in plan["instances"]}
    if outcome["done"]:
        assert ids <= gone
    # What somebody else's release took meanwhile, nobody here could plan.
    ended = [one for one in going if one["instance_id"] in outcome["released"]]
    _judge_things(ended, before, after)
    _judge_new(ended, before, after)


def judge_backups(outcome: dict[str, Any], before: State, after: State) -> None:
    """Nothing is lost: every disk that died with an instance of the run has an accomplished snapshot."""
    died = {
        id_
        for id_, disk in before["disks"].items()
        if disk["InstanceId"] in outcome["released"] and id_ not in after["disks"]
    }
    saved = {one["SourceDiskId"] for one in after["snapshots"].values() if one["Status"] == "accomplished"}
    assert died <= saved


def _without_leaving(state: State, gone: set[str]) -> State:
    """The state less what somebody else's release took meanwhile."""
    return {
        kind: {
            id_: facts
            for id_, facts in things.items()
            if id_ not in gone and facts.get("InstanceId") not in gone and kind != "enis"
        }
        for kind, things in state.items()
    }


def _judge_things(ended: list[dict[str, Any]], before: State, after: State) -> None:
    lost, stay = _things(ended, "losses"), _things(ended, "survivors")
    named = {one["instance_id"] for one in ended}
    disks = {id_ for id_, disk in before["disks"].items() if disk["InstanceId"] in named}
    assert lost["disk"] == {id_ for id_ in disks if id_ not in after["disks"]}
    assert stay["disk"] == {id_ for id_ in disks if id_ in after["disks"]}
    snapshots = {id_ for id_, one in before["snapshots"].items() if one["SourceDiskId"] in disks}
    assert lost["automatic snapshot"] == {id_ for id_ in snapshots if id_ not in after["snapshots"]}
    kept = stay["automatic snapshot"] | {id_ for id_ in stay["snapshot"] if not id_.startswith("of ")}
    assert kept == {id_ for id_ in snapshots if id_ in after["snapshots"]}
    addresses = {eip["IpAddress"] for eip in after["eips"].values()}
    assert not lost["public address"] & addresses
    assert {name for name in stay["EIP"] if name.startswith("eip-")} <= set(after["eips"])
    assert stay["network interface"] <= set(after["enis"])


def _judge_new(released_here: list[dict[str, Any]], before: State, after: State) -> None:
    """Whatever a plan says is still to be is there afterwards."""
    stay, named = _things(released_here, "survivors"), {one["instance_id"] for one in released_here}
    addresses = {eip["IpAddress"] for eip in after["eips"].values()}
    assert {name for name in stay["EIP"] if not name.startswith("eip-")} <= addresses
    new_images = set(after["images"]) - set(before["images"])
    promised = {name.removeprefix("of ") for name in stay["image"] if name.startswith("of ")}
    assert promised <= named
    assert len(new_images) >= len(promised)
    new = [one for id_, one in after["snapshots"].items() if id_ not in before["snapshots"]]
    sources = {one["SourceDiskId"] for one in new}
    wanted = {name.removeprefix("of ") for name in stay["snapshot"] if name.startswith("of ")}
    assert wanted <= sources


def _things(ended: list[dict[str, Any]], fate: str) -> dict[str, set[str]]:
    kinds = ("disk", "snapshot", "automatic snapshot", "image", "EIP", "network interface", "public address")
    found: dict[str, set[str]] = {kind: set() for kind in kinds}
    for one in ended:
        for thing in one[fate]:
            found[thing["kind"]].add(thing["id"])
    return found
