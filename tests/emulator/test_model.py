"""The emulator beside an independent model of an instance's documented life: thousands of random steps."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from pkgutil import resolve_name
from typing import Any

import pytest
from emulator.actions import load
from emulator.database import Database
from emulator.rules.events import HANDLERS
from emulator.server import Application
from emulator.settings import Settings
from emulator.world import World
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.emulator.inside import Inside, Near
from tests.emulator.model.instance import BLOCKS
from tests.emulator.model.machine import Comparison
from tests.faults.figures import keep_figures

load()
ASKED_FOR = os.environ.get("EMULATOR_PROOF_STEPS")
STEPS = int(ASKED_FOR or "8000")
PARTS = 2 if ASKED_FOR else 1
# Some lives are ended early.
STEPS_A_LIFE, USUAL_LIFE = 40, 30
# In some thousand steps, chance may pass over some; in more it has no excuse.
MOST_MISSED = 0 if ASKED_FOR else 4
RELEASES = {"200", "403 InvalidOperation.DeletionProtection", "403 ChargeTypeViolation"} | {
    "403 IncorrectInstanceStatus.Initializing", "403 IncorrectInstanceStatus"
}  # fmt: skip
# What a run must have met, or it has shown less than it says.
REACHED = {
    "DeleteInstance": RELEASES | {"404 InvalidInstanceId.NotFound", "400 DryRunOperation"},
    "DeleteInstances": RELEASES | {"404 InvalidInstanceIds.NotFound", "400 DRYRUN.SUCCESS"},
    "ModifyInstanceAutoReleaseTime": {"200", "400 InvalidAutoReleaseTime.Malformed", "404 NoSuchResource"}
    | {"403 ChargeTypeViolation"},
    "ModifyInstanceAttribute": {"200", "403 InvalidChargeType.ValueNotSupported"}
    | {"403 InstanceLockedForSecurity", "404 InvalidInstanceId.NotFound"},
    "StopInstance": {"200", "403 IncorrectInstanceStatus", "403 InstanceExpiredOrInArrears"}
    | {"403 InstanceLockedForSecurity", "400 DryRunOperation", "404 InvalidInstanceId.NotFound"},
    "StartInstance": {"200", "403 IncorrectInstanceStatus", "403 InstanceExpiredOrInArrears"}
    | {"403 InstanceLockedForSecurity", "400 DryRunOperation", "404 InvalidInstanceId.NotFound"},
    "StopInstances": {"200", "403 IncorrectInstanceStatus", "403 InstanceNotReady", "400 DRYRUN.SUCCESS"}
    | {"404 InvalidInstanceIds.NotFound"},
    "RefundInstance": {"200 Success", "200 ResourceNotExists", "200 ResourceStatusError"},
    "ModifyDiskAttribute": {"200", "403 DiskNotPortable"},
}
HAPPENED = {
    "starting", "running", "stopped", "schedule", "expire", "expired-stop", "kept-long-enough", "reclaimed",
    "gone", "gone, disks kept",
}  # fmt: skip


def comparing(cloud: Inside) -> type[Comparison]:
    class Machine(Comparison):
        pass

    Machine.cloud, Machine.told, Machine.happened = cloud, Counter(), Counter()
    return Machine


def lived(steps: int) -> type[Comparison]:
    """Let the emulator and the model live side by side for so many steps."""
    asked = settings(
        max_examples=steps // USUAL_LIFE,
        stateful_step_count=STEPS_A_LIFE,
        deadline=None,
        database=None,
        # The same lives every day; who asks for a number of steps asks for new ones.
        derandomize=not ASKED_FOR,
        # Lives are short, and what fails is to be read, not waited for.
        phases=[Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    database = Database(":memory:")
    machine = comparing(Near(Application(World(database, Settings()))))
    run_state_machine_as_test(machine, settings=asked)
    database.close()
    return machine


@pytest.mark.parametrize("part", range(PARTS))
def test_the_emulator_does_what_the_model_says(part: int) -> None:
    machine = lived(STEPS // PARTS)
    for action in REACHED:
        accepted = sum(n for (one, said), n in machine.told.items() if one == action and is_good(said))
        calls = sum(n for (one, _), n in machine.told.items() if one == action)
        figures = {"predicted and answered": calls, "accepted": accepted, "refused": calls - accepted}
        keep_figures("the model: calls", {action: figures})
    for name, number in machine.happened.items():
        keep_figures("the model: what fell due", {name: {"times": number}})
    keep_figures("the model: steps", {"all lives": {"steps": machine.steps}})
    # By either of the two actions that release.
    assert set(BLOCKS.values()) <= {said for _, said in machine.told}
    missed = {(action, said) for action, all_of in REACHED.items() for said in all_of} - {*machine.told}
    assert len(missed) <= MOST_MISSED, missed
    assert HAPPENED - {*machine.happened} == set()
    assert machine.steps > STEPS // PARTS * 0.9


def is_good(said: str) -> bool:
    """A dry run that passes is answered like a refusal."""
    return said in ("200", "200 Success") or "DRYRUN" in said.upper()


def unless_asked(check: Any) -> Callable[..., None]:
    return lambda *arguments: None


MUTANTS: dict[str, tuple[str, Callable[[Any], Callable[..., Any]]]] = {
    "nothing is checked before a release": ("emulator.rules.release.check", unless_asked),
    "Force is not needed": ("emulator.rules.release._check_status", unless_asked),
    "obstacles are none": ("emulator.rules.release._check_dependencies", unless_asked),
    "a live subscription may go": ("emulator.rules.release._may_terminate", lambda _: lambda *_: True),
    "every disk goes": ("emulator.rules.release.goes_with", lambda _: lambda *_: True),
    "a kept disk stays what it was": ("emulator.rules.release._keep", lambda _: _unplugged),
    "locks stop nobody": ("emulator.rules.lifecycle.check_unlocked", unless_asked),
    "arrears do not stop": ("emulator.rules.lifecycle.halt", unless_asked),
}


def _unplugged(world: Any, disk: Any) -> None:
    resolve_name("emulator.rules.release.unplug")(world, disk)


def found() -> str:
    """What the model says of an emulator that does something else, "" if nothing."""
    try:
        lived(STEPS // 2)
    except AssertionError as difference:
        return str(difference)
    return ""


@pytest.mark.parametrize("without", MUTANTS)
def test_a_missing_rule_is_noticed(without: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place, instead = MUTANTS[without]
    monkeypatch.setattr(place, instead(resolve_name(place)))
    assert "the emulator" in found()


@pytest.mark.parametrize("event", ["auto-release", "arrears-release", "expire", "stopped", "reclaim"])
def test_what_never_falls_due_is_noticed(event: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(HANDLERS, event, unless_asked(None))
    assert "the emulator" in found()
