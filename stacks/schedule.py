"""The forms in which the end of a group by itself is declared.

Imports the domain, pydantic, `fields`, `parts` and `times`; imported by `release` and `schema`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Discriminator, Tag, ValidationInfo
from pydantic import field_validator as check

from ecs_release.domain import schedule as domain
from stacks.fields import not_allowed
from stacks.parts import Closed, option
from stacks.times import (
    CLOCK_ALLOWED,
    SPAN_ALLOWED,
    TIME_ALLOWED,
    ZONE_ALLOWED,
    Clock,
    Day,
    Duration,
    Zone,
    parse_release_time,
)

SCHEDULE_FORMS = "one of {at}, {after}, {daily, zone, days}, or {at_expiry: true} for subscriptions"
# The API's 30 minutes, and what a creation takes before there is anything to arm.
SHORTEST_AFTER, LONGEST_AFTER = timedelta(minutes=40), domain.LONGEST
AFTER_ALLOWED = f"{SPAN_ALLOWED}; 40m to 1095d"
DAYS_ALLOWED = "a list of mon, tue, wed, thu, fri, sat, sun without a day twice"


class Schedule(Closed):
    """A time at which the cloud itself releases the instances."""

    form: ClassVar[str] = "absolute"
    zone: Zone | None = option(
        "The zone that `at` is read in where it has no offset, and shown in. Left out: its own offset.",
        ZONE_ALLOWED,
        None,
    )
    at: datetime = option(
        "The cloud releases every instance of the group at this time, protected or not, with no refusal."
        " After it the group is empty, and stays so.",
        f"{TIME_ALLOWED}, or without offset beside zone",
    )

    @check("at", mode="before")
    @classmethod
    def check_at(cls, value: Any, info: ValidationInfo) -> datetime:
        """A minute that is one and the same everywhere."""
        return parse_release_time(value, info.data.get("zone"))

    @property
    def timing(self) -> domain.Schedule:
        """The declaration in the domain's words."""
        offset = self.at.strftime("%z")
        own = f"{offset[:3]}:{offset[3:5]}" if self.at.utcoffset() else "UTC"
        return domain.Schedule(at=self.at.astimezone(UTC), zone=self.zone or own)


class After(Closed):
    """A time that each member has of its own: so long after it was created."""

    form: ClassVar[str] = "duration"
    after: Duration = option(
        "The cloud releases each instance this long after its creation, protected or not, with no refusal;"
        " `pulumi up --refresh` then makes a new one.",
        AFTER_ALLOWED,
    )
    zone: Zone = option("The zone that times are shown in.", ZONE_ALLOWED, "UTC")

    @check("after")
    @classmethod
    def check_after(cls, value: timedelta) -> timedelta:
        """What the API takes for an instance that was just created."""
        if not SHORTEST_AFTER <= value <= LONGEST_AFTER:
            raise not_allowed(AFTER_ALLOWED)
        return value

    @property
    def timing(self) -> domain.Schedule:
        """The declaration in the domain's words."""
        return domain.Schedule(after=self.after, zone=self.zone)


class Daily(Closed):
    """A time of day; each `pulumi up` arms the next one."""

    form: ClassVar[str] = "repeating"
    daily: Clock = option(
        "The cloud releases every instance at the next such time, protected or not, with no refusal;"
        " `pulumi up --refresh` then makes new ones, armed anew. A time that the change to summer time leaves"
        " out falls an hour later, of one that comes twice the first counts.",
        CLOCK_ALLOWED,
    )
    zone: Zone = option("The zone of the time of day.", ZONE_ALLOWED)
    days: tuple[Day, ...] = option("The days of the week that count.", DAYS_ALLOWED, domain.DAYS)

    @check("days")
    @classmethod
    def check_days(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """At least one day, and none twice."""
        if not value or len(set(value)) != len(value):
            raise not_allowed(DAYS_ALLOWED)
        return value

    @property
    def timing(self) -> domain.Schedule:
        """The declaration in the domain's words."""
        days = frozenset(domain.DAYS.index(day) for day in self.days)
        return domain.Schedule(daily=domain.Daily(self.daily, self.zone, days), zone=self.zone)


class AtExpiry(Closed):
    """A subscription that ends when what was paid for ends."""

    form: ClassVar[str] = "expiry"
    at_expiry: Literal[True] = option(
        "The subscription is not renewed. From its expiry on `pulumi up` or `destroy` releases it; else the"
        " cloud stops it within a day and releases it after fifteen, with its disks by their flags.",
        "true",
    )


FORMS: dict[str, type[Closed]] = {"at": Schedule, "after": After, "daily": Daily, "at_expiry": AtExpiry}


def check_one_schedule(value: Any) -> Any:
    """The forms of a schedule do not mix."""
    if isinstance(value, Mapping) and len(FORMS.keys() & set(value)) > 1:
        raise not_allowed(SCHEDULE_FORMS)
    return value


def schedule_form(value: Any) -> str:
    """Which form a schedule is declared in, by its fields."""
    if isinstance(value, Closed):
        return value.form
    # Anything else is taken for the first form, so that an error names the field that most people need.
    named = [form for key, form in FORMS.items() if isinstance(value, Mapping) and key in value]
    return (named or [Schedule])[0].form


ScheduleForm = Annotated[
    Annotated[Schedule, Tag("absolute")]
    | Annotated[After, Tag("duration")]
    | Annotated[Daily, Tag("repeating")]
    | Annotated[AtExpiry, Tag("expiry")],
    Discriminator(schedule_form),
    BeforeValidator(check_one_schedule),
]
