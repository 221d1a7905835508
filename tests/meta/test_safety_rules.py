"""Each safety rule is switched off in turn, and a test must fail then: no rule is there untested."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from ecs_release.domain.reasons import Reason
from tests.faults.figures import keep_figures
from tests.meta.safety_rules import MAKERS, SWITCHED_OFF, Rule, rules

PASSED, FAILED = 0, 1
SUBJECT = "safety rules switched off"
# What the cloud does or says, what is asked for, and what is no refusal: there is nothing to switch off.
NO_RULE = {
    Reason.REFUND_RELEASES_AT_ONCE,
    Reason.REFUND_QUOTA,
    Reason.CONVERSION_FAILED,
    Reason.SCHEDULE,
    Reason.RELEASED_ELSEWHERE,
    Reason.ROUTE_ENTRY,
    Reason.ENI_LINKED,
    Reason.MANAGED_BY_ANOTHER_PRODUCT,
    Reason.REFUSED_BY_THE_CLOUD,
    Reason.DEADLINE,
}
# Their rules stand in the list under the place that finds them, not under their names.
BY_PLACE = {
    Reason.TOO_MANY_INSTANCES,
    Reason.NEEDS_APPROVAL,
    Reason.APPROVAL_IS_STALE,
    Reason.WRONG_ACCOUNT,
    Reason.WRONG_REGION,
    Reason.WRONG_ENDPOINT,
}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.without_it)
def test_a_test_fails_without_the_rule(rule: Rule) -> None:
    code, output = outcome(rule, rule.without_it)
    assert code == FAILED, f"{rule.test} does not notice that {rule.without_it}\n{output[-2000:]}"
    keep_figures(SUBJECT, {rule.without_it: {"tests that failed": output.count("\nFAILED ")}})


def test_the_named_tests_pass_with_all_rules_on() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.meta.safety_rules"]
    done = subprocess.run(
        [*command, *sorted({rule.test for rule in rules()})], capture_output=True, text=True, check=False
    )
    assert done.returncode == PASSED, done.stdout[-2000:]


def test_every_reason_to_refuse_is_in_the_list() -> None:
    listed = {reason for reason in Reason if f"without {reason.name}" in {rule.instead for rule in rules()}}
    assert set(Reason) == listed | NO_RULE | BY_PLACE
    assert not listed & (NO_RULE | BY_PLACE)


def test_the_list_is_well_formed() -> None:
    names = [rule.without_it for rule in rules()]
    assert len(names) == len(set(names))
    assert {rule.instead for rule in rules()} <= set(MAKERS)


def outcome(rule: Rule, switched_off: str) -> tuple[int, str]:
    """How the rule's test ends in a process where the rule is off; 1 is a failure, not an error."""
    command = [sys.executable, "-m", "pytest", "-q", "-rf", "-p", "tests.meta.safety_rules", rule.test]
    environment = {**os.environ, SWITCHED_OFF: switched_off}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout
