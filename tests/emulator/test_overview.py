"""The control calls that tell of the whole world: pulse, overview, hourly, upcoming, request."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from emulator.world import World

from tests.emulator.cloud import Cloud, subscription
from tests.emulator.inside import opened

DATA = {"DataDisk.1.Size": 200, "DataDisk.1.DeleteWithInstance": False}


def things(cloud: Cloud) -> dict[str, dict[str, Any]]:
    return {thing["id"]: thing for thing in cloud.look("overview")["things"]}


def upcoming(cloud: Cloud, query: str = "") -> list[tuple[str, str, float]]:
    return [(row["id"], row["event"], row["seconds"]) for row in cloud.look(f"upcoming{query}")]


def of_kind(cloud: Cloud, kind: str) -> list[dict[str, Any]]:
    return [thing for thing in things(cloud).values() if thing["kind"] == kind]


def released(cloud: Cloud, kind: str) -> list[tuple[bool, str, float]]:
    fates = [thing["at_release"] for thing in of_kind(cloud, kind)]
    return [(fate["goes"], fate["because"], fate["hour_after"]) for fate in fates]


def test_an_instance_is_told_with_its_place_and_what_guards_it(cloud: Cloud) -> None:
    network = cloud.network()
    order = {
        **network,
        "InstanceName": "web-1",
        "DeletionProtection": True,
        "Tag.1.Key": "a",
        "Tag.1.Value": "b",
    }
    instance = cloud.run(order)
    cloud.event(lock=[instance, "security"])
    told = things(cloud)[instance]
    assert (told["name"], told["status"], told["parent"]) == ("web-1", "Running", network["VSwitchId"])
    assert (told["tags"], told["marks"]) == ({"a": "b"}, ["protected", "locked: security"])
    assert told["particulars"]["type"] == "ecs.g7.large"
    assert "key_pair" not in told["particulars"]


def test_accounts_are_told_with_their_key_and_their_debts(cloud: Cloud) -> None:
    cloud.network()
    Cloud(cloud.url, "emulator-c").network()
    Cloud(cloud.url, "emulator-team").network()
    cloud.event(overdue=True)
    rows = [(row["key"], row["overdue"]) for row in cloud.look("overview")["accounts"]]
    assert sorted(rows) == [("", False), ("emulator", True), ("emulator-c", False)]


def test_disks_go_or_stay_as_their_flag_says(cloud: Cloud) -> None:
    cloud.run(DATA)
    assert released(cloud, "disks") == [
        (True, "DeleteWithInstance is true", 0.0),
        (False, "DeleteWithInstance is false", 0.1),
    ]
    assert released(cloud, "enis") == [(True, "DeleteOnRelease is true", 0.0)]


def test_a_security_lock_takes_all_disks(cloud: Cloud) -> None:
    cloud.event(lock=[cloud.run(DATA), "security"])
    assert {(goes, because) for goes, because, _ in released(cloud, "disks")} == {(True, "security lock")}


def test_a_local_disk_ends_with_its_instance(cloud: Cloud) -> None:
    cloud.run(
        {"InstanceType": "ecs.i2.xlarge", "DataDisk.1.Category": "local_ssd_pro", "DataDisk.1.Size": 894}
    )
    assert released(cloud, "disks")[1][0]


def test_a_disk_on_its_own_has_no_fate(cloud: Cloud) -> None:
    cloud.good("CreateDisk", {"ZoneId": "cn-hangzhou-b", "Size": 20})
    assert [disk["at_release"] for disk in of_kind(cloud, "disks")] == [None]


def test_what_is_told_of_a_release_is_what_happens(cloud: Cloud) -> None:
    """The overview says what goes and what stays, and what it bills; then the instance is released."""
    instance = cloud.run(DATA)
    eip = cloud.good("AllocateEipAddress", {}, "Vpc")["AllocationId"]
    cloud.good("AssociateEipAddress", {"AllocationId": eip, "InstanceId": instance}, "Vpc")
    for disk in cloud.disks(InstanceId=instance):
        cloud.good("CreateSnapshot", {"DiskId": disk["DiskId"]})
    cloud.advance("PT1M")
    before = [thing for thing in things(cloud).values() if thing["at_release"]]
    stays = {one["id"]: one["at_release"]["hour_after"] for one in before if not one["at_release"]["goes"]}
    cloud.good("DeleteInstance", {"InstanceId": instance, "Force": True})
    cloud.advance("PT1M")
    assert {one["id"] for one in before} & set(things(cloud)) == set(stays)
    assert {row["id"]: row["hour"] for row in cloud.look("hourly")["things"]} == stays
    assert len(before) == 6


def test_an_hour_costs_what_a_bill_says_of_it(cloud: Cloud) -> None:
    cloud.run(DATA)
    cloud.good("AllocateEipAddress", {}, "Vpc")
    told = cloud.look("hourly")
    # A whole hour of tomorrow, in which all of it is there.
    cloud.control("clock", {"set": "2026-06-16T00:00:00Z"})
    cloud.advance("P1D")
    asked = {"BillingCycle": "2026-06", "BillingDate": "2026-06-16", "Granularity": "DAILY"}
    bill = cloud.good("DescribeInstanceBill", asked, "BssOpenApi")["Data"]["Items"]
    assert sum(row["PretaxAmount"] for row in bill) == pytest.approx(24 * told["total"], abs=0.05)
    assert told["total"] == pytest.approx(sum(row["hour"] for row in told["things"]))
    assert told["accounts"] == {"1000000000000001": told["total"]}


def test_what_is_paid_ahead_costs_no_hour(cloud: Cloud) -> None:
    instance = cloud.run(subscription())
    (row,) = [row for row in cloud.look("hourly")["things"] if row["id"] == instance]
    assert (row["hour"], row["paid_until"]) == (0.0, "2026-07-15T10:00:00Z")
    assert row["items"]["InstanceType"] > 0


def test_a_machine_that_was_given_up_costs_nothing(cloud: Cloud) -> None:
    instance = cloud.run()
    cloud.good("StopInstance", {"InstanceId": instance, "StoppedMode": "StopCharging"})
    cloud.advance("PT1S")
    assert instance not in {row["id"] for row in cloud.look("hourly")["things"]}


def test_timers_are_told_in_order_with_their_distance(cloud: Cloud) -> None:
    network = cloud.network()
    late = cloud.run({**network, "AutoReleaseTime": "2026-06-15T12:30:00Z"})
    soon = cloud.run({**network, "AutoReleaseTime": "2026-06-15T11:00:00Z"})
    assert upcoming(cloud) == [(soon, "auto-release", 3596.0), (late, "auto-release", 8996.0)]
    assert upcoming(cloud, "?limit=1") == [(soon, "auto-release", 3596.0)]
    (first, _) = cloud.look("upcoming")
    assert (first["time"], first["text"]) == ("2026-06-15T11:00:00Z", "is released: its release time")
    cloud.advance("PT2H")
    assert [one for one, _, _ in upcoming(cloud)] == [late]


@pytest.mark.parametrize(
    ("reason", "order", "event", "text"),
    [
        ("it ends", {}, {}, "its paid time ends: locked, later stopped and released"),
        ("it renews itself", {"AutoRenew": True, "AutoRenewPeriod": 1}, {}, "renews itself for 1 Month"),
        ("it would, with money", {"AutoRenew": True, "AutoRenewPeriod": 1}, {"overdue": True},
         "its paid time ends: locked, later stopped and released"),
    ],
)  # fmt: skip
def test_the_end_of_a_subscription(
    cloud: Cloud, reason: str, order: dict[str, Any], event: dict[str, Any], text: str
) -> None:
    cloud.run({**subscription(), **order})
    cloud.control("events", event or {"overdue": False})
    assert [row["text"] for row in cloud.look("upcoming")] == [text]


def test_a_release_time_waits_for_the_debts(cloud: Cloud) -> None:
    cloud.run({"AutoReleaseTime": "2026-06-15T11:00:00Z"})
    cloud.event(overdue=True)
    told = {row["event"]: row["text"] for row in cloud.look("upcoming")}
    assert told["auto-release"] == "its release time; put off while the account is overdue"
    assert told["arrears-release"] == "is released: the account is in arrears"


def test_every_kind_of_timer_is_told_in_words(cloud: Cloud) -> None:
    from emulator.control.outlook import _TOLD
    from emulator.rules.events import HANDLERS

    assert set(_TOLD) == set(HANDLERS)


def test_the_pulse_is_still_while_nothing_happens(cloud: Cloud) -> None:
    instance = cloud.run({"AutoReleaseTime": "2026-06-15T11:00:00Z"})
    first = cloud.look("pulse")
    cloud.good("DescribeInstances", {"InstanceIds": json.dumps([instance])})
    looked = cloud.look("pulse")
    assert looked["world"] == first["world"]
    assert looked["requests"] == first["requests"] + 1
    cloud.advance("PT1H")
    assert cloud.look("pulse")["world"] != first["world"]


@pytest.mark.parametrize(
    ("reason", "action", "parameters"),
    [
        ("a tag", "TagResources", {"ResourceType": "instance", "Tag.1.Key": "a", "Tag.1.Value": "b"}),
        ("a name", "ModifyInstanceAttribute", {"InstanceName": "another"}),
        ("a timer", "ModifyInstanceAutoReleaseTime", {"AutoReleaseTime": "2026-06-15T12:00:00Z"}),
        ("an end", "DeleteInstance", {"Force": True}),
    ],
)
def test_the_pulse_tells_every_change(
    cloud: Cloud, reason: str, action: str, parameters: dict[str, Any]
) -> None:
    instance = cloud.run()
    before = cloud.look("pulse")["world"]
    name = "ResourceId.1" if action == "TagResources" else "InstanceId"
    cloud.good(action, {name: instance, **parameters})
    assert cloud.look("pulse")["world"] != before


def test_the_pulse_tells_what_comes_and_goes(cloud: Cloud) -> None:
    seen = [cloud.look("pulse")["world"]]
    vpc = cloud.good("CreateVpc", {"CidrBlock": "10.0.0.0/16"}, "Vpc")["VpcId"]
    seen.append(cloud.look("pulse")["world"])
    cloud.good("DeleteVpc", {"VpcId": vpc}, "Vpc")
    seen.append(cloud.look("pulse")["world"])
    assert len(set(seen)) == 3


@pytest.mark.parametrize(
    ("reason", "write"),
    [
        ("a timer is set", lambda world: world.timers.arm("i-0", "run", 9e9)),
        ("a timer is taken back", lambda world: world.timers.disarm("i-0", "run")),
        ("an account has debts", lambda world: world.database.set_fact("overdue/1", True)),
        ("all is cleared", lambda world: world.database.clear()),
    ],
)
def test_the_pulse_tells_what_is_no_resource(reason: str, write: Callable[[World], None]) -> None:
    with opened() as cloud:
        before = cloud.look("pulse")["world"]
        write(cloud.world)
        assert cloud.look("pulse")["world"] != before


def test_a_reset_is_another_world(cloud: Cloud) -> None:
    before = cloud.look("pulse")["world"].split(".")[0]
    cloud.control("reset", {})
    assert cloud.look("pulse")["world"].split(".")[0] != before


def test_a_request_is_told_with_its_record(cloud: Cloud) -> None:
    vpc = cloud.good("CreateVpc", {"CidrBlock": "10.0.0.0/16"}, "Vpc")["VpcId"]
    told = cloud.look("request?n=1")
    assert (told["n"], told["action"], told["status"]) == (1, "CreateVpc", 200)
    assert told["event"]["responseElements"]["VpcId"] == vpc
    cloud.call("Bogus")
    assert cloud.look("request?n=2")["event"] is None


def test_secrets_are_in_no_record(cloud: Cloud) -> None:
    cloud.good("CreateUser", {"UserName": "alice"}, "Ram")
    secret = cloud.good("CreateAccessKey", {"UserName": "alice"}, "Ram")["AccessKey"]["AccessKeySecret"]
    assert secret not in json.dumps([cloud.look(f"request?n={n}") for n in (1, 2)])
    assert secret not in json.dumps(cloud.look("overview"))


@pytest.mark.parametrize("call", ["request", "request?n=9", "request?n=x", "upcoming?limit=x"])
def test_a_malformed_question(cloud: Cloud, call: str) -> None:
    assert cloud.http.get(f"/_emulator/{call}").status_code == 400


def test_the_state_of_one_thing(cloud: Cloud) -> None:
    instance = cloud.run()
    state = cloud.look(f"state?id={instance}")
    assert list(state["instances"]) == [instance]
    assert state["disks"] == {}
