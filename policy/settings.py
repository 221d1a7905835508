"""The settings of the rules: what the CLI checks them against, their defaults, and how they are read.

Imports pulumi_policy and the domain. Levels are the CLI's own matter.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pulumi_policy import PolicyConfigSchema

from ecs_release.domain.facts import DiskKind
from ecs_release.domain.guardrails import is_among
from ecs_release.domain.schedule import parse_span

PRODUCTION = ["prod*", "*-prod*"]
DEVELOPMENT = ["dev*", "test*", "*-dev", "*-test", "pr-*", "preview-*"]
EVERY = ["*"]
Schema = dict[str, dict[str, Any]]

NAMES = {"type": "array", "items": {"type": "string", "minLength": 1}}
SPOT: Schema = {"allow_spot": {"type": "boolean", "default": False}}
KINDS: Schema = {
    "kinds": {
        "type": "array",
        "items": {"enum": [kind.value for kind in DiskKind]},
        "default": [kind.value for kind in DiskKind],
    }
}
LIFETIME: Schema = {
    "max_lifetime": {
        "type": "string",
        "pattern": "^([0-9]{1,5}d)?([0-9]{1,6}h)?([0-9]{1,8}m)?$",
        "minLength": 2,
        "default": "30d",
    }
}
SIZE: Schema = {"max_instances": {"type": "integer", "minimum": 1, "default": 100}}


class UnknownSetting(Exception):
    """A setting that a rule does not have; the text names it and those it has."""


def schema(stacks: list[str], except_stacks: list[str], own: Schema | None = None) -> PolicyConfigSchema:
    """What may be set for a rule: the stacks that it holds for, and what is its own."""
    properties: Schema = {
        "stacks": {**NAMES, "default": stacks},
        "except_stacks": {**NAMES, "default": except_stacks},
    }
    return PolicyConfigSchema({**properties, **(own or {})})


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one rule in one run."""

    stacks: tuple[str, ...]
    except_stacks: tuple[str, ...]
    allow_spot: bool = False
    kinds: frozenset[DiskKind] = frozenset(DiskKind)
    max_lifetime: timedelta = timedelta(days=30)
    max_instances: int = 100

    def hold_for(self, stack: str) -> bool:
        """Whether the rule is about this stack."""
        return is_among(stack, self.stacks, self.except_stacks)


def parse(configured: Mapping[str, Any], allowed: PolicyConfigSchema) -> Settings:
    """The settings as the CLI hands them over, checked and with defaults; raises UnknownSetting."""
    known = allowed.properties
    # The CLI's schema cannot forbid other keys, and a limit under a wrong name would limit nothing.
    unknown = sorted(set(configured) - set(known))
    if unknown:
        raise UnknownSetting(f"unknown setting {', '.join(unknown)}; known here: {', '.join(known)}")
    defaults = {key: each["default"] for key, each in known.items()}
    return Settings(**dict(_read({**defaults, **configured})))


def _read(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        match key:
            case "max_lifetime":
                yield key, parse_span(value)
            case "kinds":
                yield key, frozenset(map(DiskKind, value))
            case "max_instances":
                yield key, int(value)
            case "stacks" | "except_stacks":
                yield key, tuple(value)
            case _:
                yield key, value
