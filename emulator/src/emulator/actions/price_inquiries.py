"""What things would cost (Ecs 2014-05-26), by the prices that are billed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator import prices, times
from emulator.actions.common import region_of
from emulator.actions.instances_read import owned_instance
from emulator.catalogue import FAMILIES, zones_of
from emulator.errors import ApiError, instance_not_found, invalid_parameter, missing_parameter
from emulator.parameters import Parameters
from emulator.registry import Call, Reply, action
from emulator.resources import Disk, Instance
from emulator.resources.disk import CLOUD
from emulator.resources.instance import family_of

_PRICE = (
    "ResourceType InstanceType InternetChargeType InternetMaxBandwidthOut SystemDisk.Category "
    "SystemDisk.Size DataDisk.N.Category DataDisk.N.Size PriceUnit Period Amount SpotStrategy"
)
_PRICE_INERT = (
    "ZoneId ImageId IoOptimized InstanceNetworkType SystemDisk.PerformanceLevel SystemDisk.StorageClusterId "
    "DataDisk.N.PerformanceLevel DataDisk.N.ProvisionedIops DataDisk.N.StorageClusterId SpotDuration "
    "Platform Isp Scope SchedulerOptions.DedicatedHostId SchedulerOptions.DeploymentSetStrategy"
)
_MODIFICATION = "InstanceType DataDisk.N.Category DataDisk.N.Size"
_MODIFICATION_INERT = (
    "DataDisk.N.DiskId DataDisk.N.PerformanceLevel EndTime StartTime ISP ImageId InternetChargeType "
    "InternetMaxBandwidthOut SystemDisk.Category SystemDisk.Size SystemDisk.PerformanceLevel"
)
_HOURS = {"Hour": 1, "Week": 168, "Month": 720, "Year": 8640}
_HISTORY = "InstanceType NetworkType ZoneId StartTime EndTime Offset IoOptimized OSType"
_LONGEST_HISTORY, _USUAL_HISTORY, _MOST_ROWS = 30 * times.DAY, 3 * times.HOUR, 1000


@action("Ecs", "DescribePrice", _PRICE, required="RegionId", ignored=_PRICE_INERT)
def describe_price(call: Call) -> Reply:
    """DescribePrice: of instances with their disks, of disks, or of bandwidth, for an hour or longer."""
    parameters = call.parameters
    region_of(call)
    kind = parameters.choice("ResourceType", "instance", ("instance", "disk", "bandwidth"))
    unit = parameters.choice("PriceUnit", "Hour", tuple(_HOURS))
    period, amount = parameters.number("Period", 1, 1, 60), parameters.number("Amount", 1, 1, 1000)
    items = _machine(parameters) if kind == "instance" else {}
    items |= {} if kind == "disk" else _bandwidth(parameters)
    items |= _data_disks(parameters, needed=kind == "disk")
    times_over = _HOURS[unit] * period * amount
    return _answer({name: price * times_over for name, price in items.items()}, ahead=unit != "Hour")


def _machine(parameters: Parameters) -> dict[str, float]:
    kind = parameters.text("InstanceType")
    if not kind:
        raise missing_parameter("InstanceType")
    if family_of(kind) not in FAMILIES:
        text = f"The specified InstanceType {kind} does not exist or beyond the permitted range."
        raise ApiError(400, "InvalidInstanceType.ValueNotSupported", text)
    system = parameters.group("SystemDisk")
    category = system.text("Category", "cloud_essd")
    if category not in CLOUD:
        text = 'The specified parameter "SystemDisk.Category" is not valid.'
        raise ApiError(400, "InvalidSystemDiskCategory.ValueNotSupported", text)
    spot = parameters.text("SpotStrategy", "NoSpot") != "NoSpot"
    return {
        "instanceType": prices.instance_hour(kind, spot),
        "systemDisk": prices.disk_hour(category, system.number("Size", 40, 1, 2048)),
    }


def _bandwidth(parameters: Parameters) -> dict[str, float]:
    bad = ApiError(400, "InvalidInternetChargeType.ValueNotSupported", "The InternetChargeType is not valid.")
    by = parameters.choice("InternetChargeType", "PayByTraffic", ("PayByTraffic", "PayByBandwidth"), bad)
    code = "InvalidInternetMaxBandwidthOut.ValueNotSupported"
    mbits = parameters.number("InternetMaxBandwidthOut", 0, 0, 100, code)
    # Traffic has a price by the GiB, and here there is none.
    return {"bandwidth": prices.bandwidth_hour(mbits if by == "PayByBandwidth" else 0)}


def _data_disks(parameters: Parameters, needed: bool = False) -> dict[str, float]:
    disks = parameters.groups("DataDisk")
    # A disk without a size has no price; an instance without disks has one.
    if needed and not disks:
        raise missing_parameter("DataDisk.1.Category")
    for disk in disks:
        if disk.text("Category") not in CLOUD:
            text = 'The specified parameter "DataDisk.n.Category" is not valid.'
            raise ApiError(400, "InvalidDataDiskCategory.ValueNotSupported", text)
    code = "InvalidDataDiskSize.ValueNotSupported"
    sizes = [(disk.text("Category"), disk.number("Size", 20, 1, 65536, code)) for disk in disks]
    return {"dataDisk": sum(prices.disk_hour(*one) for one in sizes)} if disks else {}


def _answer(items: Mapping[str, float], ahead: bool) -> Reply:
    details = [{"Resource": name, **_price(price, ahead)} for name, price in items.items()]
    rules: Reply = {"Rule": []}
    details = [{**detail, "SubRules": rules} for detail in details]
    total = {**_price(sum(items.values()), ahead), "Currency": prices.CURRENCY}
    price = {**total, "ReservedInstanceHourPrice": 0.0, "DetailInfos": {"DetailInfo": details}}
    return {"PriceInfo": {"Price": price, "Rules": rules}}


def _price(original: float, ahead: bool) -> dict[str, float]:
    trade = round(original * (prices.AHEAD if ahead else 1), 4)
    return {
        "OriginalPrice": round(original, 4),
        "TradePrice": trade,
        "DiscountPrice": round(original - trade, 4),
    }


@action(
    "Ecs",
    "DescribeRenewalPrice",
    "ResourceType PriceUnit Period",
    required="RegionId ResourceId",
    ignored="ExpectedRenewDay",
)
def describe_renewal_price(call: Call) -> Reply:
    """DescribeRenewalPrice: of a subscription with the disks that are paid with it."""
    parameters, identifier = call.parameters, call.parameters.text("ResourceId")
    region_of(call)
    parameters.choice("ResourceType", "instance", ("instance",))
    instance = call.need(Instance, identifier, instance_not_found(identifier))
    if not instance.subscription:
        raise ApiError(403, "ChargeTypeViolation", "The operation is not permitted due to the charge type.")
    unit = parameters.choice("PriceUnit", "Month", ("Week", "Month", "Year"))
    hours = _HOURS[unit] * parameters.number("Period", 1, 1, 60)
    disks = [disk for disk in call.world.store.under(Disk, identifier) if disk.disk_charge_type == "PrePaid"]
    items = {
        "instance": _hour("instances", instance.facts),
        "disk": sum(_hour("disks", disk.facts) for disk in disks),
    }
    return _answer({name: price * hours for name, price in items.items()}, ahead=True)


def _hour(kind: str, meter: Mapping[str, Any]) -> float:
    return sum(prices.hourly(kind, meter).values())


@action(
    "Ecs",
    "DescribeInstanceModificationPrice",
    _MODIFICATION,
    required="RegionId InstanceId",
    ignored=_MODIFICATION_INERT,
)
def describe_instance_modification_price(call: Call) -> Reply:
    """DescribeInstanceModificationPrice: a dearer type or new disks, for what is left or an hour."""
    parameters = call.parameters
    region_of(call)
    instance, kind = owned_instance(call), parameters.text("InstanceType")
    if not kind and not parameters.groups("DataDisk"):
        raise missing_parameter("InstanceType")
    if kind and family_of(kind) not in FAMILIES:
        text = f"The specified InstanceType {kind} does not exist or beyond the permitted range."
        raise ApiError(400, "InvalidInstanceType.ValueNotSupported", text)
    more = prices.instance_hour(kind) - prices.instance_hour(instance.instance_type) if kind else 0.0
    items = {"instanceType": max(more, 0.0), **_data_disks(parameters)}
    left = max((instance.expired_at or 0.0) - call.world.now, 0.0) / times.HOUR
    hours = left if instance.subscription else 1.0
    return _answer({name: price * hours for name, price in items.items()}, ahead=instance.subscription)


@action(
    "Ecs",
    "DescribeSpotPriceHistory",
    _HISTORY,
    required="RegionId InstanceType NetworkType",
    ignored="SpotDuration",
)
def describe_spot_price_history(call: Call) -> Reply:
    """DescribeSpotPriceHistory: hour by hour and zone by zone, always the same share of the full price."""
    parameters, region = call.parameters, region_of(call)
    kind = parameters.text("InstanceType")
    if family_of(kind) not in FAMILIES:
        raise invalid_parameter("InstanceType", f"{kind} is not offered", "InvalidParams.InstanceType")
    for name, words in {"NetworkType": ("vpc", "classic"), "OSType": ("linux", "windows")}.items():
        bad = ApiError(400, f"InvalidParams.{name}", f"The specified {name} is not valid.")
        parameters.choice(name, words[0], words, bad)
    moments, zones = _moments(call), [zone for zone in zones_of(region) if _in_zone(parameters, zone)]
    rows = [(moment, zone) for moment in moments for zone in zones]
    start = parameters.number("Offset", 0, 0, 10**6, "InvalidParams.Offset")
    shown = [_spot_price(parameters, *row) for row in rows[start : start + _MOST_ROWS]]
    following = start + _MOST_ROWS if len(rows) > start + _MOST_ROWS else 0
    found = {"SpotPrices": {"SpotPriceType": shown}, "NextOffset": following}
    return {**found, "Currency": prices.CURRENCY}


def _in_zone(parameters: Parameters, zone: str) -> bool:
    return parameters.text("ZoneId") in ("", zone)


def _moments(call: Call) -> list[float]:
    end = _moment(call, "EndTime", call.world.now)
    start = _moment(call, "StartTime", end - _USUAL_HISTORY)
    if not end - _LONGEST_HISTORY <= start <= end:
        raise invalid_parameter("StartTime", "up to 30 days before the EndTime", "InvalidParams.StartTime")
    first = start - start % times.HOUR + (times.HOUR if start % times.HOUR else 0.0)
    return [first + number * times.HOUR for number in range(int((end - first) // times.HOUR) + 1)]


def _moment(call: Call, name: str, default: float) -> float:
    try:
        return times.from_api(call.parameters.text(name)) if call.parameters.given(name) else default
    except ValueError:
        raise invalid_parameter(name, "a UTC time", f"InvalidParams.{name}") from None


def _spot_price(parameters: Parameters, moment: float, zone: str) -> dict[str, Any]:
    kind = parameters.text("InstanceType")
    return {
        "InstanceType": kind,
        "ZoneId": zone,
        "NetworkType": parameters.text("NetworkType"),
        "IoOptimized": parameters.text("IoOptimized", "optimized"),
        "OriginPrice": prices.instance_hour(kind),
        "SpotPrice": prices.instance_hour(kind, spot=True),
        "Timestamp": times.to_second(moment),
    }
