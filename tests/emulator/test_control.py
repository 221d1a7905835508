"""The control calls: clock, faults, latency, log, settings, reset, and their refusals."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from tests.emulator.cloud import REGION, Cloud

SIGNED = {"Version": "2014-05-26", "AccessKeyId": "emulator", "Signature": "any"}


def fault(cloud: Cloud, effect: dict[str, Any], **match: Any) -> None:
    cloud.control("faults", {"match": match, "effect": effect})


def test_health(cloud: Cloud) -> None:
    assert cloud.look("health") == {"status": "ok"}


def test_the_clock_stands_moves_and_runs(cloud: Cloud) -> None:
    assert cloud.look("clock") == {"now": "2026-06-15T10:00:00Z", "epoch": 1781517600.0, "rate": 0}
    assert cloud.control("clock", {"advance": "P1DT1H30M"})["now"] == "2026-06-16T11:30:00Z"
    assert cloud.control("clock", {"set": "2026-12-31T10:00:00Z", "rate": 1})["rate"] == 1
    assert cloud.look("clock")["epoch"] >= cloud.look("clock")["epoch"] - 1


def test_a_frozen_clock_moves_nothing(cloud: Cloud) -> None:
    instance = cloud.good("RunInstances", cloud.order())["InstanceIdSets"]["InstanceIdSet"][0]
    assert {cloud.instance(instance)["Status"] for _ in range(5)} == {"Pending"}


def test_everything_due_in_a_long_advance_happens_in_order(cloud: Cloud) -> None:
    cloud.good("RunInstances", cloud.order(AutoReleaseTime="2026-06-15T11:00:00Z"))
    cloud.advance("P30D")
    assert cloud.instances() == []


def test_the_log_and_the_counts(cloud: Cloud) -> None:
    cloud.good("DescribeInstances")
    cloud.call("DeleteInstance", {"InstanceId": "i-0"})
    first, second = cloud.look("requests")
    assert (first["n"], first["action"], first["product"], first["status"], first["code"]) == (
        1, "DescribeInstances", "Ecs", 200, "",
    )  # fmt: skip
    assert (second["n"], second["status"], second["code"]) == (2, 404, "InvalidInstanceId.NotFound")
    assert second["parameters"] == {"RegionId": REGION, "InstanceId": "i-0"}
    assert second["time"] == "2026-06-15T10:00:00Z"
    assert second["user_agent"].startswith("python-httpx")
    assert [row["n"] for row in cloud.look("requests?since=1")] == [2]
    assert cloud.look("counts") == {"DeleteInstance": 1, "DescribeInstances": 1}


def test_state_shows_all_accounts(cloud: Cloud) -> None:
    mine, theirs = cloud.run(), Cloud(cloud.url, "emulator-b").run()
    state = cloud.look("state")
    assert {one: row["AccountId"] for one, row in state["instances"].items()} == {
        mine: "1000000000000001",
        theirs: "1000000000000002",
    }
    assert state["instances"][mine]["RegionId"] == REGION
    assert all(row["DeleteWithInstance"] for row in state["disks"].values())
    assert set(state) >= {
        "instances",
        "disks",
        "eips",
        "snapshots",
        "images",
        "enis",
        "vpcs",
        "vswitches",
        "security_groups",
    }


@pytest.mark.parametrize(
    ("reason", "effect", "outcome"),
    [
        ("status and code", {"status": 503, "code": "ServiceUnavailable"}, "503 ServiceUnavailable"),
        ("a code alone", {"code": "Throttling.User"}, "400 Throttling.User"),
        ("a status alone", {"status": 500}, "500 InternalError"),
    ],
)
def test_a_fault_replaces_the_call(cloud: Cloud, reason: str, effect: dict[str, Any], outcome: str) -> None:
    instance = cloud.stopped()
    fault(cloud, {**effect, "message": "as ordered"}, action="DeleteInstance")
    answer = cloud.call("DeleteInstance", {"InstanceId": instance})
    assert (answer.outcome, answer.body["Message"]) == (outcome, "as ordered")
    cloud.advance("PT1M")
    assert len(cloud.instances()) == 1


@pytest.mark.parametrize(
    ("reason", "match", "hits"),
    [
        ("everything", {}, 4),
        ("its product", {"product": "Ecs"}, 4),
        ("another product", {"product": "Vpc"}, 0),
        ("its action", {"action": "DescribeInstances"}, 4),
        ("its parameters", {"parameters": {"PageSize": 20}}, 4),
        ("a boolean in any spelling", {"parameters": {"DryRun": False}}, 4),
        ("other parameters", {"parameters": {"PageSize": 20, "Status": "Running"}}, 0),
        ("another key", {"access_key_id": "emulator-b"}, 0),
        ("after two", {"after": 2}, 2),
        ("once", {"times": 1}, 1),
        ("once, after two", {"after": 2, "times": 1}, 1),
        ("never by chance", {"probability": 0}, 0),
        ("always by chance", {"probability": 1}, 4),
    ],
)
def test_what_a_rule_matches(cloud: Cloud, reason: str, match: dict[str, Any], hits: int) -> None:
    fault(cloud, {"code": "Ordered"}, **match)
    query = {"PageSize": 20, "DryRun": False}
    assert [cloud.call("DescribeInstances", query).code for _ in range(4)].count("Ordered") == hits


def test_the_first_rule_that_fires_wins(cloud: Cloud) -> None:
    rules = [{"match": {"times": 1}, "effect": {"code": "First"}}, {"effect": {"code": "Second"}}]
    cloud.control("faults", rules)
    assert [cloud.call("DescribeInstances").code for _ in range(2)] == ["First", "Second"]
    cloud.http.delete("/_emulator/faults")
    assert cloud.call("DescribeInstances").status == 200


def test_one_rule_can_be_removed_and_the_others_keep_their_counts(cloud: Cloud) -> None:
    rules = [{"match": {"times": 2}, "effect": {"code": "First"}}, {"effect": {"code": "Second"}}]
    added = cloud.control("faults", rules)
    assert (added["rules"], len(added["ids"])) == (2, 2)
    third = cloud.control("faults", {"effect": {"code": "Third"}})["ids"][0]
    assert third not in added["ids"]
    assert cloud.call("DescribeInstances").code == "First"
    assert cloud.http.delete(f"/_emulator/faults?id={added['ids'][1]}").json() == {"rules": 2}
    assert cloud.http.delete(f"/_emulator/faults?id={added['ids'][1]}").json() == {"rules": 2}
    assert cloud.http.delete("/_emulator/faults?id=first").status_code == 400
    assert [cloud.call("DescribeInstances").code for _ in range(2)] == ["First", "Third"]


def test_retry_after_is_a_header(cloud: Cloud) -> None:
    fault(cloud, {"code": "Throttling.User", "retry_after_ms": 250})
    assert cloud.call("DescribeInstances").headers["x-acs-retry-after"] == "250"


@pytest.mark.parametrize(
    ("reason", "effect", "status", "text"),
    [
        ("text as it is", {"body": "<html>"}, 200, "<html>"),
        ("JSON", {"body": {}, "status": 502}, 502, "{}"),
    ],
)
def test_a_body_in_place_of_the_answer(
    cloud: Cloud, reason: str, effect: dict[str, Any], status: int, text: str
) -> None:
    fault(cloud, effect)
    reply = cloud.http.post("/", params={"Action": "DescribeInstances", **SIGNED})
    assert (reply.status_code, reply.text) == (status, text)


@pytest.mark.parametrize(("drop", "left", "status"), [("request", 1, None), ("reply", 0, 200)])
def test_a_cut_connection(cloud: Cloud, drop: str, left: int, status: int | None) -> None:
    instance = cloud.stopped()
    fault(cloud, {"drop": drop}, action="DeleteInstance")
    with pytest.raises(httpx.RemoteProtocolError):
        cloud.call("DeleteInstance", {"InstanceId": instance})
    cloud.advance("PT2S")
    assert len(cloud.instances()) == left
    logged = [row for row in cloud.look("requests") if row["action"] == "DeleteInstance"]
    assert [row["status"] for row in logged] == [status]


def test_a_delayed_reply_is_applied_first_and_blocks_nobody(cloud: Cloud) -> None:
    instance = cloud.stopped()
    fault(cloud, {"delay_ms": 5000}, action="DeleteInstance")
    with pytest.raises(httpx.ReadTimeout):
        cloud.http.post(
            "/", timeout=0.3, params={"Action": "DeleteInstance", "InstanceId": instance, **SIGNED}
        )
    cloud.advance("PT2S")
    assert cloud.instances() == []


def test_latency_holds_for_every_call(cloud: Cloud) -> None:
    cloud.control("latency", {"ms": 120})
    start = time.monotonic()
    cloud.good("DescribeInstances")
    assert time.monotonic() - start >= 0.12


def test_settings_are_durations_and_switches(cloud: Cloud) -> None:
    cloud.control("settings", {"release_seconds": 60})
    instance = cloud.stopped()
    cloud.good("DeleteInstance", {"InstanceId": instance})
    cloud.advance("PT59S")
    assert len(cloud.instances()) == 1
    cloud.advance("PT1S")
    assert cloud.instances() == []
    cloud.control("reset", {})
    assert cloud.look("settings")["release_seconds"] == 2


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("clock", {}),
        ("clock", {"advance": "1 hour"}),
        ("clock", {"advance": "P99999999W"}),
        ("clock", {"set": "noon"}),
        ("clock", {"rate": -1}),
        ("clock", {"rate": True}),
        ("clock", {"speed": 2}),
        ("faults", {"match": {}}),
        ("faults", {"match": {"colour": "red"}, "effect": {}}),
        ("faults", {"effect": {"drop": "everything"}}),
        ("faults", [{"effect": {"status": 42}}]),
        ("latency", {"ms": "long"}),
        ("latency", {"ms": -1}),
        ("events", {"rain": True}),
        ("events", {"expire": "i-0"}),
        ("events", {"lock": "i-0"}),
        ("events", {"overdue": "maybe"}),
        ("settings", {"release_seconds": -1}),
        ("settings", {"colour": "red"}),
    ],
)
def test_a_malformed_control_call_changes_nothing(cloud: Cloud, name: str, body: Any) -> None:
    before = cloud.look("clock"), cloud.look("settings")
    reply = cloud.http.post(f"/_emulator/{name}", json=body)
    assert (reply.status_code, set(reply.json())) == (400, {"error"})
    assert (cloud.look("clock"), cloud.look("settings")) == before


@pytest.mark.parametrize(
    ("reason", "kind", "event"),
    [("expires", {}, "expire"), ("is taken back", {}, "reclaim")],
)
def test_events_that_cannot_be(cloud: Cloud, reason: str, kind: dict[str, Any], event: str) -> None:
    reply = cloud.http.post("/_emulator/events", json={event: cloud.run(kind)})
    assert reply.status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "nothing", 404), ("POST", "health", 405), ("GET", "requests?since=x", 400)],
)
def test_there_is_no_such_control_call(cloud: Cloud, method: str, path: str, status: int) -> None:
    assert cloud.http.request(method, f"/_emulator/{path}").status_code == status


def test_a_body_that_is_not_json(cloud: Cloud) -> None:
    assert cloud.http.post("/_emulator/clock", content=b"{").status_code == 400
