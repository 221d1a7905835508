"""The environment: every field with its type, default, limits and what it costs or risks.

Imports the domain and pydantic. Imported by `load`, `reference`, components, and programs of
one's own. A field is here only once something acts on it.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag, ValidationInfo
from pydantic import BeforeValidator as Before
from pydantic import field_validator as check

from ecs_release.domain.facts import Charge
from ecs_release.domain.terms import OnActiveSubscription, OnProtected, OnReplaced
from stacks.fields import (
    DATA_SIZES,
    MOST_USER_TAGS,
    OTHER_SYSTEM_SIZE,
    PERIODS,
    SYSTEM_SIZES,
    TIME_ALLOWED,
    Cidr,
    DataCategory,
    DiskName,
    Flag,
    GroupName,
    ReleaseTime,
    SystemCategory,
    Tags,
    Whole,
    is_local,
    not_allowed,
)

YES_NO = "true or false"
TAGS_ALLOWED = f"at most {MOST_USER_TAGS} tags, keys and values text of at most 128 characters"
LOCAL_ALLOWED = "a local disk dies with its instance: state release_with_instance: true"
NETWORK_FORMS = "either cidr and zone (a network is made) or vswitch and security_groups (it exists)"
NO_SCHEDULE = (
    "no schedule on a subscription: it can end only by its expiry or a refund;"
    " a schedule is for pay-as-you-go and spot"
)
NO_PROTECTION = "only false on subscription and spot: the API knows deletion protection for pay-as-you-go only"


def option(description: str, allowed: str, default: Any = ..., **limits: Any) -> Any:
    """A field: what it costs or risks, and what is allowed, in the words that an error uses."""
    return Field(default, description=description, json_schema_extra={"allowed": allowed}, **limits)


class Closed(BaseModel):
    """A mapping with known fields only; `form` tells the forms of one field apart."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)
    form: ClassVar[str] = ""


class MadeNetwork(Closed):
    """A VPC, vSwitch and security group of the stack's own."""

    form: ClassVar[str] = "made"
    cidr: Cidr = option(
        "Range of the VPC and its one vSwitch. Changing it replaces the network and every instance.",
        "a private IPv4 range from /16 to /28",
    )
    zone: str = option(
        "Zone of the vSwitch. One zone only: what stops the zone stops the environment.",
        "a zone of alicloud:region, like cn-hangzhou-b",
        min_length=1,
    )


class ExistingNetwork(Closed):
    """A vSwitch and security groups that exist; nothing of them is changed or released."""

    form: ClassVar[str] = "existing"
    vswitch: str = option(
        "The vSwitch of all instances. Another one moves every instance, which stops it.",
        "an id that starts with vsw-",
        pattern="^vsw-",
    )
    security_groups: tuple[Annotated[str, StringConstraints(pattern="^sg-")], ...] = option(
        "Who may reach the instances.", "1 to 5 ids that start with sg-", min_length=1, max_length=5
    )


def check_one_form(value: Any) -> Any:
    """The two forms of a network do not mix."""
    made, existing = {"cidr", "zone"}, {"vswitch", "security_groups"}
    if isinstance(value, Mapping) and made & set(value) and existing & set(value):
        raise not_allowed(NETWORK_FORMS)
    return value


def network_form(value: Any) -> str:
    """Which form a network is declared in, by its fields."""
    if isinstance(value, Closed):
        return value.form
    existing = isinstance(value, Mapping) and not {"vswitch", "security_groups"}.isdisjoint(value)
    return "existing" if existing else "made"


NetworkForm = Annotated[
    Annotated[MadeNetwork, Tag("made")] | Annotated[ExistingNetwork, Tag("existing")],
    Discriminator(network_form),
    Before(check_one_form),
]


class PayAsYouGo(Closed):
    """Billed by the second until released."""

    form: ClassVar[str] = "pay-as-you-go"
    type: Literal["pay-as-you-go"] = option(
        "Bills until the instance is released, stopped or not.", "pay-as-you-go", "pay-as-you-go"
    )


class Subscription(Closed):
    """Paid ahead for a period."""

    form: ClassVar[str] = "subscription"
    type: Literal["subscription"] = option(
        "Paid ahead: while it runs it cannot be released, only expire or be refunded.", "subscription"
    )
    unit: Literal["week", "month", "year"] = option(
        "What the period counts.", "week, month or year", "month"
    )
    period: Whole = option(
        "How long is paid ahead, at once and by itself. It counts at creation only.",
        "1 to 4 weeks; 1 to 9, 12, 24, 36, 48 or 60 months; 1 to 5 years",
    )
    auto_renew: Flag = option(
        "Whether it pays for the longest renewal not longer than the period, each time it would expire.",
        YES_NO,
        False,
    )

    @check("period")
    @classmethod
    def check_period(cls, value: int, info: ValidationInfo) -> int:
        """The API sells these periods only."""
        periods = PERIODS.get(info.data.get("unit", ""), (value,))
        if value not in periods:
            raise not_allowed(f"{info.data['unit']}s: one of {', '.join(str(period) for period in periods)}")
        return value


