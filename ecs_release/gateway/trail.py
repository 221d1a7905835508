"""What ActionTrail has recorded: who did what, when and from where. Looks only.

Imports the gateway's own call, batches, clients and mapping, and the domain's words.
"""

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from ecs_release.domain.audit import Happening
from ecs_release.domain.facts import Cloud
from ecs_release.gateway.batches import all_pages
from ecs_release.gateway.call import Call, Caller
from ecs_release.gateway.clients import ACTIONTRAIL, Clients
from ecs_release.gateway.mapping_trail import happenings_in

LOOKUP = "LookupEvents"
PAGE = 50
PATIENCE_SECONDS = 120.0
API_TIME = "%Y-%m-%dT%H:%M:%SZ"


class AuditTrail:
    """The events of one account in one region; `endpoint` is a `host:port`, "" for the official one."""

    def __init__(
        self,
        cloud: Cloud,
        endpoint: str = "",
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        clients = Clients(cloud, {ACTIONTRAIL: endpoint})
        self._caller = Caller(clients, clock, sleep, patience)

    def happenings(self, actions: Iterable[str], since: datetime, until: datetime) -> tuple[Happening, ...]:
        """LookupEvents of each action in a period, 50 a call. Raises CloudError."""
        # By the name, not by instance: a query has one condition, and there are fewer names than instances.
        return tuple(each for action in actions for each in self._of(action, since, until))

    def _of(self, action: str, since: datetime, until: datetime) -> list[Happening]:
        def read(token: str | None) -> tuple[tuple[Happening, ...], str]:
            told = {
                "LookupAttribute": [{"Key": "EventName", "Value": action}],
                "StartTime": since.astimezone(UTC).strftime(API_TIME),
                "EndTime": until.astimezone(UTC).strftime(API_TIME),
                "MaxResults": PAGE,
                "NextToken": token,
            }
            return happenings_in(self._caller.perform(Call(LOOKUP, told, action)))

        return all_pages(LOOKUP, read)
