"""kill -9 under load, many times: what was answered is there, what was refused is not, nothing is half."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.emulator.kills.lossy import KINDS
from tests.emulator.kills.series import Loss, Series
from tests.faults.figures import keep_figures

ROUNDS = int(os.environ.get("EMULATOR_PROOF_KILLS", "10"))
# Rounds on one file, after which the next series begins with an empty one.
IN_A_SERIES = 5
MOST_ROUNDS = 30
COLUMNS = [
    "rounds", "killed within a commit", "killed while time passed", "accepted", "refused",
    "without a reply, in effect", "without a reply, not there",
    "repeated with its ClientToken",
]  # fmt: skip
# What each emulator that is not durable is found out by; kills are needed for it, and luck for some.
SIGNS = {
    "never_commits": "lost: the clock",
    "commits_now_and_then": "lost:",
    "one_statement_at_a_time": "half:",
    "log_is_lost": "lost:",
    "refusals_stay": "lost: no-|half:",
    "timers_are_lost": "lost:",
    "tokens_are_lost": "twice:",
    "ids_come_again": "answer:|twice:",
}


@contextmanager
def running(database: Path, number: int, *program: str) -> Iterator[Series]:
    series = Series(database, number, program or ("-m", "emulator"))
    try:
        yield series
    finally:
        series.end()


@pytest.mark.parametrize("number", range(ROUNDS // IN_A_SERIES))
def test_what_was_answered_outlives_every_kill(database: Path, number: int) -> None:
    with running(database, number) as series:
        for at in range(IN_A_SERIES):
            series.round(at)
    keep_figures("kill -9 under load", {"after every round": {name: series.counts[name] for name in COLUMNS}})
    assert series.counts["accepted"] > 20 * IN_A_SERIES


@pytest.mark.parametrize("kind", KINDS)
def test_an_emulator_that_loses_something_is_noticed(database: Path, kind: str) -> None:
    with running(database, 0, "-m", "tests.emulator.kills.lossy", kind) as series:
        assert re.match(SIGNS[kind], found(series))


def found(series: Series) -> str:
    """What is wrong after the first round in which something is, "" if nothing is."""
    for at in range(MOST_ROUNDS):
        try:
            series.round(at)
        except Loss as loss:
            return str(loss)
    return ""
