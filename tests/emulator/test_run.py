"""RunInstances, start, stop and attributes: orders, refusals, tokens and the way to Running."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.cloud import Cloud, subscription

UNKNOWN_SWITCH = {"VSwitchId": "vsw-0", "SecurityGroupId": "sg-0"}


def test_the_way_to_running(cloud: Cloud) -> None:
    instance = cloud.good("RunInstances", cloud.order())["InstanceIdSets"]["InstanceIdSet"][0]
    seen = []
    for _ in range(3):
        seen.append(cloud.instance(instance)["Status"])
        cloud.advance("PT1S")
    assert seen == ["Pending", "Starting", "Running"]


@pytest.mark.parametrize(
    ("reason", "order", "outcome"),
    [
        ("no image", {"ImageId": ""}, "400 MissingParameter"),
        ("no type", {"InstanceType": ""}, "400 MissingParameter"),
        ("no such type", {"InstanceType": "large"}, "404 InvalidInstanceType.NotFound"),
        ("no vSwitch", {"VSwitchId": ""}, "400 MissingParameter"),
        ("no such vSwitch", UNKNOWN_SWITCH, "404 InvalidVSwitchId.NotFound"),
        ("no group", {"SecurityGroupId": ""}, "400 MissingParameter"),
        ("no such group", {"SecurityGroupId": "sg-0"}, "404 InvalidSecurityGroupId.NotFound"),
        ("another zone", {"ZoneId": "cn-hangzhou-x"}, "400 InvalidParameter.Conflict"),
        ("none", {"Amount": 0}, "400 InvalidParameter"),
        ("101", {"Amount": 101}, "400 InvalidParameter"),
        ("a data disk without a size", {"DataDisk.1.Category": "cloud_essd"}, "400 MissingParameter"),
        ("no such disk", {"SystemDisk.Category": "tape"}, "400 InvalidDiskCategory.ValueNotSupported"),
        ("a subscription without a period", {"InstanceChargeType": "PrePaid"}, "400 MissingParameter"),
        ("no such charge type", {"InstanceChargeType": "Free"}, "400 InvalidParameter"),
        (
            "a protected subscription",
            subscription(DeletionProtection=True),
            "403 InvalidChargeType.ValueNotSupported",
        ),
        (
            "a protected spot instance",
            {"SpotStrategy": "SpotAsPriceGo", "DeletionProtection": True},
            "403 InvalidChargeType.ValueNotSupported",
        ),
        ("an address elsewhere", {"PrivateIpAddress": "10.9.0.1"}, "400 InvalidPrivateIpAddress.Malformed"),
        ("a reserved tag", {"Tag.1.Key": "acs:x"}, "400 InvalidTagKey.Malformed"),
        ("a tag twice", {"Tag.1.Key": "a", "Tag.2.Key": "a"}, "400 Duplicate.TagKey"),
        ("a launch template", {"LaunchTemplateId": "lt-1"}, "400 UnsupportedParameter"),
        ("a dry run", {"DryRun": True}, "400 DryRunOperation"),
    ],
)
def test_run_refuses(cloud: Cloud, reason: str, order: dict[str, Any], outcome: str) -> None:
    base = {**cloud.order(), **order}
    assert cloud.call("RunInstances", base).outcome == outcome
    assert cloud.instances() == []


def test_a_token_makes_one_instance(cloud: Cloud) -> None:
    order = cloud.order(ClientToken="once")
    first, again = cloud.good("RunInstances", order), cloud.good("RunInstances", order)
    assert first["InstanceIdSets"] == again["InstanceIdSets"]
    changed = cloud.call("RunInstances", {**order, "InstanceName": "other"})
    assert changed.outcome == "400 IdempotentParameterMismatch"
    assert len(cloud.instances()) == 1


def test_a_refused_order_does_not_spend_its_token(cloud: Cloud) -> None:
    order = cloud.order(ClientToken="once")
    assert cloud.call("RunInstances", {**order, "Amount": 0}).status == 400
    assert cloud.call("RunInstances", order).status == 200


def test_many_have_names_and_addresses_of_their_own(cloud: Cloud) -> None:
    cloud.good("RunInstances", cloud.order(Amount=3, InstanceName="web", UniqueSuffix=True))
    rows = cloud.instances()
    assert [row["InstanceName"] for row in rows] == ["web001", "web002", "web003"]
    assert len({row["VpcAttributes"]["PrivateIpAddress"]["IpAddress"][0] for row in rows}) == 3


def test_a_wanted_address_is_given_once(cloud: Cloud) -> None:
    order = cloud.order(PrivateIpAddress="10.0.0.77")
    cloud.good("RunInstances", order)
    assert cloud.call("RunInstances", order).outcome == "403 InvalidIPAddress.AlreadyUsed"


def test_a_full_vswitch_makes_none(cloud: Cloud) -> None:
    network = cloud.network()
    vpc = cloud.good("DescribeVSwitchAttributes", {"VSwitchId": network["VSwitchId"]}, "Vpc")["VpcId"]
    place = {"VpcId": vpc, "CidrBlock": "10.0.240.0/28", "ZoneId": "cn-hangzhou-b"}
    small = {**network, "VSwitchId": cloud.good("CreateVSwitch", place, "Vpc")["VSwitchId"]}
    refused = cloud.call("RunInstances", cloud.order(**small, Amount=13))
    assert refused.outcome == "403 InvalidVSwitchId.IpNotEnough"
    assert cloud.instances() == cloud.disks() == []
    cloud.good("RunInstances", cloud.order(**small, Amount=12))


@pytest.mark.parametrize(
    ("reason", "make", "outcome"),
    [
        ("running", Cloud.run, "200"),
        ("stopped already", Cloud.stopped, "403 IncorrectInstanceStatus"),
        ("unknown", lambda c: "i-0", "404 InvalidInstanceId.NotFound"),
    ],
)
def test_stop(cloud: Cloud, reason: str, make: Any, outcome: str) -> None:
    assert cloud.call("StopInstance", {"InstanceId": make(cloud)}).outcome == outcome


@pytest.mark.parametrize(
    ("lock", "outcome"),
    [
        ("security", "403 InstanceLockedForSecurity"),
        ("financial", "403 InstanceExpiredOrInArrears"),
        ("Recycling", "200"),
    ],
)
def test_a_locked_instance_does_not_stop(cloud: Cloud, lock: str, outcome: str) -> None:
    instance = cloud.run()
    cloud.event(lock=[instance, lock])
    assert cloud.call("StopInstance", {"InstanceId": instance}).outcome == outcome


@pytest.mark.parametrize(
    ("reason", "order", "mode", "shown", "address_stays"),
    [
        ("by default it costs on", {}, {}, "KeepCharging", True),
        ("economical", {}, {"StoppedMode": "StopCharging"}, "StopCharging", False),
        (
            "a subscription has no such mode",
            subscription(),
            {"StoppedMode": "StopCharging"},
            "KeepCharging",
            True,
        ),
    ],
)
def test_stopped_modes(
    cloud: Cloud, reason: str, order: dict[str, Any], mode: dict[str, str], shown: str, address_stays: bool
) -> None:
    instance = cloud.run({**order, "InternetMaxBandwidthOut": 5})
    cloud.good("StopInstance", {"InstanceId": instance, **mode})
    cloud.advance("PT1S")
    row = cloud.instance(instance)
    assert (row["StoppedMode"], bool(row["PublicIpAddress"]["IpAddress"])) == (shown, address_stays)
    cloud.good("StartInstance", {"InstanceId": instance})
    cloud.advance("PT1S")
    row = cloud.instance(instance)
    assert (row["Status"], len(row["PublicIpAddress"]["IpAddress"])) == ("Running", 1)


def test_stop_many_together_or_each(cloud: Cloud) -> None:
    running, stopped = cloud.run(), cloud.stopped()
    both = {"InstanceId.1": running, "InstanceId.2": stopped}
    dry = {**both, "DryRun": True}
    assert cloud.call("StopInstances", dry).outcome == "403 IncorrectInstanceStatus"
    tolerant = {**dry, "BatchOptimization": "SuccessFirst"}
    assert cloud.call("StopInstances", tolerant).outcome == "400 DRYRUN.SUCCESS"
    assert cloud.call("StopInstances", both).outcome == "403 IncorrectInstanceStatus"
    assert cloud.instance(running)["Status"] == "Running"
    reply = cloud.good("StopInstances", {**both, "BatchOptimization": "SuccessFirst"})
    rows = reply["InstanceResponses"]["InstanceResponse"]
    assert [(row["Code"], row["CurrentStatus"]) for row in rows] == [
        ("200", "Stopping"),
        ("IncorrectInstanceStatus", "Stopped"),
    ]
    assert cloud.call("StopInstances", {"InstanceId.1": "i-0"}).outcome == "404 InvalidInstanceIds.NotFound"


@pytest.mark.parametrize(
    ("reason", "order", "outcome"),
    [
        ("pay-as-you-go", {}, "200"),
        ("a subscription", subscription(), "403 InvalidChargeType.ValueNotSupported"),
        ("a spot instance", {"SpotStrategy": "SpotAsPriceGo"}, "403 InvalidChargeType.ValueNotSupported"),
    ],
)
def test_who_can_be_protected(cloud: Cloud, reason: str, order: dict[str, Any], outcome: str) -> None:
    instance = cloud.run(order)
    answer = cloud.call("ModifyInstanceAttribute", {"InstanceId": instance, "DeletionProtection": True})
    assert answer.outcome == outcome
    assert cloud.instance(instance)["DeletionProtection"] is (outcome == "200")


def test_a_security_lock_keeps_protection_on(cloud: Cloud) -> None:
    instance = cloud.run({"DeletionProtection": True})
    cloud.event(lock=[instance, "security"])
    answer = cloud.call("ModifyInstanceAttribute", {"InstanceId": instance, "DeletionProtection": False})
    assert answer.outcome == "403 InstanceLockedForSecurity"


def test_attributes_change_and_others_stay(cloud: Cloud) -> None:
    instance = cloud.run({"InstanceName": "old", "Description": "kept", "DeletionProtection": True})
    cloud.good("ModifyInstanceAttribute", {"InstanceId": instance, "InstanceName": "new"})
    row = cloud.instance(instance)
    assert (row["InstanceName"], row["Description"], row["DeletionProtection"]) == ("new", "kept", True)
