"""One emulator process per module, and an empty shop in it for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alibabacloud_credentials.client import Client as Credentials
from alibabacloud_credentials.models import Config
from pytest_mock import MockerFixture

from ecs_release.gateway import clients
from tests.emulator.cloud import Server
from tests.properties.shop import Shop


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("emulator") / "world.db")
    yield running
    running.end()


@pytest.fixture
def shop(server: Server, mocker: MockerFixture) -> Iterator[Shop]:
    # The SDK reads the environment once, and another test of this process may have been there first.
    pair = {"access_key_id": "emulator", "access_key_secret": "emulator"}
    credentials = Credentials(Config(type="access_key", **pair))
    mocker.patch.object(clients, "_default_credentials", return_value=credentials)
    made = Shop(server.url)
    made.empty()
    yield made
    made.http.close()
