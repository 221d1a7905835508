"""A client-side limiter per action, since the cloud's limits are per action; it learns from refusals.

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
# Of actions whose limit is one by the second: a burst within the minute is refused as well.
SHORTEST_GAPS: Mapping[str, float] = MappingProxyType({"LookupEvents": 0.5})
# Fewer than these are somebody else's doing: the account's other users spend the same minute.
LEAST_LEARNT = 10
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
        self._most = dict(most_a_minute)
        # The times of the calls within the window, the oldest first.
        self._called: dict[str, deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()

    def wait(self, action: str) -> None:
        """Waits until the action may be called again."""
        gap = max(self._gap, SHORTEST_GAPS.get(action, 0.0))
        with self._lock:
            now = self._clock()
            at = max(now, self._next[action], self._window_opens(action))
            self._next[action] = at + gap
            self._called[action].append(at)
        # Outside the lock, or one waiting thread would hold up all actions.
        if at > now:
            self._sleep(at - now)

    def throttled(self, action: str) -> None:
        """Learns from a refusal how many calls a minute the cloud takes, for the windows to come."""
        with self._lock:
            called, now = self._called[action], self._clock()
            # The refused call has not used anything up.
            if called:
                called.pop()
            accepted = sum(at > now - WINDOW_SECONDS for at in called)
            self._most[action] = max(LEAST_LEARNT, min(accepted, self._most.get(action, accepted)))

    def _window_opens(self, action: str) -> float:
        called, most = self._called[action], self._most.get(action)
        while called and called[0] <= self._clock() - WINDOW_SECONDS:
            called.popleft()
        if most is None or len(called) < most:
            return 0.0
        return called[-most] + WINDOW_SECONDS
