"""Replies about snapshots, images and network interfaces to facts.

Imports pydantic, the domain's facts and the mapping beside it, whose rules hold here too.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from ecs_release.domain.facts import (
    BACKUP_TAG,
    EipFacts,
    ImageFacts,
    InterfaceFacts,
    Price,
    Quote,
    SnapshotFacts,
)
from ecs_release.gateway.mapping import Id, Reply, TagList, Time, Word, read_reply


def check_amount(value: float | str) -> str:
    """An amount of money as text; raises ValueError for what is none."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"{value!r} is no amount") from None
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{value!r} is no amount")
    return str(value)


# Billing writes numbers and texts alike.
Amount = Annotated[float | str, AfterValidator(check_amount)]


class _Snapshot(Reply):
    SnapshotId: Id
    SnapshotName: str = ""
    # The documentation has three words for what people made themselves.
    SnapshotType: Literal["auto", "timer", "user", "all"]
    Status: Word
    Progress: str = ""
    SourceDiskId: str
    CreationTime: Time = None
    Tags: TagList = TagList(Tag=[])


class _Snapshots(Reply):
    Snapshot: list[_Snapshot]


class _SnapshotsReply(Reply):
    Snapshots: _Snapshots
    NextToken: str = ""


class _Mapping(Reply):
    SnapshotId: str = ""


class _Mappings(Reply):
    DiskDeviceMapping: list[_Mapping] = Field(default=[])


class _Image(Reply):
    ImageId: Id
    ImageName: str = ""
    Status: Word
    Progress: str = ""
    CreationTime: Time = None
    Tags: TagList = TagList(Tag=[])
    DiskDeviceMappings: _Mappings = _Mappings()


class _Images(Reply):
    Image: list[_Image]


class _ImagesReply(Reply):
    Images: _Images


class _Interface(Reply):
    NetworkInterfaceId: Id
    Type: Word
    InstanceId: str = ""
    # Older answers leave it out, and then the default of the API holds.
    DeleteOnRelease: bool = True


class _InterfaceSet(Reply):
    NetworkInterfaceSet: list[_Interface]


class _InterfacesReply(Reply):
    NetworkInterfaceSets: _InterfaceSet


class _Eip(Reply):
    AllocationId: Id
    IpAddress: Word
    Status: Word
    InstanceId: str = ""


class _Eips(Reply):
    EipAddress: list[_Eip]


class _EipsReply(Reply):
    EipAddresses: _Eips


class _Renewed(Reply):
    InstanceId: Id
    # Only one of them lets a subscription run out, so an unknown word must not pass for another.
    RenewalStatus: Literal["AutoRenewal", "Normal", "NotRenewal"]


class _RenewedList(Reply):
    InstanceRenewAttribute: list[_Renewed]


class _RenewedReply(Reply):
    InstanceRenewAttributes: _RenewedList


class _SnapshotMade(Reply):
    SnapshotId: Id


class _ImageMade(Reply):
    ImageId: Id


class _Price(Reply):
    TradePrice: float = Field(ge=0)
    Currency: str = ""


class _PriceInfo(Reply):
    Price: _Price


class _PriceReply(Reply):
    PriceInfo: _PriceInfo


class _Refund(Reply):
    RefundAmount: Amount
    Currency: str = ""


class _RefundReply(Reply):
    Data: _Refund


def snapshots_in(body: Mapping[str, Any]) -> tuple[tuple[SnapshotFacts, ...], str]:
    """The snapshots of a DescribeSnapshots reply and the token of the next page; raises Malformed."""

    def make(plain: Any) -> tuple[tuple[SnapshotFacts, ...], str]:
        reply = _SnapshotsReply.model_validate(plain)
        return tuple(_snapshot(item) for item in reply.Snapshots.Snapshot), reply.NextToken

    return read_reply("DescribeSnapshots", body, make)


def _snapshot(item: _Snapshot) -> SnapshotFacts:
    return SnapshotFacts(
        snapshot_id=item.SnapshotId,
        disk_id=item.SourceDiskId,
        name=item.SnapshotName,
        automatic=item.SnapshotType in ("auto", "timer"),
        status=item.Status,
        progress=item.Progress,
        created_at=item.CreationTime,
        backup_of=item.Tags.value(BACKUP_TAG),
    )


def images_in(body: Mapping[str, Any]) -> tuple[ImageFacts, ...]:
    """The images of a DescribeImages reply; raises Malformed."""

    def make(plain: Any) -> tuple[ImageFacts, ...]:
        return tuple(_image(item) for item in _ImagesReply.model_validate(plain).Images.Image)

    return read_reply("DescribeImages", body, make)


def _image(item: _Image) -> ImageFacts:
    return ImageFacts(
        image_id=item.ImageId,
        name=item.ImageName,
        status=item.Status,
        progress=item.Progress,
        created_at=item.CreationTime,
        backup_of=item.Tags.value(BACKUP_TAG),
        snapshot_ids=tuple(
            each.SnapshotId for each in item.DiskDeviceMappings.DiskDeviceMapping if each.SnapshotId
        ),
    )


def eips_in(body: Mapping[str, Any]) -> tuple[EipFacts, ...]:
    """The addresses of a DescribeEipAddresses reply; raises Malformed."""

    def make(plain: Any) -> tuple[EipFacts, ...]:
        listed = _EipsReply.model_validate(plain).EipAddresses.EipAddress
        return tuple(
            EipFacts(each.AllocationId, each.IpAddress, each.Status, each.InstanceId) for each in listed
        )

    return read_reply("DescribeEipAddresses", body, make)


def interfaces_in(body: Mapping[str, Any]) -> tuple[InterfaceFacts, ...]:
    """The network interfaces of a DescribeNetworkInterfaces reply; raises Malformed."""

    def make(plain: Any) -> tuple[InterfaceFacts, ...]:
        listed = _InterfacesReply.model_validate(plain).NetworkInterfaceSets.NetworkInterfaceSet
        return tuple(
            InterfaceFacts(
                each.NetworkInterfaceId, each.InstanceId, each.Type == "Primary", each.DeleteOnRelease
            )
            for each in listed
        )

    return read_reply("DescribeNetworkInterfaces", body, make)


def renewal_states_in(body: Mapping[str, Any]) -> dict[str, str]:
    """RenewalStatus by instance id of a DescribeInstanceAutoRenewAttribute reply; raises Malformed."""
    reply = read_reply("DescribeInstanceAutoRenewAttribute", body, _RenewedReply.model_validate)
    listed = reply.InstanceRenewAttributes.InstanceRenewAttribute
    return {each.InstanceId: each.RenewalStatus for each in listed}


def snapshot_id_in(body: Mapping[str, Any]) -> str:
    """The new snapshot's id; raises Malformed."""
    return read_reply("CreateSnapshot", body, _SnapshotMade.model_validate).SnapshotId


def image_id_in(body: Mapping[str, Any]) -> str:
    """The new image's id; raises Malformed."""
    return read_reply("CreateImage", body, _ImageMade.model_validate).ImageId


def quote_in(body: Mapping[str, Any]) -> Quote:
    """The amount of an InquiryPriceRefundInstance reply; raises Malformed."""
    refund = read_reply("InquiryPriceRefundInstance", body, _RefundReply.model_validate).Data
    return Quote(str(refund.RefundAmount), refund.Currency)


def price_in(body: Mapping[str, Any]) -> Price:
    """The price of a DescribePrice reply; raises Malformed."""
    amount = read_reply("DescribePrice", body, _PriceReply.model_validate).PriceInfo.Price
    return Price(Decimal(str(amount.TradePrice)), amount.Currency)
