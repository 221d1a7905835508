"""The plain values that our own resources are told."""

from typing import Any

from components.inputs import disk_inputs, release_time, terms_inputs
from components.naming import member_names
from ecs_release.domain.terms import OnPublicIp
from ecs_release.runner.records import DiskModel, TermsModel
from stacks.schema import DataDisk, Group, PublicIp, Release

PLAIN: dict[str, Any] = {"count": 1, "instance_type": "ecs.g7.large", "image": "image-1"}


def test_terms_without_a_limit_have_no_key_for_it() -> None:
    assert "max_instances" not in terms_inputs(Group(**PLAIN))
    assert terms_inputs(Group(**PLAIN, release=Release(max_instances=5)))["max_instances"] == 5


def test_an_address_is_kept_only_where_it_was_declared() -> None:
    kept = PublicIp(bandwidth_mbps=5, on_release=OnPublicIp.KEEP)
    assert terms_inputs(Group(**PLAIN, public_ip=kept))["on_public_ip"] == "keep"
    assert terms_inputs(Group(**PLAIN))["on_public_ip"] == "release"


def test_the_providers_models_take_what_the_components_send() -> None:
    spec = Group(**PLAIN, data_disks=(DataDisk(name="data", size_gib=20),))
    assert TermsModel.model_validate(terms_inputs(spec)).max_instances is None
    disks = [DiskModel.model_validate(disk) for disk in disk_inputs(spec)]
    assert [(disk.name, disk.release_with_instance) for disk in disks] == [("system", True), ("data", False)]


def test_a_release_time_is_stored_in_utc_to_the_minute() -> None:
    release = Release.model_validate({"schedule": {"at": "2030-12-31T18:00:00+08:00"}})
    assert release_time(Group(**PLAIN, release=release)) == "2030-12-31T10:00Z"
    assert release_time(Group(**PLAIN)) == "none"


def test_members_count_from_zero() -> None:
    assert member_names("web", 3) == ("web-0", "web-1", "web-2")
    assert member_names("web", 0) == ()
