"""Carries events to targets on this machine, beside the calls: a call never waits for a listener.

Imports world; the server starts it.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import ssl
from urllib.parse import urlsplit

from emulator.events.retries import STRATEGIES
from emulator.records import DELIVERED, GIVEN_UP, WAITING, Delivery
from emulator.world import World

# How soon what falls due by the clock alone is noticed.
_LOOK_SECONDS, _ANSWER_SECONDS = 0.25, 5.0
_MOST_AT_ONCE = 32
_HEADERS = {"Content-Type": "application/json;charset=utf-8", "User-Agent": "Aliyun-EventBridge"}


class Courier:
    """One loop that starts what is due, each delivery as a task of its own."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._wake = asyncio.Event()
        self._under_way: dict[int, asyncio.Task[None]] = {}

    def wake(self) -> None:
        """Look now: something may have been put down."""
        self._wake.set()

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), _LOOK_SECONDS)
            self._wake.clear()
            self._start()

    def _start(self) -> None:
        for delivery in self._world.deliveries.due(self._world.clock.now()):
            room = len(self._under_way) < _MOST_AT_ONCE
            if room and delivery.number not in self._under_way:
                task = asyncio.get_running_loop().create_task(self._deliver(delivery))
                self._under_way[delivery.number] = task

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            arrived = await asyncio.to_thread(_post, delivery.entry["endpoint"], delivery.entry["body"])
            self._settle(delivery, arrived)
        finally:
            del self._under_way[delivery.number]
            self._wake.set()

    def _settle(self, delivery: Delivery, arrived: bool) -> None:
        pause = None if arrived else STRATEGIES[delivery.entry["strategy"]](delivery.attempts + 1)
        # By the emulator's clock, so that a test need not wait for what it can let pass.
        due = None if pause is None else self._world.clock.now() + pause
        outcome = DELIVERED if arrived else GIVEN_UP if due is None else WAITING
        with self._world.database.transaction("delivery"):
            self._world.deliveries.settle(delivery, due, outcome)


def _post(url: str, body: str) -> bool:
    """Send one event; tell whether it was taken, which is any status from 200 to 299."""
    parts = urlsplit(url)
    address = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    connection = _connection(parts.scheme, parts.hostname or "", parts.port)
    try:
        # A target that points elsewhere is not followed: what answers here has been asked, nobody else.
        connection.request("POST", address, body.encode("utf-8", "backslashreplace"), _HEADERS)
        return 200 <= connection.getresponse().status < 300
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=_ANSWER_SECONDS)
    # A listener on this machine has a certificate of its own making.
    unchecked = ssl._create_unverified_context()
    return http.client.HTTPSConnection(host, port, timeout=_ANSWER_SECONDS, context=unchecked)
