"""What a group registers, in which order, under which options."""

from datetime import UTC, datetime
from typing import Any

import pulumi
import pytest
from pulumi_alicloud import ecs
from pytest_mock import MockerFixture

from components.group import InstanceGroup
from components.network import NetworkIds
from ecs_release.domain.facts import Cloud
from stacks.schema import Group, Release, Schedule

INSTANCE = "alicloud:ecs/instance:Instance"
OURS = "pulumi-python:dynamic/ecs-release:"
IDS = NetworkIds("vsw-1", ["sg-1"])
AT = datetime(2030, 12, 31, 10, tzinfo=UTC)
CLOUD = {
    "region": "cn-hangzhou",
    "protocol": "HTTP",
    "ecs": "127.0.0.1:8443",
    "sts": "127.0.0.1:8443",
    "bss": "127.0.0.1:8443",
    "vpc": "",
}
TERMS = {
    "on_protected": "refuse",
    "on_active_subscription": "refuse",
    "on_replaced": "refuse",
    "on_blocked": "stop",
    "backup": "none",
    "shutdown": "power-off",
    "approval": "none",
    "on_public_ip": "release",
}
DISKS = [
    {
        "name": "system",
        "kind": "system",
        "category": "cloud_essd",
        "size_gib": 40,
        "release_with_instance": True,
        "release_auto_snapshots": False,
    }
]
RECORD = {
    "project": "ecs-release",
    "stack": "local",
    "group": "web",
    "group_id": "gid-web",
    "account": "1234567890123456",
    "cloud": CLOUD,
    "terms": TERMS,
    "disks": DISKS,
    "members": {"web-0": "id-web-0", "web-1": "id-web-1"},
    "released_by": "none",
}


def group_of(spec: Group, cloud: Cloud, **more: Any) -> Any:
    """A program of one group."""
    return lambda: InstanceGroup("web", spec, network=IDS, cloud=cloud, **more)


def scheduled(web: Group, at: datetime = AT) -> Group:
    """The group with a release time."""
    return web.model_copy(update={"release": Release(schedule=Schedule(at=at))})


def our_inputs(registered: Any) -> dict[str, Any]:
    """The inputs without the SDK's own."""
    return {key: value for key, value in registered.inputs.items() if key != "__provider"}


def test_registers_names_and_types_that_the_state_refers_to(declare: Any, web: Group, cloud: Cloud) -> None:
    declared = declare(group_of(web, cloud))
    assert {(found.type, found.name) for found in declared.all if found.type != "pulumi:pulumi:Stack"} == {
        ("ecs-release:index:InstanceGroup", "web"),
        (f"{OURS}Sweep", "web-sweep"),
        (INSTANCE, "web-0"),
        (INSTANCE, "web-1"),
        (f"{OURS}Teardown", "web-teardown"),
        (f"{OURS}DiskRelease", "web-disk-release"),
        (f"{OURS}ReleaseSchedule", "web-release-schedule"),
    }


def test_every_child_has_the_group_as_its_parent(declare: Any, web: Group, cloud: Cloud) -> None:
    declared = declare(group_of(web, cloud))
    children = [found for found in declared.all if found.name.startswith("web-")]
    assert {child.parent for child in children} == {"ecs-release:index:InstanceGroup web"}


def test_order_is_sweep_instances_teardown_then_the_two_others(
    declare: Any, web: Group, cloud: Cloud
) -> None:
    declared = declare(group_of(web, cloud))
    assert declared.ours("Sweep", "web-sweep").dependencies == set()
    assert declared.one(INSTANCE, "web-1").dependencies == {"web-sweep"}
    teardown = declared.ours("Teardown", "web-teardown")
    assert teardown.dependencies == {"web-sweep", "web-0", "web-1"}
    assert "web-teardown" in declared.ours("DiskRelease", "web-disk-release").dependencies
    after = declared.ours("ReleaseSchedule", "web-release-schedule").dependencies
    # What the cloud releases goes by the flags of that moment.
    assert {"web-teardown", "web-disk-release"} <= after


