"""What a release run may never do, judged by the emulator's state right before each of our accepted calls.

The judge knows what was declared and what a person approved, and nothing of how the runner decides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ecs_release.domain.approval import Matters
from ecs_release.domain.facts import (
    ACCOMPLISHED,
    AVAILABLE,
    BACKUP_TAG,
    CLAIMED_TAG,
    GROUP_ID_TAG,
    MEMBER_TAG,
)
from ecs_release.domain.steps import StepKind
from ecs_release.domain.terms import DeclaredDisk
from tests.faults.bystander import tags_of
from tests.faults.line import Change
from tests.properties.shop import GROUP_ID, State

PROTECTED = "a protected instance is released without a declared and approved lift"
KEPT = "a disk to be kept is destroyed"
ANOTHER = "an instance that is not this group's to end is touched"
GONE = "gone is said of what exists"
REFUND = "a subscription is ended without declaration"
UNDECLARED = "something is done that nobody has declared"
REFUSED = "a refused run has changed something"
UNSAVED = "something is lost without its declared backup"
STAYS = "nothing is in the way, and a destroy does not end the group"
LOCAL = ("local_", "ephemeral", "elastic_ephemeral")
_IDS = re.compile(r"\b[di]-[0-9a-z]+")


@dataclass(frozen=True)
class Asked:
    """What a run was asked to do, and what the person has seen of it."""

    members: Mapping[str, str]
    wanted: Mapping[str, str]
    disks: tuple[DeclaredDisk, ...]
    terms: Mapping[str, Any]
    start: State
    began_at: float
    approved: Matters | None = None
    # A wrong account, or a schedule that should have released all: nothing may change at all.
    nothing_may_change: bool = False

    def term(self, name: str, safe: str) -> Any:
        """A declared term; what is not declared is safe."""
        return self.terms.get(name, safe)

    def saw(self, instance_id: str) -> Mapping[str, Any]:
        """What an approved plan said of an instance."""
        seen = self.approved["instances"] if self.approved else {}
        found: Mapping[str, Any] = seen.get(instance_id, {})
        return found

    def allows(self, instance_id: str, step: StepKind) -> bool:
        """Whether the person has seen this step, where the terms ask for that."""
        return self.term("approval", "none") == "none" or step.value in self.saw(instance_id).get("does", ())


@dataclass
class Judge:
    """Watches one run."""

    asked: Asked
    # Also those of which no answer was had.
    tried_to_lift: set[str] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)
    lifted: set[str] = field(default_factory=set)
    released: set[str] = field(default_factory=set)
    must_stay: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)

    def __call__(self, change: Change) -> None:
        """Judges a call; it is wrong only if it was wrong when the run looked, too."""
        now = set(self._problems(change, change.before))
        then = set(self._problems(change, change.looked))
        self.broken += sorted(now & then if _named(change, change.looked) else now)
        self._remember(change)

    def _problems(self, change: Change, state: State) -> Iterator[str]:
        ids = _named(change, state)
        if self.asked.nothing_may_change:
            yield f"{REFUSED}: {change.action}"
        # What a run has changed it may put back, whoever has taken the instance meanwhile.
        for id_ in () if _protects(change) and set(ids) <= self.lifted else ids:
            if why := self._stranger(state, id_) or self._newcomer(change.first, state, id_):
                yield f"{ANOTHER}: {change.action} of {id_}, {why}"
        for declared in self._undeclared(change, ids):
            yield f"{declared}: {change.action} of {', '.join(ids)}"
        if _releases(change):
            yield from self._of_release(change, state, ids)

    def _stranger(self, state: State, id_: str) -> str:
        """Why an instance is nobody's business here, "" if it is, or was not there yet."""
        asked = self.asked
        if id_ not in state["instances"]:
            return ""
        tags = tags_of(state["instances"][id_])
        if id_ in asked.wanted.values():
            return "it stays declared"
        if tags.get(GROUP_ID_TAG) != GROUP_ID:
            return "it carries another group's id, or none"
        if id_ in asked.members.values() or tags.get(CLAIMED_TAG) == id_:
            return ""
        known = {*asked.members.values(), *asked.wanted.values()}
        member = tags.get(MEMBER_TAG, "")
        rivals = [
            other
            for other, facts in state["instances"].items()
            if other not in known
            and tags_of(facts).get(GROUP_ID_TAG) == GROUP_ID
            and tags_of(facts).get(MEMBER_TAG) == member
        ]
        sole = rivals == [id_] and member not in asked.members and member not in asked.wanted
        return "" if sole else "nobody has recorded or claimed it"

    def _newcomer(self, first: State, state: State, id_: str) -> str:
        """Why a tag alone does not make an instance ours in the middle of a run, "" if it was before."""
        # A record holds again once the tag is back, and a claim is somebody's word.
        claimed = tags_of(state["instances"][id_]).get(CLAIMED_TAG) == id_
        if claimed or id_ in self.asked.members.values():
            return ""
        return "it came in mid-run" if id_ not in first["instances"] else self._stranger(first, id_)

    def _undeclared(self, change: Change, ids: list[str]) -> Iterator[str]:
        asked, action = self.asked, change.action
        subscription = asked.term("on_active_subscription", "refuse")
        if action == "ModifyInstanceAttribute" and not _protects(change):
            lifts = asked.term("on_protected", "refuse") == "lift"
            if not (lifts and all(asked.allows(id_, StepKind.LIFT_PROTECTION) for id_ in ids)):
                yield PROTECTED
        elif action == "ModifyInstanceAttribute":
            if not set(ids) <= self.tried_to_lift:
                yield UNDECLARED
        elif action == "RefundInstance":
            if subscription != "refund" or not all(asked.allows(id_, StepKind.REFUND) for id_ in ids):
                yield REFUND
        elif action == "ModifyInstanceChargeType":
            if subscription != "convert" or not all(asked.allows(id_, StepKind.CONVERT) for id_ in ids):
                yield REFUND
        elif not self._is_declared(change):
            yield UNDECLARED

    def _is_declared(self, change: Change) -> bool:
        asked, told = self.asked, change.parameters
        backup = asked.term("backup", "none")
        if change.action == "ModifyDiskAttribute":
            # A run moves flags only towards keeping.
            flag = str(told.get("DeleteWithInstance", ""))
            return flag.lower() == "false" and "DeleteAutoSnapshot" not in told
        declared: dict[str, bool] = {
            "DeleteInstances": True,
            "StopInstances": asked.term("shutdown", "power-off") == "graceful",
            "ConvertNatPublicIpToEip": asked.term("on_public_ip", "release") == "keep",
            "CreateSnapshot": backup == "snapshots",
            "CreateImage": backup == "image",
        }
        return declared.get(change.action, False)

    def _of_release(self, change: Change, state: State, ids: list[str]) -> Iterator[str]:
        asked = self.asked
        most = asked.term("max_instances", "")
        if most and len(self.released | set(ids)) > most and not all(asked.saw(id_) for id_ in ids):
            yield f"{UNDECLARED}: more than {most} are released"
        for id_ in ids:
            yield from self._of_end(change, state, id_)
        for id_, facts in state["instances"].items():
            if self._holds_back(state, id_, facts):
                yield f"{REFUSED}: {id_} must not go and holds back the others"

    def _of_end(self, change: Change, state: State, id_: str) -> Iterator[str]:
        asked, facts = self.asked, state["instances"][id_]
        if facts["DeletionProtection"]:
            yield f"{PROTECTED}: {id_} is protected"
        if asked.term("approval", "none") == "plan" and asked.saw(id_).get("answer") != "goes":
            yield f"{UNDECLARED}: the release of {id_} was not approved"
        replaced = id_ in asked.members.values() and any(
            id_ == old and asked.wanted.get(member, id_) != id_ for member, old in asked.members.items()
        )
        if replaced and asked.term("on_replaced", "refuse") == "refuse" and not asked.saw(id_):
            yield f"{UNDECLARED}: {id_} was replaced"
        if asked.term("on_public_ip", "release") == "keep" and facts["PublicIpAddress"]["IpAddress"]:
            yield f"{UNDECLARED}: the address of {id_} goes"
        for disk in disks_of(state, id_):
            yield from self._of_disk(change, state, facts, disk)
        if asked.term("backup", "none") == "image" and not _has_image(state, id_):
            yield f"{UNSAVED}: {id_} has no image"

    def _of_disk(
        self, change: Change, state: State, facts: Mapping[str, Any], disk: Mapping[str, Any]
    ) -> Iterator[str]:
        asked, id_ = self.asked, disk["DiskId"]
        if not dies(facts, disk):
            return
        if is_kept(asked.disks, disks_of(state, facts["InstanceId"]), disk):
            saved = change.action == "RefundInstance" and _has_image(state, facts["InstanceId"])
            if not saved:
                yield f"{KEPT}: {id_} of {facts['InstanceId']}"
        if asked.term("approval", "none") == "plan" and f"disk {id_}" not in asked.saw(
            facts["InstanceId"]
        ).get("lost", ()):
            yield f"{UNDECLARED}: the loss of {id_} was not approved"
        if asked.term("backup", "none") == "snapshots" and not _has_snapshot(state, id_):
            yield f"{UNSAVED}: {id_} has no snapshot"

    def _holds_back(self, state: State, id_: str, facts: Mapping[str, Any]) -> bool:
        asked = self.asked
        theirs = id_ not in asked.members.values() or id_ in asked.wanted.values()
        if theirs or asked.term("on_blocked", "stop") != "stop" or id_ not in asked.start["instances"]:
            return False
        protected = facts["DeletionProtection"] and asked.term("on_protected", "refuse") == "refuse"
        return bool(protected or tags_of(facts).get(GROUP_ID_TAG) != GROUP_ID)

    def _remember(self, change: Change) -> None:
        ids = _named(change, change.before)
        self.touched |= set(ids)
        if change.action == "ModifyInstanceAttribute":
            (self.lifted.difference_update if _protects(change) else self.lifted.update)(ids)
        if _releases(change):
            self.released |= set(ids)
            for id_ in ids:
                disks = disks_of(change.before, id_)
                kept = (disk for disk in disks if not dies(change.before["instances"][id_], disk))
                self.must_stay |= {disk["DiskId"] for disk in kept}


