"""Every call of the gateway that reads or confirms something, in a world that has one of everything."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from ecs_release.domain.facts import BACKUP_TAG
from ecs_release.gateway import clients
from ecs_release.gateway.gateway import Gateway
from tests.emulator.cloud import subscription
from tests.faults.inside_cloud import InsideShop, exchanging
from tests.properties.shop import GROUP_ID, Clock, gateway_of

DATE = {"date": "Mon, 15 Jun 2026 10:00:07 GMT"}
Ask = Callable[[Gateway], Any]
# Told in texts only, or read in the way that does less where it is missing: nothing is lost by it.
TOLD = {
    "InstanceName",
    "SpotStrategy",
    "CreationTime",
    "ExpiredTime",
    "InstanceType",
    "ImageId",
    "KeyPairName",
    "InternetMaxBandwidthOut",
    "VpcAttributes",
    "VSwitchId",
    "SecurityGroupIds",
    "SecurityGroupId",
    "DiskName",
    "DiskChargeType",
    "MultiAttach",
    "Attachments",
    "Attachment",
    "InstanceId",
    "SnapshotName",
    "Progress",
    "Tags",
    "Tag",
    "ImageName",
    "DiskDeviceMappings",
    "DiskDeviceMapping",
    "SnapshotId",
    "DeleteOnRelease",
    "Currency",
    "Arn",
    "IdentityType",
    "RenewStatus",
    "NextToken",
}
# Of instances these decide whose they are.
DECIDING = {"DescribeInstances": {"InstanceId", "Tags", "Tag"}}


@dataclass(frozen=True)
class Reading:
    """A call, how it is asked, the reply that the cloud gives, and what is read from it."""

    name: str
    action: str
    ask: Ask
    body: Any
    facts: Any


class Answers:
    """A cloud that gives one reply to everything, below the gateway and above the SDK."""

    def __init__(self) -> None:
        self.text = ""
        self.headers: Mapping[str, str] = DATE

    def __call__(self, clients_: Any, product: Any, action: str, parameters: Any, left: float) -> Any:
        return {"body": self.text, "headers": self.headers, "statusCode": 200}


def asks(ids: Mapping[str, str]) -> dict[str, Ask]:
    """All that the gateway can be asked, about what `stocked` has made."""
    one, paid, disk = ids["one"], ids["paid"], ids["disk"]
    tags = {BACKUP_TAG: one}
    return {
        "identity": lambda gateway: gateway.identity(),
        "instances by id": lambda gateway: gateway.find_instances([one, paid]),
        "instances by group": lambda gateway: gateway.find_group(GROUP_ID),
        "instances by name": lambda gateway: gateway.search_instances({}, "*"),
        "right to look": lambda gateway: gateway.may_look(),
        "one instance": lambda gateway: gateway.is_released(one),
        "disks of an instance": lambda gateway: gateway.disks_of([one]),
        "disks of three": lambda gateway: gateway.disks_of([one, paid, ids["other"]]),
        "disks by id": lambda gateway: gateway.find_disks([disk]),
        "disks by tag": lambda gateway: gateway.tagged_disks(tags),
        "snapshots of a disk": lambda gateway: gateway.snapshots_of({disk: paid}),
        "snapshots by id": lambda gateway: gateway.find_snapshots([ids["snapshot"]]),
        "images of an instance": lambda gateway: gateway.images_of([one]),
        "images by id": lambda gateway: gateway.find_images([ids["image"]]),
        "interfaces": lambda gateway: gateway.interfaces([ids["interface"]]),
        "addresses": lambda gateway: gateway.leftovers.find_eips([ids["eip"]]),
        "renewal": lambda gateway: gateway.renewal_states([paid]),
        "renewal in billing": lambda gateway: gateway.renewals([paid]),
        "quote": lambda gateway: gateway.refund_quote(paid),
        "price": lambda gateway: gateway.disk_price("cloud_essd", 40),
        "new snapshot": lambda gateway: bool(gateway.create_snapshot(disk, "again", {})),
        "new image": lambda gateway: bool(gateway.create_image(ids["other"], "again", {})),
        "stop": lambda gateway: bool(gateway.stop_instances([ids["other"]])),
        "refund": lambda gateway: bool(gateway.refund(paid, at_once=False)),
    }


def stocked(shop: InsideShop) -> dict[str, str]:
    """One of everything."""
    shop.empty()
    extra = {"NetworkInterface.1.InstanceType": "Secondary", "NetworkInterface.1.DeleteOnRelease": False}
    one = shop.run({"InternetMaxBandwidthOut": 5, **extra})
    ids = {"one": one, "paid": shop.run(subscription()), "other": shop.run()}
    for number, key in enumerate(("one", "paid")):
        shop.tag(ids[key], f"web-{number}")
    release = {"InstanceId": one, "AutoReleaseTime": "2026-12-31T10:00:00Z"}
    shop.good("ModifyInstanceAutoReleaseTime", release)
    shop.event(lock=[one, "security"])
    tag = {"Tag.1.Key": BACKUP_TAG, "Tag.1.Value": one}
    ids["disk"] = next(disk["DiskId"] for disk in shop.disks(InstanceId=ids["paid"]))
    ids["snapshot"] = shop.good("CreateSnapshot", {"DiskId": ids["disk"], **tag})["SnapshotId"]
    ids["image"] = shop.good("CreateImage", {"InstanceId": ids["other"], "ImageName": "an-image", **tag})[
        "ImageId"
    ]
    shop.advance("PT1H")
    ids["interface"] = shop.instance(one)["NetworkInterfaces"]["NetworkInterface"][0]["NetworkInterfaceId"]
    ids["eip"] = shop.good("AllocateEipAddress", {}, "Vpc")["AllocationId"]
    shop.good("AssociateEipAddress", {"AllocationId": ids["eip"], "InstanceId": ids["other"]}, "Vpc")
    return ids


def readings(shop: InsideShop) -> list[Reading]:
    """Every call with its honest reply, where that is a good one, and the facts in it."""
    found = []
    for name, ask in asks(stocked(shop)).items():
        with exchanging(shop) as exchange:
            try:
                facts = ask(gateway_of(shop, Clock(shop)))
            except Exception as error:
                raise AssertionError(f"{name}: {error}") from error
        action, status, body = exchange.replies[-1]
        if status == 200:
            found.append(Reading(name, action, ask, json.loads(body), facts))
    return found


def answering(patched: pytest.MonkeyPatch) -> Answers:
    """Puts a cloud in the place of the clients that gives one reply to everything."""
    answers = Answers()
    patched.setattr(clients.Clients, "send", lambda self, *args: answers(self, *args))
    return answers
