"""Work that is shown in per cent, in quarters. Imports nothing of the package."""

from __future__ import annotations

import math

_STEPS = 4


def stage(begun: float, ends: float, now: float) -> tuple[str, float]:
    """Return how far work is, and when it will be a step further; its last step is its end."""
    step = math.floor((now - begun) / (ends - begun) * _STEPS + 1e-6)
    # To the very number: a rounding error would leave the work open.
    due = ends if step + 1 >= _STEPS else begun + (ends - begun) * (step + 1) / _STEPS
    return f"{100 * step // _STEPS}%", due
