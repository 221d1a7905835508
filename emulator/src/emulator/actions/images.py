"""Images (Ecs 2014-05-26): the system's catalogue and those that the account makes."""

from __future__ import annotations

from collections.abc import Iterator

from emulator.actions.common import Paging, fits, new_tags_of, region_of, tags_of
from emulator.catalogue import SYSTEM_IMAGES, SystemImage
from emulator.errors import (
    ApiError,
    dry_run_passed,
    incorrect_status,
    instance_not_found,
    locked_for_security,
    missing_parameter,
)
from emulator.parameters import Parameters
from emulator.registry import Call, Reply, action, idempotent
from emulator.resources import Disk, Instance
from emulator.resources.disk import EPHEMERAL, LOCAL
from emulator.resources.storage import Image, Snapshot, image_fields
from emulator.rules import snapshots
from emulator.world import new_id

_CREATE = (
    "InstanceId SnapshotId ImageName ImageVersion Description Platform Architecture ImageFamily "
    "ResourceGroupId Tag.N.Key Tag.N.Value DiskDeviceMapping.N.SnapshotId DiskDeviceMapping.N.Size "
    "DiskDeviceMapping.N.Device DiskDeviceMapping.N.DiskType"
)
_CREATE_INERT = "BootMode DetectionStrategy DryRun Features.ImdsSupport Features.NvmeSupport"
_DESCRIBE = (
    "ImageId ImageName ImageFamily ImageOwnerAlias Status SnapshotId OSType Architecture ResourceGroupId "
    "Tag.N.Key Tag.N.Value PageNumber PageSize DryRun"
)
_DESCRIBE_INERT = (
    "ShowExpired Usage IsSupportIoOptimized IsSupportCloudinit InstanceType ActionType ImageOwnerId IsPublic "
    "Filter.N.Key Filter.N.Value Usable"
)
_OWNERS = ("system", "self", "others", "marketplace")
_STATES = {"Creating", "Waiting", "Available", "UnAvailable", "CreateFailed", "Deprecated"}


@action("Ecs", "CreateImage", _CREATE, required="RegionId", ignored=_CREATE_INERT)
@idempotent
def create_image(call: Call) -> Reply:
    """CreateImage: of an instance with all its disks, or of a system disk's snapshot."""
    parameters = call.parameters
    region, name = region_of(call), _name(call)
    taken = _snapshots_of(call)
    image = Image(
        id=new_id("m"),
        account_id=call.account,
        region_id=region,
        created_at=call.world.now,
        tags=new_tags_of(parameters),
        image_name=name,
        image_family=parameters.text("ImageFamily"),
        image_version=parameters.text("ImageVersion"),
        description=parameters.text("Description"),
        platform=parameters.text("Platform", "Ubuntu"),
        architecture=parameters.text("Architecture", "x86_64"),
        resource_group_id=parameters.text("ResourceGroupId"),
        instance_id=parameters.text("InstanceId"),
        snapshot_ids=[one.id for one in taken],
        sizes=[one.source_disk_size for one in taken],
        size=taken[0].source_disk_size,
    )
    call.world.store.add(image)
    settings = call.world.settings
    # Not before its snapshots are there.
    ready = call.world.now + max(settings.image_seconds, settings.snapshot_seconds)
    call.world.timers.arm(image.id, "image-done", ready)
    return {"ImageId": image.id}


def _name(call: Call) -> str:
    name = call.parameters.text("ImageName")
    if name and (
        not 2 <= len(name) <= 128 or name.lower().startswith(("http://", "https://", "acs:", "aliyun"))
    ):
        raise ApiError(
            400, "InvalidImageName.Malformed", f"The specified ImageName {name} is wrongly formed."
        )
    rows = call.world.store.owned(Image, call.account, call.region)
    if name and any(image.image_name == name for _, image in rows):
        raise ApiError(400, "InvalidImageName.Duplicated", f"The specified ImageName {name} exists already.")
    return name


def _snapshots_of(call: Call) -> list[Snapshot]:
    parameters = call.parameters
    if parameters.given("InstanceId"):
        return _of_instance(call, parameters.text("InstanceId"))
    ids = [parameters.text("SnapshotId")] if parameters.given("SnapshotId") else []
    ids += [group.text("SnapshotId") for group in parameters.groups("DiskDeviceMapping")]
    if not ids:
        raise missing_parameter("InstanceId")
    return [_finished(call, identifier) for identifier in ids]


def _finished(call: Call, identifier: str) -> Snapshot:
    text = f"The specified SnapshotId {identifier} does not exist."
    snapshot = call.need(Snapshot, identifier, ApiError(404, "InvalidSnapshotId.NotFound", text))
    if snapshot.status != "accomplished":
        raise ApiError(400, "IncorrectSnapshotStatus", f"The snapshot {identifier} is {snapshot.status}.")
    return snapshot


