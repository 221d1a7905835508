"""What the doorman does to a connection before the protocol gets it."""

from __future__ import annotations

import asyncio
import socket
import ssl

from emulator.doorman import Doorman


class Noting(asyncio.Protocol):
    """Notes whether its connection sends small writes at once."""

    def __init__(self, noted: asyncio.Future[int]) -> None:
        self._noted = noted

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        held = transport.get_extra_info("socket")
        self._noted.set_result(held.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))


async def _option_of_a_connection() -> int:
    noted: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    doorman = Doorman(listener, lambda: Noting(noted), ssl.create_default_context)
    _, writer = await asyncio.open_connection(*listener.getsockname())
    writer.write(b"G")
    async with asyncio.timeout(10):
        option = await noted
    writer.close()
    doorman.close()
    await doorman.wait_closed()
    return option


def test_a_reply_of_two_writes_does_not_wait_for_an_acknowledgement() -> None:
    # A loop of its own: asyncio.run would leave the tests after it without one.
    loop = asyncio.new_event_loop()
    assert loop.run_until_complete(_option_of_a_connection()) != 0
    loop.close()
