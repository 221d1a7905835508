"""What all resources share. Resources import times only; the store, the rules and the actions import them."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import AliasGenerator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_pascal

from emulator import times

_PASCAL = AliasGenerator(serialization_alias=to_pascal)


class Resource(BaseModel):
    """A record with an id, an owner and tags; field names turn into the API's spelling on the way out."""

    model_config = ConfigDict(alias_generator=_PASCAL, defer_build=True)

    kind: ClassVar[str]
    # Whether it can cost something; then `meter` tells what.
    bills: ClassVar[bool] = False
    # Fields that the API shows in another shape, or not at all.
    hidden: ClassVar[set[str]] = set()

    id: str
    account_id: str
    region_id: str
    created_at: float
    tags: dict[str, str] = Field(default_factory=dict)

    @property
    def parent(self) -> str:
        """Return the id that this record is listed under: the instance of a disk, the VPC of a vSwitch."""
        return ""

    @property
    def meter(self) -> dict[str, Any] | None:
        """Return what the price of this depends on now, with PaidUntil if it is paid ahead; None for free."""
        return None

    def plain(self) -> dict[str, Any]:
        """Return the fields whose API shape is their own value."""
        hidden = {"account_id", "created_at", "tags", *self.hidden}
        return self.model_dump(by_alias=True, exclude=hidden)

    def view(self) -> dict[str, Any]:
        """Return this resource as its Describe call shows it."""
        return {
            **self.plain(),
            "CreationTime": times.to_minute(self.created_at),
            "Tags": {"Tag": [{"TagKey": key, "TagValue": value} for key, value in self.tags.items()]},
        }

    def state(self) -> dict[str, Any]:
        """Return this resource as the control call `state` shows it."""
        return {**self.view(), "AccountId": self.account_id}
