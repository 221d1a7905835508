"""Event buses and their rules with targets (EventBridge), and trails (ActionTrail), as records.

A rule is listed under its account and bus. They belong to no region. Imports the base and times only.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from emulator import times
from emulator.resources.base import Resource


class EventBus(Resource):
    """A custom event bus."""

    kind = "event_buses"
    hidden: ClassVar[set[str]] = {"id", "region_id"}

    event_bus_name: str
    description: str = ""
    event_bus_arn: str = Field(serialization_alias="EventBusARN")

    @property
    def parent(self) -> str:
        """Return where the name finds the bus."""
        return f"{self.account_id}/{self.event_bus_name}"

    def view(self) -> dict[str, Any]:
        """Return the bus as GetEventBus shows it."""
        return {**self.plain(), "CreateTimestamp": int(self.created_at * 1000)}


class EventRule(Resource):
    """A rule of a bus: what it wants, and whom it tells."""

    kind = "event_rules"
    hidden: ClassVar[set[str]] = {"id", "region_id"}

    event_bus_name: str
    rule_name: str
    rule_arn: str = Field(serialization_alias="RuleARN")
    description: str = ""
    filter_pattern: str
    status: str = "ENABLE"
    # As they were sent, in the API's spelling.
    targets: list[dict[str, Any]] = Field(default_factory=list)

    @property
    def parent(self) -> str:
        """Return the bus."""
        return f"{self.account_id}/{self.event_bus_name}"

    def view(self) -> dict[str, Any]:
        """Return the rule as GetRule shows it."""
        return {**self.plain(), "CreatedTimestamp": int(self.created_at * 1000)}


class Trail(Resource):
    """A trail: which events go to which storage, once it is enabled."""

    kind = "trails"
    hidden: ClassVar[set[str]] = {"id", "region_id", "updated_at", "started_at", "stopped_at", "selectors"}

    name: str
    home_region: str
    trail_arn: str
    status: str = "Fresh"
    event_rw: str = Field(default="Write", serialization_alias="EventRW")
    trail_region: str = "All"
    is_organization_trail: bool = False
    oss_bucket_name: str = ""
    oss_key_prefix: str = ""
    oss_write_role_arn: str = ""
    sls_project_arn: str = ""
    sls_write_role_arn: str = ""
    max_compute_project_arn: str = ""
    max_compute_write_role_arn: str = ""
    updated_at: float
    started_at: float | None = None
    stopped_at: float | None = None
    # The data event selectors as they were sent.
    selectors: str = ""

    @property
    def parent(self) -> str:
        """Return where the name finds the trail."""
        return f"{self.account_id}/{self.name}"

    @property
    def periods(self) -> dict[str, str]:
        """Return when it was last enabled and disabled."""
        start = times.to_second(self.started_at) if self.started_at is not None else ""
        stop = times.to_second(self.stopped_at) if self.stopped_at is not None else ""
        return {"StartLoggingTime": start, "StopLoggingTime": stop}

    def view(self) -> dict[str, Any]:
        """Return the trail as DescribeTrails shows it."""
        dates = {"CreateTime": self.created_at, "UpdateTime": self.updated_at}
        shown = {name: times.to_second(moment) for name, moment in dates.items()}
        return {**self.plain(), **shown, **self.periods, "Region": self.home_region}
