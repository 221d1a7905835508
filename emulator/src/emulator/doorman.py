"""One port for HTTP and TLS: the first byte of a connection tells which it is.

Imports nothing of the package; the server stands behind it.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable

# What a TLS client says first.
HANDSHAKE = b"\x16"
_FIRST_BYTE_SECONDS, _HANDSHAKE_SECONDS = 75.0, 10.0
Secure = Callable[[], ssl.SSLContext]


class Doorman:
    """Accepts connections and hands each to the protocol, in the clear or through TLS."""

    def __init__(
        self, listener: socket.socket, protocol: Callable[[], asyncio.Protocol], secure: Secure
    ) -> None:
        self.sockets = [listener]
        self._protocol, self._secure = protocol, secure
        self._context: ssl.SSLContext | None = None
        self._admitting: set[asyncio.Task[None]] = set()
        self._accepting = asyncio.get_running_loop().create_task(self._accept())

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(self.sockets[0])
            except OSError:
                # Too many open files, or the client left already: the next one may fare better.
                await asyncio.sleep(0.05)
                continue
            # A task each, so that one that never says its first byte holds up nobody.
            task = loop.create_task(self._admit(connection))
            self._admitting.add(task)
            task.add_done_callback(self._admitting.discard)

    async def _admit(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        # Head and body of a reply are two writes, and the second would wait 40 ms for an acknowledgement.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            async with asyncio.timeout(_FIRST_BYTE_SECONDS):
                first = await _peek(connection)
            await self._hand_over(connection, first)
        except (OSError, ssl.SSLError, TimeoutError):
            connection.close()

    async def _hand_over(self, connection: socket.socket, first: bytes) -> None:
        loop = asyncio.get_running_loop()
        if first != HANDSHAKE:
            await loop.connect_accepted_socket(self._protocol, connection)
            return
        # Made when it is first needed: most runs never speak TLS.
        self._context = self._context or self._secure()
        await loop.connect_accepted_socket(
            self._protocol, connection, ssl=self._context, ssl_handshake_timeout=_HANDSHAKE_SECONDS
        )

    def close(self) -> None:
        """Accept no more."""
        self._accepting.cancel()
        for task in self._admitting:
            task.cancel()
        self.sockets[0].close()

    async def wait_closed(self) -> None:
        """Wait until nothing is being admitted any more."""
        with contextlib.suppress(asyncio.CancelledError):
            await self._accepting


async def _peek(connection: socket.socket) -> bytes:
    """The first byte, left where it is; b"" when the client has left."""
    loop = asyncio.get_running_loop()
    while True:
        with contextlib.suppress(BlockingIOError):
            return connection.recv(1, socket.MSG_PEEK)
        readable = loop.create_future()
        loop.add_reader(connection, _settle, readable)
        try:
            await readable
        finally:
            loop.remove_reader(connection)


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
