"""The disks of an instance: sizes, categories, and what becomes of them.

Imports pydantic, `fields` and `parts`; imported by `schema`.
"""

from pydantic import ValidationInfo
from pydantic import field_validator as check

from stacks.fields import (
    DATA_SIZES,
    OTHER_SYSTEM_SIZE,
    SYSTEM_SIZES,
    DataCategory,
    DiskName,
    Flag,
    SystemCategory,
    Whole,
    is_local,
    not_allowed,
)
from stacks.parts import YES_NO, Closed, option

# Not silently set: whoever uses a local disk should have read that it cannot stay.
LOCAL_ALLOWED = "a local disk dies with its instance: state release_with_instance: true"


class SystemDisk(Closed):
    """The disk that an instance starts from."""

    category: SystemCategory = option(
        "Kind of disk, speed and price. Changing it replaces the instance.",
        "cloud_essd, cloud_auto, cloud_essd_entry, cloud_ssd, cloud_efficiency, cloud or ephemeral_ssd",
        "cloud_essd",
    )
    size_gib: Whole = option(
        "Size, billed while the disk exists. A change is refused while the instance lives.",
        "20 to 2048 (cloud: to 500; cloud_auto: from 1), not less than the image",
        40,
    )
    release_with_instance: Flag = option(
        "true: it is lost with the instance. false: it stays as a retained disk and bills until released.",
        YES_NO,
        True,
    )
    release_auto_snapshots: Flag = option(
        "true: automatic snapshots are lost with the disk. false: they stay and bill.", YES_NO, False
    )

    @check("size_gib")
    @classmethod
    def check_size(cls, value: int, info: ValidationInfo) -> int:
        """The limits depend on the category."""
        return within(value, SYSTEM_SIZES.get(info.data.get("category", ""), OTHER_SYSTEM_SIZE))

    @check("release_with_instance")
    @classmethod
    def check_keepable(cls, value: bool, info: ValidationInfo) -> bool:
        """A local disk cannot be kept."""
        return keepable(value, info)


class DataDisk(Closed):
    """A disk beside the system disk, made with the instance."""

    name: DiskName = option(
        "Tells the disk from its siblings, here and in the cloud; not a device name.",
        "2 to 64 letters, digits, dots, dashes, underscores, first a letter; unique in its group, not system",
    )
    category: DataCategory = option(
        "Kind of disk, speed and price. A change is refused while the instance lives: replace it first.",
        "cloud_essd, cloud_auto, cloud_essd_entry, cloud_regional_disk_auto, cloud_ssd, cloud_efficiency,"
        " cloud, ephemeral_ssd, elastic_ephemeral_disk_standard or elastic_ephemeral_disk_premium",
        "cloud_essd",
    )
    size_gib: Whole = option(
        "Size, billed while the disk exists. A change is refused while the instance lives.",
        "cloud_essd 20 to 65536; the other categories as RunInstances says",
    )
    release_with_instance: Flag = option(
        "false: it stays as a retained disk and bills until released. true: its data are lost with the"
        " instance.",
        YES_NO,
        False,
    )
    release_auto_snapshots: Flag = option(
        "true: automatic snapshots are lost with the disk. false: they stay and bill.", YES_NO, False
    )

    @check("name")
    @classmethod
    def check_not_system(cls, value: str) -> str:
        """`system` is what the system disk is called."""
        if value.lower() == "system":
            raise not_allowed("any name but system, which is the system disk")
        return value

    @check("size_gib")
    @classmethod
    def check_size(cls, value: int, info: ValidationInfo) -> int:
        """The limits depend on the category."""
        return within(value, DATA_SIZES.get(info.data.get("category", ""), (value, value)))

    @check("release_with_instance")
    @classmethod
    def check_keepable(cls, value: bool, info: ValidationInfo) -> bool:
        """A local disk cannot be kept."""
        return keepable(value, info)


def within(value: int, limits: tuple[int, int]) -> int:
    """A size inside its limits."""
    low, high = limits
    if not low <= value <= high:
        raise not_allowed(f"{low} to {high} GiB for this category")
    return value


def keepable(release_with_instance: bool, info: ValidationInfo) -> bool:
    """Refuses to promise that a local disk stays."""
    # The API would take the flag and ignore it.
    if not release_with_instance and is_local(info.data.get("category", "")):
        raise not_allowed(LOCAL_ALLOWED)
    return release_with_instance
