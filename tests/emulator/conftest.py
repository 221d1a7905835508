"""One emulator process per module; every test begins with an empty world and a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.emulator.cloud import Cloud, Server
from tests.emulator.shelf import Shelf

START = "2026-06-15T10:00:00Z"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("emulator") / "world.db")
    yield running
    running.end()


@pytest.fixture
def cloud(server: Server) -> Iterator[Cloud]:
    caller = Cloud(server.url)
    caller.control("reset", {})
    caller.control("clock", {"set": START, "rate": 0})
    yield caller
    caller.http.close()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "world.db"


@pytest.fixture(scope="module")
def shelf(server: Server) -> Iterator[Shelf]:
    caller = Cloud(server.url)
    caller.control("reset", {})
    caller.control("clock", {"set": START, "rate": 0})
    yield Shelf(caller)
    caller.http.close()
