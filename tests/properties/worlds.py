"""Random worlds on the emulator: what they are made of, and the calls and events that make them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

from hypothesis import strategies as some

from ecs_release.domain.facts import DiskKind
from ecs_release.domain.terms import DeclaredDisk
from tests.emulator.cloud import subscription
from tests.properties.shop import DATA, Shop

UNKNOWN = "i-00000000000000000000"
# The rows of "Life of an instance" that a run can meet.
LIVES = (
    "running",
    "stopped",
    "pending",
    "stopping",
    "being released",
    "spot",
    "spot, stopped",
    "spot, reclaimed",
    "subscription",
    "subscription, stopped",
    "subscription, expired",
    "subscription, expired and stopped",
    "subscription, refunded",
    "gone",
)
OWNERS = (*["ours"] * 16, "stripped", "another's", "unrecorded", "replaced")
BLOCKS = (*[""] * 16, "eni-linked", "system-managed", "route-entry")
KEEPING, DYING = DATA, DeclaredDisk("data", DiskKind.DATA, "cloud_essd", 40, release_with_instance=True)
AUTO_POLICY = {
    "regionId": "cn-hangzhou",
    "timePoints": '["19"]',
    "repeatWeekdays": '["1","2","3","4","5","6","7"]',
    "retentionDays": 7,
}


@dataclass(frozen=True)
class Machine:
    """One instance with all that hangs on it."""

    life: str
    owner: str
    protected: bool = False
    scheduled: bool = False
    locked: bool = False
    block: str = ""
    address: str = ""
    # Whether somebody has turned the data disk's flag round by hand.
    flipped: bool = False
    local: bool = False
    attached_later: bool = False
    interface_stays: bool = False
    snapshot: bool = False
    auto_snapshots: str = ""


@dataclass(frozen=True)
class World:
    """A group of machines, its declaration, and what the person at the terminal gives with the command."""

    machines: list[Machine]
    terms: dict[str, Any]
    disk: DeclaredDisk
    approve: str = "nothing"
    quota_used_up: bool = False
    wrong_account: bool = False
    schedule_passed: bool = False


# Of so many worlds, one. What is rarer still would not be met in five hundred.
SELDOM, RARELY = 9, 30


def _machine(chance: Random) -> Machine:
    return Machine(
        life=chance.choice(LIVES),
        owner=chance.choice(OWNERS),
        protected=chance.random() < 0.4,
        scheduled=not chance.randrange(SELDOM),
        locked=not chance.randrange(SELDOM),
        block=chance.choice(BLOCKS),
        address=chance.choice(["", "", "fixed", "EIP"]),
        flipped=not chance.randrange(SELDOM),
        local=not chance.randrange(SELDOM),
        attached_later=not chance.randrange(SELDOM),
        interface_stays=not chance.randrange(SELDOM),
        snapshot=not chance.randrange(SELDOM),
        auto_snapshots=chance.choice(["", "", "", "kept", "deleted"]),
    )


def _terms(chance: Random) -> dict[str, Any]:
    return {
        "on_protected": chance.choice(["refuse", "lift", "lift"]),
        "on_active_subscription": chance.choice(["refuse", "refund", "refund", "convert", "convert"]),
        "on_replaced": chance.choice(["refuse", "release"]),
        "on_blocked": chance.choice(["stop", "release-others", "release-others"]),
        "backup": chance.choice(["none", "none", "snapshots", "image"]),
        "shutdown": chance.choice(["power-off", "graceful"]),
        "on_public_ip": chance.choice(["release", "keep"]),
        "approval": chance.choice(["none", "none", "plan"]),
        "max_instances": chance.choice([None, None, None, 1]),
    }


def world_of(chance: Random) -> World:
    """A world by chance; its seed is the strategy's, so that a failure comes again."""
    return World(
        machines=[_machine(chance) for _ in range(chance.randrange(1, 4))],
        terms=_terms(chance),
        disk=chance.choice([KEEPING, DYING]),
        approve=chance.choice(["nothing", "the plan", "the plan", "another plan"]),
        quota_used_up=not chance.randrange(4),
        wrong_account=not chance.randrange(RARELY),
        schedule_passed=not chance.randrange(SELDOM),
    )


worlds = some.randoms(use_true_random=True).map(world_of)


@dataclass
class Built:
    """The world in the emulator: recorded members and, of replaced ones, the new id."""

    members: dict[str, str] = field(default_factory=dict)
    wanted: dict[str, str] = field(default_factory=dict)


def build(shop: Shop, world: World) -> Built:
    """Makes a world: first everything that takes its time, last the states that pass by themselves."""
    shop.empty()
    shop.control("settings", {"refund_vcpu_hours": 1 if world.quota_used_up else 10_000_000})
    policy = str(shop.good("CreateAutoSnapshotPolicy", AUTO_POLICY)["AutoSnapshotPolicyId"])
    ids = [_ordered(shop, machine, world, policy) for machine in world.machines]
    if any(machine.auto_snapshots for machine in world.machines):
        # Nine hours after the start it is seven in the evening here.
        shop.advance("PT1H10M")
    built = Built()
    for number, (machine, id_) in enumerate(zip(world.machines, ids, strict=True)):
        _own(shop, machine, f"web-{number}", id_, built)
    for machine, id_ in zip(world.machines, ids, strict=True):
        _bring_to_life(shop, machine, id_)
    return built


