"""Ten thousand steps of the state machine, always the same ones, and that it notices what it is to notice.

With ECS_RELEASE_STEPS=1000000 it takes that many; ECS_RELEASE_SEED begins with another series.
"""

from __future__ import annotations

import math
import multiprocessing
import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from tests.faults.figures import keep_figures
from tests.faults.series import EXAMPLES, STEPS, run_series, to_be_reached

SUBJECT = "invariants"
WANTED = int(os.environ.get("ECS_RELEASE_STEPS", "10000"))
FIRST = int(os.environ.get("ECS_RELEASE_SEED", "0"))
SERIES = math.ceil(WANTED / (EXAMPLES * STEPS))
PROCESSES = min(os.cpu_count() or 1, SERIES)
# Hypothesis remembers every example of a process, tens of megabytes a series.
SERIES_OF_A_PROCESS = 10


def test_the_invariants_hold_whatever_happens_in_whatever_order() -> None:
    reached, failures = Counter[str](), list[str]()
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, spawning, max_tasks_per_child=SERIES_OF_A_PROCESS) as pool:
        run(range(FIRST, FIRST + SERIES), pool, reached, failures)
        # What is rare may not have come yet: it gets as many steps once more, and no more.
        for number in range(FIRST + SERIES, FIRST + 2 * SERIES, PROCESSES):
            if failures or not to_be_reached() - set(reached):
                break
            run(range(number, number + PROCESSES), pool, reached, failures)
    assert not failures, "\n".join(failures[:3])
    assert reached["steps"] >= WANTED
    assert sorted(to_be_reached() - set(reached)) == []
    keep_figures(SUBJECT, {name: {"times": count} for name, count in sorted(reached.items())})


def run(numbers: range, pool: ProcessPoolExecutor, reached: Counter[str], failures: list[str]) -> None:
    """Runs these series, adds up what they reached, and notes how any of them failed."""
    for number, (found, failure) in zip(numbers, pool.map(run_series, numbers), strict=True):
        reached.update(found)
        if failure:
            failures.append(f"series {number}: {failure}")
