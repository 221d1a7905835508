"""The examples of docs/emulator/pytest.md, run as they stand there, and its table held against the code."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import get_args

import pytest
from emulator.control.events import EVENTS, LOCKS
from emulator.faults import Effect, Match
from emulator.rules.release import BLOCKS
from emulator.testing import Emulator
from emulator.testing.events import Lock, Obstacle

pytest_plugins = ["pytester"]
PAGE = (Path(__file__).parents[2] / "docs" / "emulator" / "pytest.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"```(?:python|ini)\n# (\S+)\n(.*?)```", PAGE, re.DOTALL))
# Between those of the object and of a fault's rule, which are the same words in two places.
METHODS = {name for name, _ in inspect.getmembers(Emulator) if not name.startswith("_")}


def test_the_examples_pass(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "PYTHONDONTWRITEBYTECODE"):
        monkeypatch.delenv(name, raising=False)
    for name, text in EXAMPLES.items():
        (pytester.path / name).write_text(text, encoding="utf-8")
    # Its options belong to another example: unsigned calls would be refused.
    (pytester.path / "pytest.ini").unlink()
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=3)


def test_the_options_of_the_example_are_known(pytester: pytest.Pytester) -> None:
    pytester.makeini(EXAMPLES["pytest.ini"])
    pytester.makepyfile("def test_it(ecs_emulator): assert ecs_emulator.settings()['release_seconds'] == 5")
    pytester.runpytest_subprocess("--strict-config", "-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_every_method_is_in_the_table() -> None:
    table = PAGE[PAGE.index("## The object") : PAGE.index("A refused control call")]
    named = set(re.findall(r"`(\w+)[`(]", table))
    # Those of the reports.
    assert METHODS - named == {"mark", "since_mark"}


@pytest.mark.parametrize("event", EVENTS)
def test_every_event_has_a_method(event: str) -> None:
    assert event in METHODS


def test_a_fault_takes_whatever_a_rule_may_say() -> None:
    parameters = set(inspect.signature(Emulator.fault).parameters) - {"self"}
    assert parameters == {*Match.model_fields, *Effect.model_fields}


def test_the_words_for_locks_and_obstacles_are_those_of_the_emulator() -> None:
    assert set(get_args(Lock)) == set(LOCKS)
    assert set(get_args(Obstacle)) == set(BLOCKS)
