"""What can be had where, and for how much (Ecs 2014-05-26)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from emulator.actions.common import from_token, region_of, to_token
from emulator.catalogue import FAMILIES, REGIONS, SIZES, zones_of
from emulator.errors import invalid_parameter, missing_parameter
from emulator.parameters import Parameters
from emulator.registry import Call, Reply, action
from emulator.resources.disk import CLOUD
from emulator.resources.instance import family_of, size_of

_TYPES = (
    "InstanceTypes.N InstanceTypeFamily CpuArchitecture InstanceFamilyLevel MinimumCpuCoreCount "
    "MaximumCpuCoreCount MinimumMemorySize MaximumMemorySize InstanceCategory MaxResults NextToken"
)
_TYPES_INERT = (
    "AdditionalAttributes.N GPUSpec MinimumGPUAmount MaximumGPUAmount LocalStorageCategory NvmeSupport"
)
_AVAILABLE = "ZoneId InstanceType Cores Memory DestinationResource"
_AVAILABLE_INERT = (
    "IoOptimized InstanceChargeType SpotStrategy SystemDiskCategory DataDiskCategory NetworkCategory "
    "ResourceType SpotDuration DedicatedHostId Scope"
)
_DESTINATIONS = ("Zone", "InstanceType", "SystemDisk", "DataDisk", "Network", "IoOptimized")
_MOST_TYPES = 100
_EXACT = ("InstanceTypeFamily", "InstanceFamilyLevel", "InstanceCategory", "CpuArchitecture")


@action("Ecs", "DescribeRegions", ignored="AcceptLanguage InstanceChargeType ResourceType")
def describe_regions(call: Call) -> Reply:
    """DescribeRegions: a few of the cloud's, all of them open."""
    rows = [
        {"RegionId": region, "LocalName": name, "RegionEndpoint": call.host, "Status": "available"}
        for region, name in REGIONS.items()
    ]
    return {"Regions": {"Region": rows}}


@action(
    "Ecs",
    "DescribeZones",
    required="RegionId",
    ignored="AcceptLanguage Verbose InstanceChargeType SpotStrategy",
)
def describe_zones(call: Call) -> Reply:
    """DescribeZones: three zones in each region, with everything in stock."""
    region = region_of(call)
    return {"Zones": {"Zone": [_zone(zone) for zone in zones_of(region)]}}


def _zone(zone: str) -> Reply:
    types = sorted(all_types())
    return {
        "ZoneId": zone,
        "LocalName": zone,
        "ZoneType": "AvailabilityZone",
        "AvailableInstanceTypes": {"InstanceTypes": types},
        "AvailableDiskCategories": {"DiskCategories": sorted(CLOUD)},
        "AvailableResourceCreation": {"ResourceTypes": ["Instance", "Disk", "VSwitch", "IoOptimized"]},
        "AvailableVolumeCategories": {"VolumeCategories": []},
        "AvailableDedicatedHostTypes": {"DedicatedHostType": []},
        "DedicatedHostGenerations": {"DedicatedHostGeneration": []},
        "AvailableResources": {"ResourcesInfo": []},
    }


def all_types() -> Iterator[str]:
    """Yield every instance type that is listed; RunInstances takes others of the shape too."""
    for family in FAMILIES:
        yield from (f"{family}.{size}" for size in SIZES)


@action("Ecs", "DescribeInstanceTypes", _TYPES, ignored=_TYPES_INERT)
def describe_instance_types(call: Call) -> Reply:
    """DescribeInstanceTypes: by names, family, vCPUs or memory, in pages by token."""
    parameters = call.parameters
    named = parameters.items("InstanceTypes")
    found = [_type(name) for name in all_types() if not named or name in named]
    wanted = [row for row in found if _type_wanted(parameters, row)]
    size = parameters.number("MaxResults", _MOST_TYPES, 1, _MOST_TYPES)
    # The catalogue does not move, so a position is token enough.
    start = from_token(parameters.text("NextToken"))
    token = to_token(start + size) if len(wanted) > start + size else ""
    return {"InstanceTypes": {"InstanceType": wanted[start : start + size]}, "NextToken": token}


