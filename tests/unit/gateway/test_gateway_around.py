"""The gateway's calls around a release: backups, addresses, protection, stops, refunds, conversions."""

import json
from typing import Any

import pytest

from ecs_release.gateway.errors import Malformed, Refused
from ecs_release.gateway.gateway import Gateway
from tests.unit.gateway.scripted import Script
from tests.unit.gateway.test_gateway import ids_in


def snapshot(snapshot_id: str, disk_id: str, **changes: Any) -> dict[str, Any]:
    shown = {
        "SnapshotId": snapshot_id,
        "SourceDiskId": disk_id,
        "SnapshotType": "user",
        "Status": "accomplished",
    }
    return {**shown, **changes}


def snapshots(*rows: dict[str, Any], next_token: str = "") -> dict[str, Any]:
    return {"Snapshots": {"Snapshot": list(rows)}, "NextToken": next_token}


def test_snapshots_of_few_instances_one_by_one(cloud: Script, subject: Gateway) -> None:
    tags = {"Tag": [{"TagKey": "ecs-release:backup-of", "TagValue": "i-1"}]}
    ours = snapshot("s-1", "d-1", Tags=tags, CreationTime="2026-11-23T10:00:00Z", Progress="40%")
    cloud.answers(
        snapshots(ours, snapshot("s-2", "d-9")), snapshots(snapshot("s-3", "d-2", SnapshotType="auto"))
    )
    found = {facts.snapshot_id: facts for facts in subject.snapshots_of({"d-1": "i-1", "d-2": "i-2"})}
    assert set(found) == {"s-1", "s-3"}
    assert (found["s-1"].backup_of, found["s-1"].progress, found["s-1"].automatic) == ("i-1", "40%", False)
    assert found["s-3"].automatic
    assert [query["InstanceId"] for query in cloud.queries] == ["i-1", "i-2"]


def test_snapshots_of_many_instances_out_of_the_listing(cloud: Script, subject: Gateway) -> None:
    cloud.answers(snapshots(snapshot("s-1", "d-1"), next_token="2"), snapshots(snapshot("s-2", "d-2")))
    found = subject.snapshots_of({f"d-{number}": f"i-{number}" for number in range(50)})
    assert [facts.snapshot_id for facts in found] == ["s-1", "s-2"]
    assert [query.get("NextToken") for query in cloud.queries] == [None, "2"]


def test_find_snapshots(cloud: Script, subject: Gateway) -> None:
    cloud.answers(snapshots(snapshot("s-1", "d-1")), snapshots())
    found = subject.find_snapshots([f"s-{number}" for number in range(101)])
    assert [facts.snapshot_id for facts in found] == ["s-1"]
    assert [len(json.loads(query["SnapshotIds"])) for query in cloud.queries] == [100, 1]


def test_images_of(cloud: Script, subject: Gateway) -> None:
    tags = {"Tag": [{"TagKey": "ecs-release:backup-of", "TagValue": "i-1"}]}
    rows = [{"ImageId": f"m-{number}", "Status": "Available", "Tags": tags} for number in range(100)]
    cloud.answers(
        {"Images": {"Image": rows}}, {"Images": {"Image": [{"ImageId": "m-x", "Status": "Available"}]}}
    )
    assert len(subject.images_of(["i-1"])) == 100
    assert [query["PageNumber"] for query in cloud.queries] == ["1", "2"]
    assert cloud.queries[0]["Tag.1.Key"] == "ecs-release:backup-of"


def test_create_snapshot(cloud: Script, subject: Gateway) -> None:
    cloud.answers({"SnapshotId": "s-1"})
    assert subject.create_snapshot("d-1", "before", {"k": "i-1"}) == "R-1"
    (query,) = cloud.queries
    assert (query["DiskId"], query["SnapshotName"], query["Tag.1.Value"]) == ("d-1", "before", "i-1")
    assert query["ClientToken"]


def test_create_image(cloud: Script, subject: Gateway) -> None:
    cloud.answers({"ImageId": "m-1"})
    assert subject.create_image("i-1", "before", {"k": "i-1"}) == "R-1"
    (query,) = cloud.queries
    assert (query["InstanceId"], query["ImageName"], query["Tag.1.Value"]) == ("i-1", "before", "i-1")
    assert query["ClientToken"]


@pytest.mark.parametrize("method", ["create_snapshot", "create_image"])
def test_a_backup_without_an_id_is_malformed(cloud: Script, subject: Gateway, method: str) -> None:
    cloud.answers({})
    with pytest.raises(Malformed):
        getattr(subject, method)("d-1", "n", {})


