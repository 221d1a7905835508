"""Replies that look like others: each is refused by name, because something would be concluded from it."""

from typing import Any

import pytest
from alibabacloud_credentials.client import Client as Credentials
from alibabacloud_credentials.models import Config
from pytest_mock import MockerFixture

from ecs_release.domain.facts import Cloud
from ecs_release.gateway import clients
from ecs_release.gateway.clients import BSS, ECS, STS, VPC, Product, endpoint_of
from ecs_release.gateway.errors import CannotCall, CloudError, Malformed
from ecs_release.gateway.gateway import Gateway
from tests.unit.gateway.scripted import (
    Script,
    Time,
    api_error,
    disk,
    disks,
    gateway,
    instance,
    instances,
    tagged,
)

ALWAYS_TOLD = (
    "AutoReleaseTime",
    "DeletionProtection",
    "EipAddress",
    "NetworkInterfaces",
    "OperationLocks",
    "PublicIpAddress",
    "Tags",
)


def without(row: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != key}


@pytest.mark.parametrize("key", ALWAYS_TOLD)
def test_what_is_always_told_is_never_read_as_none(cloud: Script, subject: Gateway, key: str) -> None:
    cloud.answers(instances(without(instance(), key)))
    with pytest.raises(Malformed, match=key):
        subject.find_instances(["i-1"])


@pytest.mark.parametrize("key", ["Status", "AutoReleaseTime"])
def test_a_value_that_cannot_be_is_named_with_its_field(cloud: Script, subject: Gateway, key: str) -> None:
    cloud.answers(instances(instance(**{key: "Someday"})))
    with pytest.raises(Malformed, match=rf"Instances\.Instance\.0\.{key}.*Someday"):
        subject.find_instances(["i-1"])


def test_a_listing_of_others_proves_nothing_about_what_it_leaves_out(cloud: Script, subject: Gateway) -> None:
    cloud.answers(instances(instance("i-9")))
    with pytest.raises(Malformed, match="DescribeInstances: the reply lists i-9"):
        subject.find_instances(["i-1"])


def test_an_instance_found_by_its_tag_carries_it(cloud: Script, subject: Gateway) -> None:
    cloud.answers(instances(tagged("i-1", value="g-2")))
    with pytest.raises(Malformed, match="i-1, which does not carry the tags asked for"):
        subject.find_group("g-1")


def test_a_foreign_interface_is_named(cloud: Script, subject: Gateway) -> None:
    row = {"NetworkInterfaceId": "eni-9", "Type": "Primary"}
    cloud.answers({"NetworkInterfaceSets": {"NetworkInterfaceSet": [row]}})
    with pytest.raises(Malformed, match="eni-9"):
        subject.interfaces(["eni-1"])


def test_a_disk_of_another_instance_is_not_dropped(cloud: Script, subject: Gateway) -> None:
    cloud.answers(disks(disk(), disk("d-2", InstanceId="i-9")))
    with pytest.raises(Malformed, match="d-2 with the InstanceId i-9"):
        subject.disks_of(["i-1"])


def test_a_disk_in_use_says_by_whom(cloud: Script, subject: Gateway) -> None:
    cloud.answers(disks(disk(InstanceId="")))
    with pytest.raises(Malformed, match="d-1 is In_use and has no InstanceId"):
        subject.disks_of(["i-1", "i-2", "i-3"])


def test_a_disk_says_whether_it_can_outlive_its_instance(cloud: Script, subject: Gateway) -> None:
    cloud.answers(disks(without(disk(), "Portable")))
    with pytest.raises(Malformed, match="Portable"):
        subject.find_disks(["d-1"])


def test_a_renewal_left_out_is_not_switched_off(cloud: Script, subject: Gateway) -> None:
    cloud.answers({"InstanceRenewAttributes": {"InstanceRenewAttribute": []}})
    with pytest.raises(Malformed, match="says nothing about i-1"):
        subject.renewal_states(["i-1"])


def test_pages_of_images_that_never_end(cloud: Script, subject: Gateway) -> None:
    rows = [{"ImageId": f"m-{number}", "Status": "Available"} for number in range(100)]
    cloud.answers({"Images": {"Image": rows}})
    with pytest.raises(Malformed, match=r"DescribeImages.*page 2 brings nothing new"):
        subject.tagged_images({"a": "b"})


