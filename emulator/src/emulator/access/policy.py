"""Policy documents: their grammar, and whether a statement speaks of a request.

Imports conditions and wildcards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_pascal

from emulator.access.conditions import OPERATORS, holds, readable
from emulator.access.wildcards import fits, fits_ignoring_case


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _texts(value: Any) -> Any:
    # A condition's true or 10 may be written without quotes.
    return [str(one).lower() if isinstance(one, bool | int | float) else one for one in _listed(value)]


Texts = Annotated[list[str], BeforeValidator(_listed), Field(min_length=1)]
Values = Annotated[list[str], BeforeValidator(_texts), Field(min_length=1)]


@dataclass(frozen=True)
class Asked:
    """What is asked for: an action under all its names, one resource, and the circumstances."""

    actions: tuple[str, ...]
    resource: str
    circumstances: Mapping[str, str] = field(default_factory=dict)


class Judgement(Enum):
    """What a set of statements says: an explicit Deny beats every Allow, and silence grants nothing."""

    ALLOWED = "Allowed"
    DENIED = "ExplicitDeny"
    SILENT = "ImplicitDeny"


class Statement(BaseModel):
    """One statement of a document."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_pascal, defer_build=True)

    effect: Literal["Allow", "Deny"]
    action: Texts | None = None
    not_action: Texts | None = None
    resource: Texts | None = None
    not_resource: Texts | None = None
    principal: dict[Literal["RAM", "Service", "Federated"], Texts] | None = None
    condition: dict[str, dict[str, Values]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _grammar(self) -> Statement:
        if (self.action is None) == (self.not_action is None):
            raise ValueError("a statement has either Action or NotAction")
        if any(one != "*" and ":" not in one for one in (self.action or self.not_action or [])):
            raise ValueError("an action is * or has the form product:Name")
        for operator, keys in self.condition.items():
            if operator not in OPERATORS:
                raise ValueError(f"{operator} is not a condition operator")
            if not all(readable(operator, value) for values in keys.values() for value in values):
                raise ValueError(f"a value cannot be compared by {operator}")
        return self

    def speaks_of(self, asked: Asked) -> bool:
        """Tell whether action, resource and conditions of this statement all fit."""
        return (
            self._names_action(asked.actions)
            and self._names_resource(asked.resource)
            and all(
                holds(operator, _circumstance(asked, key), values)
                for operator, keys in self.condition.items()
                for key, values in keys.items()
            )
        )

    def trusts(self, arns: Iterable[str]) -> bool:
        """Tell whether one of a caller's names is among the principals."""
        return self._principal("RAM", arns)

    def trusts_provider(self, arn: str) -> bool:
        """Tell whether an identity provider is among the principals."""
        return self._principal("Federated", (arn,))

    def _principal(self, kind: Literal["RAM", "Federated"], arns: Iterable[str]) -> bool:
        trusted = (self.principal or {}).get(kind, [])
        return any(fits(pattern, arn) for pattern in trusted for arn in arns)

    def _names_action(self, names: tuple[str, ...]) -> bool:
        patterns = self.action if self.action is not None else self.not_action or []
        named = any(fits_ignoring_case(pattern, name) for pattern in patterns for name in names)
        return named == (self.action is not None)

    def _names_resource(self, resource: str) -> bool:
        # A trust policy has no resource: it speaks of its role.
        if self.resource is None and self.not_resource is None:
            return True
        patterns = self.resource if self.resource is not None else self.not_resource or []
        return any(fits(pattern, resource) for pattern in patterns) == (self.resource is not None)


class Document(BaseModel):
    """A policy document of version 1."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_pascal, defer_build=True)

    version: Literal["1", 1]
    statement: list[Statement] = Field(min_length=1)


@lru_cache(maxsize=1024)
def permissions(text: str) -> tuple[Statement, ...]:
    """Read a permission policy; ValueError if it is none."""
    statements = _read(text)
    for one in statements:
        if one.principal is not None or (one.resource is None) == (one.not_resource is None):
            raise ValueError("a permission statement has either Resource or NotResource, and no Principal")
    return statements


@lru_cache(maxsize=1024)
def trust(text: str) -> tuple[Statement, ...]:
    """Read a role's trust policy; ValueError if it is none."""
    statements = _read(text)
    for one in statements:
        if not one.principal or one.resource is not None or one.not_resource is not None:
            raise ValueError("a trust statement has a Principal and no Resource")
    return statements


def judge(statements: Iterable[Statement], asked: Asked) -> Judgement:
    """Say what statements together mean for a request."""
    effects = {one.effect for one in statements if one.speaks_of(asked)}
    if "Deny" in effects:
        return Judgement.DENIED
    return Judgement.ALLOWED if "Allow" in effects else Judgement.SILENT


def _read(text: str) -> tuple[Statement, ...]:
    try:
        return tuple(Document.model_validate_json(text).statement)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ValueError(f"{place}: {first['msg']}" if place else str(first["msg"])) from error


def _circumstance(asked: Asked, key: str) -> str | None:
    # The product's words in a key may be written in either case, a tag's key may not.
    start, slash, tag = key.partition("/")
    return asked.circumstances.get(start.lower() + slash + tag)
