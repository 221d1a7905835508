"""The switches of what nobody has confirmed: each changes one answer, and only while it is set."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator import states
from tests.emulator.cloud import Cloud

EARLY = "403 IncorrectInstanceStatus.Initializing"


def release(cloud: Cloud, instance: str) -> str:
    return cloud.call("DeleteInstance", {"InstanceId": instance, "Force": True}).outcome


@pytest.mark.parametrize(
    ("make", "seen"), [(states.running, "Stopping"), (states.stopped, "Stopped")], ids=["running", "stopped"]
)
def test_a_release_is_seen_so_many_times(cloud: Cloud, make: states.Make, seen: str) -> None:
    cloud.control("settings", {"release_polls": 3})
    instance, other = make(cloud), cloud.run()
    assert release(cloud, instance) == "200"
    # However long it takes: it is the looks that count.
    cloud.advance("P1D")
    assert [cloud.instance(instance)["Status"] for _ in range(3)] == [seen] * 3
    assert [row["InstanceId"] for row in cloud.instances()] == [other]
    assert [disk["InstanceId"] for disk in cloud.disks()] == [other]


def test_a_look_at_another_instance_is_none(cloud: Cloud) -> None:
    cloud.control("settings", {"release_polls": 1})
    gone, other = cloud.stopped(), cloud.run()
    release(cloud, gone)
    cloud.instance(other)
    cloud.good("DescribeInstanceAttribute", {"InstanceId": gone})
    assert cloud.instance(gone)["Status"] == "Stopped"
    assert [row["InstanceId"] for row in cloud.instances()] == [other]


def test_without_the_switch_looks_do_not_count(cloud: Cloud) -> None:
    instance = cloud.stopped()
    release(cloud, instance)
    assert [cloud.instance(instance)["Status"] for _ in range(20)] == ["Stopped"] * 20
    cloud.advance("PT2S")
    assert cloud.instances() == []


@pytest.mark.parametrize("make", [states.running, states.stopped], ids=["running", "stopped"])
def test_a_young_instance_is_not_ready_to_go(cloud: Cloud, make: states.Make) -> None:
    cloud.control("settings", {"initializing_seconds": 30})
    instance = make(cloud)
    assert release(cloud, instance) == EARLY
    cloud.advance("PT30S")
    assert release(cloud, instance) == "200"


def test_the_time_of_being_created_can_be_long(cloud: Cloud) -> None:
    cloud.control("settings", {"pending_seconds": 60, "starting_seconds": 60})
    instance = states.pending(cloud)
    seen = []
    for _ in range(3):
        seen.append((cloud.instance(instance)["Status"], release(cloud, instance)))
        cloud.advance("PT1M")
    assert seen == [("Pending", EARLY), ("Starting", EARLY), ("Running", "200")]


@pytest.mark.parametrize(("delay", "days"), [(0, 2.0), (86400, 1.0)], ids=["at-once", "a-day-late"])
def test_bills_may_lag(cloud: Cloud, delay: int, days: float) -> None:
    cloud.control("settings", {"bill_delay_seconds": delay})
    instance = cloud.run()
    cloud.advance("P2D")
    cloud.run()
    bill = cloud.good("DescribeInstanceBill", {"BillingCycle": "2026-06"}, "BssOpenApi")["Data"]["Items"]
    usage = {row["InstanceID"]: float(row["Usage"]) for row in bill}
    assert usage[instance] == pytest.approx(24 * days, abs=0.01)


def test_an_order_waits_until_somebody_pays(cloud: Cloud) -> None:
    instance = cloud.run()
    order: dict[str, Any] = {"InstanceIds": f'["{instance}"]', "InstanceChargeType": "PrePaid", "Period": 1}
    cloud.good("ModifyInstanceChargeType", {**order, "AutoPay": False})
    cloud.advance("P1D")
    assert cloud.instance(instance)["InstanceChargeType"] == "PostPaid"
    cloud.event(pay=instance)
    cloud.advance("PT1S")
    assert cloud.instance(instance)["InstanceChargeType"] == "PrePaid"
    again = cloud.http.post("/_emulator/events", json={"pay": instance})
    assert again.status_code == 400


def test_the_refund_quota_is_one_of_a_month_and_an_account(cloud: Cloud) -> None:
    cloud.control("settings", {"refund_vcpu_hours": 2000})
    first, second = states.paid(cloud), states.paid(cloud)

    def convert(instance: str) -> str:
        order = {"InstanceIds": f'["{instance}"]', "InstanceChargeType": "PostPaid"}
        return cloud.call("ModifyInstanceChargeType", order).outcome

    assert [convert(first), convert(second)] == ["200", "400 QuotaExceed.RufundVcpu"]
    cloud.control("clock", {"set": "2026-07-01T00:00:00Z"})
    assert convert(second) == "200"


def test_a_schedule_made_during_a_conversion_ends_with_it(cloud: Cloud) -> None:
    instance = cloud.run()
    order = {"InstanceIds": f'["{instance}"]', "InstanceChargeType": "PrePaid", "Period": 1}
    cloud.good("ModifyInstanceChargeType", order)
    time = {"InstanceId": instance, "AutoReleaseTime": states.TOMORROW}
    cloud.good("ModifyInstanceAutoReleaseTime", time)
    cloud.advance("P2D")
    assert cloud.instance(instance)["AutoReleaseTime"] == ""
