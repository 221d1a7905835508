"""The emulator's clock: the wall clock plus what was advanced, or frozen.

Imports nothing of the package.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any


@dataclass
class Clock:
    """Emulated time runs at `rate` from `emulated`, which was shown when the wall clock read `wall`."""

    wall: float
    emulated: float
    rate: float = 1.0

    @classmethod
    def real(cls) -> Clock:
        """Start at the wall clock."""
        now = time.time()
        return cls(now, now)

    def now(self) -> float:
        """Return the emulated time."""
        return self.emulated + (time.time() - self.wall) * self.rate

    def move(self, moment: float) -> None:
        """Show this moment from now on, at the same rate."""
        # Both anchors move together, or the next reading would count the past twice.
        self.wall, self.emulated = time.time(), moment

    def stored(self) -> dict[str, Any]:
        """Return the fields that restore this clock."""
        return asdict(self)
