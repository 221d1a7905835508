"""API replies to facts: the one place that knows the API's field names on the way in.

Imports pydantic and the domain's facts. Anything that is not of the documented form raises
Malformed; a missing list is never an empty one.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from ecs_release.domain.facts import Charge, Identity, InstanceFacts, Status
from ecs_release.gateway.errors import Malformed

PAY_AS_YOU_GO, SUBSCRIPTION, NO_SPOT = "PostPaid", "PrePaid", "NoSpot"
Made = TypeVar("Made")
TIME_FORMATS = ("%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M:%SZ")


def parse_time(text: Any) -> datetime | None:
    """A time of the API in UTC, None for an empty one; raises ValueError."""
    if text == "":
        return None
    for form in TIME_FORMATS if isinstance(text, str) else ():
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise ValueError(f"{text!r} is no time")


# Read inside the model, so that an error names the field.
Time = Annotated[datetime | None, BeforeValidator(parse_time)]
State = Annotated[Status, BeforeValidator(Status)]
# What tells things apart or decides about them says something.
Word = Annotated[str, Field(min_length=1)]
Id = Annotated[str, Field(min_length=3)]


# Strict, because a number where a text should be means another form than the documented one.
class Reply(BaseModel):
    """A part of a reply; what it does not name is left alone."""

    model_config = ConfigDict(extra="ignore", strict=True, allow_inf_nan=False)


class _Tag(Reply):
    TagKey: Word
    TagValue: str


class TagList(Reply):
    """The tags of anything, in the reply's own wrapping."""

    Tag: list[_Tag]

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Keys with their values."""
        return tuple((tag.TagKey, tag.TagValue) for tag in self.Tag)

    def value(self, key: str) -> str:
        """The value of a tag, "" without it."""
        return next((tag.TagValue for tag in self.Tag if tag.TagKey == key), "")


class Lock(Reply):
    """One lock of an instance or a disk."""

    LockReason: Word


class _Locks(Reply):
    LockReason: list[Lock]


class _Addresses(Reply):
    IpAddress: list[Word]


class _Eip(Reply):
    AllocationId: str
    IpAddress: str


class _Interface(Reply):
    NetworkInterfaceId: Word


class _Interfaces(Reply):
    NetworkInterface: list[_Interface]


class _VpcAttributes(Reply):
    VSwitchId: str = ""


class _SecurityGroupIds(Reply):
    SecurityGroupId: list[str] = []


class _Instance(Reply):
    InstanceId: Id
    InstanceName: str = ""
    Status: State
    InstanceChargeType: Literal["PostPaid", "PrePaid"]
    SpotStrategy: str = NO_SPOT
    CreationTime: Time = None
    ExpiredTime: Time = None
    # No defaults from here on, for these are always told, empty or not: an answer that leaves one
    # out must not read as unprotected, not locked, without a release time, an address or a tag.
    AutoReleaseTime: Time
    DeletionProtection: bool
    OperationLocks: _Locks
    Tags: TagList
    PublicIpAddress: _Addresses
    EipAddress: _Eip
    NetworkInterfaces: _Interfaces
    InstanceType: str = ""
    ImageId: str = ""
    KeyPairName: str = ""
    InternetMaxBandwidthOut: int = 0
    VpcAttributes: _VpcAttributes = _VpcAttributes()
    SecurityGroupIds: _SecurityGroupIds = _SecurityGroupIds()


class _Instances(Reply):
    Instance: list[_Instance]


class _InstancesReply(Reply):
    Instances: _Instances
    NextToken: str = ""


class _IdentityReply(Reply):
    AccountId: str = Field(min_length=1)
    Arn: str = ""
    IdentityType: str = ""


class _AttributeReply(Reply):
    InstanceId: Id
    Status: Word


class _Billed(Reply):
    InstanceID: Id
    RenewStatus: str = ""


class _BilledList(Reply):
    InstanceList: list[_Billed]


class _BilledReply(Reply):
    Data: _BilledList


def without_nulls(value: Any) -> Any:
    """A field that is null is absent."""
    if isinstance(value, Mapping):
        return {key: without_nulls(part) for key, part in value.items() if part is not None}
    return [without_nulls(part) for part in value] if isinstance(value, list) else value


def read_reply(action: str, body: Mapping[str, Any], make: Callable[[Any], Made]) -> Made:
    """A reply as `make` reads it; raises Malformed where it is not of the documented form."""
    try:
        return make(without_nulls(body))
    except (ValueError, RecursionError) as error:
        raise _malformed(action, error) from error


def identity_in(body: Mapping[str, Any]) -> Identity:
    """The caller of a GetCallerIdentity reply; raises Malformed."""
    reply = read_reply("GetCallerIdentity", body, _IdentityReply.model_validate)
    return Identity(reply.AccountId, reply.Arn, reply.IdentityType)


def attribute_in(body: Mapping[str, Any]) -> str:
    """The instance id of a DescribeInstanceAttribute reply; raises Malformed."""
    return read_reply("DescribeInstanceAttribute", body, _AttributeReply.model_validate).InstanceId


def renewals_in(body: Mapping[str, Any]) -> dict[str, str]:
    """RenewStatus by instance id of a QueryAvailableInstances reply; raises Malformed."""
    reply = read_reply("QueryAvailableInstances", body, _BilledReply.model_validate)
    return {item.InstanceID: item.RenewStatus for item in reply.Data.InstanceList}


def instances_in(body: Mapping[str, Any]) -> tuple[tuple[InstanceFacts, ...], str]:
    """The instances of a DescribeInstances reply and the token of the next page; raises Malformed."""

    def make(plain: Any) -> tuple[tuple[InstanceFacts, ...], str]:
        reply = _InstancesReply.model_validate(plain)
        return tuple(_instance(item) for item in reply.Instances.Instance), reply.NextToken

    return read_reply("DescribeInstances", body, make)


def _malformed(action: str, error: Exception) -> Malformed:
    what = str(error)
    if isinstance(error, ValidationError):
        problem = error.errors()[0]
        what = f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
    return Malformed("", f"the reply is not of the documented form: {what}", "", action)


def _instance(item: _Instance) -> InstanceFacts:
    charge = _charge(item)
    release_at = item.AutoReleaseTime
    return InstanceFacts(
        instance_id=item.InstanceId,
        name=item.InstanceName,
        status=item.Status,
        charge=charge,
        created_at=item.CreationTime,
        # Pay-as-you-go instances show a date far away, which is no expiry.
        expires_at=item.ExpiredTime if charge is Charge.SUBSCRIPTION else None,
        auto_release_at=release_at.replace(second=0) if release_at else None,
        deletion_protection=item.DeletionProtection,
        # The documentation spells them in both cases (Recycling, financial).
        locks=frozenset(lock.LockReason.lower() for lock in item.OperationLocks.LockReason),
        tags=item.Tags.pairs,
        public_ips=tuple(item.PublicIpAddress.IpAddress),
        eip_address=item.EipAddress.IpAddress,
        eip_allocation_id=item.EipAddress.AllocationId,
        interface_ids=tuple(each.NetworkInterfaceId for each in item.NetworkInterfaces.NetworkInterface),
        instance_type=item.InstanceType,
        image_id=item.ImageId,
        key_pair=item.KeyPairName,
        bandwidth_mbps=item.InternetMaxBandwidthOut,
        vswitch_id=item.VpcAttributes.VSwitchId,
        security_group_ids=tuple(item.SecurityGroupIds.SecurityGroupId),
    )


def _charge(item: _Instance) -> Charge:
    if item.InstanceChargeType == SUBSCRIPTION:
        return Charge.SUBSCRIPTION
    return Charge.PAY_AS_YOU_GO if item.SpotStrategy in (NO_SPOT, "") else Charge.SPOT
