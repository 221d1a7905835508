"""What the actions of EventBridge share: names, refusals, buses and rules (EventBridge 2020-04-01)."""

from __future__ import annotations

import re
from typing import Any

from emulator.errors import BusinessFailure
from emulator.events.pattern import Pattern, pattern
from emulator.registry import Call, Reply
from emulator.resources.events import EventBus, EventRule
from emulator.rules.bus import DEFAULT
from emulator.rules.trail import HOME
from emulator.untrusted import from_json

_NAME = re.compile("[A-Za-z0-9][A-Za-z0-9-]{0,126}")
_RESERVED = "eventbridge-reserved-"


def arn(call: Call, path: str) -> str:
    """Return the resource name of a bus or rule."""
    return f"acs:eventbridge:{call.region or HOME}:{call.account}:{path}"


def new_name(call: Call, parameter: str, code: str) -> str:
    """Return the name of what is to be made, or refuse its letters or its length."""
    name = call.parameters.text(parameter)
    if not _NAME.fullmatch(name) or name.startswith(_RESERVED):
        raise BusinessFailure(code, f"The name [{name}] is invalid!")
    return name


def bus_of(call: Call) -> EventBus:
    """Return the bus that EventBusName names; the default one is always there."""
    name = call.parameters.text("EventBusName")
    if name == DEFAULT:
        return EventBus(
            id=DEFAULT,
            account_id=call.account,
            region_id="",
            created_at=0.0,
            event_bus_name=DEFAULT,
            event_bus_arn=arn(call, f"eventbus/{DEFAULT}"),
        )
    found = call.world.store.under(EventBus, f"{call.account}/{name}")
    if not found:
        raise BusinessFailure("EventBusNotExist", f"The event bus [{name}] not existed!")
    return found[0]


def rules_of(call: Call, bus: EventBus) -> list[EventRule]:
    """Return the rules of a bus, oldest first."""
    return call.world.store.under(EventRule, bus.parent)


def rule_of(call: Call) -> EventRule:
    """Return the rule that EventBusName and RuleName name."""
    name = call.parameters.text("RuleName")
    found = [rule for rule in rules_of(call, bus_of(call)) if rule.rule_name == name]
    if not found:
        raise BusinessFailure("EventRuleNotExisted", "The event rule not existed!")
    return found[0]


def pattern_of(text: str) -> Pattern:
    """Read a pattern, or refuse it."""
    try:
        return pattern(from_json(text))
    except ValueError as error:
        raise BusinessFailure("EventPatternInvalid", f"The event pattern is invalid: {error}.") from None


def json_of(call: Call, parameter: str, default: str = "") -> Any:
    """Read a parameter that travels as JSON, or refuse it."""
    try:
        return from_json(call.parameters.text(parameter, default))
    except ValueError:
        raise BusinessFailure("ParameterInvalid", f"The parameter {parameter} is not JSON.") from None


def page(call: Call, name: str, rows: list[Any]) -> Reply:
    """Return a page of rows by Limit and NextToken, which counts the rows before it."""
    size = call.parameters.number("Limit", 100, 1, 100)
    start = call.parameters.number("NextToken", 0, 0, 10**6)
    after = start + size
    token = {"NextToken": str(after)} if after < len(rows) else {}
    return {"Data": {name: rows[start:after], "Total": len(rows), **token}}