def _order(machine: Machine, world: World) -> dict[str, Any]:
    paid = subscription() if machine.life.startswith("subscription") else {}
    spot = {"SpotStrategy": "SpotAsPriceGo"} if machine.life.startswith("spot") else {}
    dies = world.disk.release_with_instance != machine.flipped
    order = {**paid, **spot, "DataDisk.1.DeleteWithInstance": dies}
    if machine.address == "fixed":
        order["InternetMaxBandwidthOut"] = 5
    if machine.local:
        order |= {
            "DataDisk.2.Category": "local_ssd_pro",
            "DataDisk.2.Size": 40,
            "DataDisk.2.DiskName": "scratch",
        }
    if machine.interface_stays:
        order |= {"NetworkInterface.1.InstanceType": "Secondary", "NetworkInterface.1.DeleteOnRelease": False}
    return order


def _ordered(shop: Shop, machine: Machine, world: World, policy: str) -> str:
    if machine.life == "gone":
        return UNKNOWN
    id_ = shop.run(_order(machine, world))
    if machine.address == "EIP":
        eip = shop.good("AllocateEipAddress", {}, "Vpc")["AllocationId"]
        shop.good("AssociateEipAddress", {"AllocationId": eip, "InstanceId": id_}, "Vpc")
    if machine.attached_later:
        _attach(shop, id_)
    disks = [disk["DiskId"] for disk in shop.disks(InstanceId=id_) if disk["Category"] == "cloud_essd"]
    if machine.snapshot:
        shop.good("CreateSnapshot", {"DiskId": disks[0]})
    if machine.auto_snapshots:
        shop.good("ApplyAutoSnapshotPolicy", {"autoSnapshotPolicyId": policy, "diskIds": json.dumps(disks)})
        flag = {"DeleteAutoSnapshot": machine.auto_snapshots == "deleted"}
        for disk in disks:
            shop.good("ModifyDiskAttribute", {"DiskId": disk, **flag})
    shop.advance("PT5M")
    return id_


def _attach(shop: Shop, id_: str) -> None:
    order = {"ZoneId": "cn-hangzhou-b", "DiskCategory": "cloud_essd", "Size": 40, "DiskName": "by-hand"}
    disk = shop.good("CreateDisk", order)["DiskId"]
    shop.advance("PT2S")
    shop.good("AttachDisk", {"InstanceId": id_, "DiskId": disk})
    shop.advance("PT2S")


def _own(shop: Shop, machine: Machine, member: str, id_: str, built: Built) -> None:
    if machine.owner != "unrecorded":
        built.members[member] = id_
    if id_ == UNKNOWN:
        return
    if machine.owner == "another's":
        shop.tag(id_, member, "f" * 20)
    elif machine.owner != "stripped":
        shop.tag(id_, member)
    if machine.owner == "unrecorded":
        # A second claimant, or the run would take it for a leftover of its own.
        built.members[member] = shop.run()
        shop.tag(built.members[member], member)
    if machine.owner == "replaced":
        built.wanted[member] = shop.run()
        shop.tag(built.wanted[member], member)


def _bring_to_life(shop: Shop, machine: Machine, id_: str) -> None:
    if machine.life == "gone":
        return
    if machine.life in ("running", "stopped", "stopping", "pending", "being released"):
        _pay_as_you_go(shop, machine, id_)
    stops = {"stopped", "spot, stopped", "subscription, stopped", "stopping", "being released"}
    if machine.life in stops:
        shop.good("StopInstance", {"InstanceId": id_})
        if machine.life != "stopping":
            shop.advance("PT2S")
    _special(shop, machine, id_)
    if machine.block == "route-entry":
        _route(shop, id_)
    elif machine.block:
        shop.event(block=[id_, machine.block])
    if machine.locked:
        shop.event(lock=[id_, "security"])


def _pay_as_you_go(shop: Shop, machine: Machine, id_: str) -> None:
    if machine.protected and machine.life != "being released":
        shop.good("ModifyInstanceAttribute", {"InstanceId": id_, "DeletionProtection": True})
    if machine.scheduled:
        shop.good(
            "ModifyInstanceAutoReleaseTime", {"InstanceId": id_, "AutoReleaseTime": "2027-01-01T00:00:00Z"}
        )


def _special(shop: Shop, machine: Machine, id_: str) -> None:
    if machine.life == "being released":
        shop.good("DeleteInstance", {"InstanceId": id_})
    if machine.life == "pending":
        shop.good("StopInstance", {"InstanceId": id_})
        shop.advance("PT2S")
        shop.good("StartInstance", {"InstanceId": id_})
    if machine.life == "spot, reclaimed":
        shop.event(reclaim=id_)
    if "expired" in machine.life:
        shop.event(expire=id_)
    if machine.life == "subscription, expired and stopped":
        shop.advance("P1D")
    if machine.life == "subscription, refunded":
        named = {"InstanceId": id_, "ProductCode": "ecs", "ProductType": "", "ImmediatelyRelease": "0"}
        shop.good("RefundInstance", named, "BssOpenApi")
        shop.advance("PT2S")


def _route(shop: Shop, id_: str) -> None:
    vpc = {"VpcId": shop.instance(id_)["VpcAttributes"]["VpcId"]}
    (table,) = shop.good("DescribeRouteTableList", vpc, "Vpc")["RouterTableList"]["RouterTableListType"]
    number = len(shop.look("counts")) + sum(shop.look("counts").values())
    route = {"RouteTableId": table["RouteTableId"], "DestinationCidrBlock": f"192.168.{number % 250}.0/24"}
    shop.good("CreateRouteEntry", {**route, "NextHopId": id_}, "Vpc")
