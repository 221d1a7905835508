"""What the cloud offers everywhere: system images. Invented numbers, the API's own names.

Imports nothing of the package.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# An id of the documented shape is taken for a system image, even one that is not listed here.
SYSTEM_IMAGE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*_alibase_\d{8}\.vhd$")

# How an image of the marketplace is told from others here; its system disk cannot outlive the instance.
MARKETPLACE = "marketplace-"


@dataclass(frozen=True)
class SystemImage:
    """An image that Alibaba Cloud gives to everybody."""

    id: str
    family: str
    platform: str
    os_name: str
    size: int
    os_type: str = "linux"
    architecture: str = "x86_64"

    @property
    def created(self) -> str:
        """Return the date in the id, as the API shows it."""
        date = self.id.rpartition("_")[2]
        return f"{date[:4]}-{date[4:6]}-{date[6:8]}T02:00:00Z"


SYSTEM_IMAGES = (
    SystemImage(
        "ubuntu_24_04_x64_20G_alibase_20260101.vhd",
        "acs:ubuntu_24_04_x64",
        "Ubuntu",
        "Ubuntu 24.04 64 bit",
        20,
    ),
    SystemImage(
        "ubuntu_22_04_x64_20G_alibase_20251201.vhd",
        "acs:ubuntu_22_04_x64",
        "Ubuntu",
        "Ubuntu 22.04 64 bit",
        20,
    ),
    SystemImage(
        "aliyun_3_x64_20G_alibase_20260115.vhd",
        "acs:alibaba_cloud_linux_3_2104_lts_x64",
        "Aliyun",
        "Alibaba Cloud Linux 3.2104 LTS 64 bit",
        20,
    ),
    SystemImage(
        "debian_12_x64_20G_alibase_20260110.vhd", "acs:debian_12_x64", "Debian", "Debian 12 64 bit", 20
    ),
    SystemImage(
        "win2022_21H2_x64_dtc_en-us_40G_alibase_20260105.vhd",
        "acs:windows_2022_64_datacenter_en-us",
        "Windows Server 2022",
        "Windows Server 2022 Datacenter 64 bit",
        40,
        os_type="windows",
    ),
)

REGIONS = {
    "cn-hangzhou": "China (Hangzhou)",
    "cn-shanghai": "China (Shanghai)",
    "cn-beijing": "China (Beijing)",
    "cn-shenzhen": "China (Shenzhen)",
    "cn-hongkong": "China (Hong Kong)",
    "ap-southeast-1": "Singapore",
    "eu-central-1": "Germany (Frankfurt)",
    "us-west-1": "US (Silicon Valley)",
}
FAMILIES = ("ecs.c7", "ecs.g7", "ecs.r7", "ecs.c8i", "ecs.g8i", "ecs.r8i", "ecs.t6")
SIZES = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge")


def zones_of(region: str) -> list[str]:
    """Return the zones of a region: outside China their letter follows without a dash."""
    joint = "-" if region.startswith("cn-") else ""
    return [f"{region}{joint}{letter}" for letter in "bhj"]
