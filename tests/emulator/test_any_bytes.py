"""Whatever arrives, the emulator answers, without a failure of its own; a refused call changes nothing."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from emulator.database import Database
from emulator.server import Application
from emulator.settings import Settings
from emulator.world import World
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.emulator.cloud import VERSIONS, Answer
from tests.emulator.inside import Inside
from tests.emulator.judged import judge
from tests.emulator.nasty import Call, Values, calls, orders
from tests.emulator.ram import LOOK, granted, made, trusting

REQUESTS = int(os.environ.get("EMULATOR_FUZZ_REQUESTS", "1500"))
CALLS_A_RUN = 6
LONGEST_SECONDS = 5.0
KEPT = ("resources", "tags", "timers", "addresses", "tokens")
QUIET = settings(
    max_examples=REQUESTS // CALLS_A_RUN // 2,
    deadline=None,
    database=None,
    # The same cases every day; who asks for a number of them asks for new ones.
    derandomize="EMULATOR_FUZZ_REQUESTS" not in os.environ,
    suppress_health_check=list(HealthCheck),
)


def build() -> tuple[Inside, dict[str, dict[str, str]]]:
    """Make a world with something of each kind, and the calls that need parameters which fit each other."""
    cloud = Inside(Application(World(Database(":memory:"), Settings(enforce_ram=True))))
    cloud.control("clock", {"set": "2026-06-15T10:00:00Z", "rate": 0})
    network = cloud.network()
    instance = cloud.run({**network, "DataDisk.1.Size": 20})
    (table,) = (vpc["RouterTableIds"]["RouterTableIds"][0] for vpc in cloud.look("state")["vpcs"].values())
    populate(cloud, network, instance)
    group = {"SecurityGroupId": cloud.network()["SecurityGroupId"]}
    rule = {**group, "IpProtocol": "tcp", "PortRange": "22/22"}
    tag = {"TagKey.N": "a"}
    return cloud, {
        "RunInstances": {**cloud.order(**network), "Amount": "2"},
        "AuthorizeSecurityGroup": {**rule, "SourceCidrIp": "10.0.0.0/8"},
        "AuthorizeSecurityGroupEgress": {**rule, "DestCidrIp": "10.0.0.0/8"},
        "CreateRouteEntry": {"NextHopId": instance, "RouteTableId": str(table)},
        "ModifyInstanceChargeType": {"InstanceIds": json.dumps([instance])},
        "CreateNetworkInterface": network,
        "CreateDisk": {"ZoneId": "cn-hangzhou-b", "Size": "20"},
        "ResizeDisk": {"NewSize": "50"},
        "RefundInstance": {"ProductType": ""},
        "AttachNetworkInterface": {"InstanceId": instance},
        "AssociateEipAddress": {"InstanceId": instance},
        "CreateAutoSnapshotPolicy": {"timePoints": '["1"]', "repeatWeekdays": '["1"]', "retentionDays": "-1"},
        "TagResources": {"Tag.N.Key": "a", "Tag.N.Value": "b"},
        "UntagResources": tag,
        "UnTagResources": tag,
    }


def populate(cloud: Inside, network: dict[str, str], instance: str) -> None:
    cloud.run({**network, "InstanceChargeType": "PrePaid", "Period": 1, "InternetMaxBandwidthOut": 5})
    cloud.stopped({**network, "AutoReleaseTime": "2026-06-16T10:00:00Z"})
    cloud.good("CreateDisk", {"ZoneId": "cn-hangzhou-b", "Size": 20})
    cloud.good("AllocateEipAddress", {}, "Vpc")
    cloud.good("CreateNetworkInterface", network)
    made(cloud, "CreateUser", UserName="reader")
    made(cloud, "CreateGroup", GroupName="readers")
    made(cloud, "CreateRole", RoleName="looker", AssumeRolePolicyDocument=trusting())
    granted(cloud, "User", "reader", "look", LOOK)
    cloud.good("CreateSnapshot", {"DiskId": cloud.disks(InstanceId=instance)[0]["DiskId"]})
    cloud.advance("PT1M")
    cloud.good("CreateImage", {"InstanceId": instance})
    cloud.advance("PT1M")


CALL = "Action=DescribeInstances&Version=2014-05-26&AccessKeyId=emulator&Signature=any"
CLOUD, COMPLETE = build()
VALUES = Values(CLOUD.look("state"), COMPLETE)
NAMES = sorted({name for _, name in Application(CLOUD.world).control.calls})


def kept() -> list[Any]:
    return [CLOUD.world.database.run(f"SELECT * FROM {table}").fetchall() for table in KEPT]


def shown() -> list[Any]:
    return [kept(), CLOUD.look("settings"), CLOUD.look("limits")]


@pytest.fixture(scope="module", autouse=True)
def closed() -> Iterator[None]:
    yield
    CLOUD.world.database.close()


def send(product: str, action: str, parameters: dict[str, str], key: str = "emulator") -> Answer:
    """Send a form, in which a lone surrogate becomes bytes that are not UTF-8."""
    query = {"Action": action, "Version": VERSIONS[product], "AccessKeyId": key, "Signature": "any"}
    form = urlencode(parameters, errors="surrogatepass")
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = CLOUD.http.post("/", params=query, content=form, headers=kind)
    return Answer(reply.status_code, reply.json(), reply.headers)


def ask(product: str, action: str, parameters: dict[str, str], key: str) -> None:
    before, began = kept(), time.perf_counter()
    answer = send(product, action, parameters, key)
    assert time.perf_counter() - began < LONGEST_SECONDS
    assert answer.status < 500, (answer.body, parameters)
    assert answer.body["RequestId"]
    if answer.said != "200":
        judge(product, action, answer.said)
    if answer.status != 200 or answer.body.get("Success") is False:
        assert kept() == before, (answer.body, parameters)


@contextmanager
def unchanged() -> Iterator[None]:
    """Take back all that was done, so that the next run begins with the same world."""
    connection = CLOUD.world.database.connection
    connection.execute("SAVEPOINT run")
    try:
        yield
    finally:
        connection.execute("ROLLBACK TO run")
        connection.execute("RELEASE run")
        CLOUD.world.restore()
        CLOUD.http.delete("/_emulator/faults")


@QUIET
@given(
    some.lists(calls(VALUES), min_size=CALLS_A_RUN, max_size=CALLS_A_RUN),
    some.sampled_from(["PT1S", "PT1H", "P1D", "P40D"]),
    # Of the account, and of a user whose rights other calls may have changed.
    some.sampled_from(["emulator", "emulator", "emulator-a-reader"]),
)
def test_any_parameters(wanted: list[Call], while_passes: str, key: str) -> None:
    with unchanged():
        for product, action, parameters in wanted:
            ask(product, action, parameters, key)
            # What was accepted must also be able to happen.
            CLOUD.advance(while_passes)
        assert len(CLOUD.look("requests")) >= CALLS_A_RUN
        CLOUD.look("state")


CONTROL = some.tuples(
    some.sampled_from(NAMES), some.sampled_from(["POST", "POST", "POST", "GET"]), orders(VALUES)
)


@QUIET
@given(some.lists(CONTROL, min_size=CALLS_A_RUN, max_size=CALLS_A_RUN))
def test_any_control_call(wanted: list[tuple[str, str, Any]]) -> None:
    with unchanged():
        for name, method, body in wanted:
            before = shown()
            reply = CLOUD.http.request(method, f"/_emulator/{name}", content=json.dumps(body))
            assert reply.status_code in (200, 400, 405), reply.text
            assert reply.status_code == 200 or shown() == before, body
            # What was accepted must be one that calls can be answered by.
            with suppress(httpx.ReadError):
                CLOUD.http.post(f"/?{CALL}")
