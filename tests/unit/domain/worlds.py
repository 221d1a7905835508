"""Builders of facts and records, shared by unit tests and properties."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ecs_release.domain.claims import GroupFacts
from ecs_release.domain.facts import (
    GROUP_ID_TAG,
    MEMBER_TAG,
    Charge,
    Cloud,
    DiskFacts,
    DiskKind,
    InstanceFacts,
    Observation,
    Status,
)
from ecs_release.domain.terms import DeclaredDisk, GroupRecord, ReleaseTerms

NOW = datetime(2030, 6, 1, 12, 0, tzinfo=UTC)
GROUP_ID = "0123456789abcdef0123"
SYSTEM = DeclaredDisk("system", DiskKind.SYSTEM, "cloud_essd", 40)
DATA = DeclaredDisk("data", DiskKind.DATA, "cloud_essd", 200, release_with_instance=False)


def record(members: dict[str, str], **changes: Any) -> GroupRecord:
    made = GroupRecord(
        project="shop",
        stack="test",
        group="web",
        group_id=GROUP_ID,
        account="1",
        cloud=Cloud("cn-hangzhou"),
        members=members,
        disks=(SYSTEM, DATA),
    )
    return replace(made, **changes)


def disk(instance_id: str, **changes: Any) -> DiskFacts:
    made = DiskFacts(
        disk_id=f"d-{instance_id}-system",
        name="system",
        kind=DiskKind.SYSTEM,
        category="cloud_essd",
        size_gib=40,
        status="In_use",
        instance_id=instance_id,
        delete_with_instance=True,
        delete_auto_snapshot=True,
    )
    return replace(made, **changes)


def data_disk(instance_id: str, **changes: Any) -> DiskFacts:
    own = {"disk_id": f"d-{instance_id}-data", "name": "data", "kind": DiskKind.DATA, "size_gib": 200}
    return disk(instance_id, **{"delete_with_instance": False, **own, **changes})


def instance(instance_id: str, member: str, group_id: str = GROUP_ID, **changes: Any) -> InstanceFacts:
    tags = tuple(pair for pair in ((GROUP_ID_TAG, group_id), (MEMBER_TAG, member)) if pair[1])
    made = InstanceFacts(
        instance_id=instance_id,
        name=member,
        status=Status.RUNNING,
        charge=Charge.PAY_AS_YOU_GO,
        tags=tags,
        disks=(disk(instance_id), data_disk(instance_id)),
    )
    return replace(made, **changes)


def group(
    recorded: GroupRecord,
    *instances: InstanceFacts,
    gone: frozenset[str] = frozenset(),
    unseen: frozenset[str] = frozenset(),
    wanted: dict[str, str] | None = None,
    confirm_only: bool = False,
) -> GroupFacts:
    observation = Observation(NOW, instances, gone=gone, unseen=unseen)
    return GroupFacts(recorded, observation, wanted or {}, confirm_only=confirm_only)


TERMS = ReleaseTerms()
