"""Event buses, and events of one's own (EventBridge 2020-04-01)."""

from __future__ import annotations

from typing import Any

from emulator import times
from emulator.actions.events_common import (
    arn,
    bus_of,
    json_of,
    new_name,
    page,
    pattern_of,
    rules_of,
)
from emulator.errors import BusinessFailure
from emulator.registry import Call, Reply, action, idempotent
from emulator.resources.events import EventBus
from emulator.rules import bus as buses
from emulator.rules.bus import DEFAULT
from emulator.rules.trail import HOME
from emulator.world import new_id

_MOST_BUSES, _MOST_EVENTS = 50, 16
_NEEDED = ("Id", "Source", "Type")


@action("EventBridge", "CreateEventBus", "Description", required="EventBusName")
@idempotent
def create_event_bus(call: Call) -> Reply:
    """CreateEventBus: a custom bus, whose events are those of PutEvents."""
    name = new_name(call, "EventBusName", "EventBusNameInvalid")
    if name == DEFAULT or call.world.store.under(EventBus, f"{call.account}/{name}"):
        raise BusinessFailure("EventBusAlreadyExist", f"The event bus [{name}] already existed!")
    if sum(1 for _ in call.world.store.owned(EventBus, call.account)) >= _MOST_BUSES:
        raise BusinessFailure("EventBusCountExceedLimit", f"There are {_MOST_BUSES} event buses already.")
    bus = EventBus(
        id=new_id("bus"),
        account_id=call.account,
        region_id="",
        created_at=call.world.now,
        event_bus_name=name,
        description=call.parameters.text("Description"),
        event_bus_arn=arn(call, f"eventbus/{name}"),
    )
    call.world.store.add(bus)
    return {"Data": {"EventBusARN": bus.event_bus_arn}}


@action("EventBridge", "GetEventBus", "", required="EventBusName")
def get_event_bus(call: Call) -> Reply:
    """GetEventBus: one bus; the one called default is there in every account."""
    return {"Data": bus_of(call).view()}


@action("EventBridge", "ListEventBuses", "NamePrefix Limit NextToken")
def list_event_buses(call: Call) -> Reply:
    """ListEventBuses: custom buses, by the beginning of their names; the default one is not listed."""
    prefix = call.parameters.text("NamePrefix")
    found = [bus for _, bus in call.world.store.owned(EventBus, call.account)]
    return page(call, "EventBuses", [bus.view() for bus in found if bus.event_bus_name.startswith(prefix)])


@action("EventBridge", "UpdateEventBus", "Description", required="EventBusName")
def update_event_bus(call: Call) -> Reply:
    """UpdateEventBus: another description of a custom bus."""
    bus = bus_of(call)
    if bus.event_bus_name == DEFAULT:
        raise BusinessFailure("EventBusNameInvalid", "The default event bus cannot be changed.")
    bus.description = call.parameters.text("Description")
    call.world.store.put(bus)
    return {}


@action("EventBridge", "DeleteEventBus", "", required="EventBusName")
@idempotent
def delete_event_bus(call: Call) -> Reply:
    """DeleteEventBus: refused for the default one, and while a bus has rules."""
    bus = bus_of(call)
    if bus.event_bus_name == DEFAULT:
        raise BusinessFailure("EventBusNameInvalid", "The default event bus cannot be deleted.")
    if rules_of(call, bus):
        text = f"The rules of eventbus [{bus.event_bus_name}] exist, please delete them first."
        raise BusinessFailure("EventBusRuleNotEmptyForDelete", text)
    call.world.store.remove(bus)
    return {"Data": True}


@action("EventBridge", "PutEvents", "EventList", required="EventBusName")
def put_events(call: Call) -> Reply:
    """PutEvents: up to 16 events of one's own for a custom bus."""
    bus, events = bus_of(call), json_of(call, "EventList", "[]")
    if bus.event_bus_name == DEFAULT:
        raise BusinessFailure("EventBusNameInvalid", "Only services of the cloud put events on this bus.")
    if not isinstance(events, list) or not 1 <= len(events) <= _MOST_EVENTS:
        raise BusinessFailure("ParameterInvalid", f"EventList is a list of 1 to {_MOST_EVENTS} events.")
    entries = [_put(call, bus, event) for event in events]
    failed = sum("ErrorCode" in entry for entry in entries)
    return {"Data": {"FailedEntryCount": failed, "EntryList": entries}}


@action("EventBridge", "TestEventPattern", "", required="Event EventPattern")
def test_event_pattern(call: Call) -> Reply:
    """TestEventPattern: whether a rule with such a pattern would take an event."""
    wanted = pattern_of(call.parameters.text("EventPattern"))
    return {"Data": {"Result": wanted.matches(json_of(call, "Event"))}}


def _put(call: Call, bus: EventBus, sent: Any) -> dict[str, Any]:
    event = sent if isinstance(sent, dict) else {}
    missing = [name for name in _NEEDED if not isinstance(event.get(name), str) or not event[name]]
    if missing:
        return {"ErrorCode": "EventInvalid", "ErrorMessage": f"The event has no {missing[0]}."}
    name, now = bus.event_bus_name, times.to_second(call.world.now)
    whole = {
        "id": event["Id"],
        "source": event["Source"],
        "specversion": "1.0",
        "type": event["Type"],
        "datacontenttype": event.get("DataContentType", "application/json;charset=utf-8"),
        "subject": event.get("Subject", ""),
        "time": event.get("Time", now),
        "aliyunaccountid": call.account,
        "aliyunpublishtime": now,
        "aliyuneventbusname": name,
        "aliyunregionid": call.region or HOME,
        "aliyunpublishaddr": call.source_ip,
        "data": event.get("Data", {}),
    }
    buses.publish(call.world, call.account, whole, name)
    return {"EventId": whole["id"], "TraceId": new_id("trace")}
