"""DescribeImages (Ecs 2014-05-26): the system's and the account's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from emulator import times
from emulator.actions.common import Paging, fits, region_of, tags_of
from emulator.actions.storage_common import created_within
from emulator.catalogue import SYSTEM_IMAGES, SystemImage
from emulator.errors import ApiError, dry_run_passed
from emulator.parameters import Parameters
from emulator.registry import Call, Reply, action
from emulator.resources import Instance
from emulator.resources.storage import Image, image_fields

_DESCRIBE = (
    "ImageId ImageName ImageFamily ImageOwnerAlias Status SnapshotId OSType Architecture ResourceGroupId "
    "Usage IsPublic Filter.N.Key Filter.N.Value Tag.N.Key Tag.N.Value PageNumber PageSize DryRun"
)
_DESCRIBE_INERT = (
    "ShowExpired IsSupportIoOptimized IsSupportCloudinit InstanceType ActionType ImageOwnerId Usable"
)
_EXACT = ("ImageFamily", "OSType", "Architecture", "Usage", "ResourceGroupId")
_WORDS = {
    "ImageOwnerAlias": (
        ("system", "self", "others", "marketplace"),
        400,
        "InvalidImageOwnerAlias.ValueNotSupported",
    ),
    "OSType": (("windows", "linux"), 404, "InvalidOSType"),
    "Architecture": (("i386", "x86_64", "arm64"), 404, "InvalidArchitecture"),
    "Usage": (("instance", "none"), 404, "InvalidUsage"),
}
_STATES = ("Creating", "Waiting", "Available", "UnAvailable", "CreateFailed", "Deprecated")


@action("Ecs", "DescribeImages", _DESCRIBE, required="RegionId", ignored=_DESCRIBE_INERT)
def describe_images(call: Call) -> Reply:
    """DescribeImages: the system's and the account's own; Available ones unless Status asks for others."""
    parameters, region = call.parameters, region_of(call)
    _check(parameters)
    states, moment, paging = _states(parameters), created_within(parameters), Paging(parameters, 100)
    if parameters.flag("DryRun"):
        raise dry_run_passed()
    rows = _rows(call, region, moment)
    found = [view for view in rows if view["Status"] in states and _wanted(parameters, view)]
    chosen, reply = paging.cut(enumerate(found))
    return {**reply, "RegionId": region, "Images": {"Image": chosen}}


def _check(parameters: Parameters) -> None:
    for name, (allowed, status, code) in _WORDS.items():
        unknown = ApiError(status, code, f"The specified {name} is not valid.")
        parameters.choice(name, "", allowed, unknown)


def _states(parameters: Parameters) -> set[str]:
    text = parameters.text("Status", "Available")
    return set(_STATES) if text.upper() == "ALL" else {one.strip() for one in text.split(",")}


def _rows(call: Call, region: str, moment: Callable[[float], bool]) -> Iterator[Reply]:
    parameters, tags = call.parameters, tags_of(call.parameters)
    owner, public = parameters.text("ImageOwnerAlias"), parameters.flag("IsPublic")
    users = _users(call, region)
    if owner in ("", "self") and not public:
        for _, image in call.world.store.owned(Image, call.account, region, None, tags):
            if moment(image.created_at) and _of_snapshot(parameters, image):
                yield {**image.view(), "Usage": _usage(users, image.id)}
    if owner in ("", "system") and not public and not tags and not parameters.given("SnapshotId"):
        for listed in SYSTEM_IMAGES:
            if moment(times.from_api(listed.created)):
                yield {**_system_view(listed), "Usage": _usage(users, listed.id)}


# Read once for the whole list.
def _users(call: Call, region: str) -> set[str]:
    rows = call.world.store.listed(Instance, call.account, region)
    return {row.record.image_id for _, row in rows}


def _usage(users: set[str], identifier: str) -> str:
    return "instance" if identifier in users else "none"


def _of_snapshot(parameters: Parameters, image: Image) -> bool:
    return not parameters.given("SnapshotId") or parameters.text("SnapshotId") in image.snapshot_ids


def _wanted(parameters: Parameters, view: Reply) -> bool:
    ids = [one.strip() for one in parameters.text("ImageId").split(",") if one]
    if ids and view["ImageId"] not in ids:
        return False
    if any(parameters.given(name) and parameters.text(name) != view[name] for name in _EXACT):
        return False
    return fits(parameters.text("ImageName", "*"), str(view["ImageName"]))


def _system_view(image: SystemImage) -> Reply:
    return {
        **image_fields(),
        "ImageId": image.id,
        "ImageName": image.id,
        "ImageFamily": image.family,
        "ImageVersion": "",
        "ImageOwnerId": 0,
        "Description": "",
        "Status": "Available",
        "Progress": "100%",
        "Size": image.size,
        "Platform": image.platform,
        "OSType": image.os_type,
        "OSName": image.os_name,
        "OSNameEn": image.os_name,
        "Architecture": image.architecture,
        "BootMode": "BIOS",
        "ResourceGroupId": "",
        "CreationTime": image.created,
        "ImageOwnerAlias": "system",
        "IsPublic": True,
        "Usable": True,
        "DiskDeviceMappings": {"DiskDeviceMapping": []},
        "Tags": {"Tag": []},
    }
