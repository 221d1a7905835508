"""How many cases of a kind were tried, and how they ended; kept for the report."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from tests.faults.figures import keep_figures

SUBJECT = "bad input"
ALL = bool(os.environ.get("ECS_RELEASE_ALL_FAULTS"))
Case = TypeVar("Case")


@dataclass
class Tally:
    """The cases of one kind: refused with an error that names the place, or accepted to no harm."""

    name: str
    refused: int = 0
    accepted: int = 0

    def keep(self, least: int) -> None:
        """Keeps the numbers; fails when there were fewer cases than a test of this kind has."""
        cases = self.refused + self.accepted
        assert cases >= least, f"{self.name}: {cases} cases"
        figures = {"cases": cases, "refused by name": self.refused, "accepted": self.accepted}
        keep_figures(SUBJECT, {self.name: figures})


def sampled(cases: Iterable[Case], one_in: int, first: int = 0, *, at_most: int = 1) -> Iterator[Case]:
    """One case of so many; where all are asked for, all of them, or one of `at_most`."""
    step = min(at_most, one_in) if ALL else one_in
    return islice(cases, first % step, None, step)
