"""What the cloud did to an instance by itself, as a record. Imports the base record and times only."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from emulator import times
from emulator.resources.base import Resource


class InstanceEvent(Resource):
    """An event of an instance; it outlives the instance."""

    kind = "instance_events"

    id: str = Field(serialization_alias="EventId")
    instance_id: str
    type: str
    status: str = "Executed"

    @property
    def parent(self) -> str:
        """Return the instance."""
        return self.instance_id

    def view(self) -> dict[str, Any]:
        """Return the event as DescribeInstanceHistoryEvents shows it."""
        moment = times.to_second(self.created_at)
        return {
            "EventId": self.id,
            "InstanceId": self.instance_id,
            "EventPublishTime": moment,
            "NotBefore": moment,
            "EventFinishTime": moment,
            "EventType": {"Name": self.type, "Code": 0},
            "EventCycleStatus": {"Name": self.status, "Code": 0},
            "ImpactLevel": "100",
            "Reason": "",
            "ResourceType": "instance",
            "ExtendedAttribute": {},
        }