class Spot(Closed):
    """Spare capacity that the cloud takes back."""

    form: ClassVar[str] = "spot"
    type: Literal["spot"] = option(
        "Cheap, and the cloud may reclaim it with five minutes' notice.", "spot"
    )
    price_limit: float | None = option(
        "Most that an hour may cost; above it the instance is reclaimed. None: the market price.",
        "a price above 0 with at most 3 decimals",
        None,
        gt=0,
        multiple_of=0.001,
    )


class SystemDisk(Closed):
    """The disk that an instance starts from."""

    category: SystemCategory = option(
        "Kind of disk, speed and price. Changing it replaces the instance.",
        "cloud_essd, cloud_auto, cloud_essd_entry, cloud_ssd, cloud_efficiency, cloud or ephemeral_ssd",
        "cloud_essd",
    )
    size_gib: Whole = option(
        "Size, billed while the disk exists; it can grow, not shrink.",
        "20 to 2048 (cloud: to 500; cloud_auto: from 1), not less than the image",
        40,
    )
    release_with_instance: Flag = option(
        "true: it is lost with the instance. false: it stays as a retained disk and bills until released.",
        YES_NO,
        True,
    )
    release_auto_snapshots: Flag = option(
        "true: automatic snapshots are lost with the disk. false: they stay and bill.", YES_NO, False
    )

    @check("size_gib")
    @classmethod
    def check_size(cls, value: int, info: ValidationInfo) -> int:
        """The limits depend on the category."""
        return within(value, SYSTEM_SIZES.get(info.data.get("category", ""), OTHER_SYSTEM_SIZE))

    @check("release_with_instance")
    @classmethod
    def check_keepable(cls, value: bool, info: ValidationInfo) -> bool:
        """A local disk cannot be kept."""
        return keepable(value, info)


class DataDisk(Closed):
    """A disk beside the system disk, made with the instance."""

    name: DiskName = option(
        "Tells the disk from its siblings, here and in the cloud; not a device name.",
        "2 to 64 letters, digits, dots, dashes, underscores, first a letter; unique in its group, not system",
    )
    category: DataCategory = option(
        "Kind of disk, speed and price. A change is refused while the instance lives: replace it first.",
        "cloud_essd, cloud_auto, cloud_essd_entry, cloud_regional_disk_auto, cloud_ssd, cloud_efficiency,"
        " cloud, ephemeral_ssd, elastic_ephemeral_disk_standard or elastic_ephemeral_disk_premium",
        "cloud_essd",
    )
    size_gib: Whole = option(
        "Size, billed while the disk exists. A change is refused while the instance lives.",
        "cloud_essd 20 to 65536; the other categories as RunInstances says",
    )
    release_with_instance: Flag = option(
        "false: it stays as a retained disk and bills until released. true: its data are lost with the"
        " instance.",
        YES_NO,
        False,
    )
    release_auto_snapshots: Flag = option(
        "true: automatic snapshots are lost with the disk. false: they stay and bill.", YES_NO, False
    )

    @check("name")
    @classmethod
    def check_not_system(cls, value: str) -> str:
        """`system` is what the system disk is called."""
        if value.lower() == "system":
            raise not_allowed("any name but system, which is the system disk")
        return value

    @check("size_gib")
    @classmethod
    def check_size(cls, value: int, info: ValidationInfo) -> int:
        """The limits depend on the category."""
        return within(value, DATA_SIZES.get(info.data.get("category", ""), (value, value)))

    @check("release_with_instance")
    @classmethod
    def check_keepable(cls, value: bool, info: ValidationInfo) -> bool:
        """A local disk cannot be kept."""
        return keepable(value, info)


def within(value: int, limits: tuple[int, int]) -> int:
    """A size inside its limits."""
    low, high = limits
    if not low <= value <= high:
        raise not_allowed(f"{low} to {high} GiB for this category")
    return value


def keepable(release_with_instance: bool, info: ValidationInfo) -> bool:
    """Refuses to promise that a local disk stays."""
    if not release_with_instance and is_local(info.data.get("category", "")):
        raise not_allowed(LOCAL_ALLOWED)
    return release_with_instance
