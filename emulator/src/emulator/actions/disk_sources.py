"""What the disks of a RunInstances order are made of: an image, snapshots, and a policy that keeps them.

Imports the readers of disks and images.
"""

from __future__ import annotations

from emulator.actions.disk_orders import DiskOrder
from emulator.actions.image_lookup import ImageFacts
from emulator.actions.storage_common import check_ready, owned_snapshot
from emulator.errors import ApiError
from emulator.parameters import Parameters
from emulator.registry import Call
from emulator.resources.storage import AutoSnapshotPolicy

_DEFAULT_SIZE = 40


def with_sources(call: Call, image: ImageFacts, orders: list[DiskOrder]) -> list[DiskOrder]:
    """Return the disks with their sources found and their sizes fitted, and those that the image brings."""
    system, *data = orders
    _fit_system(call, system, image)
    for order, group in zip(data, call.parameters.groups("DataDisk"), strict=True):
        _fit_data(call, order, group)
    found = [system, *_of_image(system, image, {order.device for order in data}), *data]
    for order in found:
        _check_policy(call, order)
    return found


def _fit_system(call: Call, order: DiskOrder, image: ImageFacts) -> None:
    if not call.parameters.given("SystemDisk.Size"):
        order.size = max(_DEFAULT_SIZE, image.size)
    if order.size < image.size:
        text = f"The specified SystemDisk.Size {order.size} is less than the image's {image.size} GiB."
        raise ApiError(404, "InvalidSystemDiskSize.LessThanImageSize", text)
    order.source_snapshot_id = image.system_snapshot


def _fit_data(call: Call, order: DiskOrder, group: Parameters) -> None:
    if not order.source_snapshot_id:
        return
    snapshot = owned_snapshot(call, order.source_snapshot_id, "InvalidDataDiskSnapshotId.NotFound")
    check_ready(snapshot)
    order.encrypted = order.encrypted or snapshot.encrypted
    if not group.given("Size"):
        order.size = snapshot.source_disk_size
    if order.size < snapshot.source_disk_size:
        text = f"The snapshot {snapshot.id} needs a disk of {snapshot.source_disk_size} GiB."
        raise ApiError(403, "InvalidDiskSize.TooSmall", text)


# A disk that is ordered for the same device takes the place of the image's.
def _of_image(system: DiskOrder, image: ImageFacts, taken: set[str]) -> list[DiskOrder]:
    rows = list(zip(image.snapshot_ids, image.sizes, image.devices, strict=True))[1:]
    plain = DiskOrder(
        type="data",
        category=system.category,
        size=0,
        disk_name="",
        description="",
        device="",
        delete_with_instance=True,
        portable=system.portable,
        encrypted=False,
        kms_key_id="",
        performance_level=system.performance_level,
        provisioned_iops=0,
        bursting_enabled=False,
        auto_snapshot_policy_id="",
        storage_cluster_id="",
        source_snapshot_id="",
    )
    return [
        plain.model_copy(update={"source_snapshot_id": snapshot, "size": size, "device": device})
        for snapshot, size, device in rows
        if device not in taken
    ]


def _check_policy(call: Call, order: DiskOrder) -> None:
    identifier = order.auto_snapshot_policy_id
    if identifier and call.find(AutoSnapshotPolicy, identifier) is None:
        text = f"The specified AutoSnapshotPolicyId {identifier} does not exist."
        raise ApiError(404, "InvalidAutoSnapshotPolicyId.NotFound", text)
