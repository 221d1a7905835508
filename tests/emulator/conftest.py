"""One emulator process per module; every test begins with an empty world and a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.emulator.cloud import Cloud, Server
from tests.emulator.inside import Inside, opened
from tests.emulator.shelf import Shelf
from tests.emulator.wrong_values import placed


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("emulator") / "world.db")
    yield running
    running.end()


@pytest.fixture
def cloud(server: Server) -> Iterator[Cloud]:
    caller = Cloud(server.url)
    caller.control("reset", {})
    caller.stand_still()
    yield caller
    caller.http.close()


@pytest.fixture(scope="module")
def inside() -> Iterator[Inside]:
    with opened() as world:
        yield world


@pytest.fixture(scope="module")
def made(inside: Inside) -> dict[str, str]:
    return placed(inside)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "world.db"


@pytest.fixture(scope="module")
def shelf(server: Server) -> Iterator[Shelf]:
    caller = Cloud(server.url)
    caller.control("reset", {})
    caller.stand_still()
    yield Shelf(caller)
    caller.http.close()
