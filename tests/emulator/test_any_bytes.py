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
from emulator.server import Application
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.emulator.cloud import VERSIONS, Answer
from tests.emulator.judged import judge
from tests.emulator.nasty import Call, Values, calls, orders
from tests.emulator.populated import build

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
