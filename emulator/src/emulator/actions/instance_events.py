"""System events of instances, past and to come (Ecs 2014-05-26)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from emulator import times
from emulator.actions.common import Paging, region_of, tags_of
from emulator.errors import ApiError, invalid_parameter
from emulator.parameters import Parameters
from emulator.registry import Call, Reply, action
from emulator.resources import Instance
from emulator.resources.event import ENDED, STATES, InstanceEvent

_SPANS = "EventPublishTime.Start EventPublishTime.End NotBefore.Start NotBefore.End"
_COMMON = f"EventId.N InstanceEventType.N EventType {_SPANS} PageNumber PageSize"
_HISTORY = (
    "InstanceId ResourceId.N ResourceType ResourceGroupId Tag.N.Key Tag.N.Value "
    "InstanceEventCycleStatus.N EventCycleStatus NextToken MaxResults"
)
_KEPT = 30 * times.DAY
_MOST_IDS, _MOST_TYPES = 100, 30
_READ: dict[str, Callable[[InstanceEvent], float]] = {
    "EventPublishTime": lambda event: event.created_at,
    "NotBefore": lambda event: event.not_before,
}
Test = Callable[[InstanceEvent], bool]


@action(
    "Ecs",
    "DescribeInstanceHistoryEvents",
    f"{_COMMON} {_HISTORY}",
    required="RegionId",
    ignored="ImpactLevel",
)
def describe_instance_history_events(call: Call) -> Reply:
    """DescribeInstanceHistoryEvents: those that ended in 30 days, or by status; also of what is gone."""
    parameters, now = call.parameters, call.world.now
    region, tags = region_of(call), tags_of(parameters)
    states = _states(parameters)
    tests, paging = list(_tests(parameters)), Paging(parameters, 100)
    kind = parameters.choice(
        "ResourceType", "instance", ("instance", "ddh", "managedhost"), _bad("ResourceType")
    )
    rows = call.world.store.owned(InstanceEvent, call.account, region, _ids(parameters), tags, paging.after)
    chosen, reply = paging.cut(
        (seq, event)
        for seq, event in rows
        if kind == "instance"
        and event.status in states
        and (event.finished_at is None or event.finished_at > now - _KEPT)
        and all(test(event) for test in tests)
    )
    shown = [event.view() for event in chosen]
    return {**reply, "InstanceSystemEventSet": {"InstanceSystemEventType": shown}}


@action(
    "Ecs", "DescribeInstancesFullStatus", f"{_COMMON} InstanceId.N Status HealthStatus", required="RegionId"
)
def describe_instances_full_status(call: Call) -> Reply:
    """DescribeInstancesFullStatus: status, health, and the events to come of each instance."""
    parameters, region = call.parameters, region_of(call)
    status = parameters.choice("Status", "", ("Starting", "Running", "Stopped"), _bad("Status"))
    tests, ids = list(_tests(parameters)), parameters.items("InstanceId") or None
    _ids(parameters)
    asked = any(parameters.given(name) for name in (*_SPANS.split(), "EventType")) or any(
        parameters.items(name) for name in ("InstanceEventType", "EventId")
    )
    found = []
    for seq, instance in call.world.store.owned(Instance, call.account, region, ids):
        events = [event for event in _coming(call, instance) if all(test(event) for test in tests)]
        row = _full(instance, events)
        fits = parameters.text("HealthStatus") in ("", row["HealthStatus"]["Name"])
        if status in ("", instance.status) and fits and (events or not asked):
            found.append((seq, row))
    chosen, reply = Paging(parameters, 100).cut(found)
    return {**reply, "InstanceFullStatusSet": {"InstanceFullStatusType": chosen}}


def _coming(call: Call, instance: Instance) -> list[InstanceEvent]:
    ids = _ids(call.parameters)
    events = call.world.store.under(InstanceEvent, instance.id)
    return [event for event in events if event.finished_at is None and (ids is None or event.id in ids)]


def _full(instance: Instance, events: list[InstanceEvent]) -> dict[str, Any]:
    health = "Initializing" if instance.status in ("Pending", "Starting") else "OK"
    if instance.status in ("Stopping", "Stopped"):
        health = "NotApplicable"
    hidden = ("InstanceId", "EventFinishTime", "ReasonCode", "ResourceType")
    shown = [{key: value for key, value in event.view().items() if key not in hidden} for event in events]
    return {
        "InstanceId": instance.id,
        "Status": {"Name": instance.status, "Code": 0},
        "HealthStatus": {"Name": health, "Code": 0},
        "ScheduledSystemEventSet": {"ScheduledSystemEventType": shown},
    }


def _bad(name: str) -> ApiError:
    # The page of this action pairs it with 403.
    return ApiError(403, "InvalidParameter", f'The Parameter "{name}" provided is not valid.')


def _ids(parameters: Parameters) -> list[str] | None:
    ids = parameters.items("EventId")
    if len(ids) > _MOST_IDS:
        text = f"The amount of EventId specified exceeds limit {_MOST_IDS}."
        raise ApiError(403, "EventIdLimitExceeded", text)
    return ids or None


def _states(parameters: Parameters) -> list[str]:
    single = [parameters.text("EventCycleStatus")] if parameters.given("EventCycleStatus") else []
    # The list wins over the single one, as the page says of types too.
    states = parameters.items("InstanceEventCycleStatus") or single or list(ENDED)
    if not set(states) <= set(STATES):
        raise _bad("EventCycleStatus")
    return states


def _tests(parameters: Parameters) -> Iterator[Test]:
    single = [parameters.text("EventType")] if parameters.given("EventType") else []
    kinds = parameters.items("InstanceEventType") or single
    if len(kinds) > _MOST_TYPES:
        raise _bad("InstanceEventType")
    if kinds:
        yield lambda event: event.type in kinds
    owner = [parameters.text("InstanceId")] if parameters.given("InstanceId") else []
    owners = parameters.items("ResourceId") or owner
    if owners:
        yield lambda event: event.instance_id in owners
    group = parameters.text("ResourceGroupId")
    if group:
        yield lambda event: event.resource_group_id == group
    for name, read in _READ.items():
        yield _within(read, _moment(parameters, f"{name}.Start"), _moment(parameters, f"{name}.End"))


def _within(read: Callable[[InstanceEvent], float], start: float | None, end: float | None) -> Test:
    return lambda event: (start is None or start <= read(event)) and (end is None or read(event) <= end)


def _moment(parameters: Parameters, name: str) -> float | None:
    try:
        return times.from_api(parameters.text(name)) if parameters.given(name) else None
    except ValueError:
        raise invalid_parameter(name, "a UTC time like 2026-06-15T10:00:00Z") from None
