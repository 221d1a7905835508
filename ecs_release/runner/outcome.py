"""How a run ended. Imports the domain only."""

from dataclasses import dataclass

from ecs_release.domain.plan import Plan
from ecs_release.domain.reasons import Finding
from ecs_release.domain.things import Thing


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: `findings` is empty when everything is gone; `released` went in this run."""

    plan: Plan
    findings: tuple[Finding, ...] = ()
    released: tuple[str, ...] = ()
    survivors: tuple[Thing, ...] = ()
    broken_off: bool = False

    @property
    def done(self) -> bool:
        """Whether everything the run was asked to end is proven gone."""
        return not self.findings and not self.broken_off