def disks_of(state: State, id_: str) -> list[dict[str, Any]]:
    """The disks that are attached to an instance."""
    return [disk for disk in state["disks"].values() if disk["InstanceId"] == id_]


def dies(instance: Mapping[str, Any], disk: Mapping[str, Any]) -> bool:
    """Whether the cloud destroys a disk with its instance, as things are."""
    locks = {lock["LockReason"].lower() for lock in instance["OperationLocks"]["LockReason"]}
    return "security" in locks or disk["DeleteWithInstance"] or disk["Category"].startswith(LOCAL)


def is_kept(
    declared: tuple[DeclaredDisk, ...], siblings: list[dict[str, Any]], disk: Mapping[str, Any]
) -> bool:
    """Whether a disk is to stay: declared so, or declared nowhere, or found kept whatever is declared."""
    same = [one for one in siblings if one["Type"] == disk["Type"] and one["DiskName"] == disk["DiskName"]]
    found = [
        one
        for one in declared
        if one.kind.value == disk["Type"] and (one.kind.value == "system" or one.name == disk["DiskName"])
    ]
    if not found or (disk["Type"] == "data" and len(same) > 1):
        return not disk["Category"].startswith(LOCAL)
    return not (found[0].release_with_instance and disk["DeleteWithInstance"])


def _protects(change: Change) -> bool:
    return change.parameters.get("DeletionProtection", "").lower() == "true"


def _releases(change: Change) -> bool:
    at_once = change.parameters.get("ImmediatelyRelease") == "1"
    return change.action == "DeleteInstances" or (change.action == "RefundInstance" and at_once)


def _named(change: Change, state: State) -> list[str]:
    """The instances that a call is about and that are there, those of its disks among them."""
    told = json.dumps(
        [value for name, value in change.parameters.items() if name.startswith(("Inst", "Disk"))]
    )
    found = dict.fromkeys(_IDS.findall(told))
    owners = [state["disks"].get(id_, {}).get("InstanceId", "") if id_[0] == "d" else id_ for id_ in found]
    return [id_ for id_ in dict.fromkeys(owners) if id_ in state["instances"]]


def _has_snapshot(state: State, disk_id: str) -> bool:
    return any(
        one["SourceDiskId"] == disk_id and one["Status"] == ACCOMPLISHED
        for one in state["snapshots"].values()
    )


def _has_image(state: State, id_: str) -> bool:
    return any(
        tags_of(one).get(BACKUP_TAG) == id_ and one["Status"] == AVAILABLE for one in state["images"].values()
    )
