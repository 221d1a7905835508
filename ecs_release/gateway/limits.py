"""A client-side limiter per action, since the cloud's limits are per action.

Imports the standard library only; clock and sleep are arguments.
"""

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from types import MappingProxyType

# Spread evenly: it is bursts that get an account throttled, for its other users too.
CALLS_PER_SECOND = 10.0
# Actions without a batch are called once for each instance. Their limits are not published, and a
# call too many blocks the action for everybody in the account until the next minute.
MOST_A_MINUTE: Mapping[str, int] = MappingProxyType({"ModifyInstanceAutoReleaseTime": 60})
# A second more than the cloud's minute, for calls that take longer on their way than others.
WINDOW_SECONDS = 61.0


class Limiter:
    """Spaces the calls of each action evenly and keeps to its most a minute; safe for threads."""

    def __init__(
        self,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        calls_per_second: float = CALLS_PER_SECOND,
        most_a_minute: Mapping[str, int] = MOST_A_MINUTE,
    ) -> None:
        self._clock, self._sleep, self._gap = clock, sleep, 1.0 / calls_per_second
        self._next: dict[str, float] = defaultdict(float)
        # The times of the newest calls, as many as a minute may have.
        self._newest = {action: deque[float](maxlen=most) for action, most in most_a_minute.items()}
        self._lock = threading.Lock()

    def wait(self, action: str) -> None:
        """Waits until the action may be called again."""
        with self._lock:
            now = self._clock()
            at = max(now, self._next[action], self._window_opens(action))
            self._next[action] = at + self._gap
            if action in self._newest:
                self._newest[action].append(at)
        # Outside the lock, or one waiting thread would hold up all actions.
        if at > now:
            self._sleep(at - now)

    def _window_opens(self, action: str) -> float:
        newest = self._newest.get(action)
        if newest is None or len(newest) != newest.maxlen:
            return 0.0
        return newest[0] + WINDOW_SECONDS
