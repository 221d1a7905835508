"""What our own resources are told, as plain values; None does not survive the engine, so none is sent.

Imports pulumi's types, the domain, runner.records (the stored form of a minute) and stacks.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pulumi

from ecs_release.domain.facts import Cloud, DiskKind
from ecs_release.domain.terms import OnPublicIp
from ecs_release.runner.records import NO_TIME, NOT_RENEWED, minute
from ecs_release.runner.schedules import schedule_words
from stacks.schema import AtExpiry, DataDisk, Group, SystemDisk

SYSTEM_DISK = "system"
DISK_RELEASE_KEYS = ("project", "stack", "group", "group_id", "account", "cloud", "members", "disks")


@dataclass(frozen=True, slots=True)
class Clock:
    """What bounds the time of a stack's groups: its clock where it is set, and the longest life."""

    now: datetime | None = None
    max_lifetime: timedelta | None = None


def place(group: str) -> dict[str, str]:
    """Where a group is declared; the plugin is not told."""
    return {"project": pulumi.get_project(), "stack": pulumi.get_stack(), "group": group}


def on_public_ip(spec: Group) -> OnPublicIp:
    """What becomes of a fixed public address; one that somebody added by hand is not kept."""
    return spec.public_ip.on_release if spec.public_ip else OnPublicIp.RELEASE


def terms_inputs(spec: Group) -> dict[str, Any]:
    """The terms that every release of the group keeps to."""
    release = spec.release
    terms: dict[str, Any] = {
        "on_protected": release.on_protected.value,
        "on_active_subscription": release.on_active_subscription.value,
        "on_replaced": release.on_replaced.value,
        "on_blocked": release.on_blocked.value,
        "backup": release.backup.value,
        "shutdown": release.shutdown.value,
        "approval": release.approval.value,
        "on_public_ip": on_public_ip(spec).value,
    }
    # The engine would drop a null, and then the inputs would differ in every `up`.
    return terms if release.max_instances is None else {**terms, "max_instances": release.max_instances}


def disk_inputs(spec: Group) -> list[dict[str, Any]]:
    """All declared disks of one instance, the system disk first."""
    system = _disk(spec.system_disk, SYSTEM_DISK, DiskKind.SYSTEM)
    return [system, *(_disk(disk, disk.name, DiskKind.DATA) for disk in spec.data_disks)]


def _disk(disk: SystemDisk | DataDisk, name: str, kind: DiskKind) -> dict[str, Any]:
    return {
        "name": name,
        "kind": kind.value,
        "category": disk.category,
        "size_gib": disk.size_gib,
        "release_with_instance": disk.release_with_instance,
        "release_auto_snapshots": disk.release_auto_snapshots,
    }


def released_by(spec: Group, now: datetime | None) -> str:
    """The release time once it has passed: the group is then declared without members."""
    at = spec.release.timing.at
    # Judged once, in the program, so that all resources of one run agree.
    return minute(at) if at is not None and (now or datetime.now(UTC)) >= at else NO_TIME


def expiry_inputs(spec: Group) -> dict[str, bool]:
    """Whether the group ends at its expiry; absent where it does not, as in states from before."""
    return {"at_expiry": True} if isinstance(spec.release.schedule, AtExpiry) else {}


def now_inputs(now: datetime | None) -> dict[str, str]:
    """The set clock, absent where none is set: a running clock would be a change in every `up`."""
    return {} if now is None else {"now": minute(now)}


def sweep_inputs(
    group: str,
    spec: Group,
    cloud: Cloud,
    members: tuple[str, ...],
    clock: Clock,
) -> dict[str, Any]:
    """What Sweep is told before any instance exists."""
    return {
        **place(group),
        "cloud": asdict(cloud),
        "terms": terms_inputs(spec),
        "disks": disk_inputs(spec),
        "members": list(members),
        **schedule_words(replace(spec.release.timing, max_lifetime=clock.max_lifetime)),
        "adopt": {member: id_ for member, id_ in spec.adopt.items() if member in members},
        **expiry_inputs(spec),
        **now_inputs(clock.now),
    }


def teardown_inputs(
    group: str,
    spec: Group,
    cloud: Cloud,
    identity: Mapping[str, pulumi.Input[str]],
    members: Mapping[str, pulumi.Input[str]],
    passed: str,
) -> dict[str, Any]:
    """What ending the group needs; Teardown and Gate are told the same."""
    return {
        **place(group),
        **identity,
        "cloud": asdict(cloud),
        "terms": terms_inputs(spec),
        "disks": disk_inputs(spec),
        "members": dict(members),
        "released_by": passed,
        **expiry_inputs(spec),
    }


def disk_release_inputs(teardown: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a group that its disks' flags concern."""
    return {key: teardown[key] for key in DISK_RELEASE_KEYS}


def schedule_inputs(teardown: Mapping[str, Any], spec: Group, clock: Clock) -> dict[str, Any]:
    """The part of a group that its release time concerns."""
    return {
        **{key: teardown[key] for key in ("group", "group_id", "account", "cloud", "members")},
        "charge": spec.billing.value,
        **schedule_words(replace(spec.release.timing, max_lifetime=clock.max_lifetime)),
        # Absent where nothing is declared about it: then the renewal is the stock provider's alone.
        **({"renewal": NOT_RENEWED} if isinstance(spec.release.schedule, AtExpiry) else {}),
        **now_inputs(clock.now),
    }
