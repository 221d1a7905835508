"""A hand on EventBridge: calls that must succeed, a target, and a rule for creations of VPCs."""

from __future__ import annotations

import json
from typing import Any

from tests.emulator.cloud import Cloud

WRITES = {"type": [{"suffix": ":ActionTrail:ApiCall"}], "data": {"eventName": ["CreateVpc"]}}


def asked(cloud: Cloud, action: str, **parameters: Any) -> dict[str, Any]:
    return cloud.good(action, parameters, "EventBridge")


def good(cloud: Cloud, action: str, **parameters: Any) -> Any:
    reply = asked(cloud, action, **parameters)
    assert (reply["Success"], reply["Code"]) == (True, "Success"), reply
    return reply.get("Data")


def target(url: str, **more: Any) -> dict[str, Any]:
    return {
        "Id": "hook",
        "Type": "http",
        "Endpoint": url,
        "ParamList": [{"ResourceKey": "Body", "Form": "ORIGINAL"}],
        **more,
    }


def rule(cloud: Cloud, *targets: dict[str, Any], pattern: Any = WRITES, **more: Any) -> None:
    order = {"EventBusName": "default", "RuleName": "alarm", "FilterPattern": json.dumps(pattern)}
    good(cloud, "CreateRule", **{**order, "EventTargets": json.dumps(targets), **more})
