"""Series of examples of the state machine, each in a process of its own, and what all of them reached."""

from __future__ import annotations

import io
import shutil
import tempfile
import traceback
from collections import Counter
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.internal.conjecture import engine
from hypothesis.stateful import run_state_machine_as_test

from ecs_release.domain.reasons import Reason
from tests.faults.bystander import DEEDS, ORDERS, RIGHTS
from tests.faults.group import ERRANDS
from tests.faults.line import Line
from tests.faults.lives import LIVES
from tests.faults.machine import DURATIONS, FAULTS, GIVEN, RECORDS, TERMS, Releases

EXAMPLES, STEPS = 50, 50
MOST_SECONDS_OF_SHRINKING = 60
# A region and an endpoint are no business of a run: who calls it has refused another one before.
UNREACHABLE = {Reason.WRONG_REGION, Reason.WRONG_ENDPOINT}
OUTCOMES = ("done", "refused", "error", "stopped", "killed")
NAMED_RULES = (
    "the first up",
    "up",
    "trouble ends",
    "declare other terms",
    "a member leaves the program",
    "plan, a fault",
    "destroy, a fault",
    "destroy, as planned",
    "destroy, all is allowed",
    "destroy, killed before a call",
    "destroy, killed after a call",
    "destroy, the engine goes",
    "destroy, disturbed by others",
    "destroy, a right is withdrawn",
)


def to_be_reached() -> set[str]:
    """Every rule, every state in which a run meets an instance, every term, reason, outcome and fault."""
    rules = (
        *NAMED_RULES,
        *DEEDS,
        *(f"order, {order}" for order in (*ORDERS, *RECORDS)),
        *(f"time passes, {duration}" for duration in DURATIONS),
        *(f"right withdrawn: {right}" for right in RIGHTS),
        *(f"approve {given}" for given in GIVEN),
        *(f"{command}, {errand}" for command in ("plan", "destroy") for errand in ERRANDS),
    )
    return {
        *(f"rule: {rule}" for rule in rules),
        *(f"met: {life}" for life in LIVES),
        *(f"met a fault: {fault}" for fault in FAULTS),
        *(f"term: {term}={value}" for term, values in TERMS.items() for value in values),
        *(f"reason: {reason.value}" for reason in Reason if reason not in UNREACHABLE),
        *(f"outcome: {outcome}" for outcome in OUTCOMES),
        *(f"outcome of a look: {outcome}" for outcome in ("plan", "error")),
    }


def _settings(examples: int, shrinks: bool) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, *([Phase.shrink] if shrinks else [])],
    )


def run_series(number: int, examples: int = EXAMPLES, shrinks: bool = True) -> tuple[Counter[str], str]:
    """One series, the same for the same number: what it reached, and how it failed, "" if it did not."""
    # Journals are synced to the disk at each call; in memory that costs nothing.
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    line, reached = Line(), Counter[str]()
    machine = type("Releases", (Releases,), {"line": line, "folder": folder, "reached": reached})
    rules = _settings(examples, shrinks)
    told, failure = io.StringIO(), ""
    with line.connected(), redirect_stdout(told), pytest.MonkeyPatch.context() as patched:
        # Four of five examples would be slight variations of the fifth, which is of use to find an edge of a
        # value; here the order of the steps is what matters.
        patched.setattr(engine.ConjectureRunner, "generate_mutations_from", lambda self, data: None)
        patched.setattr(engine, "MAX_SHRINKING_SECONDS", MOST_SECONDS_OF_SHRINKING)
        try:
            run_state_machine_as_test(seed(number)(machine), settings=rules)
        # Handed over as text, because not every failure survives the way between two processes.
        except Exception as error:
            failure = "\n".join((traceback.format_exc(), *getattr(error, "__notes__", ()), told.getvalue()))
    shutil.rmtree(folder, ignore_errors=True)
    reached.update({f"met a fault: {fault}": count for fault, count in line.faults_met.items()})
    return reached, failure