def test_interfaces(cloud: Script, subject: Gateway) -> None:
    row = {"NetworkInterfaceId": "eni-1", "Type": "Secondary", "InstanceId": "i-1", "DeleteOnRelease": False}
    cloud.answers({"NetworkInterfaceSets": {"NetworkInterfaceSet": [row]}})
    (found,) = subject.interfaces(["eni-1"])
    assert (found.interface_id, found.primary, found.delete_on_release) == ("eni-1", False, False)
    assert ids_in(cloud.queries[0], "NetworkInterfaceId") == ["eni-1"]


@pytest.mark.parametrize("on", [True, False])
def test_set_protection(cloud: Script, subject: Gateway, on: bool) -> None:
    assert subject.set_protection("i-1", on) == "R-1"
    assert cloud.queries == [{"InstanceId": "i-1", "DeletionProtection": str(on)}]


def test_stop_instances_by_the_operating_system(cloud: Script, subject: Gateway) -> None:
    assert subject.stop_instances(["i-1", "i-2"]) == "R-1"
    (query,) = cloud.queries
    assert (query["ForceStop"], query["StoppedMode"]) == ("False", "KeepCharging")
    assert ids_in(query, "InstanceId") == ["i-1", "i-2"]


def test_convert_address(cloud: Script, subject: Gateway) -> None:
    assert subject.convert_address("i-1") == "R-1"
    assert (cloud.actions, cloud.queries[0]["InstanceId"]) == (["ConvertNatPublicIpToEip"], "i-1")


def test_convert_to_pay_as_you_go(cloud: Script, subject: Gateway) -> None:
    assert subject.convert_to_pay_as_you_go(["i-1", "i-2"]) == "R-1"
    (query,) = cloud.queries
    assert (json.loads(query["InstanceIds"]), query["InstanceChargeType"]) == (["i-1", "i-2"], "PostPaid")
    assert query["ClientToken"]


def test_refund_quote(cloud: Script, subject: Gateway) -> None:
    cloud.answers({"Success": True, "Code": "Success", "Data": {"RefundAmount": 12.5, "Currency": "CNY"}})
    assert str(subject.refund_quote("i-1")) == "12.5 CNY"
    # Absent and empty are two things to this API.
    assert cloud.queries[0]["ProductType"] == ""


@pytest.mark.parametrize(("at_once", "said"), [(True, "1"), (False, "0")])
def test_refund(cloud: Script, subject: Gateway, at_once: bool, said: str) -> None:
    cloud.answers({"Success": True, "Code": "Success", "Data": {"OrderId": 1}})
    assert subject.refund("i-1", at_once=at_once) == "R-1"
    (query,) = cloud.queries
    assert (query["ImmediatelyRelease"], query["ProductCode"], bool(query["ClientToken"])) == (
        said,
        "ecs",
        True,
    )


def test_a_refund_that_billing_refuses_with_a_200_is_an_error(cloud: Script, subject: Gateway) -> None:
    cloud.answers({"Success": False, "Code": "ResourceStatusError", "Message": "already refunded"})
    with pytest.raises(Refused, match="ResourceStatusError"):
        subject.refund("i-1", at_once=False)


def test_a_graceful_release_says_so(cloud: Script, subject: Gateway) -> None:
    subject.release_instances(["i-1"], force=True, terminate_subscription=False, force_stop=False)
    assert cloud.queries[0]["ForceStop"] == "False"


def test_disk_price(cloud: Script, subject: Gateway) -> None:
    cloud.answers({"PriceInfo": {"Price": {"TradePrice": 0.05, "Currency": "CNY"}}})
    assert subject.disk_price("cloud_essd", 40).monthly() == "36.00 CNY a month"
    (query,) = cloud.queries
    assert (query["ResourceType"], query["DataDisk.1.Category"], query["DataDisk.1.Size"]) == (
        "disk",
        "cloud_essd",
        "40",
    )


def test_renewal_states(cloud: Script, subject: Gateway) -> None:
    states = {"i-1": "AutoRenewal", "i-2": "NotRenewal"}
    rows = [{"InstanceId": id_, "RenewalStatus": state} for id_, state in states.items()]
    cloud.answers({"InstanceRenewAttributes": {"InstanceRenewAttribute": rows}})
    assert subject.renewal_states(["i-1", "i-2"]) == states
    assert cloud.queries[0]["InstanceId"] == "i-1,i-2"


def test_end_renewal(cloud: Script, subject: Gateway) -> None:
    subject.end_renewal([f"i-{number}" for number in range(101)])
    assert [query["RenewalStatus"] for query in cloud.queries] == ["NotRenewal"] * 2
    assert len(cloud.queries[0]["InstanceId"].split(",")) == 100