def _type(name: str) -> dict[str, Any]:
    cpus, memory_mib = size_of(name)
    return {
        "InstanceTypeId": name,
        "InstanceTypeFamily": family_of(name),
        "InstanceFamilyLevel": "EnterpriseLevel",
        "InstanceCategory": "General-purpose",
        "CpuCoreCount": cpus,
        "MemorySize": memory_mib / 1024,
        "CpuArchitecture": "X86",
        "GPUAmount": 0,
        "GPUSpec": "",
        "EniQuantity": 3,
        "EniPrivateIpAddressQuantity": 10,
        "EniTotalQuantity": 3,
        "NvmeSupport": "unsupported",
        "LocalStorageCategory": "",
        "InitialCredit": 0,
        "BaselineCredit": 0,
    }


def _type_wanted(parameters: Parameters, row: dict[str, Any]) -> bool:
    if any(parameters.given(name) and parameters.text(name) != row[name] for name in _EXACT):
        return False
    bounds = (("CpuCoreCount", "CpuCoreCount"), ("MemorySize", "MemorySize"))
    return all(
        parameters.number(f"Minimum{name}", 0, 0, 10**6)
        <= row[key]
        <= parameters.number(f"Maximum{name}", 10**6, 0, 10**6)
        for name, key in bounds
    )


@action("Ecs", "DescribeInstanceTypeFamilies", required="RegionId", ignored="Generation")
def describe_instance_type_families(call: Call) -> Reply:
    """DescribeInstanceTypeFamilies: the families of the listed types."""
    region_of(call)
    rows = [{"InstanceTypeFamilyId": family, "Generation": "ecs-5"} for family in FAMILIES]
    return {"InstanceTypeFamilies": {"InstanceTypeFamily": rows}}


@action("Ecs", "DescribeAvailableResource", _AVAILABLE, required="RegionId", ignored=_AVAILABLE_INERT)
def describe_available_resource(call: Call) -> Reply:
    """DescribeAvailableResource: everything is in stock in every zone of the region."""
    parameters, region = call.parameters, region_of(call)
    destination = parameters.text("DestinationResource")
    if not destination:
        raise missing_parameter("DestinationResource")
    parameters.choice("DestinationResource", "", _DESTINATIONS)
    zones = [zone for zone in zones_of(region) if parameters.text("ZoneId") in ("", zone)]
    offered = [{"Value": value, **_in_stock()} for value in _offered(parameters, destination)]
    resource = {"Type": destination, "SupportedResources": {"SupportedResource": offered}}
    rows = [
        {
            "RegionId": region,
            "ZoneId": zone,
            **_in_stock(),
            "AvailableResources": {"AvailableResource": [resource]},
        }
        for zone in zones
    ]
    return {"AvailableZones": {"AvailableZone": rows}}


def _in_stock() -> dict[str, str]:
    return {"Status": "Available", "StatusCategory": "WithStock"}


def _offered(parameters: Parameters, destination: str) -> list[str]:
    if destination in ("SystemDisk", "DataDisk"):
        return sorted(CLOUD)
    if destination != "InstanceType":
        return {"Network": ["vpc"], "IoOptimized": ["optimized"]}.get(destination, [])
    cores = parameters.number("Cores", 0, 0, 1024)
    memory = _decimal(parameters, "Memory")
    types = [parameters.text("InstanceType")] if parameters.given("InstanceType") else list(all_types())
    sizes = {name: size_of(name) for name in types}
    return [name for name, (cpus, mib) in sizes.items() if cores in (0, cpus) and memory in (0.0, mib / 1024)]


@action(
    "Ecs",
    "DescribeImageSupportInstanceTypes",
    "ImageId",
    required="RegionId",
    ignored="Filter.N.Key Filter.N.Value ActionType",
)
def describe_image_support_instance_types(call: Call) -> Reply:
    """DescribeImageSupportInstanceTypes: every listed type."""
    rows = [
        {
            "InstanceTypeId": row["InstanceTypeId"],
            "CpuCoreCount": row["CpuCoreCount"],
            "MemorySize": row["MemorySize"],
            "InstanceTypeFamily": row["InstanceTypeFamily"],
        }
        for row in map(_type, all_types())
    ]
    found = {"InstanceTypes": {"InstanceType": rows}}
    return {"ImageId": call.parameters.text("ImageId"), "RegionId": region_of(call), **found}


def _decimal(parameters: Parameters, name: str) -> float:
    text = parameters.text(name, "0")
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,9})?", text):
        raise invalid_parameter(name, f"{text} is not a number")
    return float(text)
