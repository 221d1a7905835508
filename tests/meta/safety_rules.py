"""The safety rules, and how each is switched off: the list is safety_rules.txt beside this file, a line each.

As a pytest plugin (`-p tests.meta.safety_rules`) it switches off the rule that
ECS_RELEASE_SWITCHED_OFF names.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, NamedTuple

from ecs_release.domain.claims import Claim
from ecs_release.domain.reasons import Reason
from ecs_release.domain.steps import StepKind
from ecs_release.domain.terms import DeclaredDisk

SWITCHED_OFF = "ECS_RELEASE_SWITCHED_OFF"
LIST = Path(__file__).with_suffix(".txt")
Maker = Callable[[Any], Any]


class Rule(NamedTuple):
    """One rule; `place` is module:name or module:class.name, `test` what pytest calls a test."""

    without_it: str
    place: str
    instead: str
    test: str


def answers(value: Any) -> Maker:
    """Whatever is asked, this is the answer."""
    return lambda _: lambda *_, **__: value


def without(reason: Reason) -> Maker:
    """All findings but those for one reason."""

    def made(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda case: (finding for finding in original(case) if finding.reason is not reason)

    return made


def without_step(kind: StepKind) -> Maker:
    """All steps of a release but one."""

    def made(original: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *facts: (step for step in original(*facts) if step.kind is not kind)

    return made


MAKERS: dict[str, Maker] = {
    "nothing": answers(()),
    "none": answers(None),
    "empty": answers(""),
    "yes": answers(True),
    "orphan": answers(Claim.ORPHAN),
    "recorded": answers(Claim.RECORDED),
    "never": lambda _: property(lambda _self: False),
    "all_are_gone": lambda _: lambda lost, *_: frozenset(lost),
    "every_disk_goes": lambda _: (
        lambda disk, *_, **__: DeclaredDisk(disk.name, disk.kind, disk.category, disk.size_gib)
    ),
    "whatever_comes": lambda _: lambda _product, _action, _about, text: json.loads(text),
    **{f"without {reason.name}": without(reason) for reason in Reason},
    **{f"without_step {kind.name}": without_step(kind) for kind in StepKind},
}


def rules() -> tuple[Rule, ...]:
    """The whole list."""
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return tuple(Rule(*line.split(" | ")) for line in lines if not line.startswith("#"))


def pytest_configure(config: object) -> None:
    """Switches a rule off before any test is collected; without the variable nothing is changed."""
    wanted = os.environ.get(SWITCHED_OFF)
    if wanted:
        (rule,) = [rule for rule in rules() if rule.without_it == wanted]
        switch_off(rule)


def switch_off(rule: Rule) -> None:
    """Puts what does nothing in the rule's place, for the rest of this process."""
    owner, name = holder_of(rule.place)
    setattr(owner, name, MAKERS[rule.instead](getattr(owner, name)))


def holder_of(place: str) -> tuple[Any, str]:
    """What holds a place, a module or a class in it, and its name there."""
    holder, _, name = place.replace(":", ".").rpartition(".")
    return resolve_name(holder), name
