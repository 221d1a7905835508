"""The forms of what other programs read: plan, receipt, journal. `python -m …documents` writes them.

Imports pydantic and the runner's own forms. A test holds what is written against these.
"""

import json
import sys
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from ecs_release.domain.plan import Answer
from ecs_release.domain.reasons import Reason
from ecs_release.domain.steps import StepKind
from ecs_release.runner.history import Entry
from ecs_release.runner.receipt import Receipt

FOLDER = Path("docs/schemas")


class _Document(BaseModel):
    # Closed, so that a key that nobody documented fails the test.
    model_config = ConfigDict(extra="forbid")


class FindingDocument(_Document):
    """One reason with its sentence and what to do."""

    reason: Reason
    sentence: str
    advice: str


class ThingDocument(_Document):
    """Something that is lost or stays; `price` is a month's, "unknown" with the reason, or empty."""

    kind: str
    id: str
    description: str
    why: str
    bills: bool
    price: str


class InstanceDocument(_Document):
    """The answer for one instance."""

    instance_id: str
    member: str
    answer: Answer
    note: str
    findings: list[FindingDocument]
    steps: list[StepKind]
    refund: str
    losses: list[ThingDocument]
    survivors: list[ThingDocument]


class GroupPlanDocument(_Document):
    """The plan of one group."""

    schema_: Literal[1] = Field(alias="schema")
    group: str
    group_id: str
    refused: bool
    blocked: bool
    digest: str
    findings: list[FindingDocument]
    instances: list[InstanceDocument]


class PlanDocument(_Document):
    """What `ecs-release plan --json` prints."""

    schema_: Literal[1] = Field(alias="schema")
    stack: str
    refused: bool
    digest: str
    groups: list[GroupPlanDocument]


DOCUMENTS: dict[str, TypeAdapter[Any]] = {
    "plan": TypeAdapter(PlanDocument),
    "receipt": TypeAdapter(Receipt),
    "journal-entry": TypeAdapter(Entry),
}


def schema_text(name: str) -> str:
    """The JSON schema of a document, as its file in docs/schemas has it."""
    return f"{json.dumps(DOCUMENTS[name].json_schema(), indent=2, sort_keys=True)}\n"


def main() -> int:
    """Writes every schema."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in DOCUMENTS:
        (FOLDER / f"{name}.json").write_text(schema_text(name), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
