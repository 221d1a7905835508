"""Faults that testers order: rules matched in order against each call. Imports nothing of the package.

Rules live in memory and end with the process, so that a restored world starts healthy.
"""

from __future__ import annotations

import itertools
import json
import random
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

MOST_MILLISECONDS = 600_000
_A_DAY = 86_400_000


class Match(BaseModel):
    """Which calls a rule concerns; everything given must fit."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    product: str | None = None
    action: str | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)
    access_key_id: str | None = None
    after: int = Field(default=0, ge=0)
    times: int | None = Field(default=None, ge=1)
    probability: float = Field(default=1.0, ge=0, le=1)


class Effect(BaseModel):
    """What happens instead of, or around, the real answer."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    status: int | None = Field(default=None, ge=200, le=599)
    code: str | None = None
    message: str = "A fault was ordered for this call."
    retry_after_ms: int | None = Field(default=None, ge=1, le=_A_DAY)
    delay_ms: int = Field(default=0, ge=0, le=MOST_MILLISECONDS)
    drop: Literal["request", "reply"] | None = None
    body: Any = None

    @property
    def replaces(self) -> bool:
        """Tell whether the call is answered without being applied."""
        return self.status is not None or self.code is not None or self.body is not None

    def error(self) -> tuple[int, str]:
        """Return status and code of the error; a code alone is a 400, a status alone an InternalError."""
        return self.status or 400, self.code or "InternalError"

    def literal(self) -> bytes:
        """Return the ordered body: text as it is, anything else as JSON."""
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


class Fault(BaseModel):
    """One rule with its count of matches seen and effects given."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    match: Match = Field(default_factory=Match)
    effect: Effect
    _number: int = 0
    _seen: int = 0
    _fired: int = 0

    @property
    def number(self) -> int:
        """Return what the rule is called by; 0 before it was added."""
        return self._number

    def numbered(self, number: int) -> Fault:
        """Give the rule its number."""
        self._number = number
        return self

    def fires(self, product: str, action: str, parameters: dict[str, str], access_key_id: str) -> bool:
        """Count a call and tell whether the rule takes effect on it."""
        wanted = self.match
        named = ((wanted.product, product), (wanted.action, action), (wanted.access_key_id, access_key_id))
        if any(want not in (None, have) for want, have in named) or not _subset(
            wanted.parameters, parameters
        ):
            return False
        # Counted before it is skipped, so that `after` counts matches and not effects.
        self._seen += 1
        spent = wanted.times is not None and self._fired >= wanted.times
        if self._seen <= wanted.after or spent or random.random() >= wanted.probability:
            return False
        self._fired += 1
        return True


class Faults:
    """The ordered rules, and the latency of every call."""

    def __init__(self) -> None:
        self.rules: list[Fault] = []
        self.latency_ms = 0
        self._numbers = itertools.count(1)

    def clear(self) -> None:
        """Forget all rules and the latency."""
        self.rules, self.latency_ms = [], 0

    def add(self, rules: list[Fault]) -> list[int]:
        """Append rules and return their numbers, which no other rule of this process has had."""
        self.rules += [rule.numbered(next(self._numbers)) for rule in rules]
        return [rule.number for rule in rules]

    def remove(self, number: int) -> None:
        """Forget one rule, if it is still there; the others keep their counts."""
        self.rules = [rule for rule in self.rules if rule.number != number]

    def effect(
        self, product: str, action: str, parameters: dict[str, str], access_key_id: str
    ) -> Effect | None:
        """Return the effect of the first rule that fires."""
        for rule in self.rules:
            if rule.fires(product, action, parameters, access_key_id):
                return rule.effect
        return None


def _subset(wanted: dict[str, Any], have: dict[str, str]) -> bool:
    return all(name in have and _same(value, have[name]) for name, value in wanted.items())


def _same(wanted: Any, have: str) -> bool:
    # Clients spell booleans True or true; everything else is compared as the text that was sent.
    if isinstance(wanted, bool):
        return have.lower() == str(wanted).lower()
    return str(wanted) == have
