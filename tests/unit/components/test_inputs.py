"""The plain values that our own resources are told."""

from typing import Any

from components.inputs import disk_inputs, release_time, terms_inputs
from components.naming import member_names
from ecs_release.runner.records import DiskModel, TermsModel
from stacks.schema import DataDisk, Group, Release

PLAIN: dict[str, Any] = {"count": 1, "instance_type": "ecs.g7.large", "image": "image-1"}


def test_terms_without_a_limit_have_no_key_for_it() -> None:
    assert "max_instances" not in terms_inputs(Release())
    assert terms_inputs(Release(max_instances=5))["max_instances"] == 5


def test_the_providers_models_take_what_the_components_send() -> None:
    spec = Group(**PLAIN, data_disks=(DataDisk(name="data", size_gib=20),))
    assert TermsModel.model_validate(terms_inputs(spec.release)).max_instances is None
    disks = [DiskModel.model_validate(disk) for disk in disk_inputs(spec)]
    assert [(disk.name, disk.release_with_instance) for disk in disks] == [("system", True), ("data", False)]


def test_a_release_time_is_stored_in_utc_to_the_minute() -> None:
    release = Release.model_validate({"schedule": {"at": "2030-12-31T18:00:00+08:00"}})
    assert release_time(Group(**PLAIN, release=release)) == "2030-12-31T10:00Z"
    assert release_time(Group(**PLAIN)) == "none"


def test_members_count_from_zero() -> None:
    assert member_names("web", 3) == ("web-0", "web-1", "web-2")
    assert member_names("web", 0) == ()
