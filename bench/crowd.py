"""Many tagged instances on an emulator, ordered by plain calls: what a thousand `up`s would leave."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from toolchain import emulator_process
from toolchain.stack import ROOT
from toolchain.stage import free_port

VERSIONS = {"Ecs": "2014-05-26", "Vpc": "2016-04-28"}
ACCOUNT = "1000000000000001"
IMAGE = "ubuntu_24_04_x64_20G_alibase_20260101.vhd"
DISK_GIB = 40


@dataclass(frozen=True)
class Crowd:
    """An emulator, and a client of its API and its control calls."""

    port: int
    http: httpx.Client

    def call(self, action: str, product: str = "Ecs", **parameters: str) -> Any:
        """One accepted call."""
        told = {"Action": action, "Version": VERSIONS[product], "AccessKeyId": "emulator", "Signature": "any"}
        reply = self.http.post("/", data={**told, "RegionId": "cn-hangzhou", **parameters})
        reply.raise_for_status()
        return reply.json()

    def control(self, path: str, body: object) -> None:
        """A control call."""
        self.http.post(f"/_emulator/{path}", content=json.dumps(body)).raise_for_status()

    def look(self, path: str) -> Any:
        """What the emulator says of itself."""
        return self.http.get(f"/_emulator/{path}").json()

    # The tags of a real `up`, since the plugin finds what is its own by them.
    def group(self, name: str, count: int, **order: str) -> dict[str, Any]:
        """A group of running instances, and the properties that its Teardown has recorded."""
        group_id = name.encode().hex()[:20].ljust(20, "0")
        order = {**self._network(), **order}

        def make(number: int) -> tuple[str, str]:
            member = f"{name}-{number}"
            tags = {"Tag.1.Key": "ecs-release:group-id", "Tag.1.Value": group_id}
            tags |= {"Tag.2.Key": "ecs-release:member", "Tag.2.Value": member}
            made = self.call("RunInstances", **order, **tags)
            return member, str(made["InstanceIdSets"]["InstanceIdSet"][0])

        with ThreadPoolExecutor(8) as pool:
            members = dict(pool.map(make, range(count)))
        self.control("clock", {"advance": "PT1M"})
        return self._recorded(name, group_id, members)

    def _network(self) -> dict[str, str]:
        vpc = self.call("CreateVpc", "Vpc", CidrBlock="10.0.0.0/8")["VpcId"]
        self.control("clock", {"advance": "PT1M"})
        place = {"VpcId": vpc, "CidrBlock": "10.0.0.0/16", "ZoneId": "cn-hangzhou-b"}
        vswitch = self.call("CreateVSwitch", "Vpc", **place)["VSwitchId"]
        group = self.call("CreateSecurityGroup", VpcId=vpc)["SecurityGroupId"]
        data = {"Category": "cloud_essd", "Size": str(DISK_GIB), "DiskName": "data"}
        return {
            "ImageId": IMAGE,
            "InstanceType": "ecs.g7.large",
            "VSwitchId": vswitch,
            "SecurityGroupId": group,
            **{f"DataDisk.1.{key}": value for key, value in data.items()},
        }

    def _recorded(self, name: str, group_id: str, members: Mapping[str, str]) -> dict[str, Any]:
        host = f"127.0.0.1:{self.port}"
        disk = {
            "category": "cloud_essd",
            "size_gib": DISK_GIB,
            "release_with_instance": True,
            "release_auto_snapshots": True,
        }
        return {
            "schema": 1,
            "project": "bench",
            "stack": "bench",
            "group": name,
            "group_id": group_id,
            "account": ACCOUNT,
            "cloud": {
                "region": "cn-hangzhou",
                "protocol": "HTTP",
                **dict.fromkeys(("ecs", "sts", "bss", "vpc"), host),
            },
            "terms": {},
            "members": dict(members),
            "disks": [{**disk, "name": "system", "kind": "system"}, {**disk, "name": "data", "kind": "data"}],
        }


@contextmanager
def open_crowd() -> Iterator[Crowd]:
    """An empty emulator, stopped in the end."""
    with tempfile.TemporaryDirectory(prefix="ecs-release-crowd-") as name:
        port = free_port()
        emulator_process.start(ROOT, port, Path(name))
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
                yield Crowd(port, http)
        finally:
            emulator_process.stop(Path(name))
