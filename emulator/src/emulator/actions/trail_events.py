"""Looking up what happened (Actiontrail 2020-07-06)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emulator import times
from emulator.actions.common import from_token, to_token
from emulator.errors import invalid_parameter
from emulator.registry import Call, Reply, action

_KEPT, _USUAL = 90 * times.DAY, 7 * times.DAY
_USUAL_RESULTS, _MOST_RESULTS = 20, 50
Event = dict[str, Any]
_ATTRIBUTES: dict[str, Callable[[Event, str], bool]] = {
    "ServiceName": lambda event, value: event["serviceName"] == value,
    "EventName": lambda event, value: event["eventName"] == value,
    "User": lambda event, value: event["userIdentity"]["userName"] == value,
    "EventId": lambda event, value: event["eventId"] == value,
    "ResourceType": lambda event, value: value in event["referencedResources"],
    "ResourceName": lambda event, value: any(value in ids for ids in event["referencedResources"].values()),
    "EventRW": lambda event, value: event["eventRW"] == value,
    "EventAccessKeyId": lambda event, value: event["userIdentity"].get("accessKeyId") == value,
}


@action(
    "Actiontrail",
    "LookupEvents",
    "LookupAttribute.N.Key LookupAttribute.N.Value StartTime EndTime MaxResults NextToken Direction",
)
def lookup_events(call: Call) -> Reply:
    """LookupEvents: what happened in a period of the last 90 days, newest first, by one condition at most."""
    key, value = _condition(call)
    start, end = _period(call)
    size = call.parameters.number("MaxResults", _USUAL_RESULTS, 0, _MOST_RESULTS) or _USUAL_RESULTS
    backward = call.parameters.choice("Direction", "BACKWARD", ("BACKWARD", "FORWARD")) == "BACKWARD"
    token = call.parameters.text("NextToken")
    # What is too new has not arrived yet, as in the cloud.
    seen = (start, min(end, call.world.now - call.world.settings.trail_delay_seconds))
    after = from_token(token) if token else None
    events: list[Event] = []
    more, last = False, 0
    for number, event in call.world.trail.between(call.account, seen, value, after, backward):
        if key and not _ATTRIBUTES[key](event, value):
            continue
        if len(events) == size:
            more = True
            break
        events.append(event)
        last = number
    found: Reply = {"StartTime": times.to_second(start), "EndTime": times.to_second(end), "Events": events}
    return {**found, "NextToken": to_token(last)} if more else found


def _condition(call: Call) -> tuple[str, str]:
    groups = call.parameters.groups("LookupAttribute")
    if len(groups) > 1:
        raise invalid_parameter("LookupAttribute", "a query has one condition only")
    if not groups:
        return "", ""
    key, value = groups[0].text("Key"), groups[0].text("Value")
    if key not in _ATTRIBUTES or not value:
        raise invalid_parameter("LookupAttribute", f"it takes a value for one of {', '.join(_ATTRIBUTES)}")
    return key, value


def _period(call: Call) -> tuple[float, float]:
    now = call.world.now
    end = _moment(call, "EndTime", now)
    start = _moment(call, "StartTime", now - _USUAL)
    if start > end:
        raise invalid_parameter("StartTime", "it is later than EndTime")
    # A second more, because a client cuts its own.
    if start < now - _KEPT - 1:
        raise invalid_parameter("StartTime", "events are kept for 90 days")
    # The end of the second that was named is part of it.
    return start, end + 1 if call.parameters.given("EndTime") else end


def _moment(call: Call, parameter: str, default: float) -> float:
    text = call.parameters.text(parameter)
    try:
        return times.from_api(text) if text else default
    except ValueError as error:
        raise invalid_parameter(parameter, str(error)) from None
