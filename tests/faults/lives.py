"""The states in which a run can meet an instance, read off the emulator's state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ecs_release.domain.facts import GROUP_ID_TAG
from tests.faults.bystander import tags_of
from tests.properties.shop import GROUP_ID, State

STATUSES = ("Pending", "Starting", "Running", "Stopping", "Stopped")
LIVES = (
    *(f"pay-as-you-go, {status}" for status in STATUSES),
    *(f"spot, {status}" for status in STATUSES),
    *(f"subscription, {status}" for status in STATUSES),
    "subscription, expired",
    "being released",
    "protected",
    "scheduled",
    "with a fixed address",
    "with an EIP",
    "of no group",
    "of another group",
    "lock security",
    "lock financial",
    "lock refunded",
    "lock recycling",
    "block eni-linked",
    "block system-managed",
    "block slb-configuring",
    "data disk that goes",
    "data disk that stays",
    "local disk",
    "gone",
)


def lives_of(state: State, id_: str) -> Iterator[str]:
    """All words of the list that fit a recorded instance."""
    facts = state["instances"].get(id_)
    if facts is None:
        yield "gone"
        return
    yield f"{_charge(facts)}, {facts['Status']}"
    if facts["InstanceChargeType"] == "PrePaid" and "financial" in _locks(facts):
        yield "subscription, expired"
    yield from _marks(facts)
    yield from (f"lock {lock}" for lock in _locks(facts))
    yield from (f"block {block}" for block in facts["Blocks"])
    group = tags_of(facts).get(GROUP_ID_TAG)
    if group != GROUP_ID:
        yield "of another group" if group else "of no group"
    for disk in state["disks"].values():
        if disk["InstanceId"] == id_ and disk["Type"] == "data":
            local = disk["Category"].startswith("local")
            yield (
                "local disk"
                if local
                else f"data disk that {'goes' if disk['DeleteWithInstance'] else 'stays'}"
            )


def _charge(facts: Mapping[str, Any]) -> str:
    if facts["InstanceChargeType"] == "PrePaid":
        return "subscription"
    return "pay-as-you-go" if facts["SpotStrategy"] == "NoSpot" else "spot"


def _marks(facts: Mapping[str, Any]) -> Iterator[str]:
    marks = {
        "being released": facts["Releasing"],
        "protected": facts["DeletionProtection"],
        "scheduled": facts["AutoReleaseTime"],
        "with a fixed address": facts["PublicIpAddress"]["IpAddress"],
        "with an EIP": facts["EipAddress"]["AllocationId"],
    }
    yield from (mark for mark, there in marks.items() if there)


def _locks(facts: Mapping[str, Any]) -> list[str]:
    return [str(lock["LockReason"]).lower() for lock in facts["OperationLocks"]["LockReason"]]
