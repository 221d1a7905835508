"""Replies to facts; whatever is not of the documented form is Malformed, never empty and never gone."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from ecs_release.domain.facts import Charge, DiskKind, Status
from ecs_release.gateway.errors import Malformed
from ecs_release.gateway.mapping import attribute_in, identity_in, instances_in, renewals_in
from ecs_release.gateway.mapping_disks import disks_in
from tests.unit.gateway.scripted import disk, disks, instance, instances


def test_a_full_instance_is_read() -> None:
    row = instance(
        InstanceName="web-0",
        CreationTime="2026-11-01T08:00Z",
        ExpiredTime="2099-12-31T15:59Z",
        AutoReleaseTime="2026-12-31T10:00Z",
        DeletionProtection=True,
        OperationLocks={"LockReason": [{"LockReason": "Recycling", "LockMsg": "soon"}]},
        Tags={"Tag": [{"TagKey": "ecs-release:group-id", "TagValue": "g-1"}]},
        PublicIpAddress={"IpAddress": ["203.0.113.7"]},
        EipAddress={"AllocationId": "eip-1", "IpAddress": "203.0.113.8"},
    )
    (facts,), token = instances_in(instances(row, next_token="more"))
    assert (facts.name, facts.status, token) == ("web-0", Status.RUNNING, "more")
    assert (facts.created_at, facts.expires_at) == (datetime(2026, 11, 1, 8, tzinfo=UTC), None)
    assert facts.auto_release_at == datetime(2026, 12, 31, 10, tzinfo=UTC)
    assert (facts.deletion_protection, facts.locks) == (True, frozenset({"recycling"}))
    assert facts.tag("ecs-release:group-id") == "g-1"
    assert (facts.public_ips, facts.eip_allocation_id) == (("203.0.113.7",), "eip-1")


@pytest.mark.parametrize(
    ("row", "charge"),
    [
        (instance(), Charge.PAY_AS_YOU_GO),
        (instance(SpotStrategy="NoSpot"), Charge.PAY_AS_YOU_GO),
        (instance(SpotStrategy="SpotAsPriceGo"), Charge.SPOT),
        (instance(InstanceChargeType="PrePaid", SpotStrategy="NoSpot"), Charge.SUBSCRIPTION),
    ],
)
def test_spot_is_a_kind_of_pay_as_you_go_to_the_api_only(row: dict[str, Any], charge: Charge) -> None:
    assert instances_in(instances(row))[0][0].charge is charge


@pytest.mark.parametrize("text", ["2026-12-31T10:00Z", "2026-12-31T10:00:00Z", "2026-12-31T10:00:59Z"])
def test_a_release_time_has_whole_minutes(text: str) -> None:
    (facts,), _ = instances_in(instances(instance(AutoReleaseTime=text)))
    assert facts.auto_release_at == datetime(2026, 12, 31, 10, tzinfo=UTC)


def test_a_subscription_has_its_expiry() -> None:
    row = instance(InstanceChargeType="PrePaid", ExpiredTime="2027-01-31T16:00Z")
    assert instances_in(instances(row))[0][0].expires_at == datetime(2027, 1, 31, 16, tzinfo=UTC)


def test_null_is_absent() -> None:
    (facts,), _ = instances_in(instances(instance(CreationTime=None, InstanceName=None, VpcAttributes=None)))
    assert (facts.created_at, facts.name, facts.vswitch_id) == (None, "", "")


def test_a_disk_is_read() -> None:
    row = disk(
        Type="system",
        Portable=False,
        DiskChargeType="PrePaid",
        OperationLocks={"OperationLock": [{"LockReason": "Security"}]},
    )
    (facts,), _ = disks_in(disks(row))
    assert (facts.kind, facts.portable, facts.charge) == (DiskKind.SYSTEM, False, Charge.SUBSCRIPTION)
    assert (facts.delete_with_instance, facts.delete_auto_snapshot) == (True, False)
    assert facts.locks == {"security"}


def test_a_shared_disk_belongs_to_each_of_its_instances() -> None:
    attachments = {"Attachment": [{"InstanceId": "i-1"}, {"InstanceId": "i-2"}]}
    found, _ = disks_in(disks(disk(InstanceId="", MultiAttach="Enabled", Attachments=attachments)))
    assert [(facts.instance_id, facts.multi_attach) for facts in found] == [("i-1", True), ("i-2", True)]


def without(row: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != key}


BILLED = {"InstanceID": "i-1", "RenewStatus": "AutoRenewal"}
MALFORMED: list[tuple[Callable[[Any], Any], Any, str]] = [
    (instances_in, {}, "empty"),
    (instances_in, {"Instances": {}}, "no list"),
    (instances_in, {"Instances": None}, "null wrapper"),
    (instances_in, {"Instances": []}, "a list for the wrapper"),
    (instances_in, {"Instances": {"Instance": {}}}, "an object for the list"),
    (instances_in, instances("i-1"), "a text for an instance"),  # type: ignore[arg-type]
    (instances_in, instances(without(instance(), "InstanceId")), "no id"),
    (instances_in, instances(instance("")), "an empty id"),
    (instances_in, instances(without(instance(), "Status")), "no status"),
    (instances_in, instances(instance(Status="Deleted")), "an unknown status"),
    (instances_in, instances(without(instance(), "InstanceChargeType")), "no billing method"),
    (instances_in, instances(instance(InstanceChargeType="Free")), "an unknown billing method"),
    (instances_in, instances(instance(DeletionProtection="false")), "a text for a flag"),
    (instances_in, instances(instance(AutoReleaseTime="tomorrow")), "no time"),
    (instances_in, instances(instance(Tags=[])), "a list for the tags' wrapper"),
    (instances_in, {**instances(), "NextToken": 7}, "a number for the token"),
    (disks_in, {"Disks": {}}, "no list"),
    (disks_in, disks(without(disk(), "DeleteWithInstance")), "no flag"),
    (disks_in, disks(disk(Type="tape")), "an unknown kind"),
    (disks_in, disks(disk(Size="40")), "a text for a size"),
    (identity_in, {"AccountId": ""}, "no account"),
    (identity_in, {"AccountId": 1000}, "a number for the account"),
    (attribute_in, {"InstanceId": "i-1"}, "no status"),
    (renewals_in, {"Data": {}}, "no list"),
    (renewals_in, {"Data": {"InstanceList": [without(BILLED, "InstanceID")]}}, "no id"),
]


@pytest.mark.parametrize(("read", "body", "reason"), MALFORMED)
def test_another_form_is_never_read_as_nothing(read: Callable[[Any], Any], body: Any, reason: str) -> None:
    with pytest.raises(Malformed, match="not of the documented form"):
        read(body)


def test_an_empty_list_is_empty() -> None:
    assert instances_in(instances()) == ((), "")
    assert disks_in(disks()) == ((), "")
    assert renewals_in({"Data": {"InstanceList": []}}) == {}
