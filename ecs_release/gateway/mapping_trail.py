"""ActionTrail's events to the domain's happenings. Imports pydantic, the domain and the mapping beside it."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from ecs_release.domain.audit import Happening
from ecs_release.gateway.mapping import Reply, read_reply

INSTANCE = "ACS::ECS::Instance"
SYSTEM = "system"
# As the parameters of the calls name instances, with and without a number behind.
NAMES = ("InstanceId", "InstanceIds")


class _Told(Reply):
    # Alone among the products here, its events begin their fields with a small letter.
    model_config = ConfigDict(extra="ignore", strict=True, alias_generator=to_camel)


class _Identity(_Told):
    type: str
    user_name: str = ""
    access_key_id: str = ""


class _Event(_Told):
    event_id: str = Field(min_length=1)
    event_name: str = Field(min_length=1)
    event_time: str = Field(min_length=1)
    request_id: str = ""
    user_identity: _Identity
    source_ip_address: str = ""
    user_agent: str = ""
    error_code: str = ""
    referenced_resources: dict[str, list[str]] = Field(default_factory=dict)
    request_parameters: dict[str, Any] = Field(default_factory=dict)
    response_elements: dict[str, Any] = Field(default_factory=dict)


class _EventsReply(Reply):
    Events: list[_Event]
    NextToken: str = ""


def happenings_in(body: Mapping[str, Any]) -> tuple[tuple[Happening, ...], str]:
    """The events of a LookupEvents reply and the token of the next page; raises Malformed."""

    def make(plain: Any) -> tuple[tuple[Happening, ...], str]:
        reply = _EventsReply.model_validate(plain)
        return tuple(_happening(event) for event in reply.Events), reply.NextToken

    return read_reply("LookupEvents", body, make)


def _happening(event: _Event) -> Happening:
    return Happening(
        event_id=event.event_id,
        request_id=event.request_id,
        action=event.event_name,
        at=datetime.strptime(event.event_time, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC),
        instances=frozenset((*event.referenced_resources.get(INSTANCE, ()), *_named(event))),
        who=event.user_identity.user_name,
        access_key=event.user_identity.access_key_id,
        source_ip=event.source_ip_address,
        client=event.user_agent,
        by_system=event.user_identity.type == SYSTEM,
        refused=event.error_code,
        parameters={name: _text(value) for name, value in event.request_parameters.items()},
    )


def _text(value: Any) -> str:
    # The documentation shows booleans as such and as text.
    return str(value).lower() if isinstance(value, bool) else str(value)


def _named(event: _Event) -> Iterator[str]:
    # Billing refers to no resource of ECS, and a creation names what it made in its answer only.
    for name, value in event.request_parameters.items():
        if name.split(".")[0] in NAMES:
            yield from _ids(value)
    made = event.response_elements.get("InstanceIdSets")
    yield from _ids(made.get("InstanceIdSet") if isinstance(made, dict) else None)


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            return
    listed = value if isinstance(value, list) else [value]
    yield from (each for each in listed if isinstance(each, str) and each.startswith("i-"))
