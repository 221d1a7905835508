"""The control API over HTTP, one connection a call, so that threads need not share one.

Imports nothing of the package.
"""

from __future__ import annotations

import http.client
import json
from typing import Any

_SECONDS = 30.0


class ControlError(Exception):
    """A control call was refused; the text says why."""


class Control:
    """Where an emulator listens, and its control calls by name."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.port = port
        self.host = host

    @property
    def endpoint(self) -> str:
        """Return `host:port`, as SDKs want it."""
        return f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """Return the address with its scheme; `https` is answered on the same port."""
        return f"http://{self.endpoint}"

    def get(self, name: str) -> Any:
        """Return what a control call tells."""
        return self._call("GET", name, None)

    def post(self, name: str, body: Any) -> Any:
        """Make a control call that changes something; ControlError if it is refused."""
        return self._call("POST", name, body)

    def delete(self, name: str) -> Any:
        """Take something back."""
        return self._call("DELETE", name, None)

    def _call(self, method: str, name: str, body: Any) -> Any:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=_SECONDS)
        try:
            text = None if body is None else json.dumps(body)
            connection.request(method, f"/_emulator/{name}", text)
            reply = connection.getresponse()
            told = json.loads(reply.read())
        except (http.client.HTTPException, ValueError):
            raise ControlError(f"what answers on {self.url} is no emulator") from None
        finally:
            connection.close()
        if reply.status != 200:
            raise ControlError(f"{method} {name}: {told['error']}")
        return told
