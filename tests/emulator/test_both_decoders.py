"""What breaks a naive emulator: a test for each of the 17 items, for both decoders."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from typing import Any

import pytest
from emulator.names import words

from tests.emulator import states
from tests.emulator.cloud import REGION, VERSIONS, Cloud
from tests.emulator.inside import Inside
from tests.emulator.looks import calls, looked, parts, populated

BOOLEANS = set(
    words(
        "DeletionProtection EnableJumboFrame Encrypted DeleteWithInstance DeleteAutoSnapshot "
        "EnableAutoSnapshot Primary NotifyOnMaintenance IsSupportUnassociate Recyclable BurstingEnabled "
        "Portable AutoRenewEnabled LoginAsNonRoot EnableHighDensityMode IsDefault ClassicLinkEnabled "
        "DeleteOnRelease SourceDestCheck"
    )
)
NUMBERS = set(
    words(
        "Cpu Memory Size SpotDuration SpotPriceLimit InternetMaxBandwidthOut InternetMaxBandwidthIn "
        "LocalStorageCapacity LocalStorageAmount TotalCount PageNumber PageSize Duration "
        "NetworkCardIndex CoreCount ThreadsPerCore HttpPutResponseHopLimit RetentionDays CpuCoreCount "
        "MemorySize"
    )
)
OBJECTS = {
    "Attachment",
    "ActionOnMaintenance",
    "CpuOptions",
    "VpcAttributes",
    "EipAddress",
    "MetadataOptions",
}
TO_THE_MINUTE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ")


@pytest.fixture(scope="module")
def values(inside: Inside) -> dict[str, str]:
    return populated(inside)


@pytest.fixture(scope="module")
def bodies(inside: Inside, values: dict[str, str]) -> list[dict[str, Any]]:
    """The answers of all reading calls, about things and about nothing."""
    stranger = copy(inside)
    stranger.key = "emulator-b"
    some = looked(inside, values)
    nothing = [stranger.call(name, order, product) for product, name, order in calls(values)]
    return [*some, *(answer.body for answer in nothing if answer.status == 200)]


def named(bodies: list[dict[str, Any]], names: set[str]) -> list[tuple[str, Any]]:
    return [(name, value) for body in bodies for name, value in parts(body) if name in names]


def test_item_1_lists_are_wrapped(bodies: list[dict[str, Any]]) -> None:
    bare = {name for body in bodies for name, value in body.items() if isinstance(value, list)}
    assert bare == set()
    # A wrapper holds one list under one name, and no list holds a list.
    for body in bodies:
        for _, value in parts(body):
            if isinstance(value, list):
                assert not any(isinstance(one, list) for one in value)


def test_item_2_types_are_real(bodies: list[dict[str, Any]]) -> None:
    assert {name for name, value in named(bodies, BOOLEANS) if type(value) is not bool} == set()
    assert {name for name, value in named(bodies, NUMBERS) if type(value) not in (int, float)} == set()
    # Where a list has the same name as its items, the items are looked at.
    objects = [(name, value) for name, value in named(bodies, OBJECTS) if not isinstance(value, list)]
    assert {name for name, value in objects if not isinstance(value, dict)} == set()
    assert {name for name, _ in objects} == OBJECTS
    texts = named(bodies, {"TimePoints", "RepeatWeekdays", "TargetCopyRegions"})
    assert texts
    assert all(isinstance(value, str) for _, value in texts)


def test_item_3_keys_are_there_and_nothing_is_null(bodies: list[dict[str, Any]]) -> None:
    assert [name for body in bodies for name, value in parts(body) if value is None] == []
    # Of a stranger's reading calls too, each has its list, and most are empty.
    empty = [value for body in bodies for _, value in parts(body) if value == []]
    assert len(empty) > 20


@pytest.mark.parametrize(
    "filters",
    [{}, {"InstanceIds": "[]"}, {"InstanceIds": '["i-0"]'}, {"PageNumber": 99}, {"Status": "Stopped"}],
    ids=str,
)
@pytest.mark.parametrize("key", ["emulator", "emulator-b", "emulator-a-alice"])
def test_item_4_no_empty_object(cloud: Cloud, key: str, filters: dict[str, Any]) -> None:
    cloud.run()
    cloud.control("settings", {"enforce_ram": True})
    body = Cloud(cloud.url, key).good("DescribeInstances", filters)
    assert set(body) >= {"RequestId", "Instances", "TotalCount", "PageNumber", "PageSize", "NextToken"}
    assert set(body["Instances"]) == {"Instance"}


@pytest.mark.parametrize("product", ["Ecs", "Vpc", "Ram", "BssOpenApi", "Sts"])
def test_item_5_an_unknown_action_is_not_taken_for_gone(cloud: Cloud, product: str) -> None:
    answer = cloud.call("DoSomething", {}, product)
    assert answer.status == 400
    assert "NotFound" not in answer.body["Message"]


def test_item_6_good_bodies_have_no_code(bodies: list[dict[str, Any]]) -> None:
    assert [body for body in bodies if {"Code", "Success", "Message"} & set(body)] == []


def test_item_7_each_body_has_its_id(bodies: list[dict[str, Any]]) -> None:
    ids = [body["RequestId"] for body in bodies]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", one) for one in ids)


def test_item_8_times_of_an_instance_have_no_seconds(inside: Inside, values: dict[str, str]) -> None:
    row = inside.instance(values["InstanceId"])
    times = {name: row[name] for name in ("AutoReleaseTime", "ExpiredTime", "StartTime", "CreationTime")}
    assert {name: time for name, time in times.items() if not TO_THE_MINUTE.fullmatch(time)} == {}
    assert times["ExpiredTime"] == "2099-12-31T15:59Z"
    inside.good("ModifyInstanceAutoReleaseTime", {"InstanceId": values["InstanceId"]})
    assert inside.instance(values["InstanceId"])["AutoReleaseTime"] == ""


def test_item_9_tags_are_spelt_by_the_product(inside: Inside, values: dict[str, str]) -> None:
    eip = {"ResourceType": "EIP", "ResourceId.1": values["AllocationId"], "Tag.1.Key": "role"}
    inside.good("TagResources", {**eip, "Tag.1.Value": "web"}, "Vpc")
    assert inside.instance(values["InstanceId"])["Tags"] == {"Tag": [{"TagKey": "role", "TagValue": "web"}]}
    (row,) = inside.good("DescribeEipAddresses", {}, "Vpc")["EipAddresses"]["EipAddress"]
    assert row["Tags"] == {"Tag": [{"Key": "role", "Value": "web"}]}


def test_item_10_ids_are_echoed(inside: Inside, values: dict[str, str]) -> None:
    instance, interface = values["InstanceId"], values["NetworkInterfaceId"]
    assert inside.good("DescribeInstanceAttribute", {"InstanceId": instance})["InstanceId"] == instance
    care = inside.good("DescribeInstanceMaintenanceAttributes", {"InstanceId.1": instance})
    assert care["MaintenanceAttributes"]["MaintenanceAttribute"][0]["InstanceId"] == instance
    (disk,) = inside.disks(InstanceId=instance, DiskType="system")
    assert disk["InstanceId"] == instance
    found = inside.good("DescribeNetworkInterfaces", {"NetworkInterfaceId.1": interface})
    assert found["NetworkInterfaceSets"]["NetworkInterfaceSet"][0]["NetworkInterfaceId"] == interface
    group = {"SecurityGroupId": values["SecurityGroupId"]}
    assert inside.good("DescribeSecurityGroupAttribute", group).items() >= group.items()


def test_item_11_one_interface_is_primary(inside: Inside, values: dict[str, str]) -> None:
    row = inside.instance(values["InstanceId"])
    (interface,) = row["NetworkInterfaces"]["NetworkInterface"]
    assert interface["Type"] == "Primary"
    (address,) = row["VpcAttributes"]["PrivateIpAddress"]["IpAddress"]
    assert interface["PrimaryIpAddress"] == address


@pytest.mark.parametrize("action", ["DeleteInstance", "DeleteInstances"])
def test_item_12_protection_protects(cloud: Cloud, action: str) -> None:
    name = "InstanceId" if action == "DeleteInstance" else "InstanceId.1"
    answer = cloud.call(action, {name: states.protected(cloud), "Force": True})
    assert answer.outcome == "403 InvalidOperation.DeletionProtection"
    cloud.advance("P1D")
    assert len(cloud.instances()) == 1


def test_item_13_the_words_of_a_life(cloud: Cloud) -> None:
    instance, seen = states.pending(cloud), []
    for step in range(8):
        seen += [row["Status"] for row in cloud.instances()]
        if step == 4:
            cloud.good("DeleteInstance", {"InstanceId": instance, "Force": True})
        cloud.advance("PT1S")
    assert seen == ["Pending", "Starting", "Running", "Running", "Running", "Stopping"]


def test_item_14_small_letters_where_the_page_has_them(inside: Inside, values: dict[str, str]) -> None:
    order = {"autoSnapshotPolicyId": values["AutoSnapshotPolicyId"], "regionId": REGION}
    disks = {"diskIds": json.dumps([values["DiskId"]])}
    inside.good("ApplyAutoSnapshotPolicy", {**order, **disks})
    (disk,) = inside.disks(DiskIds=disks["diskIds"])
    assert disk["AutoSnapshotPolicyId"] == values["AutoSnapshotPolicyId"]
    wrong = inside.call("ApplyAutoSnapshotPolicy", {**order, "DiskIds": disks["diskIds"]})
    assert wrong.status == 400


@pytest.mark.parametrize("action", ["DescribeInstances", "DescribeDisks"])
def test_item_15_both_clients_get_the_same(inside: Inside, values: dict[str, str], action: str) -> None:
    protocol = {"Action": action, "Version": VERSIONS["Ecs"], "AccessKeyId": "emulator", "Signature": "any"}
    order = {"RegionId": REGION, "PageSize": "50"}
    replies = [
        inside.http.post("/", params={**protocol, **order}),
        inside.http.post("/", params=protocol, data=order),
        inside.http.post("/", params={**protocol, "RegionId": REGION}, data={"PageSize": "50"}),
    ]
    bodies = [{**reply.json(), "RequestId": ""} for reply in replies]
    assert bodies[0] == bodies[1] == bodies[2]
    assert bodies[0]["PageSize"] == 50


def test_item_16_a_token_makes_one_instance_in_either_dialect(cloud: Cloud) -> None:
    order = {**cloud.order(ClientToken="once"), "RegionId": REGION}
    protocol = {"Action": "RunInstances", "Version": VERSIONS["Ecs"], "AccessKeyId": "emulator"}
    query = {**protocol, "Signature": "any", "SignatureNonce": "1"}
    first = cloud.http.post("/", params=query, data=order).json()
    again = cloud.http.post("/", params={**query, "SignatureNonce": "2", **order}).json()
    assert first["InstanceIdSets"] == again["InstanceIdSets"]
    assert len(cloud.instances()) == 1


def test_item_17_a_burst_of_calls(cloud: Cloud) -> None:
    network = cloud.network()

    def run(number: int) -> str:
        caller = Cloud(cloud.url)
        order = caller.order(**network, ClientToken=str(number % 20))
        return str(caller.good("RunInstances", order)["InstanceIdSets"]["InstanceIdSet"][0])

    with ThreadPoolExecutor(20) as pool:
        made = list(pool.map(run, range(40)))
    assert len(set(made)) == 20
    cloud.advance("PT2S")
    with ThreadPoolExecutor(20) as pool:
        shown = list(pool.map(lambda one: Cloud(cloud.url).instance(one), set(made)))
    assert {row["Status"] for row in shown} == {"Running"}
    addresses = [row["VpcAttributes"]["PrivateIpAddress"]["IpAddress"][0] for row in shown]
    assert len(set(addresses)) == 20
