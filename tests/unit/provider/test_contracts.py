"""What the state refers to: import paths, type tokens, the pickled form, the stored outputs."""

import dill
import pulumi
import pytest
from pytest_mock import MockerFixture

from ecs_release.provider import resources
from ecs_release.provider.disk_release import DiskReleaseProvider
from ecs_release.provider.gate import GateProvider
from ecs_release.provider.release_schedule import ReleaseScheduleProvider
from ecs_release.provider.session import SESSION
from ecs_release.provider.sweep import SweepProvider
from ecs_release.provider.teardown import TeardownProvider

PROVIDERS = {
    "ecs_release.provider.sweep.SweepProvider": SweepProvider,
    "ecs_release.provider.teardown.TeardownProvider": TeardownProvider,
    "ecs_release.provider.disk_release.DiskReleaseProvider": DiskReleaseProvider,
    "ecs_release.provider.release_schedule.ReleaseScheduleProvider": ReleaseScheduleProvider,
    "ecs_release.provider.gate.GateProvider": GateProvider,
}


@pytest.mark.parametrize(("path", "provider"), PROVIDERS.items())
def test_import_paths_are_pinned_and_pickled_by_name(path: str, provider: type) -> None:
    assert f"{provider.__module__}.{provider.__name__}" == path
    pickled = dill.dumps(provider())
    assert len(pickled) < 150
    assert isinstance(dill.loads(pickled), provider)


@pytest.mark.parametrize("name", ["Sweep", "Teardown", "DiskRelease", "ReleaseSchedule", "Gate"])
def test_type_tokens_are_pinned(name: str) -> None:
    resource = getattr(resources, name)
    assert issubclass(resource, pulumi.dynamic.Resource)
    assert resource._resource_type_name == f"dynamic/ecs-release:{name}"


@pytest.mark.parametrize("name", ["Sweep", "Teardown", "DiskRelease", "ReleaseSchedule", "Gate"])
def test_type_tokens_of_the_package_are_pinned(name: str, mocker: MockerFixture) -> None:
    mocker.patch.object(SESSION, "is_package", True)
    register = mocker.patch("pulumi.CustomResource.__init__", return_value=None)
    getattr(resources, name)("web", {})
    assert register.call_args.args[1] == f"ecs-release:index:{name}"
    assert name in resources.PROVIDERS
