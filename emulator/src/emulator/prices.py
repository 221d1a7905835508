"""Prices, invented and simple, in one place so that inquiries, quotes, bills and refunds agree.

CNY; a month has 720 hours. Imports times and the size of types.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from emulator import times
from emulator.resources.instance import size_of

CURRENCY = "CNY"
HOURS_OF_A_MONTH = 720
SPOT_SHARE = 0.3
_CPU_HOUR, _GIB_HOUR = 0.2, 0.03
_BANDWIDTH_HOUR = 0.06
_EIP_HOUR = 0.02
_SNAPSHOT_GIB_HOUR = 0.0002
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
AHEAD = 0.7
_DAYS_OF_A_MONTH = 30.44


# Rounded, so that a client that adds up gets what is billed.
def instance_hour(instance_type: str, spot: bool = False) -> float:
    """Return what an instance without disks and bandwidth costs an hour."""
    cpus, memory_mib = size_of(instance_type)
    price = cpus * _CPU_HOUR + memory_mib / 1024 * _GIB_HOUR
    return round(price * (SPOT_SHARE if spot else 1), 4)


def bandwidth_hour(mbits: int) -> float:
    """Return what bandwidth costs an hour where it is paid as such."""
    return round(mbits * _BANDWIDTH_HOUR, 4)


def disk_hour(category: str, size_gib: int) -> float:
    """Return what a disk costs an hour."""
    return round(_DISK_GIB_HOUR.get(category, _DISK_GIB_HOUR_OTHER) * size_gib, 4)


def _instance(meter: Mapping[str, Any]) -> dict[str, float]:
    items = {"InstanceType": instance_hour(meter["InstanceType"], bool(meter.get("Spot")))}
    return {**items, "Bandwidth": bandwidth_hour(meter["Bandwidth"])} if meter["Bandwidth"] else items


_ITEMS: dict[str, Callable[[Mapping[str, Any]], dict[str, float]]] = {
    "instances": _instance,
    "disks": lambda meter: {"Size": disk_hour(meter["Category"], meter["Size"])},
    "eips": lambda meter: {"Configuration": _EIP_HOUR},
    "snapshots": lambda meter: {"Size": round(_SNAPSHOT_GIB_HOUR * meter["Size"], 4)},
}


def hourly(kind: str, meter: Mapping[str, Any]) -> dict[str, float]:
    """Return what a resource costs an hour, item by item."""
    return _ITEMS[kind](meter)


def ahead(kind: str, meter: Mapping[str, Any], began: float, until: float) -> float:
    """Return what a resource costs that is paid for a time in advance."""
    return sum(hourly(kind, meter).values()) * _hours(began, until) * AHEAD


def month_ahead(price: float) -> float:
    """Return what a month of subscription costs, by the price of an hour."""
    return round(price * HOURS_OF_A_MONTH * AHEAD, 2)


def _hours(began: float, until: float) -> float:
    start = times.cut_to_minute(began)
    months = round((until - start) / (_DAYS_OF_A_MONTH * times.DAY))
    # Whole months cost the same, however long they are.
    if months > 0 and times.add_months(start, months) == until:
        return months * HOURS_OF_A_MONTH
    return max(until - start, 0.0) / times.HOUR