def test_sweep_waits_for_the_network(declare: Any, web: Group, cloud: Cloud) -> None:
    def program() -> None:
        firewall = ecs.SecurityGroup("firewall")
        InstanceGroup("web", web, network=NetworkIds("vsw-1", [firewall.id], [firewall]), cloud=cloud)

    assert declare(program).ours("Sweep", "web-sweep").dependencies == {"firewall"}


def test_an_instance_is_dropped_and_never_deleted_by_the_provider(
    declare: Any, web: Group, cloud: Cloud
) -> None:
    request = declare(group_of(web, cloud)).one(INSTANCE, "web-0").request
    assert request.retainOnDelete
    assert list(request.ignoreChanges) == ["dataDisks", "autoReleaseTime"]
    assert not request.protect


def test_an_instance_is_wished_as_declared(declare: Any, web: Group, cloud: Cloud) -> None:
    assert declare(group_of(web, cloud)).one(INSTANCE, "web-0").inputs == {
        "instanceName": "local-web-0",
        "instanceType": "ecs.g7.large",
        "imageId": "image-1",
        "instanceChargeType": "PostPaid",
        "deletionProtection": True,
        "systemDiskName": "system",
        "systemDiskCategory": "cloud_essd",
        "systemDiskSize": 40,
        "vswitchId": "vsw-1",
        "securityGroups": ["sg-1"],
        "tags": {
            "ecs-release:group-id": "gid-web",
            "ecs-release:member": "web-0",
            "ecs-release:project": "ecs-release",
            "ecs-release:stack": "local",
            "ecs-release:group": "web",
        },
    }


def test_tags_of_the_group_come_over_those_of_the_environment(declare: Any, web: Group, cloud: Cloud) -> None:
    spec = web.model_copy(update={"tags": {"team": "web"}})
    declared = declare(group_of(spec, cloud, tags={"team": "all", "cost-center": "42"}))
    tags = declared.one(INSTANCE, "web-0").inputs["tags"]
    assert (tags["team"], tags["cost-center"]) == ("web", "42")
    assert tags["ecs-release:group-id"] == "gid-web"


def test_teardown_is_told_everything_that_ending_needs(declare: Any, web: Group, cloud: Cloud) -> None:
    assert our_inputs(declare(group_of(web, cloud)).ours("Teardown", "web-teardown")) == RECORD


def test_sweep_is_told_the_terms_before_any_instance_exists(declare: Any, web: Group, cloud: Cloud) -> None:
    inputs = our_inputs(declare(group_of(web, cloud)).ours("Sweep", "web-sweep"))
    assert {key: value for key, value in inputs.items() if value is not None} == {
        "project": "ecs-release",
        "stack": "local",
        "group": "web",
        "cloud": CLOUD,
        "terms": TERMS,
        "disks": DISKS,
        "members": ["web-0", "web-1"],
        "at": "none",
        "adopt": {},
    }


def test_an_adopted_member_is_imported_and_only_its_tags_are_ever_changed(
    declare: Any, web: Group, cloud: Cloud
) -> None:
    adopting = web.model_copy(update={"adopt": {"web-1": "i-old"}})
    declared = declare(group_of(adopting, cloud))
    made, adopted = declared.one(INSTANCE, "web-0"), declared.one(INSTANCE, "web-1")
    assert (made.request.importId, adopted.request.importId) == ("", "i-old")
    assert set(made.request.ignoreChanges) == {"dataDisks", "autoReleaseTime"}
    left_alone = set(adopted.request.ignoreChanges)
    assert left_alone == (set(adopted.inputs) | {"dataDisks", "autoReleaseTime"}) - {"tags"}
    assert declared.ours("Sweep", "web-sweep").inputs["adopt"] == {"web-1": "i-old"}


