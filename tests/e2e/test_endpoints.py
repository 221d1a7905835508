"""No end-to-end test can reach a real cloud: where the calls go, whose keys they carry, who sends them."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.conftest import Worlds
from tests.e2e.world import STACK, World, group

PROTECTED = {"web": group(3, deletion_protection=True)}
# What the stock plugin looks up for itself when the config does not name it.
PRODUCTS = {
    *("ecs", "vpc", "ram", "sts", "bssopenapi", "location", "resourcemanager"),
    *("tag", "actiontrail", "cms", "eventbridge", "kms", "oss", "log"),
}
OWN_VARIABLES = {
    *("PATH", "HOME", "PULUMI_HOME", "PULUMI_SKIP_UPDATE_CHECK", "PULUMI_BACKEND_URL"),
    *("PULUMI_CONFIG_PASSPHRASE", "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
    "ALIBABA_CLOUD_ECS_METADATA_DISABLED",
}
FOREIGN = {
    "ALIBABA_CLOUD_SECURITY_TOKEN": "foreign",
    "ALICLOUD_ACCESS_KEY": "foreign",
    "ALIBABA_CLOUD_CREDENTIALS_URI": "http://192.0.2.1/",
    "ALIBABA_CLOUD_ENDPOINT_ECS": "192.0.2.1",
    "TF_ENDPOINT_PATH": "/nowhere/endpoints.xml",
    "HTTP_PROXY": "http://192.0.2.1:3128",
    "HTTPS_PROXY": "http://192.0.2.1:3128",
}


def config_of(world: World) -> dict[str, Any]:
    """The config of the stack as the CLI reads it."""
    text = (world.project / "stacks" / f"Pulumi.{STACK}.yaml").read_text()
    return dict(yaml.safe_load(text)["config"])


def test_every_product_is_looked_for_at_the_emulator_only(worlds: Worlds) -> None:
    world = worlds.empty()
    world.write_config()
    (endpoints,) = config_of(world)["alicloud:endpoints"]
    assert set(endpoints) >= PRODUCTS
    assert set(endpoints.values()) == {world.cloud.address}
    assert world.cloud.address.startswith("127.0.0.1:")


def test_no_credential_and_no_proxy_of_the_machine_gets_into_a_command(
    tmp_path: Path, tools: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in FOREIGN.items():
        monkeypatch.setenv(name, value)
    environment = World(tmp_path, 1, tools).environment
    assert set(environment) <= OWN_VARIABLES
    assert environment["ALIBABA_CLOUD_ACCESS_KEY_ID"] == "emulator"
    assert environment["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] == "emulator"
    assert environment["HOME"] == str(tmp_path)


def test_plugin_and_sdk_both_arrive_at_the_emulator_with_its_own_key(worlds: Worlds) -> None:
    world = worlds.up(PROTECTED)
    assert world.destroy().code != 0
    requests = world.cloud.requests()
    assert {request["access_key_id"] for request in requests} == {"emulator"}
    agents = {request["action"]: request["user_agent"] for request in requests}
    assert "Terraform-Provider" in agents["RunInstances"]
    assert "ecs-release/" in agents["GetCallerIdentity"]
