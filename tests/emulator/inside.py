"""A world in this process, asked without a network, whose wall clock for waiting clients stands still."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from emulator.database import Database
from emulator.server import Application
from emulator.settings import Settings
from emulator.world import World

from emulator import wire
from tests.emulator.cloud import REGION, VERSIONS, Answer, Cloud


class Direct(httpx.BaseTransport):
    """Carries a request to the application as the server would."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path, body = request.url.path, request.read()
        if path.startswith("/_emulator/"):
            query = dict(request.url.params)
            status, reply = self.application.control.answer(request.method, path, query, body)
            return httpx.Response(status, json=reply)
        parsed = wire.parse(dict(request.headers), request.url.query, body)
        answer = self.application.gateway.answer(parsed)
        if answer.cut:
            raise httpx.ReadError("the connection was cut")
        return httpx.Response(answer.status, content=answer.body, headers=answer.headers)


class Inside(Cloud):
    """Calls of one key, and the seconds that its client waits."""

    def __init__(self, application: Application, key: str = "emulator") -> None:
        # Each world has a name of its own, by which it is known whether faults were ordered in it.
        super().__init__(f"http://inside-{id(application.world)}", key)
        self.http = httpx.Client(base_url=self.url, transport=Direct(application))
        self.world = application.world
        self.moment = 0.0
        self.world.memory.clock = lambda: self.moment

    def wait(self, seconds: float) -> None:
        self.moment += seconds

    def signed(self, nonce: str, action: str, **parameters: str) -> int:
        """Send a call with a signature nonce; return the status."""
        protocol = {"Version": "2014-05-26", "AccessKeyId": self.key, "Signature": "any"}
        query = {**protocol, "Action": action, "SignatureNonce": nonce, **parameters}
        return self.http.post(f"/?{urlencode(query)}").status_code

    def found(self) -> list[str]:
        """Return the kinds of violations."""
        return [row["kind"] for row in self.look("violations")]


class Near(Inside):
    """The same without an HTTP client, for those who ask very often."""

    def __init__(self, application: Application) -> None:
        super().__init__(application)
        self.application = application

    def call(self, action: str, parameters: Mapping[str, Any] | None = None, product: str = "Ecs") -> Answer:
        query = {"Action": action, "Version": VERSIONS[product], "AccessKeyId": self.key, "Signature": "any"}
        given = {"RegionId": REGION, **(parameters or {})}
        request = wire.parse({"host": "inside"}, urlencode({**query, **given}).encode(), b"")
        answer = self.application.gateway.answer(request)
        return Answer(answer.status, json.loads(answer.body), answer.headers)

    def control(self, name: str, body: Any) -> Any:
        order = json.dumps(body).encode()
        status, reply = self.application.control.answer("POST", f"/_emulator/{name}", {}, order)
        assert status == 200, reply
        return reply


@contextmanager
def opened(path: Path | str = ":memory:") -> Iterator[Inside]:
    """Open a world with a clock that stands still."""
    database = Database(str(path))
    cloud = Inside(Application(World(database, Settings())))
    cloud.stand_still()
    yield cloud
    database.close()


@contextmanager
def taken_back(inside: Inside) -> Iterator[None]:
    """What happens to the world meanwhile is undone."""
    inside.world.database.run("SAVEPOINT one")
    yield
    inside.world.database.run("ROLLBACK TO one")
    inside.world.database.run("RELEASE one")


def listed(*ids: str) -> str:
    return json.dumps(ids)
