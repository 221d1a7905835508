"""The forms that a network and a billing method can take, and how every field is declared.

Imports pydantic and `fields` only; imported by `disks` and `schema`.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    ValidationInfo,
)
from pydantic import field_validator as check

from stacks.fields import PERIODS, Cidr, Flag, Whole, not_allowed

YES_NO = "true or false"
NETWORK_FORMS = "either cidr and zone (a network is made) or vswitch and security_groups (it exists)"


def option(description: str, allowed: str, default: Any = ..., **limits: Any) -> Any:
    """A field: what it costs or risks, and what is allowed, in the words that an error uses."""
    return Field(default, description=description, json_schema_extra={"allowed": allowed}, **limits)


class Closed(BaseModel):
    """A mapping with known fields only; `form` tells the forms of one field apart."""

    # Defaults are checked as well: a default that is not allowed is a defect of ours.
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
    # Anything else is taken for the made form, so that an error names the fields that most people need.
    existing = isinstance(value, Mapping) and not {"vswitch", "security_groups"}.isdisjoint(value)
    return "existing" if existing else "made"


NetworkForm = Annotated[
    Annotated[MadeNetwork, Tag("made")] | Annotated[ExistingNetwork, Tag("existing")],
    Discriminator(network_form),
    BeforeValidator(check_one_form),
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
    unit: Literal["week", "month", "year"] = option("What the period counts.", "week, month or year", "month")
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
        # Without a known unit its own error is enough; no second one about the period.
        periods = PERIODS.get(info.data.get("unit", ""), (value,))
        if value not in periods:
            raise not_allowed(f"{info.data['unit']}s: one of {', '.join(str(period) for period in periods)}")
        return value


class Spot(Closed):
    """Spare capacity that the cloud takes back."""

    form: ClassVar[str] = "spot"
    type: Literal["spot"] = option("Cheap, and the cloud may reclaim it with five minutes' notice.", "spot")
    price_limit: float | None = option(
        "Most that an hour may cost; above it the instance is reclaimed. Left out: the market price.",
        "a price above 0 with at most 3 decimals",
        None,
        gt=0,
        multiple_of=0.001,
        strict=True,
    )


ChargeForm = Annotated[PayAsYouGo | Subscription | Spot, Field(discriminator="type")]
