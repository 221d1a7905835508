"""The state machine notices what it is there for: without a safety rule, its invariant breaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.judge import ANOTHER, GONE, KEPT, PROTECTED, REFUND, REFUSED, STAYS, UNDECLARED, UNSAVED
from tests.faults.series import run_series
from tests.meta.safety_rules import MAKERS, holder_of, rules

SERIES, EXAMPLES = 8, 20
INVARIANTS = {
    "a protected instance is released": PROTECTED,
    "a subscription that still runs is ended": REFUND,
    "a release comes before its disks are flagged to stay": KEPT,
    "a disk that is declared nowhere goes with its instance": KEPT,
    "an instance of somebody else is released": ANOTHER,
    "an instance whose tags were taken off is released": ANOTHER,
    "a copy made at the console is released with its original": ANOTHER,
    "of two claimants of one member both pass for ours": ANOTHER,
    "what was not seen passes for gone": GONE,
    "an empty answer is believed without the right to look": GONE,
    "any digest approves any plan": UNDECLARED,
    "a run releases more than max_instances": UNDECLARED,
    "protection stays off after a run that did not release": REFUSED,
    "what a schedule should have released is released by us unasked": REFUSED,
    "a run ends instances of another account": REFUSED,
    "an instance goes while it starts, or while its backup is made": UNSAVED,
}


def found() -> str:
    """What the first of the series that fails says, "" when none does."""
    failures = (run_series(number, EXAMPLES, shrinks=False)[1] for number in range(SERIES))
    return next(filter(None, failures), "")


def switch_off(patched: pytest.MonkeyPatch, place: str, instead: Callable[[Any], Callable[..., Any]]) -> None:
    owner, name = holder_of(place)
    patched.setattr(owner, name, instead(getattr(owner, name)))


@pytest.mark.parametrize("without_it", INVARIANTS)
def test_without_the_rule_its_invariant_breaks(without_it: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (rule,) = [rule for rule in rules() if rule.without_it == without_it]
    switch_off(monkeypatch, rule.place, MAKERS[rule.instead])
    assert INVARIANTS[without_it] in found()


def test_a_release_that_never_comes_breaks_the_promise_of_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    switch_off(monkeypatch, "ecs_release.domain.plan:_waits_for", lambda _: lambda *_: "waits for ever")
    assert STAYS in found()
