"""What the cloud does to an instance by itself, planned or done. Imports the base record and times only."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from emulator import times
from emulator.resources.base import Resource

ENDED = ("Avoided", "Executed", "Canceled", "Failed")
STATES = ("Scheduled", "Executing", "Inquiring", *ENDED)
# The two numbers of each that a sample of the page shows; the others are not told.
_TYPE_CODES = {"SystemMaintenance.Reboot": 1, "InstanceExpiration.Stop": 34}
_STATE_CODES = {"Avoided": 8}


class InstanceEvent(Resource):
    """An event of an instance; it outlives the instance."""

    kind = "instance_events"
    hidden: ClassVar[set[str]] = {"type", "status", "not_before", "finished_at", "resource_group_id"}

    id: str = Field(serialization_alias="EventId")
    instance_id: str
    type: str
    status: str = "Executed"
    reason: str = ""
    not_before: float = 0.0
    finished_at: float | None = None
    resource_group_id: str = ""

    @property
    def parent(self) -> str:
        """Return the instance."""
        return self.instance_id

    def view(self) -> dict[str, Any]:
        """Return the event as DescribeInstanceHistoryEvents shows it."""
        finished = self.finished_at
        return {
            "EventId": self.id,
            "InstanceId": self.instance_id,
            "EventPublishTime": times.to_second(self.created_at),
            "NotBefore": times.to_second(self.not_before),
            "EventFinishTime": "" if finished is None else times.to_second(finished),
            "EventType": {"Name": self.type, "Code": _TYPE_CODES.get(self.type, 0)},
            "EventCycleStatus": {"Name": self.status, "Code": _STATE_CODES.get(self.status, 0)},
            "ImpactLevel": "100",
            "Reason": self.reason,
            "ReasonCode": "",
            "ResourceType": "instance",
            "ExtendedAttribute": {"InactiveDisks": {"InactiveDisk": []}},
        }
