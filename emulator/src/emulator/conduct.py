"""What the emulator remembers of its clients for a moment, to tell careful calls from careless ones.

Lives in memory and ends with the process; what was found is in the file. Imports nothing of the package.
"""

from __future__ import annotations

import time
from collections.abc import Hashable
from typing import Generic, TypeVar

V = TypeVar("V")
# A client that waits a second by its own clock may seem a little early by ours.
SECOND = 0.95


class Recent(Generic[V]):
    """Values by key, forgotten after a second."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[float, V]] = {}

    def keep(self, key: Hashable, moment: float, value: V) -> None:
        """Remember a value and let go of what is too old to matter."""
        # Taken out first, so that the oldest is always the first of the dictionary.
        self._kept.pop(key, None)
        self._kept[key] = (moment, value)
        while moment - self._kept[oldest := next(iter(self._kept))][0] >= SECOND:
            del self._kept[oldest]

    def find(self, key: Hashable, moment: float) -> tuple[float, V] | None:
        """Return how long ago a key was kept, and its value, if that is less than a second."""
        kept = self._kept.get(key)
        if kept is None or moment - kept[0] >= SECOND:
            return None
        return moment - kept[0], kept[1]

    def values(self, moment: float) -> list[V]:
        """Return all values of the last second."""
        return [value for kept, value in self._kept.values() if moment - kept < SECOND]

    def drop(self, key: Hashable) -> None:
        """Forget one key."""
        self._kept.pop(key, None)


class Memory:
    """The last second of all clients by the wall's clock, because that is where clients wait."""

    def __init__(self) -> None:
        self.clock = time.monotonic
        # By the numbers of the request log, which tell what came first within one tick of the clock.
        self.reads: Recent[int] = Recent()
        self.changes: Recent[int] = Recent()
        self.throttled: Recent[float] = Recent()
        self.singles: dict[str, Recent[None]] = {}
        # Instances whose release was accepted, but whose reply the client may never have seen.
        self.unseen: set[str] = set()
