"""EventBridge: what of real calls a listener on this machine is told, and when."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.emulator.cloud import Cloud, Server
from tests.emulator.listening import Listener, listening
from tests.emulator.ruling import good, rule, target


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as found:
        yield found


def make_vpc(cloud: Cloud) -> str:
    return str(cloud.good("CreateVpc", {"CidrBlock": "10.0.0.0/16"}, "Vpc")["RequestId"])


def outcomes(cloud: Cloud) -> list[tuple[str, int]]:
    return [(row["outcome"], row["attempts"]) for row in cloud.look("deliveries")]


def settled(cloud: Cloud, *wanted: tuple[str, int]) -> None:
    """Wait until the deliveries are these."""
    ends_at = time.monotonic() + 10
    while outcomes(cloud) != list(wanted):
        assert time.monotonic() < ends_at, outcomes(cloud)
        time.sleep(0.01)


def test_a_call_is_told_within_a_second_as_a_cloud_event(cloud: Cloud, listener: Listener) -> None:
    rule(cloud, target(f"{listener.url}/hook?a=b"))
    began = time.time()
    request = make_vpc(cloud)
    (came,) = listener.wait(1)
    assert came.at - began < 1
    assert (came.path, came.kind) == ("/hook?a=b", "application/json;charset=utf-8")
    event = came.event
    assert (event["specversion"], event["source"], event["type"]) == (
        "1.0",
        "acs.actiontrail",
        "actiontrail:ActionTrail:ApiCall",
    )
    assert (event["id"], event["data"]["requestId"]) == (request, request)
    assert (event["aliyunaccountid"], event["aliyuneventbusname"]) == ("1000000000000001", "default")
    (known,) = cloud.good(
        "LookupEvents",
        {"LookupAttribute.1.Key": "EventId", "LookupAttribute.1.Value": request},
        "Actiontrail",
    )["Events"]
    assert event["data"] == known
    settled(cloud, ("delivered", 1))


def test_what_does_not_meet_the_pattern_is_not_told(cloud: Cloud, listener: Listener) -> None:
    rule(cloud, target(listener.url))
    cloud.good("CreateSecurityGroup", {"VpcId": cloud.good("CreateVpc", {}, "Vpc")["VpcId"]})
    cloud.good("DescribeVpcs", {}, "Vpc")
    Cloud(cloud.url, "emulator-b").good("CreateVpc", {}, "Vpc")
    listener.wait(1)
    settled(cloud, ("delivered", 1))


def test_looks_are_not_published(cloud: Cloud, listener: Listener) -> None:
    rule(cloud, target(listener.url), pattern={"source": ["acs.actiontrail"]})
    cloud.good("DescribeVpcs", {}, "Vpc")
    # The last of the writes comes after the look, so the look would have come before it.
    make_vpc(cloud)
    names = [came.event["data"]["eventName"] for came in listener.wait(2)]
    assert sorted(names) == ["CreateRule", "CreateVpc"]


def test_a_listener_that_takes_its_time_holds_up_no_call(cloud: Cloud, listener: Listener) -> None:
    rule(cloud, target(listener.url))
    listener.gate.clear()
    began = time.monotonic()
    for _ in range(3):
        make_vpc(cloud)
    assert time.monotonic() - began < 1
    listener.gate.set()
    listener.wait(3)
    settled(cloud, *[("delivered", 1)] * 3)


def test_a_refused_delivery_is_repeated_by_the_clock(cloud: Cloud, listener: Listener) -> None:
    listener.statuses = [500, 404, 302]
    rule(cloud, target(listener.url))
    make_vpc(cloud)
    for attempt in (1, 2, 3):
        settled(cloud, ("waiting", attempt))
        cloud.advance("PT9S")
        time.sleep(0.4)
        assert outcomes(cloud) == [("waiting", attempt)]
        cloud.advance("PT11S")
        listener.wait(attempt + 1)
    settled(cloud, ("delivered", 4))
    assert len({came.event["id"] for came in listener.received}) == 1


def test_a_listener_that_is_not_there_is_given_up_in_the_end(cloud: Cloud) -> None:
    rule(cloud, target("http://127.0.0.1:1/"))
    make_vpc(cloud)
    for attempt in (1, 2, 3):
        settled(cloud, ("waiting", attempt))
        cloud.advance("PT20S")
    settled(cloud, ("given up", 4))


def test_the_other_strategy_begins_after_a_second(cloud: Cloud, listener: Listener) -> None:
    listener.statuses = [503, 503]
    rule(cloud, target(listener.url, PushRetryStrategy="EXPONENTIAL_DECAY_RETRY"))
    make_vpc(cloud)
    for attempt, pause in ((1, "PT1S"), (2, "PT2S")):
        settled(cloud, ("waiting", attempt))
        cloud.advance(pause)
    settled(cloud, ("delivered", 3))


def test_targets_elsewhere_are_noted_and_never_called(cloud: Cloud, listener: Listener) -> None:
    elsewhere = target("https://alarms.example.com/", Id="far", Type="https")
    queue = target("acs:mns:cn-hangzhou:1:queues/q", Id="queue", Type="acs.mns.queue")
    rule(cloud, elsewhere, queue, target(listener.url))
    make_vpc(cloud)
    listener.wait(1)
    settled(cloud, ("not on this machine", 0), ("not on this machine", 0), ("delivered", 1))
    assert [row["target"] for row in cloud.look("deliveries?since=1")] == ["queue", "hook"]


def test_a_disabled_rule_tells_nobody(cloud: Cloud, listener: Listener) -> None:
    rule(cloud, target(listener.url), Status="DISABLE")
    make_vpc(cloud)
    names = {"EventBusName": "default", "RuleName": "alarm"}
    good(cloud, "EnableRule", **names)
    told = make_vpc(cloud)
    good(cloud, "DisableRule", **names)
    make_vpc(cloud)
    assert [came.event["id"] for came in listener.wait(1)] == [told]
    settled(cloud, ("delivered", 1))


def test_what_the_cloud_releases_is_told_too(cloud: Cloud, listener: Listener) -> None:
    rule(cloud, target(listener.url), pattern={"type": [{"suffix": ":AliyunServiceEvent"}]})
    instance = cloud.run({"AutoReleaseTime": "2026-06-15T11:00:00Z"})
    cloud.advance("PT2H")
    (came,) = listener.wait(1)
    assert came.event["data"]["referencedResources"] == {"ACS::ECS::Instance": [instance]}


def test_a_killed_process_delivers_when_it_is_back(database: Path, listener: Listener) -> None:
    server = Server(database)
    cloud = Cloud(server.url)
    rule(cloud, target(listener.url))
    listener.gate.clear()
    request = make_vpc(cloud)
    listener.wait(1)
    server.end(kill=True)
    listener.gate.set()
    again = Server(database)
    assert [came.event["id"] for came in listener.wait(2)] == [request, request]
    restarted = Cloud(again.url)
    settled(restarted, ("delivered", 1))
    shown = good(restarted, "GetRule", EventBusName="default", RuleName="alarm")
    assert shown["Targets"][0]["Endpoint"] == listener.url
    again.end()


def test_events_of_ones_own_go_to_a_bus_of_ones_own(cloud: Cloud, listener: Listener) -> None:
    made = good(cloud, "CreateEventBus", EventBusName="shop", Description="orders")
    assert made["EventBusARN"].endswith(":eventbus/shop")
    rule(cloud, target(listener.url), pattern={"source": ["shop.orders"]}, EventBusName="shop")
    event = {"Id": "1", "Source": "shop.orders", "Type": "paid", "Data": {"sum": 3}}
    put = good(cloud, "PutEvents", EventBusName="shop", EventList=json.dumps([event, {"Id": "2"}]))
    assert (put["FailedEntryCount"], put["EntryList"][1]["ErrorCode"]) == (1, "EventInvalid")
    (came,) = listener.wait(1)
    assert (came.event["data"], came.event["aliyuneventbusname"]) == ({"sum": 3}, "shop")
