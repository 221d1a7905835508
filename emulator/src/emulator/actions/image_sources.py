"""What CreateImage makes an image of: an instance, several snapshots, or one.

Imports the readers of disks and images; only CreateImage imports it.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass

from emulator.actions.image_lookup import ImageFacts, image_facts
from emulator.actions.snapshots import check_disk
from emulator.actions.storage_common import owned_snapshot
from emulator.errors import (
    ApiError,
    incorrect_status,
    instance_not_found,
    locked_for_security,
    missing_parameter,
)
from emulator.parameters import Parameters
from emulator.registry import Call
from emulator.resources import Disk, Instance
from emulator.resources.disk import UNSAVED
from emulator.resources.storage import Image, Snapshot
from emulator.rules import snapshots
from emulator.world import World

_DEVICE = re.compile(r"^/dev/xvd[a-z]$")
_SYSTEM_DEVICE = "/dev/xvda"
_SMALLEST, _LARGEST = 5, 65536
_MOST_DEVICES = 17


@dataclass
class Source:
    """One disk of an image: a disk to take a snapshot of, a snapshot, or neither for an empty one."""

    device: str
    size: int
    disk: Disk | None = None
    snapshot: Snapshot | None = None

    def taken(self, world: World) -> Snapshot | None:
        """Return the snapshot that the image will have, which is taken now if there is none."""
        return self.snapshot if self.disk is None else snapshots.take(world, self.disk)


def taken_of(call: Call) -> list[Source]:
    """Return the disks of an image, the system disk first; an instance wins over snapshots."""
    parameters = call.parameters
    if parameters.given("InstanceId"):
        return list(_of_instance(call, parameters.text("InstanceId")))
    mappings = parameters.groups("DiskDeviceMapping")
    if mappings:
        return _of_mappings(call, mappings)
    if not parameters.given("SnapshotId"):
        raise missing_parameter("SnapshotId or InstanceId or DiskDeviceMapping")
    snapshot = _finished(call, parameters.text("SnapshotId"))
    if snapshot.source_disk_type != "system":
        raise ApiError(403, "OperationDenied", "The specified snapshot is not from system disk.")
    return [Source(_SYSTEM_DEVICE, snapshot.source_disk_size, snapshot=snapshot)]


def _of_instance(call: Call, identifier: str) -> Iterator[Source]:
    instance = call.need(Instance, identifier, instance_not_found(identifier))
    # The page of this action says 400 where others say 403.
    refused: ApiError | None = None
    if "security" in instance.locks:
        refused = locked_for_security(instance.id)
    elif instance.status not in ("Running", "Stopped") or instance.releasing:
        refused = incorrect_status(instance.id, instance.status, "Running, Stopped")
    if refused is not None:
        raise ApiError(400, refused.code, refused.message)
    disks = [disk for disk in call.world.store.under(Disk, identifier) if disk.category not in UNSAVED]
    if not any(disk.type == "system" for disk in disks):
        text = "The specified diskCategory is not allowed to create image."
        raise ApiError(400, "InvalidDiskCategory.CreateImage", text)
    for disk in disks:
        check_disk(call, disk)
    disks.sort(key=lambda disk: disk.type != "system")
    for disk, device in zip(disks, _devices(), strict=False):
        yield Source(device, disk.size, disk=disk)


def _devices() -> Iterator[str]:
    yield from (f"/dev/xvd{letter}" for letter in string.ascii_lowercase)


def _of_mappings(call: Call, mappings: list[Parameters]) -> list[Source]:
    if len(mappings) > _MOST_DEVICES:
        raise ApiError(400, "InvalidSize.ValueNotSupported", f"More than {_MOST_DEVICES} DiskDeviceMappings.")
    rows = [_mapping(call, mapping) for mapping in mappings]
    systems = [source for kind, source in rows if kind == "system"]
    if len(systems) != 1:
        word = "two or more system disk snapshots" if systems else "no system disk snapshot"
        text = f"The specified parameter DiskDeviceMapping.n.SnapshotId contains {word}."
        raise ApiError(400, "OperationDenied", text)
    systems[0].device = systems[0].device or _SYSTEM_DEVICE
    sources = [*systems, *(source for kind, source in rows if kind != "system")]
    _name_devices(sources)
    return sources


def _name_devices(sources: list[Source]) -> None:
    named = [source.device for source in sources if source.device]
    if len(set(named)) != len(named):
        raise ApiError(400, "InvalidDevice.InUse", "A DiskDeviceMapping.n.Device has been occupied.")
    free = (device for device in _devices() if device not in {*named, _SYSTEM_DEVICE})
    for source in sources:
        source.device = source.device or next(free)


def _mapping(call: Call, mapping: Parameters) -> tuple[str, Source]:
    device = mapping.text("Device")
    if device and not _DEVICE.match(device):
        text = f"The specified parameter DiskDeviceMapping.n.Device {device} is not valid."
        raise ApiError(400, "InvalidDevice.Malformed", text)
    snapshot = _finished(call, mapping.text("SnapshotId")) if mapping.given("SnapshotId") else None
    least = _SMALLEST if snapshot is None else snapshot.source_disk_size
    size = mapping.number("Size", least, least, _LARGEST, "InvalidSize.ValueNotSupported")
    default = "data" if snapshot is None else snapshot.source_disk_type
    kind = mapping.choice("DiskType", default, ("system", "data"))
    if kind == "system" and snapshot is None:
        raise missing_parameter("DiskDeviceMapping.N.SnapshotId")
    return kind, Source(device, size, snapshot=snapshot)


def _finished(call: Call, identifier: str) -> Snapshot:
    snapshot = owned_snapshot(call, identifier)
    if snapshot.status != "accomplished":
        raise ApiError(403, "InvalidSnapshotId.NotReady", f"The snapshot {identifier} is {snapshot.status}.")
    return snapshot


def system_of(call: Call) -> ImageFacts:
    """Return the operating system that an image inherits from the instance it is made of."""
    instance = call.find(Instance, call.parameters.text("InstanceId"))
    gone = ImageFacts(0, "Others Linux", "linux", "Others Linux 64 bit")
    if instance is None:
        return gone
    own = call.find(Image, instance.image_id)
    if own is not None:
        return ImageFacts(0, own.platform, own.os_type, own.os_name, own.architecture)
    try:
        return image_facts(call, instance.image_id)
    except ApiError:
        # The image was deleted since.
        return gone
