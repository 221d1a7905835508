"""Disks, snapshots and images in every state, by name; built once, since refusals change nothing."""

from __future__ import annotations

from typing import Any

from tests.emulator.cloud import IMAGE, Cloud, subscription

ZONE = "cn-hangzhou-b"
EPHEMERAL = "elastic_ephemeral_disk_standard"


# Action, case, parameters, outcome.
Row = tuple[str, str, dict[str, Any], str]


def names_of(rows: list[Row]) -> list[str]:
    return [f"{action}: {case}" for action, case, _, _ in rows]


class Shelf:
    """Names of what there is; a parameter's value that is a name stands for the id."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.network = cloud.network()
        group, vswitch = self.network["SecurityGroupId"], self.network["VSwitchId"]
        self.ids: dict[str, str] = {"system-image": IMAGE, "group": group, "vswitch": vswitch}
        self._instances()
        self._disks()
        self._snapshots()
        self._images()
        self._half_done()

    def resolved(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """Return parameters with ids for names, also inside of lists."""
        return {key: self._value(value) for key, value in parameters.items()}

    def _value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "[" + ",".join(f'"{self._value(one)}"' for one in value) + "]"
        return self.ids.get(value, value) if isinstance(value, str) else value

    def check(self, action: str, parameters: dict[str, Any], outcome: str) -> None:
        """A call has this outcome and, being refused, changes nothing."""
        before = self.cloud.look("state")
        assert self.cloud.call(action, self.resolved(parameters)).outcome == outcome
        assert self.cloud.look("state") == before

    def good(self, action: str, **parameters: Any) -> dict[str, Any]:
        body = self.cloud.good(action, self.resolved(parameters))
        self.cloud.advance("PT5S")
        return body

    def _run(self, name: str, *kinds: str, **order: Any) -> None:
        disks: dict[str, Any] = {"SystemDisk.Category": "cloud_essd"}
        for number, kind in enumerate(kinds, 1):
            disks |= {f"DataDisk.{number}.Category": kind, f"DataDisk.{number}.Size": 64}
        self.ids[name] = self.cloud.run({**self.network, **disks, **order})
        rows = self.cloud.disks(InstanceId=self.ids[name])
        self.ids |= {
            f"{name}-{row['Category'] if row['Type'] == 'data' else 'system'}": row["DiskId"] for row in rows
        }

    def _instances(self) -> None:
        self._run("running", "cloud_auto", "cloud", "local_ssd_pro", EPHEMERAL)
        for name in ("stopped", "locked", "unpaid"):
            self._run(name, "cloud_auto")
            self.good("StopInstance", InstanceId=name)
        self._run("paid", "cloud_auto", "cloud_ssd", **subscription())
        self.cloud.event(lock=[self.ids["locked"], "security"])
        self.cloud.event(lock=[self.ids["unpaid"], "financial"])

    def _disk(self, name: str, **order: Any) -> None:
        order = {"ZoneId": ZONE, "DiskCategory": "cloud_essd", "Size": 64, **order}
        self.ids[name] = str(self.good("CreateDisk", **order)["DiskId"])

    def _disks(self) -> None:
        for name in ("spare", "used", "saved"):
            self._disk(name)
        self._disk("far", ZoneId="cn-hangzhou-h")
        self._disk("spare-ephemeral", DiskCategory=EPHEMERAL)
        self._disk("shared", MultiAttach="Enabled")
        self.good("AttachDisk", DiskId="shared", InstanceId="running")
        for name in ("used", "saved"):
            self.good("AttachDisk", DiskId=name, InstanceId="running")
            self.good("DetachDisk", DiskId=name, InstanceId="running")

    def _snapshot(self, name: str, disk: str) -> None:
        self.ids[name] = str(self.good("CreateSnapshot", DiskId=disk)["SnapshotId"])

    def _snapshots(self) -> None:
        self._snapshot("of-system", "running-system")
        self._snapshot("of-data", "stopped-cloud_auto")
        self._snapshot("in-image", "running-system")
        self._snapshot("in-disk", "stopped-cloud_auto")
        self._snapshot("lost", "stopped-system")
        self._disk("from-snapshot", SnapshotId="in-disk")
        week = '["1","2","3","4","5","6","7"]'
        made = self.good(
            "CreateAutoSnapshotPolicy", timePoints='["1"]', repeatWeekdays=week, retentionDays=-1
        )
        self.ids["policy"] = str(made["AutoSnapshotPolicyId"])

    def _images(self) -> None:
        self.ids["image"] = str(
            self.good("CreateImage", SnapshotId="in-image", ImageName="golden")["ImageId"]
        )
        self.ids["whole"] = str(self.good("CreateImage", InstanceId="stopped", ImageName="whole")["ImageId"])
        self.good("RunInstances", ImageId="image", InstanceType="ecs.g7.large", **self.network)

    # The clock stands still from here on.
    def _half_done(self) -> None:
        later = self.cloud.good
        self.ids["taking"] = later("CreateSnapshot", {"DiskId": self.ids["saved"]})["SnapshotId"]
        later("CreateSnapshot", {"DiskId": self.ids["unpaid-system"]})
        self.ids["slow-image"] = later("CreateImage", {"SnapshotId": self.ids["of-system"]})["ImageId"]
        order = {"ZoneId": ZONE, "DiskCategory": "cloud_essd", "Size": 64}
        self.ids["creating"] = later("CreateDisk", order)["DiskId"]
        order = self.cloud.order(**self.network)
        self.ids["pending"] = later("RunInstances", order)["InstanceIdSets"]["InstanceIdSet"][0]
        (disk,) = self.cloud.disks(InstanceId=self.ids["pending"])
        self.ids["pending-system"] = disk["DiskId"]
