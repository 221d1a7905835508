"""The control calls `hourly` and `upcoming`: what all that exists costs, and what becomes of it by itself.

Imports world, resources, prices and `overview`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from emulator import prices, times
from emulator.control.overview import name_of
from emulator.resources import KINDS
from emulator.resources.base import Resource
from emulator.untrusted import from_json
from emulator.world import World


def hourly(world: World) -> dict[str, Any]:
    """Return what is billed by the hour now, in total and by thing; what is paid ahead costs no hour."""
    things = [_priced(*row) for row in world.store.usage.running()]
    totals: dict[str, float] = {}
    for thing in things:
        totals[thing["account"]] = round(totals.get(thing["account"], 0.0) + thing["hour"], 4)
    total = round(sum(totals.values()), 4)
    return {"currency": prices.CURRENCY, "total": total, "accounts": totals, "things": things}


def _priced(identifier: str, kind: str, account: str, region: str, meter: str) -> dict[str, Any]:
    return {"id": identifier, "kind": kind, "account": account, "region": region, **_price(kind, meter)}


# Thousands of disks have the same few meters.
@lru_cache(maxsize=1024)
def _price(kind: str, meter: str) -> dict[str, Any]:
    read = from_json(meter)
    items, until = prices.hourly(kind, read), read.get("PaidUntil")
    return {
        "hour": round(sum(items.values()), 4) if until is None else 0.0,
        "items": items,
        "paid_until": None if until is None else times.to_second(until),
    }


def upcoming(world: World, most: int) -> list[dict[str, Any]]:
    """Return what happens next by the clock, in order, each with its moment and how far away that is."""
    rows = world.timers.upcoming(most)
    return [
        _planned(world, event, due, KINDS[kind].model_validate_json(body)) for event, due, kind, body in rows
    ]


def _planned(world: World, event: str, due: float, resource: Resource) -> dict[str, Any]:
    tell = _TOLD.get(event)
    return {
        "time": times.to_second(due),
        "epoch": due,
        "seconds": round(due - world.now, 3),
        "event": event,
        "id": resource.id,
        "kind": resource.kind,
        "account": resource.account_id,
        "region": resource.region_id,
        "name": name_of(resource),
        "text": event if tell is None else tell(world, resource),
    }


def _scheduled(world: World, instance: Any) -> str:
    waits = world.overdue(instance.account_id)
    return (
        "its release time; put off while the account is overdue" if waits else "is released: its release time"
    )


def _expire(world: World, instance: Any) -> str:
    if instance.renewal_status == "AutoRenewal" and not world.overdue(instance.account_id):
        return f"renews itself for {instance.renewal_duration or 1} {instance.renewal_unit or 'Month'}"
    return "its paid time ends: locked, later stopped and released"


def _interrupt(world: World, instance: Any) -> str:
    stops = instance.spot_interruption_behavior == "Stop"
    return f"is taken back by the spot market and {'stopped' if stops else 'released'}"


def _restart(world: World, instance: Any) -> str:
    return f"maintenance: {'is stopped' if instance.maintenance.get('action') == 'Stop' else 'restarts'}"


def _settled(world: World, disk: Any) -> str:
    attached = disk.instance_id and disk.status != "Detaching"
    return f"{disk.status} to {'In_use' if attached else 'Available'}"


_TOLD: dict[str, Callable[[World, Any], str]] = {
    "start": lambda world, instance: "Pending to Starting",
    "run": lambda world, instance: "Starting to Running",
    "stopped": lambda world, instance: "Stopping to Stopped",
    "gone": lambda world, instance: "is gone, with what goes with it",
    "auto-release": _scheduled,
    "expire": _expire,
    "expired-stop": lambda world, instance: "is stopped: it has expired",
    "expired-release": lambda world, instance: "is released: it has expired",
    "convert": lambda world, instance: (
        f"becomes {(instance.conversion or {}).get('charge_type', 'PostPaid')}"
    ),
    "arrears-release": lambda world, instance: "is released: the account is in arrears",
    "reclaim": _interrupt,
    "SystemMaintenance.Reboot": _restart,
    "SystemMaintenance.Redeploy": _restart,
    "eip-bound": lambda world, eip: "Associating to InUse",
    "eip-free": lambda world, eip: "Unassociating to Available",
    "disk-settled": _settled,
    "snapshot-progress": lambda world, snapshot: f"a step further than {snapshot.progress}",
    "snapshot-expired": lambda world, snapshot: "is deleted: its retention is over",
    "image-progress": lambda world, image: f"a step further than {image.progress}",
    "auto-snapshot": lambda world, policy: f"takes snapshots of its disks ({len(policy.disk_ids)})",
}
