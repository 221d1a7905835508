"""A project's files, and a gateway in memory behind the commands that read them."""

from pathlib import Path

import pytest
import yaml
from pytest_mock import MockerFixture

from ecs_release.cli import adopting, diagnosis, survivors
from tests.unit.fake_gateway import FakeGateway


@pytest.fixture
def project(mocker: MockerFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeGateway:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ECS_RELEASE_JOURNAL", str(tmp_path / "journal"))
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\nstackConfigDir: stacks\n")
    (tmp_path / "stacks").mkdir()
    config = {"alicloud:region": "cn-hangzhou", "ecs-release:environment": {"groups": {}}}
    (tmp_path / "stacks" / "Pulumi.t.yaml").write_text(yaml.safe_dump({"config": config}))
    made = FakeGateway()
    for module in (survivors, adopting, diagnosis):
        mocker.patch.object(module, "Gateway", return_value=made)
    return made
