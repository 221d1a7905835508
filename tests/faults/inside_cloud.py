"""The emulator in this process behind the SDK: requests go through the SDK's own code, but no network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from emulator.database import Database
from emulator.server import Application
from emulator.settings import Settings
from emulator.world import World

from tests.emulator.inside import Direct
from tests.faults.behind_the_sdk import carried_by, parsed, response
from tests.properties.shop import Shop

URL = "http://127.0.0.1:1"
CHANGING = ("Delete", "Modify", "Stop", "Create", "Convert", "Refund", "Tag", "Untag", "Release")
Spoil = Callable[[int, str, bytes], bytes]


class InsideShop(Shop):
    """A shop without a server."""

    def __init__(self, application: Application) -> None:
        super().__init__(URL)
        self.http.close()
        self.http = httpx.Client(base_url=self.url, transport=Direct(application))
        self.application = application


class Exchange:
    """What went over the wire: the replies as they were, and the calls that change something."""

    def __init__(self, application: Application, spoil: Spoil) -> None:
        self._application, self._spoil = application, spoil
        self.replies: list[tuple[str, int, bytes]] = []
        self.changes: list[tuple[str, frozenset[tuple[str, str]]]] = []

    def __call__(self, request: Any, runtime: Any = None) -> Any:
        """Answers as `do_action` of the SDK's core does."""
        query: Mapping[str, str] = request.query
        asked = parsed(request)
        action = asked.headers["x-acs-action"]
        answer = self._application.gateway.answer(asked)
        self.replies.append((action, answer.status, answer.body))
        if action.startswith(CHANGING) and "DryRun" not in query:
            self.changes.append((action, _told(query)))
        body = self._spoil(len(self.replies), action, answer.body)
        return response(answer.status, answer.headers, body)


def _told(query: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    protocol = ("Signature", "Timestamp", "ClientToken", "AccessKey", "Format", "Version", "Action")
    return frozenset((key, value) for key, value in query.items() if not key.startswith(protocol))


def untouched(number: int, action: str, body: bytes) -> bytes:
    """Leaves a reply as it is."""
    return body


@contextmanager
def exchanging(shop: InsideShop, spoil: Spoil = untouched) -> Iterator[Exchange]:
    """Every client sends to the shop's application."""
    exchange = Exchange(shop.application, spoil)
    with carried_by(exchange, "emulator"):
        yield exchange


@contextmanager
def opened(path: Path | str = ":memory:") -> Iterator[InsideShop]:
    """An empty shop with a clock that only the runner's sleeping moves."""
    database = Database(str(path))
    shop = InsideShop(Application(World(database, Settings())))
    shop.empty()
    yield shop
    shop.http.close()
    database.close()
