"""Calls a minute of an account: what is counted, what is refused, when it ends, how it is answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.emulator.cloud import Answer, Cloud, Server

READ = "DescribeInstances"
THROTTLED = "400 Throttling.User"


def outcomes(cloud: Cloud, count: int, action: str = READ, **parameters: Any) -> list[str]:
    return [cloud.call(action, parameters).outcome for _ in range(count)]


def throttled(cloud: Cloud) -> Answer:
    cloud.control("limits", {READ: 0})
    return cloud.call(READ)


def test_nothing_is_limited_at_first(cloud: Cloud) -> None:
    assert cloud.look("limits") == {}
    assert outcomes(cloud, 3) == ["200"] * 3


def test_the_share_of_a_minute(cloud: Cloud) -> None:
    assert cloud.control("limits", {READ: 2}) == {READ: 2}
    assert outcomes(cloud, 4) == ["200", "200", THROTTLED, THROTTLED]


@pytest.mark.parametrize(
    ("reason", "advance", "outcome"),
    [("the same minute", "PT59S", THROTTLED), ("the next minute", "PT60S", "200")],
)
def test_a_minute_is_one_of_the_clock(cloud: Cloud, reason: str, advance: str, outcome: str) -> None:
    cloud.control("limits", {READ: 1})
    outcomes(cloud, 2)
    cloud.advance(advance)
    assert outcomes(cloud, 1) == [outcome]


def test_the_next_minute_has_a_share_of_its_own(cloud: Cloud) -> None:
    cloud.control("limits", {READ: 1})
    outcomes(cloud, 5)
    cloud.advance("PT1M")
    assert outcomes(cloud, 2) == ["200", THROTTLED]


@pytest.mark.parametrize(
    ("reason", "key", "parameters", "action"),
    [
        ("another account", "emulator-b", {}, READ),
        ("another region", "emulator", {"RegionId": "cn-beijing"}, READ),
        ("another action", "emulator", {}, "DescribeDisks"),
    ],
)
def test_what_is_counted_apart(
    cloud: Cloud, reason: str, key: str, parameters: dict[str, str], action: str
) -> None:
    cloud.control("limits", {READ: 1, "DescribeDisks": 1})
    outcomes(cloud, 2)
    assert Cloud(cloud.url, key).call(action, parameters).status == 200


def test_products_that_share_a_name_are_counted_apart(cloud: Cloud) -> None:
    cloud.control("limits", {"ListTagResources": 1})
    assert cloud.call("ListTagResources", {"ResourceType": "instance", "ResourceId.1": "i-0"}).status == 200
    vpc = {"ResourceType": "VPC", "ResourceId.1": "vpc-0"}
    assert cloud.call("ListTagResources", vpc, "Vpc").status == 200
    assert cloud.call("ListTagResources", vpc, "Vpc").outcome == THROTTLED


def test_the_users_of_an_account_share(cloud: Cloud) -> None:
    cloud.control("limits", {READ: 1})
    outcomes(cloud, 1)
    assert Cloud(cloud.url, "emulator-a").call(READ).outcome == THROTTLED


def test_a_refused_call_counts_and_a_malformed_one_does_not(cloud: Cloud) -> None:
    cloud.control("limits", {"DeleteInstance": 1})
    unknown = {"InstanceId": "i-0"}
    assert cloud.call("DeleteInstance", {"Colour": "red"}).outcome == "400 MissingParameter"
    assert cloud.call("DeleteInstance", {**unknown, "Colour": "red"}).outcome == "400 UnsupportedParameter"
    assert cloud.call("DeleteInstance", unknown).outcome == "404 InvalidInstanceId.NotFound"
    assert cloud.call("DeleteInstance", unknown).outcome == THROTTLED


def test_a_throttled_call_changes_nothing(cloud: Cloud) -> None:
    instance = cloud.run()
    cloud.control("limits", {"DeleteInstances": 0})
    order = {"InstanceId.1": instance, "Force": True}
    assert cloud.call("DeleteInstances", order).outcome == THROTTLED
    cloud.advance("PT1M")
    assert cloud.instance(instance)["Status"] == "Running"


@pytest.mark.parametrize("status", [400, 403, 429])
def test_the_documented_statuses(cloud: Cloud, status: int) -> None:
    cloud.control("settings", {"throttling_status": status})
    answer = throttled(cloud)
    assert (answer.outcome, "x-acs-retry-after" in answer.headers) == (f"{status} Throttling.User", False)


def test_the_header_says_when_the_next_minute_begins(cloud: Cloud) -> None:
    cloud.control("settings", {"throttling_retry_after": "sent"})
    cloud.advance("PT45S")
    assert throttled(cloud).headers["x-acs-retry-after"] == "15000"
    # A clock that runs a thousand times faster reaches it so much sooner.
    cloud.control("clock", {"rate": 1000})
    assert int(throttled(cloud).headers["x-acs-retry-after"]) <= 60


@pytest.mark.parametrize(
    ("reason", "method", "body", "left"),
    [
        ("one by null", "POST", {READ: None}, {"DeleteInstance": 5}),
        ("one is set anew", "POST", {READ: 7}, {READ: 7, "DeleteInstance": 5}),
        ("all by an empty object", "POST", {}, {}),
        ("all by null", "POST", None, {}),
        ("all by DELETE", "DELETE", {}, {}),
    ],
)
def test_what_lifts_limits(cloud: Cloud, reason: str, method: str, body: Any, left: dict[str, int]) -> None:
    cloud.control("limits", {READ: 0, "DeleteInstance": 5})
    assert cloud.http.request(method, "/_emulator/limits", json=body).json() == left
    assert cloud.look("limits") == left
    assert cloud.call(READ).status == 200


def test_a_reset_lifts_limits_and_forgets_the_count(cloud: Cloud) -> None:
    cloud.control("limits", {READ: 1})
    outcomes(cloud, 2)
    cloud.control("reset", {})
    cloud.control("limits", {READ: 1})
    assert outcomes(cloud, 2) == ["200", THROTTLED]


@pytest.mark.parametrize(
    "body",
    [{READ: -1}, {READ: 1.5}, {READ: True}, {READ: "60"}, {READ: 1, "DescribeColours": 1}, [], "x", 5, False],
)
def test_limits_that_cannot_be(cloud: Cloud, body: Any) -> None:
    cloud.control("limits", {READ: 3})
    reply = cloud.http.post("/_emulator/limits", json=body)
    assert (reply.status_code, set(reply.json())) == (400, {"error"})
    assert cloud.look("limits") == {READ: 3}


def test_limits_and_counts_outlive_the_process(database: Path) -> None:
    server = Server(database)
    cloud = Cloud(server.url)
    cloud.control("clock", {"set": "2030-01-01T00:00:00Z", "rate": 0})
    cloud.control("limits", {READ: 2})
    outcomes(cloud, 1)
    server.end(kill=True)
    server = Server(database)
    assert outcomes(Cloud(server.url), 2) == ["200", THROTTLED]
    server.end()


def test_serve_options_say_how_throttling_is_answered(database: Path) -> None:
    server = Server(database, "--throttling-status", "429", "--throttling-retry-after", "sent")
    answer = throttled(Cloud(server.url))
    server.end()
    assert answer.outcome == "429 Throttling.User"
    assert 0 < int(answer.headers["x-acs-retry-after"]) <= 60_000
