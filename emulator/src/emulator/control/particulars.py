"""What the control call `overview` tells of a resource beside its name, tags and status.

Imports resources and times.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emulator import times
from emulator.resources import Resource

# The field that holds the name, by kind.
NAMES = {
    "instances": "instance_name",
    "disks": "disk_name",
    "eips": "name",
    "snapshots": "snapshot_name",
    "snapshot_groups": "name",
    "auto_snapshot_policies": "auto_snapshot_policy_name",
    "images": "image_name",
    "enis": "network_interface_name",
    "vpcs": "vpc_name",
    "vswitches": "vswitch_name",
    "security_groups": "security_group_name",
    "key_pairs": "key_pair_name",
    "deployment_sets": "deployment_set_name",
    "ram_users": "user_name",
    "ram_groups": "group_name",
    "ram_roles": "role_name",
    "ram_policies": "policy_name",
    "ram_role_sessions": "session_name",
    "oidc_providers": "name",
    "event_buses": "event_bus_name",
    "event_rules": "rule_name",
    "trails": "name",
}
_CHARGES = {"PostPaid": "pay-as-you-go", "PrePaid": "subscription"}


def marks_of(resource: Resource) -> list[str]:
    """Return in a word each what keeps a resource from being changed or released, or ends it."""
    protected = ["protected"] if getattr(resource, "deletion_protection", False) else []
    locks = [f"locked: {lock}" for lock in getattr(resource, "locks", [])]
    blocks = [f"blocked: {block}" for block in getattr(resource, "blocks", [])]
    releasing = ["being released"] if getattr(resource, "releasing", False) else []
    return [*protected, *locks, *blocks, *releasing]


def particulars_of(resource: Resource) -> dict[str, Any]:
    """Return the facts worth a look, those that are empty left out."""
    tell = _TOLD.get(resource.kind)
    told = {} if tell is None else tell(resource)
    return {name: value for name, value in told.items() if value not in ("", None, [])}


def _instance(instance: Any) -> dict[str, Any]:
    charge = "spot" if instance.spot else _CHARGES[instance.instance_charge_type]
    renewal = f"{instance.renewal_duration} {instance.renewal_unit}"
    return {
        "type": instance.instance_type,
        "charge": charge,
        "private_ip": instance.private_ip,
        "public_ip": instance.public_ip or instance.eip.get("IpAddress", ""),
        "zone": instance.zone_id,
        "image": instance.image_id,
        "security_groups": instance.security_group_ids,
        "key_pair": instance.key_pair_name,
        "ram_role": instance.ram_role_name,
        "paid_until": _moment(instance.expired_at),
        "renewal": renewal if instance.renewal_status == "AutoRenewal" else "",
        "release_time": _moment(instance.auto_release_at),
        "stopped_mode": instance.stopped_mode if instance.status == "Stopped" else "",
    }


def _disk(disk: Any) -> dict[str, Any]:
    return {
        "role": disk.type,
        "category": disk.category,
        "size_gib": disk.size,
        "level": disk.performance_level,
        "charge": _CHARGES[disk.disk_charge_type],
        "paid_until": _moment(disk.expired_at),
        "zone": disk.zone_id,
        "made_of": disk.source_snapshot_id,
        "attached_to": disk.attached_to,
        "snapshot_policy": disk.auto_snapshot_policy_id,
    }


def _eip(eip: Any) -> dict[str, Any]:
    return {"ip": eip.ip_address, "mbit_s": eip.bandwidth, "paid_by": eip.internet_charge_type}


def _interface(interface: Any) -> dict[str, Any]:
    role = {"role": interface.type.lower(), "ip": interface.private_ip_address}
    return {**role, "more_ips": interface.secondary_ips, "vswitch": interface.vswitch_id}


def _snapshot(snapshot: Any) -> dict[str, Any]:
    kept = f"{snapshot.retention_days} days" if snapshot.retention_days else ""
    size = {"size_gib": snapshot.source_disk_size, "progress": snapshot.progress}
    return {"made": snapshot.snapshot_type, **size, "kept": kept, "disk": snapshot.source_disk_id}


def _image(image: Any) -> dict[str, Any]:
    parts = [one for one in image.snapshot_ids if one]
    return {
        "size_gib": image.size,
        "progress": image.progress,
        "made_of": image.instance_id,
        "snapshots": parts,
    }


def _policy(policy: Any) -> dict[str, Any]:
    return {"hours": policy.time_points, "weekdays": policy.repeat_weekdays, "disks": policy.disk_ids}


def _network(resource: Any) -> dict[str, Any]:
    return {"cidr": resource.cidr_block, "zone": getattr(resource, "zone_id", "")}


def _group(group: Any) -> dict[str, Any]:
    return {"rules": len(group.permissions), "vpc": group.vpc_id}


def _session(session: Any) -> dict[str, Any]:
    return {"role": session.role_name, "ends": _moment(session.expires_at)}


def _moment(moment: float | None) -> str:
    return "" if moment is None else times.to_second(moment)


_TOLD: dict[str, Callable[[Any], dict[str, Any]]] = {
    "instances": _instance,
    "disks": _disk,
    "eips": _eip,
    "enis": _interface,
    "snapshots": _snapshot,
    "images": _image,
    "auto_snapshot_policies": _policy,
    "vpcs": _network,
    "vswitches": _network,
    "security_groups": _group,
    "ram_role_sessions": _session,
}
