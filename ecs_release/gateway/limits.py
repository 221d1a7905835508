"""A client-side limiter per action, since the cloud's limits are per action.

Imports the standard library only; clock and sleep are arguments.
"""

import threading
from collections import defaultdict
from collections.abc import Callable

# Spread evenly: it is bursts that get an account throttled, for its other users too.
CALLS_PER_SECOND = 10.0


class Limiter:
    """Spaces the calls of each action evenly; safe for threads."""

    def __init__(
        self,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        calls_per_second: float = CALLS_PER_SECOND,
    ) -> None:
        self._clock, self._sleep, self._gap = clock, sleep, 1.0 / calls_per_second
        self._next: dict[str, float] = defaultdict(float)
        self._lock = threading.Lock()

    def wait(self, action: str) -> None:
        """Waits until the action may be called again."""
        with self._lock:
            now = self._clock()
            at = max(now, self._next[action])
            self._next[action] = at + self._gap
        # Outside the lock, or one waiting thread would hold up all actions.
        if at > now:
            self._sleep(at - now)
