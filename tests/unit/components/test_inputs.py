"""The plain values that our own resources are told."""

from datetime import timedelta
from typing import Any

import pytest

from components.inputs import Clock, disk_inputs, schedule_inputs, terms_inputs
from components.naming import member_names
from ecs_release.domain.terms import OnPublicIp
from ecs_release.runner.records import DiskModel, TermsModel
from ecs_release.runner.schedules import parse_schedule
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


TEARDOWN = dict.fromkeys(("group", "group_id", "account", "cloud", "members"), "")
SHANGHAI = "Asia/Shanghai"


@pytest.mark.parametrize(
    ("schedule", "told"),
    [
        (None, {"at": "none"}),
        ({"at": "2030-12-31T10:00Z"}, {"at": "2030-12-31T10:00Z"}),
        ({"at": "2030-12-31T18:00:00+08:00"}, {"at": "2030-12-31T10:00Z", "zone": "+08:00"}),
        ({"at": "2030-12-31T18:00", "zone": SHANGHAI}, {"at": "2030-12-31T10:00Z", "zone": SHANGHAI}),
        ({"after": "36h"}, {"at": "none", "after": "1d12h"}),
        (
            {"daily": "20:00", "zone": SHANGHAI, "days": ["fri", "mon"]},
            {"at": "none", "daily": "20:00 mon,fri", "zone": SHANGHAI},
        ),
    ],
)
def test_a_schedule_is_told_in_words_that_read_back_as_declared(schedule: Any, told: dict[str, str]) -> None:
    release = Release.model_validate({"schedule": schedule})
    inputs = schedule_inputs(TEARDOWN, Group(**PLAIN, release=release), Clock())
    assert {key: inputs[key] for key in inputs.keys() - TEARDOWN.keys() - {"charge"}} == told
    assert parse_schedule(inputs) == release.timing


def test_the_longest_life_is_told_where_there_is_one() -> None:
    release = Release.model_validate({"schedule": {"after": "8h"}})
    inputs = schedule_inputs(TEARDOWN, Group(**PLAIN, release=release), Clock(None, timedelta(days=30)))
    assert inputs["max_lifetime"] == "30d"


def test_members_count_from_zero() -> None:
    assert member_names("web", 3) == ("web-0", "web-1", "web-2")
    assert member_names("web", 0) == ()
