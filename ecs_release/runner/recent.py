"""What was asked a moment ago, so that the looks of one operation need not ask it again.

Imports the standard library only. For what a plan tells, never for what decides about a release.
"""

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import Any

LASTS = timedelta(seconds=30)


class Recent:
    """Answers by what was asked for; forgotten when the cloud's clock has gone on."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[datetime, Any]] = {}

    def answer(self, question: Hashable, now: datetime, ask: Callable[[], Any]) -> Any:
        """The kept answer where it is fresh at `now`, else a new one; raises what `ask` raises."""
        at, answer = self._kept.get(question, (None, None))
        # A clock that was set back proves nothing about the age of an answer.
        if at is None or not timedelta() <= now - at < LASTS:
            answer = ask()
            self._kept[question] = (now, answer)
        return answer
