"""Something on this machine that EventBridge can deliver to: keeps what it is sent, answers as told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Received:
    """One request, and when it came by this machine's clock."""

    path: str
    body: bytes
    kind: str
    at: float

    @property
    def event(self) -> dict[str, Any]:
        return dict(json.loads(self.body))


@dataclass
class Listener:
    """An address, and what came there; `statuses` are used up one by one, then everything is taken."""

    url: str
    received: list[Received] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    # Answers wait for this, so that a test can hold them back.
    gate: threading.Event = field(default_factory=threading.Event)

    def wait(self, count: int, seconds: float = 10.0) -> list[Received]:
        """What came, once there are so many."""
        ends_at = time.monotonic() + seconds
        while len(self.received) < count:
            assert time.monotonic() < ends_at, f"{len(self.received)} of {count} came"
            time.sleep(0.005)
        return list(self.received)


@contextmanager
def listening() -> Iterator[Listener]:
    """Listen on a free port of the loopback."""
    listener = Listener("")
    listener.gate.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            came = Received(self.path, body, self.headers["Content-Type"], time.time())
            listener.received.append(came)
            listener.gate.wait(20)
            self.send_response(listener.statuses.pop(0) if listener.statuses else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield listener
    listener.gate.set()
    server.shutdown()
    server.server_close()
    thread.join()