def test_the_two_others_are_told_their_part_of_the_record(declare: Any, web: Group, cloud: Cloud) -> None:
    declared = declare(group_of(web, cloud))
    shared = {key: RECORD[key] for key in ("group", "group_id", "account", "cloud", "members")}
    flags = declared.ours("DiskRelease", "web-disk-release")
    where = {key: RECORD[key] for key in ("project", "stack")}
    assert our_inputs(flags) == {**where, **shared, "disks": DISKS}
    schedule = declared.ours("ReleaseSchedule", "web-release-schedule")
    assert our_inputs(schedule) == {**shared, "charge": "pay-as-you-go", "at": "none"}


def test_a_group_of_none_keeps_its_four_resources(declare: Any, web: Group, cloud: Cloud) -> None:
    declared = declare(group_of(web.model_copy(update={"count": 0}), cloud))
    assert declared.of(INSTANCE) == []
    assert declared.ours("Teardown", "web-teardown").inputs["members"] == {}
    assert declared.ours("Teardown", "web-teardown").dependencies == {"web-sweep"}
    assert declared.ours("DiskRelease", "web-disk-release")
    assert declared.ours("ReleaseSchedule", "web-release-schedule")


def test_a_schedule_ahead_is_handed_on_and_instances_carry_no_release_time(
    declare: Any, web: Group, cloud: Cloud
) -> None:
    now = datetime(2030, 12, 31, 9, 59, tzinfo=UTC)
    declared = declare(group_of(scheduled(web), cloud, now=now))
    schedule = declared.ours("ReleaseSchedule", "web-release-schedule").inputs
    assert (schedule["at"], schedule["now"]) == ("2030-12-31T10:00Z", "2030-12-31T09:59Z")
    assert declared.ours("Sweep", "web-sweep").inputs["at"] == "2030-12-31T10:00Z"
    assert declared.ours("Teardown", "web-teardown").inputs["released_by"] == "none"
    assert "autoReleaseTime" not in declared.one(INSTANCE, "web-0").inputs
    assert "forceDelete" not in declared.one(INSTANCE, "web-0").inputs


@pytest.mark.parametrize("minutes", [0, 1])
def test_once_the_schedule_has_passed_the_group_has_no_members(
    declare: Any, web: Group, cloud: Cloud, minutes: int
) -> None:
    declared = declare(group_of(scheduled(web), cloud, now=AT.replace(minute=minutes)))
    assert declared.of(INSTANCE) == []
    teardown = declared.ours("Teardown", "web-teardown").inputs
    assert (teardown["members"], teardown["released_by"]) == ({}, "2030-12-31T10:00Z")
    assert declared.ours("Sweep", "web-sweep").inputs["members"] == []


def test_without_a_set_clock_the_machines_decides_and_is_not_recorded(
    declare: Any, web: Group, cloud: Cloud, mocker: MockerFixture
) -> None:
    clock = mocker.patch("components.inputs.datetime")
    clock.now.return_value = AT
    declared = declare(group_of(scheduled(web), cloud))
    assert declared.of(INSTANCE) == []
    assert "now" not in declared.ours("Sweep", "web-sweep").inputs


def test_in_a_preview_of_new_instances_ids_are_unknown_and_members_are_named(
    declare: Any, web: Group, cloud: Cloud
) -> None:
    members = declare(group_of(web, cloud), preview=True).ours("Teardown", "web-teardown").inputs["members"]
    assert set(members) == {"web-0", "web-1"}
    assert not any(isinstance(instance_id, str) for instance_id in members.values())


def test_outputs_are_ids_by_member(declare: Any, web: Group, cloud: Cloud) -> None:
    seen: list[Any] = []

    def program() -> pulumi.Output[Any]:
        group = InstanceGroup("web", web, network=IDS, cloud=cloud)
        return pulumi.Output.all(ids=group.instance_ids, ips=group.public_ips, id=group.group_id).apply(
            seen.append
        )

    declare(program)
    assert seen == [
        {
            "ids": {"web-0": "id-web-0", "web-1": "id-web-1"},
            "ips": {"web-0": "ip-web-0", "web-1": "ip-web-1"},
            "id": "gid-web",
        }
    ]
