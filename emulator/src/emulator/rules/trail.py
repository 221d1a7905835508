"""What ActionTrail records: every call that reached a product, and what the cloud releases by itself.

Imports world, wire and the rules of scope, conduct and buses; the gateway asks it after every answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from emulator import times, wire
from emulator.accounts import Identity
from emulator.parameters import Parameters
from emulator.resources import Instance
from emulator.rules import bus
from emulator.rules.conduct import LOOKING
from emulator.rules.scope import kind_of, named
from emulator.typed import FLAGS
from emulator.untrusted import from_json
from emulator.wire import RpcRequest
from emulator.world import World

Event = dict[str, Any]
# Ids by the type of their resource.
Found = dict[str, list[str]]
# Where nothing names a region.
HOME = "cn-hangzhou"
_SYSTEM = "ecs.aliyuncs.com"
_TYPES = {
    "ecs instance": "ACS::ECS::Instance",
    "ecs disk": "ACS::ECS::Disk",
    "ecs snapshot": "ACS::ECS::Snapshot",
    "ecs snapshotgroup": "ACS::ECS::SnapshotGroup",
    "ecs snapshotpolicy": "ACS::ECS::AutoSnapshotPolicy",
    "ecs image": "ACS::ECS::Image",
    "ecs securitygroup": "ACS::ECS::SecurityGroup",
    "ecs eni": "ACS::ECS::NetworkInterface",
    "ecs keypair": "ACS::ECS::KeyPair",
    "ecs launchtemplate": "ACS::ECS::LaunchTemplate",
    "vpc vpc": "ACS::VPC::VPC",
    "vpc vswitch": "ACS::VPC::VSwitch",
    "vpc routetable": "ACS::VPC::RouteTable",
    "vpc eip": "ACS::EIP::EipAddress",
}
_WHO = {"Account": "root-account", "RAMUser": "ram-user", "AssumedRoleUser": "assumed-role"}


def of_call(world: World, request: RpcRequest, identity: Identity, code: str, body: bytes) -> Event:
    """Return what is recorded of a call, accepted or refused; no body where a fault ordered it."""
    writes = not request.action.startswith(LOOKING)
    reply = from_json(body) if body and (writes or code) else {}
    refused = bool(code) and reply.get("Success") is not True
    found = _resources(request, {} if refused else reply)
    return {
        **_frame(world, request.request_id, request.action, "ApiCall", found),
        "eventRW": "Write" if writes else "Read",
        "eventSource": request.host,
        "serviceName": request.product,
        "apiVersion": request.version,
        "acsRegion": _region(world, request, found),
        "recipientAccountId": identity.account_id,
        "sourceIpAddress": request.source_ip,
        "userAgent": request.headers.get("user-agent", ""),
        "userIdentity": _who(world, identity),
        "additionalEventData": {"Scheme": "https" if request.secure else "http"},
        **_asked(request),
        **({"errorCode": code, "errorMessage": str(reply.get("Message", ""))} if refused else {}),
        **({"responseElements": wire.without_secrets(reply)} if writes and not refused else {}),
    }


def publish(world: World, event: Event) -> None:
    """Hand an event to EventBridge."""
    # The page on ActionTrail's events says that only those of the write type are published.
    if event["eventRW"] == "Write":
        account = event["recipientAccountId"]
        bus.publish(world, account, bus.from_trail(world, account, event))


def released_by_system(world: World, instance: Instance) -> None:
    """Record that the cloud releases an instance without having been asked to just now."""
    found = {_TYPES["ecs instance"]: [instance.id]}
    event = {
        **_frame(world, wire.new_request_id(), "Release", "AliyunServiceEvent", found),
        "eventRW": "Write",
        "eventSource": _SYSTEM,
        "serviceName": "Ecs",
        "acsRegion": instance.region_id,
        "recipientAccountId": instance.account_id,
        "sourceIpAddress": _SYSTEM,
        "userAgent": _SYSTEM,
        "userIdentity": {"type": "system", "userName": _SYSTEM},
    }
    world.trail.happen(instance.account_id, world.now, event)
    publish(world, event)


def _frame(world: World, identifier: str, name: str, kind: str, found: Found) -> Event:
    return {
        "eventId": identifier,
        "eventVersion": "1",
        "eventCategory": "Management",
        "eventName": name,
        "eventType": kind,
        "eventTime": times.to_second(world.now),
        "isGlobal": False,
        "requestId": identifier,
        "referencedResources": found,
        "resourceType": ";".join(found),
        "resourceName": ";".join(",".join(ids) for ids in found.values()),
    }


def _who(world: World, identity: Identity) -> dict[str, Any]:
    name = f"{identity.role}:{identity.session}" if identity.role else identity.user or "root"
    shown: dict[str, Any] = {
        "type": _WHO[identity.type],
        "accountId": identity.account_id,
        "principalId": identity.principal_id,
        "userName": name,
        "accessKeyId": identity.access_key_id,
    }
    if identity.role:
        attributes = {"mfaAuthenticated": "false", "creationDate": times.to_second(world.now)}
        shown["sessionContext"] = {"attributes": attributes}
    return shown


def _asked(request: RpcRequest) -> dict[str, Any]:
    sent = {name: _typed(name, value) for name, value in wire.without_secrets(request.parameters).items()}
    told = {"AcsHost": request.host, "AcsProduct": request.product, "RequestId": request.request_id, **sent}
    return {"requestParameters": told, "requestParameterJson": json.dumps(told)}


def _typed(name: str, value: str) -> str | bool:
    # The page shows booleans as such, and everything else as text.
    return value.lower() == "true" if name.rpartition(".")[2] in FLAGS and value else value


def _resources(request: RpcRequest, reply: dict[str, Any]) -> Found:
    found: Found = {}
    for kind, identifier in (*named(Parameters(request.parameters)), *_created(reply)):
        ids = found.setdefault(_TYPES[kind], []) if kind in _TYPES else [identifier]
        if identifier not in ids:
            ids.append(identifier)
    return found


def _created(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _created(part, key)
    elif isinstance(value, list):
        for part in value:
            yield from _created(part, name)
    elif isinstance(value, str) and value and (kind := kind_of(name.removesuffix("Set"))):
        yield kind, value


def _region(world: World, request: RpcRequest, found: Found) -> str:
    asked = request.parameters.get("RegionId") or request.parameters.get("Region")
    # Where the call itself does not say, the first thing it names does.
    first = next((ids[0] for ids in found.values()), "")
    return asked or world.store.region_of(first) or HOME
