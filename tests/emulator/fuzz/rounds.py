"""Rounds of random requests against a world in this process, each answer judged."""

from __future__ import annotations

import json
import random
import re
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any
from urllib.parse import urlencode

from emulator.database import Database
from emulator.registry import ACTIONS
from emulator.server import Application
from emulator.settings import Settings
from emulator.world import World

from tests.emulator.fuzz.requests import Sent, Writer
from tests.emulator.fuzz.values import Known
from tests.emulator.fuzz.world import happening, populate
from tests.emulator.inside import Inside
from tests.emulator.issuer import Issuer

REQUESTS_A_ROUND = 1000
# Of the processor's time, so that a busy machine makes no difference.
MOST_SECONDS, SLOW_SECONDS = 3.0, 0.1
# What a refused call may write to are the logs of calls alone.
KEPT = ("resources", "tags", "timers", "addresses", "tokens", "usage", "payments", "facts")
REQUEST_ID = re.compile("[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")
LOOKS = ("Describe", "List", "Get", "Query", "Inquiry", "Lookup", "Test", "Decode")


class Fault(AssertionError):
    """An answer that must not be."""


class TooLong(BaseException):
    """Raised into a request that does not end; no handler can take it for an error of its own."""


def _stop(number: int, frame: FrameType | None) -> None:
    raise TooLong


class Watched:
    """A world whose changes are counted, committed ones only: a trigger's count is rolled back with them."""

    def __init__(self) -> None:
        self.database = Database(":memory:")
        self.application = Application(World(self.database, Settings()))
        self.cloud = Inside(self.application)
        self.database.run("CREATE TEMP TABLE changes (n INTEGER)")
        self.database.run("INSERT INTO changes VALUES (0)")
        for table in KEPT:
            for change in ("INSERT", "UPDATE", "DELETE"):
                self.database.run(
                    f"CREATE TEMP TRIGGER {table}_{change} AFTER {change} ON main.{table}"
                    " BEGIN UPDATE changes SET n = n + 1; END"
                )

    def changes(self) -> int:
        """Return how many rows of the world were changed so far."""
        return int(self.database.one("SELECT n FROM changes")[0])

    def send(self, sent: Sent) -> tuple[int, bytes, dict[str, str]]:
        """Carry a request through the application as the server does; TooLong if it does not end."""
        signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
        try:
            return _served(self.application, sent)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)


def _served(application: Application, sent: Sent) -> tuple[int, bytes, dict[str, str]]:
    headers = {"host": "127.0.0.1", **sent.headers}.items()
    scope: dict[str, Any] = {
        "type": "http",
        "method": sent.method,
        "path": "/",
        "scheme": "http",
        "client": ("127.0.0.1", 1),
        "query_string": urlencode(sent.query, errors="surrogatepass").encode(),
        "headers": [(name.encode(), value.encode("utf-8", "replace")) for name, value in headers],
    }
    told: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": sent.body}

    async def send(message: Any) -> None:
        told.append(message)

    # Nothing waits in a request that no fault delays, so no event loop is needed.
    with suppress(StopIteration):
        application(scope, receive, send).send(None)
    start, body = told
    return start["status"], body["body"], {n.decode(): v.decode() for n, v in start["headers"]}


class Fuzz:
    """Many rounds; counts what was asked and how it was answered."""

    def __init__(self) -> None:
        self.asked: Counter[tuple[str, str]] = Counter()
        self.accepted: Counter[tuple[str, str]] = Counter()
        self.refused = 0
        self.slow = 0
        self.issuer = Issuer()

    @property
    def requests(self) -> int:
        """How many requests were answered."""
        return sum(self.asked.values())

    @property
    def missing(self) -> list[str]:
        """The actions that were never accepted."""
        return sorted(f"{product} {name}" for product, name in set(ACTIONS) - set(self.accepted))

    def round(self, seed: int, requests: int = REQUESTS_A_ROUND) -> None:
        """Run one round in a new world."""
        watched, rng, known = Watched(), random.Random(seed), Known()
        populate(watched.cloud, self.issuer)
        known.look(watched.cloud.look("state"))
        writer = Writer(rng, known, self.issuer)
        writer.missing -= set(self.accepted)
        with _alarmed():
            for number in range(requests):
                if number % 50 == 49:
                    known.look(watched.cloud.look("state"))
                if number % 6 == 5:
                    self._happen(watched, *happening(rng, known))
                writer.now = watched.cloud.world.now
                sent = writer.next()
                try:
                    self._ask(watched, writer, sent)
                except Fault as fault:
                    raise Fault(f"round {seed}, request {number}: {fault}\n{str(sent)[:3000]}") from fault
        watched.database.close()

    def _happen(self, watched: Watched, name: str, body: Any) -> None:
        order = json.dumps(body).encode()
        status, reply = watched.application.control.answer("POST", f"/_emulator/{name}", {}, order)
        if status not in (200, 400):
            raise Fault(f"{name} {body}: {reply}")

    def _ask(self, watched: Watched, writer: Writer, sent: Sent) -> None:
        # What falls due now is no change of the call that comes.
        watched.application.control.answer("GET", "/_emulator/clock", {}, b"")
        before, began = watched.changes(), time.process_time()
        try:
            status, body, headers = watched.send(sent)
        except TooLong:
            raise Fault(f"no answer within {MOST_SECONDS} s of work") from None
        self.slow += time.process_time() - began > SLOW_SECONDS
        said = judged(status, body, headers)
        accepted = status == 200 and said.get("Success") is not False
        looks = sent.kind in ACTIONS and sent.kind[1].startswith(LOOKS)
        if (not accepted or looks) and watched.changes() != before:
            raise Fault(f"{status} {said.get('Code')} changed the world")
        self._count(sent.kind, accepted, writer)
        writer.known.hear(said)

    def _count(self, kind: tuple[str, str], accepted: bool, writer: Writer) -> None:
        self.asked[kind if kind in ACTIONS else ("", "")] += 1
        if not accepted:
            self.refused += 1
        elif kind in ACTIONS:
            self.accepted[kind] += 1
            writer.missing.discard(kind)


@contextmanager
def _alarmed() -> Iterator[None]:
    before = signal.signal(signal.SIGPROF, _stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGPROF, before)


def judged(status: int, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    """Return what an answer says, once it is one that may be given."""
    try:
        said = json.loads(body)
    except ValueError:
        raise Fault(f"{status}, no JSON: {body[:200]!r}") from None
    if status >= 500 or status not in range(200, 500):
        raise Fault(f"{status} {said}")
    if not isinstance(said, dict) or not REQUEST_ID.fullmatch(str(said.get("RequestId"))):
        raise Fault(f"{status}, no RequestId: {str(said)[:200]}")
    if "date" not in headers or not headers["content-type"].startswith("application/json"):
        raise Fault(f"{status}, headers {headers}")
    if status != 200 or said.get("Success") is False:
        needed = ("Code", "Message", "HostId", "Recommend") if status != 200 else ("Code", "Message")
        if not all(isinstance(said.get(name), str) for name in needed) or not said["Code"]:
            raise Fault(f"{status}, no refusal: {said}")
    return said
