"""HTTP in front of the gateway: one port, one process, requests handled in turn on the event loop.

Handlers never wait, so none can overlap another; only a delayed reply sleeps, after its request was applied.
Imports gateway and control; only the command line imports it.
"""

from __future__ import annotations

import asyncio
from typing import Any

import uvicorn
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from emulator import times, wire
from emulator.control import Control
from emulator.faults import Faults
from emulator.gateway import Answer, Gateway
from emulator.world import World


class Connections:
    """The open connections by the client's address, so that one can be cut without an answer."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], asyncio.Transport] = {}

    def protocol(self) -> type[H11Protocol]:
        """Return a uvicorn protocol that registers its connections here."""
        connections = self._open

        class Registered(H11Protocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                super().connection_made(transport)
                if self.client is not None:
                    connections[self.client] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                if self.client is not None:
                    connections.pop(self.client, None)
                super().connection_lost(exc)

        return Registered

    async def cut(self, client: tuple[str, int]) -> None:
        """Abort a connection and let the loop notice."""
        transport = self._open.get(client)
        if transport is not None:
            transport.abort()
        await asyncio.sleep(0)


class Application:
    """The ASGI application: `/` is the cloud, `/_emulator/` the tester's hand."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.connections = Connections()
        faults = Faults()
        self.gateway = Gateway(world, faults)
        self.control = Control(world, faults)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        try:
            body = await request.body()
        except ClientDisconnect:
            return
        response = await self._respond(request, body)
        if response is not None:
            await response(scope, receive, send)

    async def _respond(self, request: Request, body: bytes) -> Response | None:
        path = request.url.path
        if path.startswith("/_emulator/"):
            status, reply = self.control.answer(request.method, path, dict(request.query_params), body)
            headers = {"date": times.to_http_date(self.world.clock.now())}
            return JSONResponse(reply, status_code=status, headers=headers)
        if path != "/":
            return JSONResponse(
                {"error": "the cloud is at / and the control calls are under /_emulator/"}, 404
            )
        query = bytes(request.scope["query_string"])
        answer = self.gateway.answer(wire.parse(dict(request.headers), query, body))
        return await self._sent(request, answer)

    async def _sent(self, request: Request, answer: Answer) -> Response | None:
        if answer.delay_ms:
            await asyncio.sleep(answer.delay_ms / 1000)
        if answer.cut and request.client is not None:
            await self.connections.cut((request.client.host, request.client.port))
            return None
        return Response(answer.body, answer.status, answer.headers, media_type="application/json")


class AnnouncedServer(uvicorn.Server):
    """A server that says in one line when it is ready."""

    async def startup(self, sockets: list[Any] | None = None) -> None:
        """Bind, then print the address."""
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            print(f"ecs-emulator ready on http://{host}:{port}", flush=True)


def serve(world: World, host: str, port: int) -> None:
    """Serve until a signal ends the process."""
    application = Application(world)
    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        http=application.connections.protocol(),
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        # The Date header follows the emulator's clock, not the wall's.
        date_header=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=75,
        # User data travels in the query string of some clients.
        h11_max_incomplete_event_size=1_048_576,
    )
    AnnouncedServer(config).run()
