"""An emulator process of its own, its control calls, and plain requests to set a world up."""

import json
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
READY = "ready on http://"
VERSIONS = {"Vpc": "2016-04-28", "Ecs": "2014-05-26"}


@contextmanager
def emulator(database: Path) -> Iterator[str]:
    """Its host:port while it runs."""
    command = [sys.executable, "-m", "emulator", "serve", "--port", "0", "--db", str(database)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            line = next(line for line in process.stdout if READY in line)
            yield line.partition(READY)[2].split()[0]
        finally:
            process.terminate()


class World:
    """One emulator, emptied."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.control("reset", {})
        vpc = self._api("Vpc", "CreateVpc", CidrBlock="10.8.0.0/16")["VpcId"]
        switch = {"VpcId": vpc, "CidrBlock": "10.8.1.0/24", "ZoneId": "cn-hangzhou-b"}
        self._vswitch = self._api("Vpc", "CreateVSwitch", **switch)["VSwitchId"]
        self._group = self._api("Ecs", "CreateSecurityGroup", VpcId=vpc)["SecurityGroupId"]

    def control(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(f"http://{self.address}/_emulator/{path}", data, timeout=10) as reply:
            return json.load(reply)

    def fails(self, action: str, **effect: Any) -> None:
        """The next call of an action meets this effect."""
        self.control("faults", {"match": {"action": action, "times": 1}, "effect": effect})

    def later(self, duration: str = "PT30S") -> None:
        self.control("clock", {"advance": duration})

    def run(self, amount: int = 1, group_id: str = "g-1", **parameters: Any) -> list[str]:
        """New instances that run, with a data disk each."""
        told = {
            "ImageId": "ubuntu_24_04_x64_20G_alibase_20260101.vhd",
            "InstanceType": "ecs.g7.large",
            "VSwitchId": self._vswitch,
            "SecurityGroupId": self._group,
            "Amount": amount,
            "SystemDisk.Category": "cloud_essd",
            "DataDisk.1.Category": "cloud_essd",
            "DataDisk.1.Size": 40,
            "Tag.1.Key": "ecs-release:group-id",
            "Tag.1.Value": group_id,
            **parameters,
        }
        reply = self._api("Ecs", "RunInstances", **told)
        self.later()
        ids: list[str] = reply["InstanceIdSets"]["InstanceIdSet"]
        return ids

    def _api(self, product: str, action: str, **parameters: Any) -> Any:
        signed = {"AccessKeyId": "emulator", "Signature": "any", "RegionId": "cn-hangzhou"}
        query = {"Action": action, "Version": VERSIONS[product], **signed, **parameters}
        url = f"http://{self.address}/?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(url, b"", timeout=10) as reply:
            return json.load(reply)
