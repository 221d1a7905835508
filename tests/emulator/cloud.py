"""A hand on an emulator process: start it, call it, and let time pass. Standard library and httpx only."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import httpx

from tests.emulator.judged import judge

VERSIONS = {
    "Ecs": "2014-05-26",
    "Vpc": "2016-04-28",
    "BssOpenApi": "2017-12-14",
    "Sts": "2015-04-01",
    "Ram": "2015-05-01",
    "Location": "2015-06-12",
    "ResourceManager": "2020-03-31",
    "Ims": "2019-08-15",
    "Actiontrail": "2020-07-06",
    "EventBridge": "2020-04-01",
}
REGION = "cn-hangzhou"
# The emulators that were told to answer with faults since they were last reset.
ORDERED: set[str] = set()
START_OF_TESTS = "2026-06-15T10:00:00Z"
IMAGE = "ubuntu_24_04_x64_20G_alibase_20260101.vhd"


@dataclass(frozen=True)
class Answer:
    """An API answer: the HTTP status and the JSON body."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str]

    @property
    def code(self) -> str:
        return str(self.body.get("Code", ""))

    @property
    def outcome(self) -> str:
        """One word for a table: the status and the code of a refusal."""
        return "200" if self.status == 200 else f"{self.status} {self.code}"

    @property
    def said(self) -> str:
        """The same where a refusal can come with HTTP 200, as those of money and events do."""
        return f"200 {self.code}" if self.body.get("Success") is False else self.outcome


class Server:
    """An emulator process on a free loopback port; `program` is what serves instead of the emulator."""

    def __init__(
        self,
        database: Path,
        *options: str,
        errors: IO[str] | None = None,
        program: Sequence[str] = ("-m", "emulator"),
    ) -> None:
        self.database = database
        command = [sys.executable, *program, "serve", "--port", "0", "--db", str(database), *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        assert self.process.stdout is not None
        ready = re.search(r"http://\S+", self.process.stdout.readline())
        assert ready is not None
        self.url = ready.group()

    def end(self, kill: bool = False) -> None:
        (self.process.kill if kill else self.process.terminate)()
        self.process.wait(timeout=10)
        assert self.process.stdout is not None
        self.process.stdout.close()


class Cloud:
    """Calls of one access key, and the control calls."""

    def __init__(self, url: str, key: str = "emulator") -> None:
        self.url = url
        self.key = key
        self.http = httpx.Client(base_url=url, timeout=10)

    def call(self, action: str, parameters: Mapping[str, Any] | None = None, product: str = "Ecs") -> Answer:
        query = {"Action": action, "Version": VERSIONS[product], "AccessKeyId": self.key, "Signature": "any"}
        values = {"RegionId": REGION, **(parameters or {})}
        reply = self.http.post(
            "/", params={**query, **{name: _text(value) for name, value in values.items()}}
        )
        answer = Answer(reply.status_code, reply.json(), reply.headers)
        # What a fault orders is no refusal of the action's own.
        if answer.said != "200" and self.url not in ORDERED:
            judge(product, action, answer.said)
        return answer

    def good(
        self, action: str, parameters: Mapping[str, Any] | None = None, product: str = "Ecs"
    ) -> dict[str, Any]:
        answer = self.call(action, parameters, product)
        assert answer.status == 200, answer.body
        return answer.body

    def control(self, name: str, body: Any) -> Any:
        if name == "faults":
            ORDERED.add(self.url)
        if name == "reset":
            ORDERED.discard(self.url)
        reply = self.http.post(f"/_emulator/{name}", json=body)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def look(self, name: str) -> Any:
        return self.http.get(f"/_emulator/{name}").json()

    def stand_still(self) -> None:
        """Set the clock to where all tests begin, and stop it."""
        self.control("clock", {"set": START_OF_TESTS, "rate": 0})

    def advance(self, duration: str) -> None:
        self.control("clock", {"advance": duration})

    def event(self, **event: Any) -> None:
        self.control("events", event)

    def network(self) -> dict[str, str]:
        """Make a VPC, a vSwitch and a group; return what RunInstances needs of them."""
        vpc = self.good("CreateVpc", {"CidrBlock": "10.0.0.0/16"}, "Vpc")["VpcId"]
        place = {"VpcId": vpc, "CidrBlock": "10.0.0.0/20", "ZoneId": "cn-hangzhou-b"}
        vswitch = self.good("CreateVSwitch", place, "Vpc")["VSwitchId"]
        group = self.good("CreateSecurityGroup", {"VpcId": vpc})["SecurityGroupId"]
        return {"VSwitchId": vswitch, "SecurityGroupId": group}

    def order(self, **parameters: Any) -> dict[str, Any]:
        """Return the parameters of a valid RunInstances call."""
        network = {} if "VSwitchId" in parameters else self.network()
        return {"ImageId": IMAGE, "InstanceType": "ecs.g7.large", **network, **parameters}

    def run(self, parameters: Mapping[str, Any] | None = None) -> str:
        """Create an instance and let it start."""
        ids = self.good("RunInstances", self.order(**(parameters or {})))["InstanceIdSets"]["InstanceIdSet"]
        self.advance("PT2S")
        return str(ids[0])

    def stopped(self, parameters: Mapping[str, Any] | None = None) -> str:
        """Create an instance and stop it."""
        instance = self.run(parameters)
        self.good("StopInstance", {"InstanceId": instance})
        self.advance("PT1S")
        return instance

    def instances(self, **filters: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.good("DescribeInstances", filters)["Instances"]["Instance"]
        return rows

    def instance(self, identifier: str) -> dict[str, Any]:
        (row,) = self.instances(InstanceIds=json.dumps([identifier]))
        return row

    def disks(self, **filters: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.good("DescribeDisks", filters)["Disks"]["Disk"]
        return rows


def subscription(**more: Any) -> dict[str, Any]:
    """Return what makes an order one of a month's subscription."""
    return {"InstanceChargeType": "PrePaid", "Period": 1, "PeriodUnit": "Month", **more}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
