"""A cloud with one group in it, and the runner on it, with a clock that only the emulator's moves.

What is ordered carries the group's tags; sleeping advances the emulator, so no test waits for real time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ecs_release.domain.approval import Commission, parse_approvals
from ecs_release.domain.facts import (
    GROUP_ID_TAG,
    GROUP_TAG,
    MEMBER_TAG,
    PROJECT_TAG,
    STACK_TAG,
    Cloud,
    DiskKind,
)
from ecs_release.domain.plan import Plan
from ecs_release.domain.terms import DeclaredDisk, GroupRecord, ReleaseTerms
from ecs_release.gateway.gateway import Gateway
from ecs_release.runner.journal import Journal
from ecs_release.runner.observe import Errand, Sightings
from ecs_release.runner.records import TermsModel
from ecs_release.runner.run import Outcome, ReleaseRun, Tools, look
from tests.emulator.cloud import Cloud as Emulated

GROUP_ID = "0123456789abcdef0123"
ACCOUNT = "1000000000000001"
PROJECT, STACK, GROUP, REGION = "shop", "test", "web", "cn-hangzhou"
START = "2026-06-15T10:00:00Z"
SYSTEM = DeclaredDisk("system", DiskKind.SYSTEM, "cloud_essd", 40)
DATA = DeclaredDisk("data", DiskKind.DATA, "cloud_essd", 40, release_with_instance=False)
KINDS = ("instances", "disks", "snapshots", "images", "eips", "enis")
State = dict[str, dict[str, Any]]


class Shop(Emulated):
    """Orders made here have a data disk that is to be kept, unless they say otherwise."""

    network_ids: dict[str, str]

    def empty(self) -> None:
        """An empty world with one network and a clock that stands still."""
        self.control("reset", {})
        self.control("clock", {"set": START, "rate": 0})
        self.network_ids = self.network()

    def order(self, **parameters: Any) -> dict[str, Any]:
        disk = {
            "DataDisk.1.Category": "cloud_essd",
            "DataDisk.1.Size": 40,
            "DataDisk.1.DiskName": "data",
            "DataDisk.1.DeleteWithInstance": False,
        }
        return super().order(**{**self.network_ids, **disk, **parameters})

    def tag(self, instance_id: str, member: str, group_id: str = GROUP_ID) -> None:
        """Makes an instance a member of the group."""
        told = {"ResourceType": "instance", "ResourceId.1": instance_id}
        place = {PROJECT_TAG: PROJECT, STACK_TAG: STACK, GROUP_TAG: GROUP}
        pairs = {GROUP_ID_TAG: group_id, MEMBER_TAG: member, **place}
        for number, (key, value) in enumerate(pairs.items(), 1):
            told |= {f"Tag.{number}.Key": key, f"Tag.{number}.Value": value}
        self.good("TagResources", told)

    def state(self) -> State:
        """All objects that a release could end or leave."""
        shown = self.look("state")
        return {kind: shown[kind] for kind in KINDS}

    def seconds(self) -> float:
        """The emulator's clock."""
        return float(datetime.fromisoformat(self.look("clock")["now"].replace("Z", "+00:00")).timestamp())


class Clock:
    """A clock for the runner that moves when it sleeps, and takes the emulator's with it."""

    def __init__(self, shop: Shop) -> None:
        self._shop, self._now = shop, 0.0

    def __call__(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += seconds
        # The limiter's pauses are real to it and nothing to the cloud.
        if seconds >= 1:
            self._shop.advance(f"PT{int(seconds)}S")


def gateway_of(shop: Shop, clock: Clock) -> Gateway:
    """A gateway as a process of its own would make one."""
    host = shop.url.removeprefix("http://")
    return Gateway(Cloud("cn-hangzhou", "HTTP", *[host] * 4), clock=clock, sleep=clock.sleep)


def errand_of(
    shop: Shop,
    members: Mapping[str, str],
    disks: tuple[DeclaredDisk, ...] = (SYSTEM, DATA),
    approve: str = "",
    **terms: Any,
) -> Errand:
    """What a destroy of the group is asked to do."""
    host = shop.url.removeprefix("http://")
    record = GroupRecord(
        project=PROJECT,
        stack=STACK,
        group=GROUP,
        group_id=GROUP_ID,
        account=ACCOUNT,
        cloud=Cloud("cn-hangzhou", "HTTP", *[host] * 4),
        members=members,
        disks=disks,
        terms=ReleaseTerms(**TermsModel(**terms).model_dump()),
    )
    return Errand(record, record.terms, commission=Commission(parse_approvals(approve)))


def planned(shop: Shop, errand: Errand) -> Plan:
    """The plan that one process shows."""
    return look(errand, gateway_of(shop, Clock(shop)), Sightings())


def released(shop: Shop, errand: Errand, folder: Path) -> Outcome:
    """The run of another process."""
    clock = Clock(shop)
    journal = Journal(folder, "web", lambda: datetime.now(UTC))
    tools = Tools(lambda line: None, clock, clock.sleep, sightings=Sightings())
    return ReleaseRun(errand, gateway_of(shop, clock), journal, tools).run()


def flags_of(state: State) -> str:
    """What a refused run must leave as it was: everything that exists and what was set on it."""
    instances = {
        id_: (facts["DeletionProtection"], facts["InstanceChargeType"], facts["AutoReleaseTime"])
        for id_, facts in state["instances"].items()
    }
    disks = {
        id_: (facts["DeleteWithInstance"], facts["DeleteAutoSnapshot"], facts["InstanceId"])
        for id_, facts in state["disks"].items()
    }
    return json.dumps([instances, disks, *(sorted(state[kind]) for kind in KINDS)], sort_keys=True)
