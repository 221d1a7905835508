"""Cases of sections 5, 6 and 8: looking at instances and disks, and how disks are to end."""

from __future__ import annotations

import json
from typing import Any

from tests.emulator import states
from tests.emulator.cloud import Cloud, subscription
from tests.emulator.documented_cases import Case
from tests.emulator.states import Make

_MISMATCH = {"Tag.1.Value": "b"}
_INSTANCES: list[tuple[str, str, dict[str, Any]]] = [
    ("400 InvalidTag.Mismatch", "value-without-key", _MISMATCH),
    ("400 InvalidTagCount", "21-tags", {f"Tag.{n}.Key": str(n) for n in range(1, 22)}),
    ("400 InvalidParameter", "101-ids", {"InstanceIds": json.dumps([states.UNKNOWN] * 101)}),
    ("400 InvalidParameter", "ids-not-JSON", {"InstanceIds": states.UNKNOWN}),
    ("400 InvalidParameter", "ids-not-text", {"InstanceIds": "[1]"}),
    ("400 InvalidParameter", "ids-an-object", {"InstanceIds": '{"a": "i-0"}'}),
    ("400 InvalidParameter", "101-addresses", {"PrivateIpAddresses": json.dumps(["10.0.0.1"] * 101)}),
    ("400 DryRunOperation", "passed", {"DryRun": True}),
    ("404 InvalidInstanceChargeType.NotFound", "word", {"InstanceChargeType": "Free"}),
    ("404 InvalidInternetChargeType.ValueNotSupported", "word", {"InternetChargeType": "Free"}),
    ("404 InvalidLockReason.NotFound", "word", {"LockReason": "mood"}),
    ("404 InvalidFilterKey.NotFound", "word", {"Filter.1.Key": "Mood", "Filter.1.Value": "good"}),
    ("404 InvalidNetworkType.NotFound", "word", {"InstanceNetworkType": "air"}),
    ("404 InvalidStatus.NotFound", "word", {"Status": "Deleted"}),
]
_DISKS: list[tuple[str, str, dict[str, Any]]] = [
    ("400 InvalidRegion.NotFound", "no-region", {"RegionId": "Mars"}),
    ("400 MissingParamter.RegionId", "none", {"RegionId": ""}),
    ("400 InvalidParameter.DiskIds", "not-JSON", {"DiskIds": "d-0"}),
    ("400 InvalidTag.Mismatch", "value-without-key", _MISMATCH),
    ("400 InvalidStatus.ValueNotSupported", "word", {"Status": "Gone"}),
    ("400 InvalidDiskType.ValueNotSupported", "word", {"DiskType": "tape"}),
    ("403 InvalidDiskIds.Malformed", "101-ids", {"DiskIds": json.dumps(["d-0"] * 101)}),
    ("404 InvalidDiskIds.ValueNotSupported", "ids-of-instances", {"DiskIds": '["i-0"]'}),
    ("404 InvalidDiskChargeType.NotFound", "word", {"DiskChargeType": "Free"}),
    ("404 InvalidLockReason.NotFound", "word", {"LockReason": "mood"}),
    ("404 InvalidFilterKey.NotFound", "word", {"Filter.1.Key": "Mood", "Filter.1.Value": "good"}),
]


def _disk(cloud: Cloud, kind: str = "data", **order: Any) -> str:
    instance = cloud.run({"DataDisk.1.Size": 40, **order})
    (disk,) = cloud.disks(InstanceId=instance, DiskType=kind)
    return str(disk["DiskId"])


def _local(cloud: Cloud) -> str:
    return _disk(cloud, **{"DataDisk.1.Category": "local_ssd_pro"})


def _ephemeral(cloud: Cloud) -> str:
    return _disk(cloud, **{"DataDisk.1.Category": "elastic_ephemeral_disk_standard"})


def _basic(cloud: Cloud) -> str:
    return _disk(cloud, **subscription(), **{"DataDisk.1.Category": "cloud"})


def _of_the_marketplace(cloud: Cloud) -> str:
    return _disk(cloud, "system", ImageId="marketplace-wordpress")


def _creating(cloud: Cloud) -> str:
    order = {"ZoneId": "cn-hangzhou-b", "DiskCategory": "cloud_essd", "Size": 40, "MultiAttach": "Enabled"}
    return str(cloud.good("CreateDisk", order)["DiskId"])


def _shared(cloud: Cloud) -> str:
    disk = _creating(cloud)
    cloud.advance("PT2S")
    return disk


_STAY = {"DiskId": "{}", "DeleteWithInstance": False}


def _keep(outcome: str, name: str, make: Make = _disk, order: dict[str, Any] = _STAY) -> Case:
    return Case("8", "ModifyDiskAttribute", outcome, name, make, order)


CASES = [
    *(Case("5", "DescribeInstances", outcome, name, order=order) for outcome, name, order in _INSTANCES),
    Case("6", "DescribeInstanceAttribute", "404 InvalidInstanceId.NotFound", "unknown", states.nothing),
    *(Case("8", "DescribeDisks", outcome, name, order=order) for outcome, name, order in _DISKS),
    _keep("400 MissingParameter.DiskIdOrDiskIds", "neither", order={"DeleteWithInstance": False}),
    _keep("400 ParameterConflict.DiskIdAndDiskIds", "both", order={**_STAY, "DiskIds.1": "{}"}),
    _keep("400 NoAttributeToModify", "nothing-to-do", order={"DiskId": "{}"}),
    _keep("403 DiskNotPortable", "local-disk", _local),
    _keep("403 DiskNotPortable", "ephemeral-disk", _ephemeral),
    _keep("403 DiskNotPortable", "basic-disk-of-a-subscription", _basic),
    _keep("403 DeleteWithInstance.Conflict", "marketplace-image", _of_the_marketplace),
    _keep("403 DeleteWithInstance.Conflict", "multi-attach", _shared),
    _keep(
        "403 DeleteWithInstance.Conflict",
        "multi-attach-to-go",
        _shared,
        {**_STAY, "DeleteWithInstance": True},
    ),
    _keep("403 IncorrectDiskStatus", "creating", _creating),
    _keep("404 InvalidDiskId.NotFound", "unknown", order={**_STAY, "DiskId": "d-0"}),
    _keep(
        "404 InvalidDiskId.NotFound",
        "one-of-two",
        order={"DiskIds.1": "{}", "DiskIds.2": "d-0", "DeleteWithInstance": False},
    ),
]
