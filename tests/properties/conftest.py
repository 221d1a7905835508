"""One emulator process per module, and an empty shop in it for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.emulator.cloud import Server
from tests.properties.shop import Shop


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("emulator") / "world.db")
    yield running
    running.end()


@pytest.fixture
def shop(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "emulator")
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "emulator")
    made = Shop(server.url)
    made.empty()
    yield made
    made.http.close()
