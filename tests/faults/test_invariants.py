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
# Hypothesis remembers every example of a process, tens of megabytes a series: each pool has so many and ends.
SERIES_OF_A_POOL = 10 * PROCESSES


def test_the_invariants_hold_whatever_happens_in_whatever_order() -> None:
    reached, failures = Counter[str](), list[str]()
    for first in range(FIRST, FIRST + SERIES, SERIES_OF_A_POOL):
        run(range(first, min(first + SERIES_OF_A_POOL, FIRST + SERIES)), reached, failures)
    # What is rare may not have come yet: it gets as many steps once more, and no more.
    for number in range(FIRST + SERIES, FIRST + 2 * SERIES, PROCESSES):
        if failures or not to_be_reached() - set(reached):
            break
        run(range(number, number + PROCESSES), reached, failures)
    assert not failures, "\n".join(failures[:3])
    assert reached["steps"] >= WANTED
    assert sorted(to_be_reached() - set(reached)) == []
    keep_figures(SUBJECT, {name: {"times": count} for name, count in sorted(reached.items())})


def run(numbers: range, reached: Counter[str], failures: list[str]) -> None:
    """Runs these series, adds up what they reached, and notes how any of them failed."""
    with ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("spawn")) as pool:
        for number, (found, failure) in zip(numbers, pool.map(run_series, numbers), strict=True):
            reached.update(found)
            if failure:
                failures.append(f"series {number}: {failure}")