@pytest.mark.parametrize("amount", ["much", "", "NaN", "-1", "Infinity"])
def test_a_quote_that_is_no_amount(cloud: Script, subject: Gateway, amount: str) -> None:
    cloud.answers({"Success": True, "Code": "Success", "Data": {"RefundAmount": amount}})
    with pytest.raises(Malformed, match="RefundAmount"):
        subject.refund_quote("i-1")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_price_that_is_no_number(cloud: Script, subject: Gateway, number: str) -> None:
    cloud.answers(f'{{"RequestId": "R", "PriceInfo": {{"Price": {{"TradePrice": {number}}}}}}}')
    with pytest.raises(Malformed, match="DescribePrice"):
        subject.disk_price("cloud_essd", 40)


@pytest.mark.parametrize(
    ("success", "code"),
    [(None, "Success"), ("true", "Success"), (False, "Success"), (True, "NotApplicable"), (0, "X")],
)
def test_billing_that_says_neither_yes_nor_no_is_no_refusal(
    cloud: Script, subject: Gateway, success: Any, code: str
) -> None:
    cloud.answers({"Success": success, "Code": code, "Data": {}})
    with pytest.raises(Malformed, match="neither yes nor no"):
        subject.refund("i-1", at_once=False)


@pytest.mark.parametrize("depth", [200, 5_000, 100_000])
def test_a_reply_nested_without_end(cloud: Script, subject: Gateway, depth: int) -> None:
    nested = f"{'[' * depth}{']' * depth}"
    cloud.answers(f'{{"RequestId": "R", "Instances": {{"Instance": {nested}}}}}')
    with pytest.raises(Malformed, match="DescribeInstances"):
        subject.find_instances(["i-1"])


def test_a_not_found_of_somebody_else_is_no_proof(cloud: Script, subject: Gateway) -> None:
    error = api_error(404, "InvalidInstanceId.NotFound")
    error.data.pop("RequestId")  # type: ignore[attr-defined]
    cloud.answers(error)
    with pytest.raises(Malformed, match="carries no RequestId"):
        subject.is_released("i-1")


def test_a_date_that_no_clock_holds_is_left_alone(cloud: Script, subject: Gateway) -> None:
    cloud.answers(instances())
    subject.find_instances(["i-1"])
    before = subject.cloud_time()
    cloud.headers = {"date": "Fri, 31 Dec 9999 23:59:59 -2359"}
    subject.find_instances(["i-1"])
    assert subject.cloud_time() == before


@pytest.mark.parametrize("product", [ECS, STS, BSS, VPC])
def test_a_cloud_of_which_some_hosts_are_known_is_not_mixed_with_the_official_one(product: Product) -> None:
    hosts = dict.fromkeys({"ecs", "sts", "bss", "vpc"} - {product.name}, "127.0.0.1:1")
    with pytest.raises(CannotCall, match=product.name):
        endpoint_of(product, Cloud("cn-hangzhou", "HTTPS", **hosts))


@pytest.mark.parametrize("text", ["\x1b[2J\x07", "\u202e", "a\x00b"])
def test_what_the_cloud_says_turns_no_terminal(cloud: Script, subject: Gateway, text: str) -> None:
    cloud.answers(api_error(400, "InvalidParameter", f"The value {text} is wrong."))
    with pytest.raises(CloudError) as caught:
        subject.find_instances(["i-1"])
    assert str(caught.value).isprintable()


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("secret", ["token\n", " token", "token\udcff"])
def test_a_credential_that_no_header_carries_is_named_at_once_and_not_repeated(
    mocker: MockerFixture, time: Time, secret: str
) -> None:
    kept = {"access_key_id": "k", "access_key_secret": "s", "security_token": secret, "type": "sts"}
    mocker.patch.object(clients, "_default_credentials", return_value=Credentials(Config(**kept)))
    with pytest.raises(CannotCall, match="hold characters that no request can carry") as caught:
        gateway(time).identity()
    assert "token" not in str(caught.value).replace("SECURITY_TOKEN", "")
    assert time.now == 0
