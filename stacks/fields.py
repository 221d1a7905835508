"""Single values of an environment: closed sets, names, tags, and what each may be.

Imports pydantic only; imported by its siblings. No pulumi here, so that the
command line can read an environment too.
"""

import ipaddress
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

SystemCategory = Literal[
    "cloud_essd", "cloud_auto", "cloud_essd_entry", "cloud_ssd", "cloud_efficiency", "cloud", "ephemeral_ssd"
]
DataCategory = Literal[
    "cloud_essd",
    "cloud_auto",
    "cloud_essd_entry",
    "cloud_regional_disk_auto",
    "cloud_ssd",
    "cloud_efficiency",
    "cloud",
    "ephemeral_ssd",
    "elastic_ephemeral_disk_standard",
    "elastic_ephemeral_disk_premium",
]
# GiB, from RunInstances; an enterprise SSD is of performance level PL1 here.
SYSTEM_SIZES = {"cloud": (20, 500), "cloud_auto": (1, 2048)}
OTHER_SYSTEM_SIZE = (20, 2048)
DATA_SIZES = {
    "cloud_essd": (20, 65536),
    "cloud_auto": (1, 65536),
    "cloud_essd_entry": (10, 32768),
    "cloud_regional_disk_auto": (10, 65536),
    "cloud_ssd": (20, 32768),
    "cloud_efficiency": (20, 32768),
    "cloud": (5, 2000),
    "ephemeral_ssd": (5, 800),
    "elastic_ephemeral_disk_standard": (64, 8192),
    "elastic_ephemeral_disk_premium": (64, 8192),
}
PERIODS = {
    "week": (1, 2, 3, 4),
    "month": (1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 24, 36, 48, 60),
    "year": (1, 2, 3, 4, 5),
}
# An instance takes 20 tags; five are written at creation, two more by `claim` and by a refused release.
MOST_USER_TAGS = 13

_RESERVED_KEYS = ("aliyun", "acs:", "ecs-release:")
_LINKS = ("http://", "https://")
_PRIVATE = tuple(ipaddress.IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))


def not_allowed(allowed: str, *below: str | int) -> PydanticCustomError:
    """An error that says what is allowed; `below` leads from the checked field to the wrong one."""
    return PydanticCustomError("not_allowed", "{allowed}", {"allowed": allowed, "below": below})


def check_tag_key(key: str) -> str:
    """The API's rules for tag keys, and our own prefix."""
    if not 1 <= len(key) <= 128:
        raise not_allowed("a tag key has 1 to 128 characters")
    if key.lower().startswith(_RESERVED_KEYS):
        raise not_allowed(f"a tag key must not start with {', '.join(_RESERVED_KEYS)}")
    return check_no_link(key)


def check_no_link(text: str) -> str:
    """The API takes no addresses in tags."""
    if any(link in text.lower() for link in _LINKS):
        raise not_allowed("a tag must not contain http:// or https://")
    return text


def check_cidr(text: str) -> str:
    """A range that both a VPC and a vSwitch that fills it can have."""
    try:
        block = ipaddress.IPv4Network(text)
    except ValueError:
        raise not_allowed("a range like 10.8.0.0/16, without host bits") from None
    # Narrower than what the API takes for a VPC: the one vSwitch fills the whole of it.
    if not 16 <= block.prefixlen <= 28 or not any(block.subnet_of(private) for private in _PRIVATE):
        raise not_allowed("a /16 to /28 inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16")
    return text


def is_local(category: str) -> bool:
    """Whether a disk of this category lives and dies with its instance."""
    return category.startswith(("local_", "ephemeral", "elastic_ephemeral"))


Flag = Annotated[bool, Field(strict=True)]
Whole = Annotated[int, Field(strict=True)]
TagKey = Annotated[str, AfterValidator(check_tag_key)]
TagValue = Annotated[str, StringConstraints(max_length=128), AfterValidator(check_no_link)]
Tags = dict[TagKey, TagValue]
GroupName = Annotated[str, StringConstraints(pattern=r"^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$")]
DiskName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9._-]{1,63}$")]
InstanceId = Annotated[str, StringConstraints(pattern=r"^i-[A-Za-z0-9-]+$")]
Cidr = Annotated[str, AfterValidator(check_cidr)]
