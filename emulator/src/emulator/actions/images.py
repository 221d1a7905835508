"""Custom images made, changed and deleted (Ecs 2014-05-26)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from emulator.actions.common import new_tags_of, region_of
from emulator.actions.image_lookup import ImageFacts, image_not_found
from emulator.actions.image_sources import system_of, taken_of
from emulator.actions.storage_common import description_of, name_of, not_enough_balance
from emulator.errors import ApiError, dry_run_passed
from emulator.parameters import Parameters
from emulator.registry import Call, Reply, action, idempotent
from emulator.resources import Instance
from emulator.resources.storage import Image
from emulator.rules import images
from emulator.world import new_id

_CREATE = (
    "InstanceId SnapshotId ImageName ImageVersion Description Platform Architecture ImageFamily BootMode "
    "ResourceGroupId Tag.N.Key Tag.N.Value DiskDeviceMapping.N.SnapshotId DiskDeviceMapping.N.Size "
    "DiskDeviceMapping.N.Device DiskDeviceMapping.N.DiskType DryRun"
)
_CREATE_INERT = "DetectionStrategy Features.ImdsSupport Features.NvmeSupport SecureBootOptions.SecureBootMode"
_ARCHITECTURES = ("i386", "x86_64", "arm64")
_BOOT_MODES = ("BIOS", "UEFI", "UEFI-Preferred")
_RESERVED = ("aliyun", "acs:")
_LONGEST_VERSION, _MOST_IMAGES = 40, 1000


@dataclass(frozen=True)
class Words:
    """What an image is called."""

    name: str
    family: str
    version: str
    description: str


@action("Ecs", "CreateImage", _CREATE, required="RegionId", ignored=_CREATE_INERT)
@idempotent
def create_image(call: Call) -> Reply:
    """CreateImage: of an instance with all its disks, of snapshots, or of a system disk's snapshot."""
    region, words, system = region_of(call), _words(call), _system(call)
    _check_account(call)
    disks = taken_of(call)
    if call.parameters.flag("DryRun"):
        raise dry_run_passed()
    taken = [disk.taken(call.world) for disk in disks]
    image = Image(
        id=new_id("m"),
        account_id=call.account,
        region_id=region,
        created_at=call.world.now,
        tags=new_tags_of(call.parameters),
        image_name=words.name,
        image_family=words.family,
        image_version=words.version,
        description=words.description,
        resource_group_id=call.parameters.text("ResourceGroupId"),
        boot_mode=call.parameters.text("BootMode", "BIOS"),
        instance_id=call.parameters.text("InstanceId"),
        snapshot_ids=["" if one is None else one.id for one in taken],
        sizes=[disk.size for disk in disks],
        devices=[disk.device for disk in disks],
        size=disks[0].size,
        platform=system.platform,
        os_type=system.os_type,
        os_name=system.os_name,
        architecture=system.architecture,
    )
    images.begin(call.world, image, [one for one in taken if one is not None])
    return {"ImageId": image.id}


def _words(call: Call) -> Words:
    parameters = call.parameters
    version = parameters.text("ImageVersion")
    if len(version) > _LONGEST_VERSION or not version.isascii():
        text = f"The specified ImageVersion {version} is wrongly formed."
        raise ApiError(400, "InvalidImageVersion.Malformed", text)
    family = name_of(parameters, "ImageFamily", "InvalidImageFamily.Malformed", _RESERVED)
    return Words(_name(call), family, version, description_of(parameters))


def _name(call: Call) -> str:
    name = name_of(call.parameters, "ImageName", "InvalidImageName.Malformed", _RESERVED)
    rows = call.world.store.owned(Image, call.account, call.region)
    if name and any(image.image_name == name for _, image in rows):
        raise ApiError(400, "InvalidImageName.Duplicated", f"The specified ImageName {name} exists already.")
    return name


def _system(call: Call) -> ImageFacts:
    parameters = call.parameters
    system = system_of(call)
    bad = ApiError(400, "InvalidArchitecture.Malformed", "The specified Architecture is wrongly formed.")
    architecture = parameters.choice("Architecture", system.architecture, _ARCHITECTURES, bad)
    bad_mode = ApiError(400, "InvalidBootMode.NotSupport", "The specified BootMode is not supported.")
    parameters.choice("BootMode", "BIOS", _BOOT_MODES, bad_mode)
    if not parameters.given("Platform"):
        return replace(system, architecture=architecture)
    platform = parameters.text("Platform")
    kind = "windows" if platform.startswith("Windows") else "linux"
    return ImageFacts(0, platform, kind, f"{platform} 64 bit", architecture)


def _check_account(call: Call) -> None:
    if call.world.overdue(call.account):
        raise not_enough_balance()
    if sum(1 for _ in call.world.store.owned(Image, call.account, call.region)) >= _MOST_IMAGES:
        raise ApiError(403, "QuotaExceed.Image", f"There are {_MOST_IMAGES} custom images in the region.")


_MODIFY = "ImageName Description ImageFamily Status BootMode DryRun"
_MODIFY_INERT = "LicenseType Features.ImdsSupport Features.NvmeSupport"


@action("Ecs", "ModifyImageAttribute", _MODIFY, required="RegionId ImageId", ignored=_MODIFY_INERT)
def modify_image_attribute(call: Call) -> Reply:
    """ModifyImageAttribute: name, description and family of a custom image, and whether it is deprecated."""
    parameters, image = call.parameters, _image(call)
    if image.status == "Creating":
        raise ApiError(403, "InvalidStatus.ImageIsCreating", f"The image {image.id} is being created.")
    name = parameters.text("ImageName")
    name = _name(call) if name != image.image_name else name
    text = description_of(parameters, image.description)
    family = name_of(parameters, "ImageFamily", "InvalidImageFamily.Malformed", _RESERVED)
    status = _status(parameters, image)
    if parameters.flag("DryRun"):
        raise dry_run_passed()
    image.image_name, image.description = name or image.image_name, text
    image.image_family, image.status = family or image.image_family, status
    image.boot_mode = parameters.choice("BootMode", image.boot_mode, _BOOT_MODES)
    call.world.store.put(image)
    return {}


def _status(parameters: Parameters, image: Image) -> str:
    status = parameters.choice("Status", "", ("Available", "Deprecated"))
    if status == "Deprecated" and image.status != "Available":
        raise ApiError(403, "ImageStatus.NotAvailable", f"The image {image.id} is {image.status}.")
    if status == "Available" and image.status != "Deprecated":
        raise ApiError(403, "ImageStatus.NotDeprecated", f"The image {image.id} is {image.status}.")
    return status or image.status


@action("Ecs", "DeleteImage", "Force DryRun", required="RegionId ImageId")
def delete_image(call: Call) -> Reply:
    """DeleteImage: one that instances were made of with Force only; its snapshots stay."""
    force, image = call.parameters.flag("Force"), _image(call)
    if image.status == "Creating":
        raise ApiError(403, "ImageIsCreating", f"The image {image.id} is being created.")
    users = call.world.store.owned(Instance, call.account, image.region_id)
    if not force and any(instance.image_id == image.id for _, instance in users):
        raise ApiError(403, "ImageUsingByInstance", f"The image {image.id} is used by instances.")
    if call.parameters.flag("DryRun"):
        raise dry_run_passed()
    images.remove(call.world, image)
    return {}


def _image(call: Call) -> Image:
    identifier = call.parameters.text("ImageId")
    return call.need(Image, identifier, image_not_found(identifier))
