"""A session of its own for each test, with a gateway in memory and no waiting."""

import itertools
import sys
from pathlib import Path
from typing import Any

import pytest

from ecs_release.provider import (
    base,
    disk_release,
    gate,
    release_schedule,
    releasing,
    renewal,
    session,
    sweep,
    teardown,
    timing,
)
from ecs_release.provider.declarations import Declarations
from ecs_release.runner.run import Tools
from tests.unit.domain.worlds import GROUP_ID, instance
from tests.unit.fake_gateway import FakeGateway

MODULES = (base, disk_release, gate, release_schedule, releasing, renewal, sweep, teardown, timing)
CLOUD = {"region": "cn-hangzhou", "protocol": "HTTP", "ecs": "127.0.0.1:1", "sts": "", "bss": ""}
DISKS = [
    {
        "name": "system",
        "kind": "system",
        "category": "cloud_essd",
        "size_gib": 40,
        "release_with_instance": True,
        "release_auto_snapshots": True,
    },
    {
        "name": "data",
        "kind": "data",
        "category": "cloud_essd",
        "size_gib": 200,
        "release_with_instance": False,
        "release_auto_snapshots": True,
    },
]


class TestSession(session.Session):
    """A session whose gateway is the one in memory."""

    __test__ = False

    def __init__(self, gateway: FakeGateway, folder: Path) -> None:
        super().__init__()
        self.fake = gateway
        self.declarations = Declarations("127.0.0.1:1", lambda: True, folder)

    def gateway(self, _cloud: Any) -> Any:
        return self.fake

    def tools(self) -> Tools:
        clock = itertools.count(0.0, 0.001)
        return Tools(session.say, lambda: next(clock), lambda _: None, sightings=self.sightings)


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway(*(instance(f"i-{number}", f"web-{number}") for number in range(3)))


@pytest.fixture(autouse=True)
def own_session(gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> TestSession:
    made = TestSession(gateway, tmp_path / "run")
    for module in MODULES:
        if hasattr(module, "SESSION"):
            monkeypatch.setattr(module, "SESSION", made)
    monkeypatch.setenv("ECS_RELEASE_JOURNAL", str(tmp_path))
    # The providers set it for their whole process, which here is that of all tests.
    monkeypatch.setattr(sys, "tracebacklimit", 1000, raising=False)
    return made


def record(**changes: Any) -> dict[str, Any]:
    """A Teardown's inputs for three members, as the engine hands them over."""
    made: dict[str, Any] = {
        "project": "shop",
        "stack": "test",
        "group": "web",
        "group_id": GROUP_ID,
        "account": "1",
        "cloud": CLOUD,
        "terms": {"on_replaced": "refuse"},
        "disks": DISKS,
        "members": {f"web-{number}": f"i-{number}" for number in range(3)},
        "released_by": "none",
        "__provider": "pickled",
    }
    return {**made, **changes}


def stored(**changes: Any) -> dict[str, Any]:
    """The same as stored outputs."""
    return {**record(**changes), "schema": 1.0}


def members(*numbers: int) -> dict[str, str]:
    return {f"web-{number}": f"i-{number}" for number in numbers}