def _of_instance(call: Call, identifier: str) -> list[Snapshot]:
    instance = call.need(Instance, identifier, instance_not_found(identifier))
    if "security" in instance.locks:
        raise locked_for_security(instance.id)
    if instance.status not in ("Running", "Stopped") or instance.releasing:
        refused = incorrect_status(instance.id, instance.status, "Running, Stopped")
        # The batch of this action says 400 where others say 403.
        raise ApiError(400, refused.code, refused.message)
    disks = [
        disk for disk in call.world.store.under(Disk, identifier) if disk.category not in LOCAL | EPHEMERAL
    ]
    # The system disk first, as an image lists its devices.
    disks.sort(key=lambda disk: disk.type != "system")
    return [snapshots.take(call.world, disk, snapshot_name="", usage="image") for disk in disks]


@action("Ecs", "DescribeImages", _DESCRIBE, required="RegionId", ignored=_DESCRIBE_INERT)
def describe_images(call: Call) -> Reply:
    """DescribeImages: the system's and the account's own; Available ones unless Status asks for others."""
    parameters = call.parameters
    region, tags, paging = region_of(call), tags_of(parameters), Paging(parameters, 100)
    owner = parameters.choice("ImageOwnerAlias", "", _OWNERS)
    if parameters.flag("DryRun"):
        raise dry_run_passed()
    # Own ones first, since their ids say nothing about the order of both.
    rows: list[tuple[int, Reply]] = []
    if owner in ("", "self"):
        found = call.world.store.owned(Image, call.account, region, None, tags)
        rows += [(0, image.view()) for _, image in found if _own_wanted(parameters, image)]
    if owner in ("", "system") and not tags:
        rows += [(0, _system_view(image)) for image in SYSTEM_IMAGES]
    wanted = [(number, view) for number, (_, view) in enumerate(rows) if _wanted(parameters, view)]
    chosen, reply = paging.cut(wanted)
    return {**reply, "RegionId": region, "Images": {"Image": chosen}}


def _own_wanted(parameters: Parameters, image: Image) -> bool:
    if not parameters.given("SnapshotId"):
        return True
    return parameters.text("SnapshotId") in image.snapshot_ids


def _wanted(parameters: Parameters, view: Reply) -> bool:
    states = set(parameters.text("Status", "Available").split(",")) & _STATES
    ids = [one for one in parameters.text("ImageId").split(",") if one]
    exact = {"ImageFamily": "ImageFamily", "OSType": "OSType", "Architecture": "Architecture"}
    if view["Status"] not in states or (ids and view["ImageId"] not in ids):
        return False
    if any(parameters.given(name) and parameters.text(name) != view[key] for name, key in exact.items()):
        return False
    return fits(parameters.text("ImageName", "*"), str(view["ImageName"]))


def _system_view(image: SystemImage) -> Reply:
    return {
        **image_fields(),
        "ImageId": image.id,
        "ImageName": image.id,
        "ImageFamily": image.family,
        "ImageVersion": "",
        "Description": "",
        "Status": "Available",
        "Progress": "100%",
        "Size": image.size,
        "Platform": image.platform,
        "OSType": image.os_type,
        "OSName": image.os_name,
        "OSNameEn": image.os_name,
        "Architecture": image.architecture,
        "ResourceGroupId": "",
        "CreationTime": image.created,
        "ImageOwnerAlias": "system",
        "IsPublic": True,
        "DiskDeviceMappings": {"DiskDeviceMapping": []},
        "Tags": {"Tag": []},
    }


@action(
    "Ecs", "ModifyImageAttribute", "ImageName Description ImageFamily Status", required="RegionId ImageId"
)
def modify_image_attribute(call: Call) -> Reply:
    """ModifyImageAttribute: name, description and family of a custom image."""
    image = _image(call)
    name = call.parameters.text("ImageName")
    image.image_name = _name(call) if name and name != image.image_name else image.image_name
    image.description = call.parameters.text("Description", image.description)
    image.image_family = call.parameters.text("ImageFamily", image.image_family)
    image.status = call.parameters.choice("Status", image.status, ("Available", "Deprecated"))
    call.world.store.put(image)
    return {}


@action("Ecs", "DeleteImage", "Force", required="RegionId ImageId")
def delete_image(call: Call) -> Reply:
    """DeleteImage: one that instances were made of with Force only; its snapshots stay."""
    image = _image(call)
    users = call.world.store.owned(Instance, call.account, image.region_id)
    if not call.parameters.flag("Force") and any(instance.image_id == image.id for _, instance in users):
        raise ApiError(403, "ImageUsingByInstance", f"The image {image.id} is used by instances.")
    call.world.store.remove(image)
    return {}


def _image(call: Call) -> Image:
    identifier = call.parameters.text("ImageId")
    text = f"The specified ImageId {identifier} does not exist."
    return call.need(Image, identifier, ApiError(404, "InvalidImageId.NotFound", text))


@action("Ecs", "DescribeTags", "ResourceType ResourceId PageNumber PageSize", required="RegionId")
def describe_tags(call: Call) -> Reply:
    """DescribeTags: of one custom image; of anything else an empty list."""
    paging = Paging(call.parameters, 100)
    image = call.find(Image, call.parameters.text("ResourceId"))
    rows = list(_tag_rows(image)) if image is not None else []
    chosen, reply = paging.cut(enumerate(rows))
    return {**reply, "Tags": {"Tag": chosen}}


def _tag_rows(image: Image) -> Iterator[Reply]:
    for key, value in image.tags.items():
        yield {"TagKey": key, "TagValue": value, "ResourceTypeCount": {"Image": 1}}
