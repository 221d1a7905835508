"""The control call `overview`: all that exists and how it hangs together, short enough to look at often.

Imports world, resources, prices, and the rules of release and snapshots.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from emulator import prices, times
from emulator.accounts import label_of
from emulator.control.particulars import NAMES, marks_of, particulars_of
from emulator.resources import KINDS, Disk, Instance, Interface, Resource
from emulator.resources.eip import Eip
from emulator.resources.event import InstanceEvent
from emulator.resources.storage import Snapshot
from emulator.rules import release, snapshots
from emulator.world import World

Known = dict[str, Resource]


@dataclass(frozen=True, slots=True)
class Seen:
    """A resource as it was seen, with what can be told of it alone."""

    body: str
    resource: Resource
    alone: dict[str, Any]


class Overview:
    """Tells what exists; what has not changed since it was told before is not read again."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._seen: dict[str, Seen] = {}

    def tell(self) -> dict[str, Any]:
        """Return all accounts, and all that exists in them but the events of the past."""
        rows = self._world.store.bodies()
        self._seen = {
            one: self._see(kind, one, body) for kind, one, body in rows if kind != InstanceEvent.kind
        }
        known = {one: seen.resource for one, seen in self._seen.items()}
        return {
            "accounts": _accounts(self._world, known.values()),
            "things": [_thing(seen, known) for seen in self._seen.values()],
        }

    def _see(self, kind: str, identifier: str, body: str) -> Seen:
        before = self._seen.get(identifier)
        if before is not None and before.body == body:
            return before
        resource = KINDS[kind].model_validate_json(body)
        return Seen(body, resource, _alone(resource))


def _accounts(world: World, resources: Iterable[Resource]) -> list[dict[str, Any]]:
    ids = sorted({resource.account_id for resource in resources})
    return [{"account": one, "key": label_of(one), "overdue": world.overdue(one)} for one in ids]


def _thing(seen: Seen, known: Known) -> dict[str, Any]:
    holder = holder_of(seen.resource)
    parent = holder if holder in known else ""
    return {**seen.alone, "parent": parent, "at_release": _at_release(seen.resource, known)}


def _alone(resource: Resource) -> dict[str, Any]:
    return {
        "id": resource.id,
        "kind": resource.kind,
        "account": resource.account_id,
        "region": resource.region_id,
        "name": name_of(resource),
        "status": str(getattr(resource, "status", "")),
        "created": times.to_second(resource.created_at),
        "tags": resource.tags,
        "marks": marks_of(resource),
        "particulars": particulars_of(resource),
    }


def name_of(resource: Resource) -> str:
    """Return the name that somebody gave, or an empty string."""
    return str(getattr(resource, NAMES.get(resource.kind, ""), ""))


def holder_of(resource: Resource) -> str:
    """Return the id of what a resource belongs to or hangs on."""
    if isinstance(resource, Disk) and resource.attached_to:
        return resource.attached_to[0]
    return resource.parent


def _at_release(resource: Resource, known: Known) -> dict[str, Any] | None:
    # What becomes of it when the instance that it hangs on is released.
    judge = _JUDGES.get(resource.kind)
    judged = None if judge is None else judge(resource, known)
    if judged is None:
        return None
    goes, because = judged
    return {"goes": goes, "because": because, "hour_after": 0.0 if goes else _hour_after(resource)}


Judged = tuple[bool, str] | None


def _disk(disk: Any, known: Known) -> Judged:
    if disk.attached_to:
        return False, "multi-attach disks stay"
    instance = known.get(disk.instance_id)
    if not isinstance(instance, Instance):
        return None
    goes = release.goes_with(disk, instance)
    if "security" in instance.locks and goes:
        return True, "security lock"
    if goes and not disk.delete_with_instance:
        return True, f"{disk.category} ends with its instance"
    return goes, f"DeleteWithInstance is {str(disk.delete_with_instance).lower()}"


def _interface(interface: Any, known: Known) -> Judged:
    if interface.instance_id not in known:
        return None
    return interface.delete_on_release, f"DeleteOnRelease is {str(interface.delete_on_release).lower()}"


def _eip(eip: Any, known: Known) -> Judged:
    holder = known.get(eip.instance_id)
    holds = isinstance(holder, Instance) or (isinstance(holder, Interface) and bool(holder.instance_id))
    return (False, "EIPs are unbound and stay") if holds else None


def _snapshot(snapshot: Any, known: Known) -> Judged:
    disk = known.get(snapshot.source_disk_id)
    fate = _disk(disk, known) if isinstance(disk, Disk) else None
    if fate is None or not isinstance(disk, Disk):
        return None
    if not fate[0]:
        return False, "its disk stays"
    goes = snapshots.goes_with(snapshot, disk)
    return goes, "goes with its disk" if goes else "snapshots outlive their disk"


_JUDGES: dict[str, Callable[[Any, Known], Judged]] = {
    "disks": _disk,
    "enis": _interface,
    "eips": _eip,
    "snapshots": _snapshot,
}


def _hour_after(resource: Resource) -> float:
    # A disk that was paid ahead is pay-as-you-go once it is alone.
    meter = resource.facts if isinstance(resource, Disk) else resource.meter
    billed = isinstance(resource, Disk | Eip | Snapshot) and meter is not None
    return round(sum(prices.hourly(resource.kind, meter or {}).values()), 4) if billed else 0.0
