"""The package's process without an engine: components declared against Pulumi's mocks."""

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components.package.constructing import Package
from ecs_release.provider.session import SESSION
from tests.unit.components.conftest import Declare, Declared

GROUP = {"count": 1.0, "instanceType": "ecs.g7.large", "image": "image-1"}
IDS = {"vswitchId": "vsw-1", "securityGroupIds": ["sg-1"]}
CONFIG = {"alicloud:region": "cn-hangzhou"}
Construct = Callable[..., Declared]


@pytest.fixture
def construct(declare: Declare, monkeypatch: pytest.MonkeyPatch) -> Construct:
    """Constructs a component as the engine asks for it; what it registers."""
    monkeypatch.setattr(SESSION, "is_package", True)
    monkeypatch.setattr(SESSION, "_configured", {})

    def run(kind: str, inputs: dict[str, Any], name: str = "web", **options: Any) -> Declared:
        config = {key: each if isinstance(each, str) else json.dumps(each) for key, each in CONFIG.items()}
        pulumi.runtime.set_all_config({**config, **options.pop("config", {})})
        given = pulumi.ResourceOptions(**options)
        return declare(lambda: Package().construct(name, f"ecs-release:index:{kind}", inputs, given))

    return run
