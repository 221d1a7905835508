"""What a call costs in a large world, in counted work: statements, steps of SQLite, calls of functions."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from emulator.database import Database
from emulator.server import Application, configured
from emulator.settings import Settings
from emulator.world import World
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from tests.emulator.inside import Inside, listed

INSTANCES = 1000
DISKS = {f"DataDisk.{number}.Size": 20 for number in (1, 2, 3)}


class Beside(Application):
    """The emulator with one more path, whose answer costs nothing but the protocol stack."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        constant = Response(b'{"status": "ok"}', media_type="application/json")
        await (
            constant(scope, receive, send)
            if scope["path"] == "/constant"
            else super().__call__(scope, receive, send)
        )


class World1000:
    """A world of a thousand instances with four disks each."""

    def __init__(self) -> None:
        self.application = Beside(World(Database(":memory:"), Settings()))
        self.cloud = Inside(self.application)
        self.cloud.control("clock", {"set": "2026-06-15T10:00:00Z", "rate": 0})
        order = {**self.cloud.order(), **DISKS, "Amount": 100}
        replies = [self.cloud.good("RunInstances", order) for _ in range(INSTANCES // 100)]
        self.ids: list[str] = [one for reply in replies for one in reply["InstanceIdSets"]["InstanceIdSet"]]
        self.cloud.advance("PT1M")

    def look(self, *ids: str) -> list[dict[str, Any]]:
        """Look some instances up, as a client that waits before it looks again."""
        self.cloud.wait(1)
        return self.cloud.instances(InstanceIds=listed(*ids), PageSize=100)


@pytest.fixture(scope="module")
def large() -> Iterator[World1000]:
    made = World1000()
    yield made
    made.application.world.database.close()


def calls_of(act: Callable[[], object]) -> int:
    """Count the calls of functions, in Python and in C, that something takes."""
    found = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal found
        found += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(None)
    return found


def steps_of(database: Database, act: Callable[[], object]) -> int:
    """Count the steps of SQLite's machine that something takes."""
    found = 0

    def count() -> int:
        nonlocal found
        found += 1
        return 0

    database.connection.set_progress_handler(count, 1)
    try:
        act()
    finally:
        database.connection.set_progress_handler(None, 0)
    return found


def test_the_world_is_large(large: World1000) -> None:
    state = large.cloud.look("state")
    assert (len(state["instances"]), len(state["disks"])) == (INSTANCES, 4 * INSTANCES)


def test_a_look_takes_few_statements(large: World1000) -> None:
    seen: list[str] = []
    large.application.world.database.connection.set_trace_callback(seen.append)
    large.look(large.ids[0])
    large.application.world.database.connection.set_trace_callback(None)
    assert [statement.split(" ")[0] for statement in seen] == [
        "SAVEPOINT", "SELECT", "SAVEPOINT", "SELECT", "RELEASE", "INSERT", "RELEASE",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["instances", "disks"])
def test_a_look_by_id_walks_over_nothing_else(large: World1000, kind: str) -> None:
    """The steps must follow the ids that are named, not the size of the world: a scan takes thousands."""
    action, name = {"instances": ("DescribeInstances", "InstanceIds"), "disks": ("DescribeDisks", "DiskIds")}[
        kind
    ]
    ids, database = list(large.cloud.look("state")[kind]), large.application.world.database

    def look(count: int) -> int:
        return steps_of(database, lambda: large.cloud.good(action, {name: listed(*ids[:count])}))

    one, ten = look(1), look(10)
    assert one < 300
    assert ten < 5 * one


def test_the_pulse_of_a_large_world_is_as_quick_as_that_of_an_empty_one(large: World1000) -> None:
    """The page asks for it once a second, so it must not walk over what there is."""
    assert steps_of(large.application.world.database, lambda: large.cloud.look("pulse")) < 100


def test_an_overview_reads_nothing_twice(large: World1000, monkeypatch: pytest.MonkeyPatch) -> None:
    first = large.cloud.look("overview")
    monkeypatch.setattr("emulator.resources.Resource.model_validate_json", None)
    assert large.cloud.look("overview") == first


def test_what_was_read_once_is_not_parsed_again(large: World1000, monkeypatch: pytest.MonkeyPatch) -> None:
    first = large.look(*large.ids[100:200])
    monkeypatch.setattr("emulator.resources.Instance.model_validate_json", None)
    monkeypatch.setattr("emulator.resources.Instance.view", None)
    assert large.look(*large.ids[100:200]) == first
    assert large.look(large.ids[150]) == [first[50]]


def test_what_was_changed_is_read_anew(large: World1000) -> None:
    instance = large.ids[200]
    for name in ("a", "b", "a"):
        large.cloud.good("ModifyInstanceAttribute", {"InstanceId": instance, "InstanceName": f"web-{name}"})
        assert [row["InstanceName"] for row in large.look(instance)] == [f"web-{name}"]


def test_a_refused_change_is_not_seen(large: World1000) -> None:
    instance = large.ids[201]
    before = large.look(instance)
    order = {"InstanceId": instance, "InstanceName": "other-name", "SecurityGroupIds.1": "sg-0"}
    assert large.cloud.call("ModifyInstanceAttribute", order).status >= 400
    assert large.look(instance) == before


class Wire(asyncio.Transport):
    """A connection's other end, which keeps what was answered."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 2)})
        self.answer = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.answer += data

    def close(self) -> None:
        pass

    def is_closing(self) -> bool:
        return False


class Stack:
    """The server's protocol stack without its sockets, beside which a constant answer is served."""

    def __init__(self, application: Application) -> None:
        self.loop = asyncio.new_event_loop()
        config = configured(application, "127.0.0.1", 0)
        config.load()
        self.wire = Wire()
        self.protocol = application.connections.protocol()(config, ServerState(), {}, self.loop)
        self.protocol.connection_made(self.wire)

    def ask(self, line: str) -> None:
        self.wire.answer = b""
        self.loop.call_soon(
            self.protocol.data_received, f"{line} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".encode()
        )
        for _ in range(10):
            self.loop.call_soon(self.loop.stop)
            self.loop.run_forever()
        assert self.wire.answer.startswith(b"HTTP/1.1 200")


def line(*ids: str) -> str:
    signed = "Action=DescribeInstances&Version=2014-05-26&AccessKeyId=emulator&Signature=any"
    return f"POST /?{signed}&RegionId=cn-hangzhou&PageSize=100&InstanceIds={quote(listed(*ids))}"


@pytest.fixture
def work(large: World1000) -> Iterator[Callable[..., int]]:
    stack = Stack(large.application)

    def counted(asked: str) -> int:
        # The first of its kind fills what is kept for the next.
        stack.ask(asked)
        large.cloud.wait(1)
        return calls_of(lambda: stack.ask(asked))

    yield counted
    stack.protocol.connection_lost(None)
    stack.loop.close()


def test_one_id_costs_at_most_four_constant_answers(large: World1000, work: Callable[..., int]) -> None:
    assert work(line(large.ids[300])) <= 4 * work("GET /constant")


def test_a_hundred_ids_cost_at_most_ten_times_one(large: World1000, work: Callable[..., int]) -> None:
    assert work(line(*large.ids[300:400])) <= 10 * work(line(large.ids[300]))
