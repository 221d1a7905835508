"""Worlds to look at: one with something of everything, and one whose texts are markup."""

from __future__ import annotations

from tests.emulator.cloud import Cloud, subscription

MARKUP = "<img src=x onerror=document.title='taken'><script>document.title='taken'</script>"


def shop(cloud: Cloud) -> str:
    """A small shop of two accounts; return its protected instance."""
    network = cloud.network()
    named = {"Tag.1.Key": "team", "Tag.1.Value": "shop", "Tag.2.Key": "env", "Tag.2.Value": "prod"}
    disks = {"DataDisk.1.Size": 200, "DataDisk.1.DeleteWithInstance": False}
    guarded = {**network, "InstanceName": "web-1", "DeletionProtection": True}
    first = cloud.run({**guarded, **disks, **named})
    cloud.run({**network, "InstanceName": "web-2", "AutoReleaseTime": "2026-06-15T12:30:00Z"})
    cloud.run({**network, "InstanceName": "db-1", **subscription()})
    spot = cloud.run({**network, "InstanceName": "batch-1", "SpotStrategy": "SpotAsPriceGo"})
    _beside(cloud, first)
    cloud.event(reclaim=spot)
    cloud.advance("PT5S")
    cloud.call("DeleteInstance", {"InstanceId": first, "Force": True})
    Cloud(cloud.url, "emulator-b").network()
    return first


def _beside(cloud: Cloud, instance: str) -> None:
    address = cloud.good("AllocateEipAddress", {"Name": "front"}, "Vpc")["AllocationId"]
    cloud.good("AssociateEipAddress", {"AllocationId": address, "InstanceId": instance}, "Vpc")
    system = cloud.disks(InstanceId=instance)[0]["DiskId"]
    cloud.good("CreateSnapshot", {"DiskId": system, "SnapshotName": "nightly", "RetentionDays": 7})
    cloud.good("CreateDisk", {"ZoneId": "cn-hangzhou-b", "Size": 40, "DiskName": "left-over"})


def nasty(cloud: Cloud) -> None:
    """Markup wherever the cloud takes any text."""
    tag = {"Tag.1.Key": "<b>key", "Tag.1.Value": MARKUP}
    instance = cloud.run({"InstanceName": f"web {MARKUP}", "AutoReleaseTime": "2026-06-15T12:30:00Z", **tag})
    cloud.good("ModifyInstanceAttribute", {"InstanceId": instance, "Description": MARKUP})
    cloud.good("AllocateEipAddress", {"Name": f"front {MARKUP}"}, "Vpc")
    cloud.call(f"Action{MARKUP}", {"Name": MARKUP})
    Cloud(cloud.url, f"key{MARKUP}").call("DescribeInstances")
    cloud.http.post("/", params={"Action": "DescribeInstances"}, headers={"User-Agent": MARKUP})
