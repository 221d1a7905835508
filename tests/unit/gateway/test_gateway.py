"""Each method of the gateway: what it sends, what it makes of the answer."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from ecs_release.domain.facts import Identity
from ecs_release.gateway.errors import CloudError, Malformed, NoPermission, NotFound, Refused
from ecs_release.gateway.gateway import Gateway
from tests.unit.gateway.scripted import Script, api_error, disk, disks, instance, instances, tagged

IDS = [f"i-{number}" for number in range(250)]


def ids_in(query: dict[str, str], name: str) -> list[str]:
    numbered = ((key, value) for key, value in query.items() if key.startswith(f"{name}."))
    return [value for _, value in sorted(numbered, key=lambda pair: int(pair[0].rpartition(".")[2]))]


def test_identity(cloud: Script, subject: Gateway) -> None:
    cloud.answers({"AccountId": "1000", "Arn": "acs:ram::1000:user/ops", "IdentityType": "RAMUser"})
    assert subject.identity() == Identity("1000", "acs:ram::1000:user/ops", "RAMUser")
    assert subject.identity().account == "1000"
    assert cloud.actions == ["GetCallerIdentity"]


def test_cloud_time(cloud: Script, subject: Gateway) -> None:
    cloud.answers({"AccountId": "1000"})
    subject.identity()
    assert subject.cloud_time().tzinfo is UTC


def test_find_instances(cloud: Script, subject: Gateway) -> None:
    cloud.answers(instances(instance("i-7")), instances(instance("i-107")), instances())
    assert [facts.instance_id for facts in subject.find_instances(IDS)] == ["i-7", "i-107"]
    assert [len(json.loads(query["InstanceIds"])) for query in cloud.queries] == [100, 100, 50]
    assert {query["RegionId"] for query in cloud.queries} == {"cn-hangzhou"}


def test_find_instances_without_ids_asks_nothing(cloud: Script, subject: Gateway) -> None:
    assert subject.find_instances([]) == ()
    assert cloud.actions == []


def test_find_group(cloud: Script, subject: Gateway) -> None:
    cloud.answers(instances(tagged("i-1"), next_token="page-2"), instances(tagged("i-2"), tagged("i-1")))
    assert {facts.instance_id for facts in subject.find_group("g-1")} == {"i-1", "i-2"}
    first, second = cloud.queries
    assert (first["Tag.1.Key"], first["Tag.1.Value"]) == ("ecs-release:group-id", "g-1")
    assert (first["MaxResults"], "NextToken" in first, second["NextToken"]) == ("100", False, "page-2")


@pytest.mark.parametrize("circle", [("a", "a"), ("a", "b", "a")])
def test_pages_that_go_in_circles_are_malformed(
    cloud: Script, subject: Gateway, circle: tuple[str, ...]
) -> None:
    cloud.answers(*(instances(next_token=name) for name in circle))
    with pytest.raises(Malformed, match="circles"):
        subject.find_group("g-1")


def test_pages_without_an_end_are_malformed(cloud: Script, subject: Gateway) -> None:
    cloud.answers(*(instances(next_token=str(number)) for number in range(1000)))
    with pytest.raises(Malformed, match="do not end"):
        subject.find_group("g-1")


def test_find_marked(cloud: Script, subject: Gateway) -> None:
    cloud.answers(instances())
    subject.find_marked("g-1")
    (query,) = cloud.queries
    assert (query["Tag.1.Value"], query["Tag.2.Key"]) == ("g-1", "ecs-release:unrecorded")
    assert "Tag.2.Value" not in query


@pytest.mark.parametrize(
    ("code", "answer"), [("DryRunOperation", True), ("Forbidden.RAM", False), ("NoPermission", False)]
)
def test_may_look(cloud: Script, subject: Gateway, code: str, answer: bool) -> None:
    cloud.answers(api_error(403, code))
    assert subject.may_look() is answer
    assert cloud.queries[0]["DryRun"] == "True"


@pytest.mark.parametrize("reply", [api_error(404, "InvalidAccessKeyId.NotFound"), instances(), "{}"])
def test_may_look_concludes_nothing_from_another_answer(cloud: Script, subject: Gateway, reply: Any) -> None:
    cloud.answers(reply)
    with pytest.raises(CloudError):
        subject.may_look()


def test_is_released(cloud: Script, subject: Gateway) -> None:
    cloud.answers(api_error(404, "InvalidInstanceId.NotFound"), {"InstanceId": "i-1", "Status": "Running"})
    assert subject.is_released("i-1")
    assert not subject.is_released("i-1")


@pytest.mark.parametrize(
    ("reply", "family", "reason"),
    [
        (api_error(403, "Forbidden.RAM"), NoPermission, "no right to look"),
        (api_error(403, "InvalidInstanceId.NotFound"), NotFound, "another status than 404"),
        (api_error(404, "ResourceNotExists"), NotFound, "another code"),
        (api_error(404, "InvalidAction.NotFound"), Refused, "an unknown action"),
        ({}, Malformed, "an empty reply"),
        ({"InstanceId": "i-2", "Status": "Running"}, Malformed, "has the InstanceId i-2"),
    ],
)
def test_is_released_believes_its_own_404_only(
    cloud: Script, subject: Gateway, reply: Any, family: type[CloudError], reason: str
) -> None:
    cloud.answers(reply)
    with pytest.raises(family):
        subject.is_released("i-1")


def test_disks_of_few_instances_one_by_one(cloud: Script, subject: Gateway) -> None:
    attaching = disk("d-3", InstanceId="", Status="Attaching")
    cloud.answers(disks(disk("d-1"), attaching), disks(disk("d-2", InstanceId="i-2")))
    found = {facts.disk_id: facts.instance_id for facts in subject.disks_of(["i-1", "i-2"])}
    assert found == {"d-1": "i-1", "d-3": "i-1", "d-2": "i-2"}
    assert [query["InstanceId"] for query in cloud.queries] == ["i-1", "i-2"]


def test_disks_of_many_instances_out_of_the_listing(cloud: Script, subject: Gateway) -> None:
    rows = [disk(f"d-{number}", InstanceId=f"i-{number}") for number in range(300)]
    cloud.answers(disks(*rows[:200], next_token="page-2"), disks(*rows[200:]))
    assert {facts.instance_id for facts in subject.disks_of(IDS)} == set(IDS)
    assert [query.get("NextToken") for query in cloud.queries] == [None, "page-2"]


def test_disks_of_a_region_with_many_disks_one_by_one_after_all(cloud: Script, subject: Gateway) -> None:
    pages = [disks(disk("d-x", InstanceId="i-other"), next_token=str(number)) for number in range(3)]
    cloud.answers(*pages, *(disks(disk(f"d-{number}", InstanceId=f"i-{number}")) for number in range(3)))
    assert {facts.disk_id for facts in subject.disks_of(IDS[:3])} == {"d-0", "d-1", "d-2"}
    assert len(cloud.actions) == 6


def test_find_disks(cloud: Script, subject: Gateway) -> None:
    cloud.answers(disks(disk("d-1")), disks())
    found = subject.find_disks([f"d-{number}" for number in range(101)])
    assert [facts.disk_id for facts in found] == ["d-1"]
    assert [len(json.loads(query["DiskIds"])) for query in cloud.queries] == [100, 1]


def test_set_disk_flags(cloud: Script, subject: Gateway) -> None:
    cloud.answers({"RequestId": "R-1"}, {"RequestId": "R-2"})
    disk_ids = [f"d-{number}" for number in range(150)]
    request_ids = subject.set_disk_flags(disk_ids, delete_with_instance=False, delete_auto_snapshot=None)
    assert request_ids == ("R-1", "R-2")
    assert ids_in(cloud.queries[1], "DiskIds") == disk_ids[100:]
    assert cloud.queries[0]["DeleteWithInstance"] == "False"
    assert "DeleteAutoSnapshot" not in cloud.queries[0]


@pytest.mark.parametrize("terminate", [True, False])
def test_release_instances(cloud: Script, subject: Gateway, terminate: bool) -> None:
    assert subject.release_instances(IDS[:100], force=True, terminate_subscription=terminate) == "R-1"
    (query,) = cloud.queries
    assert (ids_in(query, "InstanceId"), query["Force"]) == (IDS[:100], "True")
    assert query.get("TerminateSubscription") == ("True" if terminate else None)


def test_set_release_time(cloud: Script, subject: Gateway) -> None:
    local = datetime(2026, 12, 31, 18, 0, 59, tzinfo=timezone(timedelta(hours=8)))
    assert subject.set_release_time("i-1", local) == "R-1"
    subject.set_release_time("i-1", None)
    assert cloud.queries[0]["AutoReleaseTime"] == "2026-12-31T10:00:00Z"
    assert "AutoReleaseTime" not in cloud.queries[1]


def test_set_release_time_needs_a_zone(cloud: Script, subject: Gateway) -> None:
    with pytest.raises(ValueError, match="no zone"):
        subject.set_release_time("i-1", datetime(2026, 12, 31))
    assert cloud.actions == []


def test_tag_instances(cloud: Script, subject: Gateway) -> None:
    subject.tag_instances(IDS[:51], {"ecs-release:claimed": "i-1"})
    assert [len(ids_in(query, "ResourceId")) for query in cloud.queries] == [50, 1]
    query = cloud.queries[0]
    assert (query["ResourceType"], query["Tag.1.Key"], query["Tag.1.Value"]) == (
        "instance",
        "ecs-release:claimed",
        "i-1",
    )


def test_untag_instances(cloud: Script, subject: Gateway) -> None:
    subject.untag_instances(["i-1"], ["a", "b"])
    assert (cloud.actions, ids_in(cloud.queries[0], "TagKey")) == (["UntagResources"], ["a", "b"])


def test_renewals(cloud: Script, subject: Gateway) -> None:
    rows = [{"InstanceID": "i-1", "RenewStatus": "AutoRenewal"}]
    cloud.answers({"Success": True, "Code": "Success", "Data": {"InstanceList": rows}})
    assert subject.renewals(["i-1", "i-2"]) == {"i-1": "AutoRenewal"}
    assert cloud.queries[0]["InstanceIDs"] == "i-1,i-2"


@pytest.mark.parametrize(
    ("reply", "family"),
    [
        ({"Success": False, "Code": "NotApplicable", "Message": "wrong site"}, Refused),
        ({"Success": False, "Code": "NoPermission", "Message": "not yours"}, NoPermission),
        ({"Success": False, "Code": "ResourceNotExists", "Message": "gone"}, NotFound),
        ({"Success": False}, Malformed),
        ({"Data": {"InstanceList": []}}, Malformed),
        ({"Success": True, "Code": "Success"}, Malformed),
    ],
)
def test_renewals_fail_inside_a_200(
    cloud: Script, subject: Gateway, reply: Any, family: type[CloudError]
) -> None:
    cloud.answers(reply)
    with pytest.raises(family):
        subject.renewals(["i-1"])


def test_a_passing_fault_inside_a_200_is_repeated(cloud: Script, subject: Gateway) -> None:
    busy = {"Success": False, "Code": "InternalError", "Message": "busy"}
    cloud.answers(busy, {"Success": True, "Data": {"InstanceList": []}})
    assert subject.renewals(["i-1"]) == {}


def test_every_method_has_a_test() -> None:
    methods = [name for name in vars(Gateway) if not name.startswith("_")]
    text = "".join(
        path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_gateway*.py")
    )
    assert len(methods) > 10
    assert [name for name in methods if f"def test_{name}" not in text] == []
