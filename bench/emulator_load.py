"""What the emulator's own work costs beside its protocol stack: `python -m bench.emulator_load`.

A world of many instances and disks is asked over HTTP. Rounds of a constant answer, of DescribeInstances for
one id and for many follow each other in one run, so that a busy machine disturbs all alike.
"""

from __future__ import annotations

import argparse
import json
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from emulator.certificates import LOOPBACK, Authority, beside
from emulator.database import Database
from emulator.server import Application, serve
from emulator.settings import Settings
from emulator.world import World
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

PLACE = {"RegionId": "cn-hangzhou"}
VERSIONS = {"Ecs": "2014-05-26", "Vpc": "2016-04-28"}
# As many as are needed to keep the server busy while this process reads an answer.
CONNECTIONS = 8
SMALLEST_SHARE, LARGEST_FACTOR = 0.25, 10.0
Rates = dict[str, list[float]]


class Measured(Application):
    """The emulator with one more path, whose answer costs nothing but the protocol stack."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope.get("path") == "/constant":
            await Response(b'{"status": "ok"}', media_type="application/json")(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def main() -> int:
    """Measure and print both ratios; 1 when one is out of bounds."""
    parser = argparse.ArgumentParser(prog="python -m bench.emulator_load", description=__doc__)
    parser.add_argument("--instances", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.5, help="how long a round lasts")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        measured = Measured(World(Database(str(chosen.serve)), Settings()))
        serve(measured, "127.0.0.1", 0, lambda: Authority(beside(chosen.serve)).context(LOOPBACK))
        return 0
    with _serving() as url:
        ids = _populate(url, chosen.instances)
        return _judge(_measure(url, ids, chosen.rounds, chosen.seconds))


def _judge(rates: Rates) -> int:
    for name, found in rates.items():
        print(f"{name:28}{statistics.median(found):>10.0f} calls a second")
    # Each ratio is of neighbouring rounds; their median forgives a round that was disturbed.
    one, many = rates["DescribeInstances, 1 id"], rates["DescribeInstances, 100 ids"]
    share = statistics.median(a / b for a, b in zip(one, rates["a constant answer"], strict=True))
    factor = statistics.median(a / b for a, b in zip(one, many, strict=True))
    print(f"one id reaches {share:.2f} of a constant answer's rate, at least {SMALLEST_SHARE} is wanted")
    print(f"100 ids cost {factor:.1f} times one id, at most {LARGEST_FACTOR:.0f} is wanted")
    return int(share < SMALLEST_SHARE or factor > LARGEST_FACTOR)


@contextmanager
def _serving() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "--serve", str(Path(folder) / "world.db")]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        try:
            ready = re.search(r"http://\S+", process.stdout.readline())
            assert ready is not None, "the emulator did not start"
            yield ready.group()
        finally:
            process.terminate()
            process.wait()
            process.stdout.close()


def _populate(url: str, count: int) -> list[str]:
    """Make instances of four disks each; return their ids."""
    vpc = _call(url, "CreateVpc", "Vpc", CidrBlock="10.0.0.0/8")["VpcId"]
    place = {"VpcId": vpc, "CidrBlock": "10.0.0.0/16", "ZoneId": "cn-hangzhou-b"}
    vswitch = _call(url, "CreateVSwitch", "Vpc", **place)["VSwitchId"]
    group = _call(url, "CreateSecurityGroup", VpcId=vpc)["SecurityGroupId"]
    order = {"ImageId": "ubuntu_24_04_x64_20G_alibase_20260101.vhd", "InstanceType": "ecs.g7.large"}
    order |= {"VSwitchId": vswitch, "SecurityGroupId": group}
    order |= {f"DataDisk.{number}.Size": "20" for number in (1, 2, 3)}
    ids: list[str] = []
    while len(ids) < count:
        amount = str(min(100, count - len(ids)))
        ids += _call(url, "RunInstances", **order, Amount=amount)["InstanceIdSets"]["InstanceIdSet"]
    _control(url, "clock", {"advance": "PT1M"})
    return ids


def _measure(url: str, ids: list[str], rounds: int, seconds: float) -> Rates:
    calls = {
        "a constant answer": ["GET /constant"],
        "DescribeInstances, 1 id": [_look([one]) for one in ids],
        "DescribeInstances, 100 ids": [_look(ids[at : at + 100]) for at in range(0, len(ids), 100)],
    }
    rates: Rates = {name: [] for name in calls}
    # The first round only warms up, and is not counted.
    for turn in range(rounds + 1):
        for name, lines in calls.items():
            rate = _rate(url, lines, seconds)
            rates[name] += [rate] if turn else []
    return rates


def _rate(url: str, lines: list[str], seconds: float) -> float:
    address = urlsplit(url)
    requests = [f"{line} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".encode() for line in lines]
    sockets = [socket.create_connection((address.hostname, address.port)) for _ in range(CONNECTIONS)]
    done, began = 0, time.perf_counter()
    for number, each in enumerate(sockets):
        each.sendall(requests[number % len(requests)])
    while time.perf_counter() - began < seconds:
        # Each connection asks again as soon as it was answered, so the server never waits for us.
        for each in sockets:
            _receive(each)
            done += 1
            each.sendall(requests[done % len(requests)])
    rate = done / (time.perf_counter() - began)
    for each in sockets:
        with closing(each):
            _receive(each)
    return rate


def _receive(connection: socket.socket) -> None:
    """Read one answer to its end."""
    data = connection.recv(65536)
    while (end := data.find(b"\r\n\r\n")) < 0:
        data += connection.recv(65536)
    assert data.startswith(b"HTTP/1.1 200"), data[:500]
    found = re.search(rb"content-length: (\d+)", data[:end])
    assert found is not None
    left = end + 4 + int(found.group(1)) - len(data)
    while left > 0:
        left -= len(connection.recv(262144))


def _look(ids: list[str]) -> str:
    return f"POST /?{_query('DescribeInstances', 'Ecs', PageSize='100', InstanceIds=json.dumps(ids))}"


def _query(action: str, product: str, **parameters: str) -> str:
    signed = {"Action": action, "Version": VERSIONS[product], "AccessKeyId": "emulator", "Signature": "any"}
    return urlencode({**signed, **PLACE, **parameters})


def _call(url: str, action: str, product: str = "Ecs", **parameters: str) -> Any:
    with urlopen(Request(f"{url}/?{_query(action, product, **parameters)}", method="POST")) as reply:
        return json.load(reply)


def _control(url: str, name: str, body: object) -> None:
    urlopen(Request(f"{url}/_emulator/{name}", json.dumps(body).encode())).close()


if __name__ == "__main__":
    sys.exit(main())
