"""The story of every page, as the emulator's own record has it; what the client printed is not asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.emulator.cloud import Cloud, Server
from tests.emulator_clients.pages import Followed

NETWORK = ["CreateVpc", "CreateVSwitch", "CreateSecurityGroup"]
REFUSED = "DeleteInstance InvalidOperation.DeletionProtection"
STORY = [*NETWORK, "RunInstances", REFUSED, "ModifyInstanceAttribute", "DeleteInstance"]


def check(result: Followed, client: str, times: int = 1) -> None:
    """So many times: all was made, the release was refused, the protection lifted, and the instance gone."""
    assert result.changes() == STORY * times
    assert result.state["instances"] == {}
    assert len(result.state["vpcs"]) == times
    assert {call["access_key_id"] for call in result.requests} == {"emulator"}
    assert {client in call["user_agent"] for call in result.requests} == {True}
    for order in calls(result, "RunInstances"):
        assert order["parameters"]["DeletionProtection"] == "true"
    for lifting in calls(result, "ModifyInstanceAttribute"):
        assert lifting["parameters"]["DeletionProtection"] == "false"


def calls(result: Followed, action: str) -> list[dict[str, Any]]:
    """The calls of one action, in order."""
    return [call for call in result.requests if call["action"] == action]


def schemes(folder: Path) -> list[str]:
    """Whether each release came as `http` or as `https`: ActionTrail knows, of the database that was left."""
    server = Server(folder / "emulator.db")
    try:
        wanted = {"LookupAttribute.1.Key": "EventName", "LookupAttribute.1.Value": "DeleteInstance"}
        found = Cloud(server.url).good("LookupEvents", {**wanted, "MaxResults": 50}, "Actiontrail")["Events"]
    finally:
        server.end()
    events = [json.loads(event) if isinstance(event, str) else event for event in found]
    return [event["additionalEventData"]["Scheme"] for event in reversed(events)]
