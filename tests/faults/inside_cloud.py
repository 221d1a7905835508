"""The emulator in this process behind the SDK: requests go through the SDK's own code, but no network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from alibabacloud_credentials.client import Client as Credentials
from alibabacloud_credentials.models import Config
from darabonba.core import DaraCore, DaraResponse
from emulator.database import Database
from emulator.server import Application
from emulator.settings import Settings
from emulator.world import World

from ecs_release.gateway import clients
from emulator import wire
from tests.emulator.inside import Direct
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
        headers = {name.lower(): value for name, value in request.headers.items()}
        action = headers["x-acs-action"]
        answer = self._application.gateway.answer(wire.parse(headers, urlencode(query).encode(), b""))
        self.replies.append((action, answer.status, answer.body))
        if action.startswith(CHANGING) and "DryRun" not in query:
            self.changes.append((action, _told(query)))
        made = DaraResponse()
        made.status_code, made.status_message = answer.status, ""
        made.headers = {name.lower(): value for name, value in answer.headers.items()}
        made.body = self._spoil(len(self.replies), action, answer.body)
        return made


def _told(query: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    protocol = ("Signature", "Timestamp", "ClientToken", "AccessKey", "Format", "Version", "Action")
    return frozenset((key, value) for key, value in query.items() if not key.startswith(protocol))


def untouched(number: int, action: str, body: bytes) -> bytes:
    """Leaves a reply as it is."""
    return body


@contextmanager
def exchanging(shop: InsideShop, spoil: Spoil = untouched) -> Iterator[Exchange]:
    """Every client sends to the shop's application."""
    pair = {"access_key_id": "emulator", "access_key_secret": "emulator"}
    credentials = Credentials(Config(type="access_key", **pair))
    exchange = Exchange(shop.application, spoil)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(clients, "_default_credentials", lambda *_: credentials)
        patched.setattr(DaraCore, "do_action", staticmethod(exchange))
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
