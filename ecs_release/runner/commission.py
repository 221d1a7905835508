"""What the person who started the command gave with it: approvals, and terms for this run alone.

Imports runner and domain. Reads two variables of the environment, which the engine hands on.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any

from pydantic import ValidationError

from ecs_release.domain.approval import LONGEST_SHOWN, Approvals, Commission, parse_approvals
from ecs_release.domain.terms import ReleaseTerms
from ecs_release.runner.observe import Errand
from ecs_release.runner.records import TermsModel
from ecs_release.runner.remembered import Remembered

APPROVE_VARIABLE, TERMS_VARIABLE = "ECS_RELEASE_APPROVE", "ECS_RELEASE_TERMS"


class BadCommission(Exception):
    """One of the two variables cannot be read; the text says which part and what is allowed."""


def commissioned(errand: Errand, granted: Mapping[str, Any], environment: Mapping[str, str]) -> Errand:
    """An errand under the terms and approvals of this command; raises BadCommission.

    `granted` are digests of groups that an approval of the whole stack stands for.
    """
    approvals = approvals_of(environment)
    overrides = dict(_overrides(environment.get(TERMS_VARIABLE, ""), errand.record.group))
    terms = _with_overrides(errand.terms, overrides)
    commission = Commission(
        Approvals({**approvals.given, **granted}), terms != errand.terms, Remembered().matters
    )
    return replace(errand, terms=terms, commission=commission)


def approvals_of(environment: Mapping[str, str]) -> Approvals:
    """What ECS_RELEASE_APPROVE gives; raises BadCommission."""
    try:
        return parse_approvals(environment.get(APPROVE_VARIABLE, ""))
    except ValueError as error:
        raise BadCommission(f"{APPROVE_VARIABLE}: {error}") from None


def environment() -> Mapping[str, str]:
    """The variables of this process."""
    return os.environ


def _overrides(text: str, group: str) -> Iterator[tuple[str, str]]:
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, value = part.partition("=")
        owner, _, term = name.rpartition(".")
        if not equals or term not in TermsModel.model_fields:
            known = ", ".join(TermsModel.model_fields)
            shown = repr(part)[:LONGEST_SHOWN]
            raise BadCommission(f"{TERMS_VARIABLE}: {shown} is no [GROUP.]TERM=VALUE; terms are {known}")
        if owner in ("", group):
            yield term, value


def _with_overrides(terms: ReleaseTerms, overrides: Mapping[str, str]) -> ReleaseTerms:
    try:
        merged = TermsModel.model_validate({**asdict(terms), **overrides})
    except ValidationError as error:
        problem = error.errors()[0]
        field = ".".join(str(part) for part in problem["loc"])
        raise BadCommission(
            f"{TERMS_VARIABLE}: {field}={repr(problem['input'])[:LONGEST_SHOWN]}: {problem['msg']}"
        ) from None
    return ReleaseTerms(**merged.model_dump())
