"""docs/policy.md has every rule with its level, every setting with its default, and true examples."""

import json
import re
from pathlib import Path

import pytest
from pulumi_policy import EnforcementLevel

from ecs_release.domain import guardrails
from ecs_release.domain.guardrails import SENTENCES, DeclaredGroup, Rule
from policy.rules import GUARDRAILS, Guardrail
from policy.settings import DEVELOPMENT, EVERY, PRODUCTION, parse

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/policy.md").read_text(encoding="utf-8")
KINDS = {tuple(PRODUCTION): "production", tuple(DEVELOPMENT): "development", tuple(EVERY): "every stack"}
(EXAMPLE,) = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
SHARED = ("stacks", "except_stacks")


@pytest.mark.parametrize("guardrail", GUARDRAILS, ids=lambda guardrail: guardrail.rule.value)
def test_every_rule_has_its_row(guardrail: Guardrail) -> None:
    stacks = KINDS[tuple(guardrail.settings.properties["stacks"]["default"])]
    assert f"| `{guardrail.rule.value}` | {guardrail.level.value} | {stacks} | " in PAGE


@pytest.mark.parametrize("guardrail", GUARDRAILS, ids=lambda guardrail: guardrail.rule.value)
def test_every_setting_of_a_rule_has_its_row(guardrail: Guardrail) -> None:
    for name, each in guardrail.settings.properties.items():
        of = "every rule" if name in SHARED else f"`{guardrail.rule.value}`"
        default = "" if name in SHARED else f"`{json.dumps(each['default'])}` |"
        assert f"| `{name}` | {of} | {default}" in PAGE


def test_the_patterns_are_those_of_the_rules() -> None:
    said = set(re.findall(r"`([a-z*-]+)`", PAGE.split("tells what it is")[1].split("unless they are")[0]))
    assert said == {*PRODUCTION, *DEVELOPMENT}


def test_the_example_of_a_configuration_can_be_used() -> None:
    by_rule = {guardrail.rule: guardrail for guardrail in GUARDRAILS}
    for name, given in EXAMPLE.items():
        settings = {"enforcementLevel": given} if isinstance(given, str) else dict(given)
        assert EnforcementLevel(settings.pop("enforcementLevel", "mandatory"))
        assert parse(settings, by_rule[Rule(name)].settings)


def test_the_report_that_is_shown_is_what_the_rule_says() -> None:
    (violation,) = guardrails.unapproved(DeclaredGroup("web"))
    assert f"  {SENTENCES[Rule.APPROVAL]}\n          {violation}\n" in PAGE
