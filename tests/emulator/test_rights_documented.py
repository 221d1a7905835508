"""Rights whose names or resources are not those that the call suggests, as the documentation has them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.cloud import Cloud
from tests.emulator.ram import allow, user

REFUSED = "403 Forbidden.RAM"
SNAPSHOT, QUOTE = "ecs:CreateSnapshot", "InquiryPriceRefundInstance"


@pytest.fixture
def enforced(cloud: Cloud) -> Cloud:
    cloud.control("settings", {"enforce_ram": True})
    return cloud


@pytest.mark.parametrize(
    ("statements", "outcome"),
    [
        ([allow(SNAPSHOT, ["acs:ecs:*:*:disk/*", "acs:ecs:*:*:snapshot/*"])], "200"),
        ([allow(SNAPSHOT, "acs:ecs:*:*:disk/*")], REFUSED),
        ([allow(SNAPSHOT, "acs:ecs:*:*:snapshot/*")], REFUSED),
        ([allow(SNAPSHOT, Condition={"StringEquals": {"acs:RequestTag/team": "web"}})], "200"),
        ([allow(SNAPSHOT, Condition={"StringEquals": {"acs:ResourceTag/team": "web"}})], REFUSED),
    ],
)
def test_what_is_made_has_to_be_allowed_beside_what_it_is_made_of(
    enforced: Cloud, statements: list[Any], outcome: str
) -> None:
    instance = enforced.run()
    (disk,) = enforced.good("DescribeDisks", {"InstanceId": instance})["Disks"]["Disk"]
    order = {"DiskId": disk["DiskId"], "Tag.1.Key": "team", "Tag.1.Value": "web"}
    assert user(enforced, "alice", *statements).call("CreateSnapshot", order).outcome == outcome


def test_an_instance_is_made_where_all_its_parts_are_allowed(enforced: Cloud) -> None:
    order = enforced.order()
    parts = ["image", "securitygroup", "instance"]
    arns = [*(f"acs:ecs:*:*:{part}/*" for part in parts), "acs:vpc:*:*:vswitch/*"]
    assert user(enforced, "alice", allow("ecs:RunInstances", arns)).call("RunInstances", order).status == 200
    for number in range(len(arns)):
        less = [arn for arn in arns if arn != arns[number]]
        bob = user(enforced, f"bob{number}", allow("ecs:RunInstances", less))
        assert bob.call("RunInstances", order).outcome == REFUSED


@pytest.mark.parametrize("action", ["bss:RefundQueryRemainAmount", f"bssapi:{QUOTE}"])
def test_a_quote_may_be_granted_by_two_names(enforced: Cloud, action: str) -> None:
    asked = {"InstanceId": "i-0", "ProductCode": "ecs", "ProductType": ""}
    alice = user(enforced, "alice", allow(action))
    assert alice.call(QUOTE, asked, "BssOpenApi").body["Code"] == "ResourceNotExists"
    bob = user(enforced, "bob", allow(f"bss:{QUOTE}"))
    assert bob.call(QUOTE, asked, "BssOpenApi").outcome == "403 NoPermission"


@pytest.mark.parametrize(
    ("statements", "outcome"),
    [
        ([], "403 Forbidden.RAM"),
        ([allow("ram:PassRole", "acs:ram:*:*:role/other")], "403 Forbidden.RAM"),
        ([allow("ram:PassRole", "acs:ram:*:*:role/web")], "200"),
    ],
)
def test_a_role_is_passed_on_by_who_may(enforced: Cloud, statements: list[Any], outcome: str) -> None:
    order = {**enforced.order(), "RamRoleName": "web"}
    alice = user(enforced, "alice", allow("ecs:*"), *statements)
    refused = alice.call("RunInstances", order)
    assert refused.outcome == outcome
    if refused.status == 403:
        assert refused.body["AccessDeniedDetail"]["AuthAction"] == "ram:PassRole"
    assert alice.call("RunInstances", {**order, "RamRoleName": ""}).status == 200
