"""Calls beyond a minute's share are refused, whichever service they ask. Imports world and errors."""

from __future__ import annotations

import math

from emulator.errors import ApiError
from emulator.limits import MINUTE
from emulator.world import World


def admit(world: World, scope: str, action: str) -> None:
    """Count a call and refuse it when its scope has made its calls of this minute."""
    if not world.limits.spent(scope, action, world.now):
        return
    text = "Request was denied due to user flow control."
    error = ApiError(world.settings.throttling_status, "Throttling.User", text)
    if world.settings.throttling_retry_after == "sent":
        # The client waits in real time, in which a faster clock reaches its next minute sooner.
        seconds = (MINUTE - world.now % MINUTE) / (world.clock.rate or 1)
        error.retry_after_ms = max(1, math.ceil(seconds * 1000))
    raise error
