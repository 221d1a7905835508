"""What is known of an image that an instance or a disk is to be made of.

Imports the catalogue and the custom images.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from emulator.catalogue import MARKETPLACE, SYSTEM_IMAGE, SYSTEM_IMAGES, SystemImage
from emulator.errors import ApiError
from emulator.registry import Call
from emulator.resources.storage import Image

_SIZE = re.compile(r"_([0-9]+)G_")


@dataclass(frozen=True)
class ImageFacts:
    """An image's system, and its disks: the system disk first, an empty id for an empty disk."""

    size: int
    platform: str
    os_type: str
    os_name: str
    architecture: str = "x86_64"
    snapshot_ids: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    devices: list[str] = field(default_factory=list)

    @property
    def system_snapshot(self) -> str:
        """Return the snapshot that the system disk is made of, none for an image of the cloud."""
        return self.snapshot_ids[0] if self.snapshot_ids else ""


def image_facts(call: Call, identifier: str) -> ImageFacts:
    """Return what is known of an image that can be used, or refuse it."""
    image = call.find(Image, identifier)
    if image is not None:
        return _of_own(image)
    listed = next((one for one in SYSTEM_IMAGES if one.id == identifier), None)
    if listed is not None:
        return _of_system(listed)
    if identifier.startswith(MARKETPLACE) or SYSTEM_IMAGE.match(identifier):
        return _of_name(identifier)
    raise image_not_found(identifier)


def image_not_found(identifier: str) -> ApiError:
    """404 for an image that neither the cloud nor the account has."""
    return ApiError(404, "InvalidImageId.NotFound", f"The specified ImageId {identifier} does not exist.")


def _of_own(image: Image) -> ImageFacts:
    # A deprecated one can still be used.
    if image.status not in ("Available", "Deprecated"):
        raise ApiError(403, "OperationDenied.ImageNotValid", f"The image {image.id} is {image.status}.")
    system = (image.platform, image.os_type, image.os_name, image.architecture)
    return ImageFacts(image.size, *system, image.snapshot_ids, image.sizes, image.devices)


def _of_system(image: SystemImage) -> ImageFacts:
    return ImageFacts(image.size, image.platform, image.os_type, image.os_name, image.architecture)


# An id of the documented shape tells its size and system; older and newer ones than the list has exist.
def _of_name(identifier: str) -> ImageFacts:
    found = _SIZE.search(identifier)
    size = int(found.group(1)) if found else 20
    word = identifier.partition("_")[0]
    if word.startswith("win"):
        return ImageFacts(size, "Windows Server", "windows", "Windows Server 64 bit")
    name = "Others Linux" if identifier.startswith(MARKETPLACE) else word.capitalize()
    return ImageFacts(size, name, "linux", f"{name} 64 bit")
