"""Faults, limits and latency in a test's hand. Imports control."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Literal

from emulator.testing.control import Control


class FaultRule:
    """A rule that is in force; leaving its `with` block takes it back."""

    def __init__(self, control: Control, number: int) -> None:
        self._control = control
        self.number = number

    def remove(self) -> None:
        """Take the rule back; the others keep their counts."""
        self._control.delete(f"faults?id={self.number}")

    def __enter__(self) -> FaultRule:
        """Return the rule, which has been in force since it was made."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the rule back."""
        self.remove()


class Faults(Control):
    """What makes calls fail, wait or be refused for their number."""

    def fault(
        self,
        action: str | None = None,
        *,
        product: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        access_key_id: str | None = None,
        after: int | None = None,
        times: int | None = None,
        probability: float | None = None,
        status: int | None = None,
        code: str | None = None,
        message: str | None = None,
        retry_after_ms: int | None = None,
        delay_ms: int | None = None,
        drop: Literal["request", "reply"] | None = None,
        body: Any = None,
    ) -> FaultRule:
        """Add a rule: what is given up to `probability` says which calls, the rest what happens to them.

        It is in force at once and to the end of the world; as a context manager, to the end of the block.
        """
        given = {name: value for name, value in locals().items() if name != "self" and value is not None}
        match = {name: given[name] for name in _MATCH & given.keys()}
        effect = {name: given[name] for name in given.keys() - _MATCH}
        return FaultRule(self, self.post("faults", {"match": match, "effect": effect})["ids"][0])

    def clear_faults(self) -> None:
        """Take all rules back."""
        self.delete("faults")

    def limit(self, **calls_a_minute: int | None) -> dict[str, int]:
        """Let an account call actions so often a minute, `limit(DeleteInstances=60)`; None lifts one."""
        limits: dict[str, int] = self.post("limits", calls_a_minute)
        return limits

    def lift_limits(self) -> None:
        """Lift all limits."""
        self.delete("limits")

    def latency(self, milliseconds: int) -> None:
        """Delay every reply."""
        self.post("latency", {"ms": milliseconds})


_MATCH = frozenset(("action", "product", "parameters", "access_key_id", "after", "times", "probability"))
