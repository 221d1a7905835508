"""Every action that is offered is called by the official client of its product: over TLS, signed, verified.

A call without sense is enough: what matters is that it is understood, so the answer is success or a
refusal of what was asked, and never one of how it was asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from alibabacloud_tea_openapi.exceptions import ClientException
from alibabacloud_tea_openapi.utils_models import Config
from emulator.actions import load
from emulator.certificates import Authority, beside
from emulator.registry import ACTIONS

from tests.emulator.cloud import REGION, Server

PACKAGES = {
    "Ecs": "alibabacloud_ecs20140526",
    "Vpc": "alibabacloud_vpc20160428",
    "BssOpenApi": "alibabacloud_bssopenapi20171214",
    "Ram": "alibabacloud_ram20150501",
    "Sts": "alibabacloud_sts20150401",
    "ResourceManager": "alibabacloud_resourcemanager20200331",
    "Ims": "alibabacloud_ims20190815",
    "Actiontrail": "alibabacloud_actiontrail20200706",
    "EventBridge": "alibabacloud_eventbridge20200401",
}
# The location service has no client of its own; the stock provider calls it.
WITHOUT_CLIENT = {"Location"}
# Signs of a call that was not understood.
NOT_UNDERSTOOD = (
    "SignatureDoesNotMatch",
    "IncompleteSignature",
    "InvalidAction.NotFound",
    "NoSuchVersion",
    "UnsupportedParameter",
    "InternalError",
)

load()
CALLS = sorted(key for key in ACTIONS if key[0] not in WITHOUT_CLIENT)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("every") / "world.db", "--verify-signatures")
    yield running
    running.end()


@pytest.fixture(scope="module")
def clients(server: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    trusted = tmp_path_factory.mktemp("authority") / "ca.pem"
    trusted.write_text(Authority(beside(server.database)).pem)
    return {product: client_of(package, server, trusted) for product, package in PACKAGES.items()}


def client_of(package: str, server: Server, trusted: Path) -> Any:
    config = Config(
        access_key_id="emulator",
        access_key_secret="emulator",
        endpoint=server.url.removeprefix("http://"),
        protocol="https",
        region_id=REGION,
        ca=str(trusted),
    )
    return import_module(f"{package}.client").Client(config)


def method_of(client: Any, action: str) -> Any:
    """The client's method for an action, whose words it separates in its own way."""
    wanted = action.lower()
    return next((getattr(client, name) for name in dir(client) if name.replace("_", "") == wanted), None)


def request_for(product: str, action: str) -> list[Any]:
    models = import_module(f"{PACKAGES[product]}.models")
    kind = getattr(models, f"{action}Request", None)
    if kind is None:
        return []
    request = kind()
    if hasattr(request, "region_id"):
        request.region_id = REGION
    return [request]


def outcome(method: Any, request: list[Any]) -> tuple[int, str]:
    """Status and code, or 200 with the id of the request."""
    try:
        answer = method(*request)
    except ClientException as refused:
        return int(refused.status_code), str(refused.code)
    return int(answer.status_code), str(answer.body.request_id)


def test_nearly_every_action_has_a_method_in_its_client(clients: dict[str, Any]) -> None:
    found = {(product, action): method_of(clients[product], action) for product, action in CALLS}
    # The client of today has dropped it, and the stock provider still calls it.
    assert {key for key, method in found.items() if method is None} <= {("Ecs", "DescribeTags")}


@pytest.mark.parametrize(("product", "action"), CALLS, ids=[" ".join(call) for call in CALLS])
def test_a_call_of_the_official_client_is_understood(
    clients: dict[str, Any], product: str, action: str
) -> None:
    method = method_of(clients[product], action)
    status, code = outcome(method, request_for(product, action)) if method else (400, "no method")
    assert 200 <= status < 500
    assert code
    assert code not in NOT_UNDERSTOOD
