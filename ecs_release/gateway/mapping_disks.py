"""Replies about disks to facts.

Imports pydantic, the domain's facts and the mapping beside it, whose rules hold here too.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from ecs_release.domain.facts import Charge, DiskFacts, DiskKind
from ecs_release.gateway.mapping import (
    PAY_AS_YOU_GO,
    SUBSCRIPTION,
    Id,
    Lock,
    Reply,
    TagList,
    Word,
    read_reply,
)

# In these two the documentation promises the instance.
HELD = ("In_use", "Detaching")


class _DiskLocks(Reply):
    OperationLock: list[Lock] = Field(default=[])


class _Attachment(Reply):
    InstanceId: str = ""


class _Attachments(Reply):
    Attachment: list[_Attachment] = Field(default=[])


class _Disk(Reply):
    DiskId: Id
    DiskName: str = ""
    Type: Literal["system", "data"]
    Category: Word
    Size: int = Field(ge=0)
    Status: Word
    InstanceId: str = ""
    # No default either, for a guess would decide about data.
    DeleteWithInstance: bool
    DeleteAutoSnapshot: bool
    Portable: bool
    MultiAttach: str = "Disabled"
    DiskChargeType: str = PAY_AS_YOU_GO
    OperationLocks: _DiskLocks = _DiskLocks()
    Attachments: _Attachments = _Attachments()
    Tags: TagList = TagList(Tag=[])

    @model_validator(mode="after")
    def check_held(self) -> Self:
        """A disk whose instance is left out would be overlooked, and die with it."""
        if self.Status in HELD and not self.InstanceId and not self.Attachments.Attachment:
            raise ValueError(f"{self.DiskId} is {self.Status} and has no InstanceId")
        return self


class _Disks(Reply):
    Disk: list[_Disk]


class _DisksReply(Reply):
    Disks: _Disks
    NextToken: str = ""


def disks_in(body: Mapping[str, Any]) -> tuple[tuple[DiskFacts, ...], str]:
    """The disks of a DescribeDisks reply, a shared one once for each instance it is attached to.

    With the token of the next page; raises Malformed.
    """

    def make(plain: Any) -> tuple[tuple[DiskFacts, ...], str]:
        reply = _DisksReply.model_validate(plain)
        return tuple(disk for item in reply.Disks.Disk for disk in _disks(item)), reply.NextToken

    return read_reply("DescribeDisks", body, make)


def _disks(item: _Disk) -> Iterator[DiskFacts]:
    # Multi-attach disks leave InstanceId empty and list their attachments.
    listed = [attachment.InstanceId for attachment in item.Attachments.Attachment]
    for instance_id in [item.InstanceId] if item.InstanceId else listed or [""]:
        yield _disk(item, instance_id)


def _disk(item: _Disk, instance_id: str) -> DiskFacts:
    return DiskFacts(
        disk_id=item.DiskId,
        name=item.DiskName,
        kind=DiskKind(item.Type),
        category=item.Category,
        size_gib=item.Size,
        status=item.Status,
        instance_id=instance_id,
        delete_with_instance=item.DeleteWithInstance,
        delete_auto_snapshot=item.DeleteAutoSnapshot,
        portable=item.Portable,
        multi_attach=item.MultiAttach == "Enabled",
        charge=Charge.SUBSCRIPTION if item.DiskChargeType == SUBSCRIPTION else Charge.PAY_AS_YOU_GO,
        locks=frozenset(lock.LockReason.lower() for lock in item.OperationLocks.OperationLock),
        tags=item.Tags.pairs,
    )
