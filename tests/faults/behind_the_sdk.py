"""What stands where the SDK's network was, for tests that have the emulator in their own process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import pytest
from alibabacloud_credentials.client import Client as Credentials
from alibabacloud_credentials.models import Config
from darabonba.core import DaraCore
from darabonba.response import DaraResponse

from ecs_release.gateway import clients
from emulator import wire

Carry = Callable[..., DaraResponse]


def parsed(request: Any) -> wire.RpcRequest:
    """A request of the SDK's core, as a server would read it from the wire."""
    query = urlencode({name: str(value) for name, value in request.query.items() if value is not None})
    headers = {name.lower(): value for name, value in request.headers.items()}
    body = request.body.encode() if isinstance(request.body, str) else bytes(request.body or b"")
    return wire.parse(headers, query.encode(), body)


def response(status: int, headers: Mapping[str, str], body: bytes) -> DaraResponse:
    """An answer, as the SDK's core would have read it from the wire."""
    made = DaraResponse()
    made.status_code, made.status_message = status, ""
    made.headers, made.body = {name.lower(): value for name, value in headers.items()}, body
    return made


@contextmanager
def carried_by(carry: Carry, key: str) -> Iterator[None]:
    """Every client of the gateway sends through `carry`, under this access key."""
    credentials = Credentials(Config(type="access_key", access_key_id=key, access_key_secret=key))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(clients, "_default_credentials", lambda *_: credentials)
        patched.setattr(DaraCore, "do_action", staticmethod(carry))
        yield
