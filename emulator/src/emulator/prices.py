"""Prices, invented and simple, in one place so that quotes, bills and refunds agree. Imports the catalogue.

CNY without discounts; a month has 720 hours.
"""

from __future__ import annotations

from emulator.resources.instance import size_of

CURRENCY = "CNY"
HOURS_OF_A_MONTH = 720
_CPU_HOUR, _GIB_HOUR = 0.2, 0.03
_BANDWIDTH_HOUR = 0.06
EIP_HOUR = 0.02
SNAPSHOT_GIB_HOUR = 0.0002
_DISK_GIB_HOUR = {
    "cloud": 0.0004,
    "cloud_efficiency": 0.0005,
    "cloud_essd_entry": 0.0006,
    "cloud_ssd": 0.0014,
    "cloud_essd": 0.002,
    "cloud_auto": 0.0015,
}
_DISK_GIB_HOUR_OTHER = 0.001
# What is paid ahead costs less.
_AHEAD = 0.7


# Rounded, so that a client that adds up gets what is billed.
def instance_hour(instance_type: str, bandwidth: int = 0) -> float:
    """Return what an instance without disks costs an hour."""
    cpus, memory_mib = size_of(instance_type)
    return round(cpus * _CPU_HOUR + memory_mib / 1024 * _GIB_HOUR + bandwidth * _BANDWIDTH_HOUR, 4)


def disk_hour(category: str, size_gib: int) -> float:
    """Return what a disk costs an hour."""
    return round(_DISK_GIB_HOUR.get(category, _DISK_GIB_HOUR_OTHER) * size_gib, 4)


def month_ahead(hourly: float) -> float:
    """Return what a month of subscription costs."""
    return round(hourly * HOURS_OF_A_MONTH * _AHEAD, 2)
