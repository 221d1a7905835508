"""HTTP in front of the gateway: one port, one process, requests handled in turn on the event loop.

Handlers never wait, so none can overlap another; only a delayed reply sleeps, after its request was applied.
Imports gateway and control; only the command line imports it.
"""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any

import uvicorn
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from emulator import page, times, wire
from emulator.control import Control
from emulator.doorman import Doorman, Secure
from emulator.events.courier import Courier
from emulator.faults import Faults
from emulator.gateway import Answer, Gateway
from emulator.visitors import Visitors
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
    """The ASGI application: `/` is the cloud, or the page for a browser, `/_emulator/` the tester's hand."""

    def __init__(self, world: World, names: tuple[str, ...] = ()) -> None:
        self.world = world
        self.visitors = Visitors(names)
        self.connections = Connections()
        faults = Faults()
        self.gateway = Gateway(world, faults)
        self.control = Control(world, faults)
        self.courier = Courier(world)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        body = await _body(receive)
        if body is None:
            return
        response = await self._respond(scope, body)
        if response is not None:
            await response(scope, receive, send)

    async def _respond(self, scope: Scope, body: bytes) -> Response | None:
        path = scope["path"]
        # Of a header that is there twice, the first counts.
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"][::-1]}
        if path.startswith("/_emulator/") or page.is_wanted(scope, headers):
            return self._beside(scope, headers, body)
        if path != "/":
            return JSONResponse(
                {"error": "the cloud is at / and the control calls are under /_emulator/"}, 404
            )
        request = wire.parse(headers, scope["query_string"], body)
        request.source_ip = scope["client"][0] if scope["client"] else ""
        request.secure, request.method = scope["scheme"] == "https", scope["method"]
        answer = self.gateway.answer(request)
        self.courier.wake()
        return await self._sent(scope["client"], answer)

    def _beside(self, scope: Scope, headers: dict[str, str], body: bytes) -> Response:
        # What is none of the cloud's: the page, its files, and the control calls.
        path, method = scope["path"], scope["method"]
        shown = page.file_of(path) if method == "GET" else None
        refused = self.visitors.refusal(headers, reads=shown is None)
        if refused:
            return JSONResponse({"error": refused}, 403)
        if shown is not None:
            return Response(shown.content, headers=page.HEADERS, media_type=shown.media_type)
        status, reply = self.control.answer(method, path, wire.pairs(scope["query_string"]), body)
        self.courier.wake()
        told = {"date": times.to_http_date(self.world.clock.now()), **page.APART}
        # In ASCII: a text that was sent half a character is repeated in the refusal.
        return Response(json.dumps(reply), status, told, "application/json")

    async def _sent(self, client: tuple[str, int] | None, answer: Answer) -> Response | None:
        if answer.delay_ms:
            await asyncio.sleep(answer.delay_ms / 1000)
        if answer.cut and client is not None:
            await self.connections.cut(client)
            return None
        # These have no body in HTTP, whatever a fault ordered.
        body = b"" if answer.status in (204, 304) else answer.body
        return Response(body, answer.status, answer.headers, media_type="application/json")


async def _body(receive: Receive) -> bytes | None:
    """Read a request to its end; None if the client left before it."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


class AnnouncedServer(uvicorn.Server):
    """A server behind one port for HTTP and TLS, which says in one line when it is ready."""

    def __init__(self, config: uvicorn.Config, secure: Secure, courier: Courier) -> None:
        super().__init__(config)
        self._secure, self._courier = secure, courier
        self._delivering: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Bind, then print the address."""
        listener = self.config.bind_socket()
        listener.listen(self.config.backlog)
        listener.setblocking(False)
        self.servers = [Doorman(listener, self._protocol, self._secure)]  # type: ignore[list-item]
        self._delivering = asyncio.get_running_loop().create_task(self._courier.run())
        self.started = True
        host, port = listener.getsockname()[:2]
        print(f"ecs-emulator ready on http://{host}:{port}", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop delivering, then what uvicorn does; what was on its way goes out with the next process."""
        if self._delivering is not None:
            self._delivering.cancel()
        await super().shutdown(sockets)

    def _protocol(self) -> asyncio.Protocol:
        kind: Any = self.config.http_protocol_class
        made: asyncio.Protocol = kind(config=self.config, server_state=self.server_state, app_state={})
        return made


def serve(application: Application, host: str, port: int, secure: Secure) -> None:
    """Serve until a signal ends the process; `secure` makes the TLS when the first client wants it."""
    AnnouncedServer(configured(application, host, port), secure, application.courier).run()


def configured(application: Application, host: str, port: int) -> uvicorn.Config:
    """Return how an application is served."""
    return uvicorn.Config(
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
