"""Elastic and fixed addresses, and network interfaces: what each call answers, what outlives a release."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.cloud import Cloud, subscription

PUBLIC = {"InternetMaxBandwidthOut": 5}


def eip(cloud: Cloud, **filters: Any) -> dict[str, Any]:
    (row,) = cloud.good("DescribeEipAddresses", filters, "Vpc")["EipAddresses"]["EipAddress"]
    return dict(row)


def allocated(cloud: Cloud, **more: Any) -> str:
    return str(cloud.good("AllocateEipAddress", {"Bandwidth": 10, **more}, "Vpc")["AllocationId"])


def bound(cloud: Cloud, instance: str) -> str:
    identifier = allocated(cloud)
    cloud.good("AssociateEipAddress", {"AllocationId": identifier, "InstanceId": instance}, "Vpc")
    cloud.advance("PT1S")
    return identifier


def released(cloud: Cloud, instance: str) -> None:
    cloud.good("DeleteInstance", {"InstanceId": instance, "Force": True})
    cloud.advance("PT5S")


def test_an_eip_is_bound_shown_and_unbound_over_time(cloud: Cloud) -> None:
    instance, identifier = cloud.run(), allocated(cloud)
    cloud.good("AssociateEipAddress", {"AllocationId": identifier, "InstanceId": instance}, "Vpc")
    seen = [eip(cloud)["Status"]]
    cloud.advance("PT1S")
    seen.append(eip(cloud)["Status"])
    shown = cloud.instance(instance)["EipAddress"]
    assert (shown["AllocationId"], shown["IpAddress"]) == (identifier, eip(cloud)["IpAddress"])
    cloud.good("UnassociateEipAddress", {"AllocationId": identifier}, "Vpc")
    seen.append(eip(cloud)["Status"])
    cloud.advance("PT1S")
    seen.append(eip(cloud)["Status"])
    assert seen == ["Associating", "InUse", "Unassociating", "Available"]
    assert cloud.instance(instance)["EipAddress"]["AllocationId"] == ""


def test_an_eip_outlives_its_instance_and_is_free(cloud: Cloud) -> None:
    instance = cloud.run()
    identifier = bound(cloud, instance)
    released(cloud, instance)
    row = eip(cloud, AllocationId=identifier)
    assert (row["Status"], row["InstanceId"]) == ("Available", "")
    cloud.good("ReleaseEipAddress", {"AllocationId": identifier}, "Vpc")
    assert cloud.look("state")["eips"] == {}


EIP_REFUSED: list[tuple[str, str, str]] = [
    ("release what is bound", "ReleaseEipAddress", "400 IncorrectEipStatus"),
    ("release what is protected", "ReleaseEipAddress", "400 InvalidOperation.DeletionProtection"),
    ("release what is not there", "ReleaseEipAddress", "404 InvalidAllocationId.NotFound"),
    ("bind what is bound", "AssociateEipAddress", "400 IncorrectEipStatus"),
    ("bind to what is not there", "AssociateEipAddress", "404 InvalidInstanceId.NotFound"),
    ("bind to what has an address", "AssociateEipAddress", "400 InvalidInstance.HasPublicIp"),
    ("bind to what has an EIP", "AssociateEipAddress", "400 InvalidAssociation.Duplicated"),
    ("bind to another product", "AssociateEipAddress", "400 InvalidParameter"),
    ("unbind what is free", "UnassociateEipAddress", "400 IncorrectEipStatus"),
]


@pytest.mark.parametrize(("case", "action", "outcome"), EIP_REFUSED, ids=[case for case, _, _ in EIP_REFUSED])
def test_what_an_eip_refuses(cloud: Cloud, case: str, action: str, outcome: str) -> None:
    instance = cloud.run(PUBLIC if case == "bind to what has an address" else {})
    held = bound(cloud, instance) if case.endswith(("bound", "an EIP")) else ""
    identifier = allocated(cloud) if case.endswith("an EIP") or not held else held
    order = {"AllocationId": identifier, "InstanceId": instance}
    if case.endswith("protected"):
        protect = {"Type": "EIP", "InstanceId": identifier, "ProtectionEnable": True}
        cloud.good("DeletionProtection", protect, "Vpc")
    elif case == "release what is not there":
        order["AllocationId"] = "eip-nothing"
    elif case == "bind to what is not there":
        order["InstanceId"] = "i-nothing"
    elif case == "bind to another product":
        order["InstanceType"] = "Nat"
    if action == "ReleaseEipAddress":
        del order["InstanceId"]
    before = cloud.look("state")["eips"]
    assert cloud.call(action, order, "Vpc").outcome == outcome
    assert cloud.look("state")["eips"] == before


def test_an_eip_is_changed_tagged_and_found(cloud: Cloud) -> None:
    identifier = allocated(cloud, Name="first")
    allocated(cloud)
    change = {"AllocationId": identifier, "Name": "second", "Bandwidth": 20, "Description": "d"}
    cloud.good("ModifyEipAddressAttribute", change, "Vpc")
    tags = {"ResourceType": "EIP", "ResourceId.1": identifier, "Tag.1.Key": "a", "Tag.1.Value": "b"}
    cloud.good("TagResources", tags, "Vpc")
    row = eip(cloud, **{"Tag.1.Key": "a"})
    assert (row["Name"], row["Bandwidth"], row["Tags"]["Tag"]) == (
        "second",
        "20",
        [{"Key": "a", "Value": "b"}],
    )
    assert eip(cloud, EipAddress=row["IpAddress"])["AllocationId"] == identifier
    none = cloud.good("DescribeEipAddresses", {"AllocationId": "eip-nothing"}, "Vpc")
    assert none["EipAddresses"]["EipAddress"] == []


def test_a_fixed_address_becomes_an_eip_and_outlives_the_release(cloud: Cloud) -> None:
    instance = cloud.run(PUBLIC)
    (address,) = cloud.instance(instance)["PublicIpAddress"]["IpAddress"]
    cloud.good("ConvertNatPublicIpToEip", {"InstanceId": instance})
    shown = cloud.instance(instance)
    assert shown["PublicIpAddress"]["IpAddress"] == []
    assert shown["EipAddress"]["IpAddress"] == address
    assert eip(cloud)["AllocationId"] == shown["EipAddress"]["AllocationId"]
    released(cloud, instance)
    assert (eip(cloud)["IpAddress"], eip(cloud)["Status"]) == (address, "Available")


CONVERT: list[tuple[str, str]] = [
    ("unknown", "403 InvalidInstanceId.NotFound"),
    ("no address", "404 InvalidInstance.IpAddressMissing"),
    ("starting", "403 IncorrectInstanceStatus"),
    ("being released", "403 InvalidInstanceStatus.Released"),
    ("arrears", "403 InvalidInstance.OverduePayment"),
    ("expired", "403 InvalidInstance.OverduePayment"),
    ("expires within a day", "403 InvalidEndTime.OperateNotSupport"),
    ("subscription by bandwidth", "403 InvalidInternetChargeType.ValueNotSupported"),
    ("twice", "404 InvalidInstance.IpAddressMissing"),
]


@pytest.mark.parametrize(("case", "outcome"), CONVERT, ids=[case for case, _ in CONVERT])
def test_what_a_conversion_refuses(cloud: Cloud, case: str, outcome: str) -> None:
    paid = case.startswith(("expire", "subscription"))
    order: dict[str, Any] = {**({} if case == "no address" else PUBLIC), **(subscription() if paid else {})}
    if case == "subscription by bandwidth":
        order["InternetChargeType"] = "PayByBandwidth"
    instance = "i-nothing" if case == "unknown" else cloud.run(order)
    if case == "starting":
        cloud.good("StopInstance", {"InstanceId": instance})
    elif case == "being released":
        cloud.good("DeleteInstance", {"InstanceId": instance, "Force": True})
    elif case == "arrears":
        cloud.event(overdue=True)
    elif case == "expired":
        cloud.event(expire=instance)
    elif case == "expires within a day":
        cloud.control("clock", {"set": "2026-07-14T12:00:00Z"})
    elif case == "twice":
        cloud.good("ConvertNatPublicIpToEip", {"InstanceId": instance})
    assert cloud.call("ConvertNatPublicIpToEip", {"InstanceId": instance}).outcome == outcome


def interface(cloud: Cloud, identifier: str) -> dict[str, Any]:
    return cloud.good("DescribeNetworkInterfaceAttribute", {"NetworkInterfaceId": identifier})


def attached(cloud: Cloud, **more: Any) -> tuple[str, str]:
    network = cloud.network()
    instance = cloud.run(network)
    made = cloud.good("CreateNetworkInterface", {**network, **more})["NetworkInterfaceId"]
    cloud.good("AttachNetworkInterface", {"NetworkInterfaceId": made, "InstanceId": instance})
    return instance, str(made)


@pytest.mark.parametrize(("flag", "left"), [(True, 0), (False, 1)])
def test_an_interface_ends_with_its_instance_or_stays(cloud: Cloud, flag: bool, left: int) -> None:
    instance, identifier = attached(cloud, DeleteOnRelease=flag)
    listed = cloud.instance(instance)["NetworkInterfaces"]["NetworkInterface"]
    assert [row["Type"] for row in listed] == ["Primary", "Secondary"]
    released(cloud, instance)
    state = cloud.look("state")["enis"]
    assert len(state) == left
    assert not left or (state[identifier]["Status"], state[identifier]["InstanceId"]) == ("Available", "")


def test_an_interface_is_detached_changed_and_deleted(cloud: Cloud) -> None:
    instance, identifier = attached(cloud)
    order = {"NetworkInterfaceId": identifier}
    assert cloud.call("DeleteNetworkInterface", order).outcome == "400 InvalidOperation.InvalidEniState"
    cloud.good("DetachNetworkInterface", {**order, "InstanceId": instance})
    change = {**order, "NetworkInterfaceName": "second", "DeleteOnRelease": False}
    cloud.good("ModifyNetworkInterfaceAttribute", change)
    row = interface(cloud, identifier)
    assert (row["NetworkInterfaceName"], row["DeleteOnRelease"]) == ("second", False)
    cloud.good("DeleteNetworkInterface", order)
    assert cloud.call("DeleteNetworkInterface", order).outcome == "404 InvalidEniId.NotFound"


def test_a_primary_interface_stays_with_its_instance(cloud: Cloud) -> None:
    instance = cloud.run()
    (primary,) = cloud.look("state")["enis"]
    order = {"NetworkInterfaceId": primary, "InstanceId": instance}
    outcome = cloud.call("DetachNetworkInterface", order).outcome
    assert outcome == "400 InvalidOperation.DetachPrimaryEniNotAllowed"


def test_an_interface_gets_and_gives_back_addresses(cloud: Cloud) -> None:
    network = cloud.network()
    identifier = cloud.good("CreateNetworkInterface", network)["NetworkInterfaceId"]
    order = {"NetworkInterfaceId": identifier}
    made = cloud.good("AssignPrivateIpAddresses", {**order, "SecondaryPrivateIpAddressCount": 2})
    addresses = made["AssignedPrivateIpAddressesSet"]["PrivateIpSet"]["PrivateIpAddress"]
    rows = interface(cloud, identifier)["PrivateIpSets"]["PrivateIpSet"]
    assert [row["Primary"] for row in rows] == [True, False, False]
    cloud.good("UnassignPrivateIpAddresses", {**order, "PrivateIpAddress.1": addresses[0]})
    assert len(interface(cloud, identifier)["PrivateIpSets"]["PrivateIpSet"]) == 2
    again = cloud.call("UnassignPrivateIpAddresses", {**order, "PrivateIpAddress.1": addresses[0]})
    assert again.outcome == "400 InvalidIp.Address"


def test_networks_are_listed_by_what_they_are(cloud: Cloud) -> None:
    first, second = cloud.network(), cloud.network()
    vpcs = cloud.good("DescribeVpcs", {}, "Vpc")["Vpcs"]["Vpc"]
    switches = cloud.good("DescribeVSwitches", {"VpcId": vpcs[0]["VpcId"]}, "Vpc")["VSwitches"]["VSwitch"]
    assert len(vpcs) == 2
    assert [row["VSwitchId"] for row in switches] == [first["VSwitchId"]]
    asked = {"VSwitchId": second["VSwitchId"]}
    (row,) = cloud.good("DescribeVSwitches", asked, "Vpc")["VSwitches"]["VSwitch"]
    assert (row["VpcId"], row["RouteTable"]["RouteTableType"]) == (vpcs[1]["VpcId"], "System")
    assert cloud.good("DescribeVpcs", {"VpcId": "vpc-nothing"}, "Vpc")["Vpcs"]["Vpc"] == []
