"""The story of every page, as the emulator's own record has it; what the client printed is not asked."""

from __future__ import annotations

import json
from pathlib import Path

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
    assert protection(result, "RunInstances") == ["true"] * times
    assert protection(result, "ModifyInstanceAttribute") == ["false"] * times


def protection(result: Followed, action: str) -> list[str]:
    """What each call of this action said about deletion protection; some clients write booleans as `True`."""
    named = [call["parameters"] for call in result.requests if call["action"] == action]
    return [parameters["DeletionProtection"].lower() for parameters in named]


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
