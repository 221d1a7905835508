"""Fixtures: the SDK's one method that sends, scripted; a clock that only sleeping moves."""

import pytest
from alibabacloud_credentials.client import Client as Credentials
from alibabacloud_credentials.models import Config as CredentialsConfig
from alibabacloud_tea_openapi.client import Client
from pytest_mock import MockerFixture

from ecs_release.gateway import clients
from ecs_release.gateway.gateway import Gateway
from tests.unit.gateway.scripted import Script, Time, gateway


@pytest.fixture
def keys(mocker: MockerFixture) -> None:
    """Fixed keys instead of the default chain, which would ask this machine for a role."""
    pair = {"access_key_id": "emulator", "access_key_secret": "emulator"}
    config = CredentialsConfig(type="access_key", **pair)
    mocker.patch.object(clients, "_default_credentials", return_value=Credentials(config))


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def cloud(keys: None, mocker: MockerFixture) -> Script:
    script = Script()
    mocker.patch.object(Client, "call_api", autospec=True, side_effect=script)
    return script


@pytest.fixture
def subject(cloud: Script, time: Time) -> Gateway:
    return gateway(time)
