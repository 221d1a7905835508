"""The table "What calls do under a lock": each call under a security lock and under a financial one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator import states
from tests.emulator.cloud import Answer, Cloud

LOCKED = "403 InstanceLockedForSecurity"
UNPAID = "403 InstanceExpiredOrInArrears"
FINE = "200"
Act = Callable[[Cloud, str], Answer]


def one(action: str, **more: Any) -> Act:
    """Return a call about the instance."""
    return lambda cloud, instance: cloud.call(action, {"InstanceId": instance, **more})


def data_disk(cloud: Cloud, instance: str) -> str:
    (disk,) = cloud.disks(InstanceId=instance, DiskType="data")
    return str(disk["DiskId"])


def of_disk(action: str, **more: Any) -> Act:
    """Return a call about the instance's data disk."""
    return lambda cloud, instance: cloud.call(action, {"DiskId": data_disk(cloud, instance), **more})


def free_disk(cloud: Cloud) -> str:
    disk = cloud.good("CreateDisk", {"ZoneId": "cn-hangzhou-b", "DiskCategory": "cloud_essd", "Size": 40})
    cloud.advance("PT2S")
    return str(disk["DiskId"])


def attach(cloud: Cloud, instance: str) -> Answer:
    return cloud.call("AttachDisk", {"InstanceId": instance, "DiskId": free_disk(cloud)})


def detach(cloud: Cloud, instance: str) -> Answer:
    order = {"InstanceId": instance, "DiskId": data_disk(cloud, instance)}
    return cloud.call("DetachDisk", order)


def delete_disk(cloud: Cloud, instance: str) -> Answer:
    return cloud.call("DeleteDisk", {"DiskId": free_disk(cloud)})


def delete_snapshot(cloud: Cloud, instance: str) -> Answer:
    rows = cloud.good("DescribeSnapshots")["Snapshots"]["Snapshot"]
    return cloud.call("DeleteSnapshot", {"SnapshotId": rows[0]["SnapshotId"]})


def start(cloud: Cloud, instance: str) -> Answer:
    return cloud.call("StartInstance", {"InstanceId": instance})


def describe(cloud: Cloud, instance: str) -> Answer:
    cloud.good("DescribeDisks", {"InstanceId": instance})
    cloud.good("DescribeInstanceAttribute", {"InstanceId": instance})
    return cloud.call("DescribeInstances", {"InstanceIds": json.dumps([instance])})


# The call, what it is called of, and its answers under security and under arrears.
ROWS: list[tuple[str, states.Make, Act, str, str]] = [
    ("DeleteInstance-Force", states.running, one("DeleteInstance", Force=True), FINE, FINE),
    ("DeleteInstance-Stopped", states.stopped, one("DeleteInstance"), FINE, FINE),
    ("StopInstance", states.running, one("StopInstance"), LOCKED, UNPAID),
    ("StartInstance", states.stopped, start, LOCKED, UNPAID),
    ("RebootInstance", states.running, one("RebootInstance"), LOCKED, UNPAID),
    (
        "ModifyInstanceAttribute",
        states.running,
        one("ModifyInstanceAttribute", DeletionProtection=True),
        LOCKED,
        FINE,
    ),
    (
        "ModifyInstanceAttribute-lift",
        states.protected,
        one("ModifyInstanceAttribute", DeletionProtection=False),
        LOCKED,
        FINE,
    ),
    (
        "ModifyDiskAttribute",
        states.running,
        of_disk("ModifyDiskAttribute", DeleteWithInstance=False),
        FINE,
        FINE,
    ),
    ("DeleteDisk", states.running, delete_disk, FINE, FINE),
    ("DeleteSnapshot", states.running, delete_snapshot, FINE, FINE),
    # Two texts conflict about images; the error is the choice.
    ("CreateImage", states.running, one("CreateImage"), "400 InstanceLockedForSecurity", FINE),
    ("CreateSnapshot", states.running, of_disk("CreateSnapshot"), LOCKED, FINE),
    ("AttachDisk", states.running, attach, LOCKED, UNPAID),
    ("DetachDisk", states.running, detach, LOCKED, FINE),
    ("Describe", states.running, describe, FINE, FINE),
]


@pytest.mark.parametrize("reason", ["security", "financial"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_under_a_lock(cloud: Cloud, row: tuple[str, states.Make, Act, str, str], reason: str) -> None:
    _, make, act, security, financial = row
    instance = make(cloud)
    disk = free_disk(cloud)
    cloud.good("AttachDisk", {"InstanceId": instance, "DiskId": disk})
    cloud.advance("PT2S")
    cloud.good("CreateSnapshot", {"DiskId": disk})
    cloud.advance("PT10S")
    cloud.event(lock=[instance, reason])
    assert act(cloud, instance).outcome == (security if reason == "security" else financial)


def test_a_locked_instance_that_runs_can_only_be_forced_out(cloud: Cloud) -> None:
    instance = states.locked(states.running)(cloud)
    assert one("StopInstance")(cloud, instance).outcome == LOCKED
    assert one("DeleteInstance")(cloud, instance).outcome == "403 IncorrectInstanceStatus"
    assert one("DeleteInstance", Force=True)(cloud, instance).outcome == FINE


@pytest.mark.parametrize("word", ["Recycling", "recycling", "RECYCLING"])
def test_a_lock_is_found_in_either_spelling(cloud: Cloud, word: str) -> None:
    instance = states.recycled(cloud)
    (row,) = cloud.instances(LockReason=word)
    locks = row["OperationLocks"]["LockReason"]
    assert (row["InstanceId"], [lock["LockReason"] for lock in locks]) == (instance, ["Recycling"])
    assert all("LockMsg" in lock for lock in locks)
    shown = cloud.good("DescribeInstanceAttribute", {"InstanceId": instance})
    assert shown["OperationLocks"] == {"LockReason": [{"LockReason": "Recycling"}]}
