"""What a case of the error tables is: who asks what of which instance, and the one answer to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.emulator.cloud import Answer, Cloud
from tests.emulator.documented_codes import Row
from tests.emulator.states import Make, stopped


@dataclass(frozen=True)
class Case:
    """A call of one action; `{}` in a value stands for the instance that was made."""

    section: str
    action: str
    outcome: str
    name: str
    make: Make = stopped
    order: Mapping[str, Any] = field(default_factory=lambda: {"InstanceId": "{}"})
    product: str = "Ecs"
    key: str = "emulator"
    # The row of the reference's table, where it is not the action's own.
    of: str = ""

    @property
    def row(self) -> Row:
        return Row(self.section, self.of or self.action, self.outcome)

    @property
    def id(self) -> str:
        action, code = self.of or self.action, self.outcome.partition(" ")[2]
        return f"section-{self.section}-{action}-{code}-{self.name}"

    def ask(self, cloud: Cloud) -> tuple[Answer, Any, Any]:
        """Return the answer, and the state before and after it."""
        made = self.make(cloud)
        order = {name: _filled(value, made) for name, value in self.order.items()}
        before = cloud.look("state")
        answer = Cloud(cloud.url, self.key).call(self.action, order, self.product)
        return answer, before, cloud.look("state")


def said(answer: Answer) -> str:
    """One word for a table; the billing product refuses with HTTP 200 as well."""
    return f"200 {answer.code}" if answer.body.get("Success") is False else answer.outcome


def _filled(value: Any, made: str) -> Any:
    return value.replace("{}", made) if isinstance(value, str) else value
