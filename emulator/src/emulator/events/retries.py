"""When a delivery that failed is tried again. Imports nothing of the package."""

from __future__ import annotations

import random
from collections.abc import Callable

_LEAST, _MOST, _FEW = 10.0, 20.0, 3
_LONGEST, _MANY = 512.0, 176


def _back_off(failed: int) -> float | None:
    return random.uniform(_LEAST, _MOST) if failed <= _FEW else None


def _exponential(failed: int) -> float | None:
    return min(2.0 ** min(failed - 1, 9), _LONGEST) if failed <= _MANY else None


# By name, the usual one first: seconds after the n-th failure, None when it is given up.
STRATEGIES: dict[str, Callable[[int], float | None]] = {
    "BACKOFF_RETRY": _back_off,
    "EXPONENTIAL_DECAY_RETRY": _exponential,
}
