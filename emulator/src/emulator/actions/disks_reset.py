"""Disks set back and replaced: ReInitDisk, ResetDisk, ReplaceSystemDisk (Ecs 2014-05-26)."""

from __future__ import annotations

from emulator.actions.image_lookup import ImageFacts, image_facts
from emulator.actions.instances_read import owned_instance
from emulator.actions.storage_common import (
    check_holder,
    check_ready,
    check_unsaved,
    incorrect_disk,
    owned_disk,
    owned_snapshot,
)
from emulator.errors import ApiError, dry_run_passed, incorrect_status, missing_parameter
from emulator.registry import Call, Reply, action, idempotent
from emulator.resources import Disk
from emulator.resources.disk import UNSAVED, sizes_of
from emulator.resources.storage import Snapshot
from emulator.rules import disks

_LOGIN = "Password KeyPairName SecurityEnhancementStrategy"
_DEFAULT_SIZE = 40


@action("Ecs", "ReInitDisk", "AutoStartInstance", required="DiskId", ignored=_LOGIN)
def re_init_disk(call: Call) -> Reply:
    """ReInitDisk: a disk of a Stopped instance gets back what it was made of; its size stays."""
    disk = owned_disk(call, call.parameters.text("DiskId"))
    starts = call.parameters.flag("AutoStartInstance")
    _check(call, disk)
    if disk.type == "system":
        # An image that was deleted has nothing to give back.
        image_facts(call, disk.image_id)
    elif disk.source_snapshot_id and call.find(Snapshot, disk.source_snapshot_id) is None:
        text = "The snapshot which is used to create the specified disk has been deleted."
        raise ApiError(403, "InvalidSourceSnapshot", text)
    disk.starts_holder = starts
    disks.begin(call.world, disk, "ReIniting")
    return {}


def _check(call: Call, disk: Disk) -> None:
    if disk.category in UNSAVED:
        text = f"The category {disk.category} of the disk {disk.id} does not support the operation."
        raise ApiError(400, "DiskCategory.OperationNotSupported", text)
    if disk.status != "In_use":
        raise incorrect_disk(disk)
    holder = check_holder(call, disk, "Stopped")
    if holder is None:
        raise incorrect_disk(disk)
    check_unsaved(call.world, disk)


@action("Ecs", "ResetDisk", "DryRun", required="DiskId SnapshotId")
def reset_disk(call: Call) -> Reply:
    """ResetDisk: a disk of a Stopped instance goes back to one of its own snapshots."""
    disk = owned_disk(call, call.parameters.text("DiskId"))
    snapshot = owned_snapshot(call, call.parameters.text("SnapshotId"))
    _check(call, disk)
    if snapshot.source_disk_id != disk.id:
        text = "The specified snapshot is not created from the specified disk."
        raise ApiError(403, "InvalidParameter.Mismatch", text)
    check_ready(snapshot)
    if call.parameters.flag("DryRun"):
        raise dry_run_passed()
    disks.begin(call.world, disk, "ReIniting")
    return {}


_REPLACE_INERT = (
    f"{_LOGIN} PasswordInherit Platform Architecture UseAdditionalService EncryptAlgorithm "
    "Arn.N.RoleType Arn.N.Rolearn Arn.N.AssumeRoleFor"
)


@action(
    "Ecs",
    "ReplaceSystemDisk",
    "ImageId SystemDisk.Size Encrypted KMSKeyId",
    required="InstanceId",
    ignored=_REPLACE_INERT,
)
@idempotent
def replace_system_disk(call: Call) -> Reply:
    """ReplaceSystemDisk: of a Stopped instance; the old disk goes, its automatic snapshots by its flag."""
    instance = owned_instance(call)
    if not call.parameters.given("ImageId"):
        raise missing_parameter("ImageId")
    image = image_facts(call, call.parameters.text("ImageId"))
    old = next((one for one in call.world.store.under(Disk, instance.id) if one.type == "system"), None)
    if old is None:
        raise ApiError(404, "NoSuchResource", "The instance has no system disk.")
    check_holder(call, old, "Stopped")
    if old.status != "In_use":
        raise incorrect_disk(old)
    if instance.conversion is not None:
        raise incorrect_status(instance.id, instance.status, "Stopped, without an order in process")
    check_unsaved(call.world, old)
    size = _size(call, old, image)
    if call.parameters.given("Encrypted"):
        old.encrypted, old.kms_key_id = call.parameters.flag("Encrypted"), call.parameters.text("KMSKeyId")
    instance.image_id = call.parameters.text("ImageId")
    instance.os_name, instance.os_type = image.os_name, image.os_type
    call.world.store.put(instance)
    return {"DiskId": disks.replace_system(call.world, instance, old, size, image.system_snapshot).id}


def _size(call: Call, old: Disk, image: ImageFacts) -> int:
    bad = "InvalidSystemDiskSize.ValueNotSupported"
    size = call.parameters.number("SystemDisk.Size", max(_DEFAULT_SIZE, image.size), 1, 10**6, bad)
    smallest, largest = sizes_of(old.category, old.performance_level, system=True)
    wrong = {
        "LessThanImageSize": size < image.size,
        "LessThanMinSize": size < smallest,
        "MoreThanMaxSize": size > largest,
    }
    for word, broken in wrong.items():
        if broken:
            text = f"{size} GiB: the image has {image.size}, the disk {smallest} to {largest}."
            raise ApiError(404, f"InvalidSystemDiskSize.{word}", text)
    if len(image.sizes) > 1:
        text = "The specified image contains the snapshot of the data disk."
        raise ApiError(400, "OperationDenied", text)
    return size
