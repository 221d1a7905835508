"""The calls of a client under load: what each must be answered, and what it does to the book."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.emulator.cloud import IMAGE
from tests.emulator.kills.book import Book
from tests.emulator.states import UNKNOWN

Body = dict[str, Any]
ORDER = {"ImageId": IMAGE, "InstanceType": "ecs.g7.large", "DataDisk.1.Size": 20}


def _nothing(book: Book) -> None:
    """A refused call has no effect."""


@dataclass
class Call:
    """One call; `effect` is what it does if it is accepted, and nothing else may come of it."""

    action: str
    parameters: dict[str, Any]
    outcome: str = "200"
    effect: Callable[[Book], None] = _nothing
    # The name of what it makes, and where the reply tells the id.
    makes: str = ""
    told: Callable[[Body], str] = str
    said: str = ""
    body: Body = field(default_factory=dict)

    @property
    def marker(self) -> str:
        """The words by which the request log knows this call."""
        return str(self.parameters["OwnerAccount"])


class Client:
    """Chooses calls at random, by what its book says of its account."""

    def __init__(self, rng: random.Random, name: str, network: dict[str, str], later: str) -> None:
        self.rng, self.name, self.network, self.later = rng, name, network, later
        self.book, self.number = Book(), 0
        self.kinds: list[Callable[[str], Call | None]] = [
            *[self._create] * 6, *[self._disk] * 2, *[self._rename] * 3, *[self._tag] * 3, self._untag,
            self._protect, *[self._schedule] * 2, *[self._stop] * 2, self._start, *[self._release] * 5,
            self._refused_release, self._refused_name, self._refused_order, self._refused_tag,
        ]  # fmt: skip

    def next(self) -> Call:
        """Return the next call, marked."""
        self.number += 1
        marker = f"{self.name}-{self.number}"
        call = None
        while call is None:
            call = self.rng.choice(self.kinds)(marker)
        call.parameters["OwnerAccount"] = marker
        return call

    def _one(self, status: str = "", kind: str = "instance") -> tuple[str, str] | None:
        names = self.book.named(status, kind)
        name = self.rng.choice(names) if names else ""
        return (name, self.book.ids[name]) if names else None

    def _create(self, marker: str) -> Call:
        tags = {"made": marker} if self.rng.random() < 0.7 else {}
        release = self.later if self.rng.random() < 0.2 else ""
        order = {**ORDER, **self.network, "InstanceName": marker, "AutoReleaseTime": release}
        order |= {"Tag.1.Key": "made", "Tag.1.Value": marker} if tags else {}
        order |= {"ClientToken": marker} if self.rng.random() < 0.5 else {}
        return Call(
            "RunInstances",
            order,
            effect=lambda book: book.instance(marker, dict(tags), minute(release)),
            makes=marker,
            told=lambda body: str(body["InstanceIdSets"]["InstanceIdSet"][0]),
        )

    def _disk(self, marker: str) -> Call:
        order = {"ZoneId": "cn-hangzhou-b", "Size": 20, "DiskName": marker, "Tag.1.Key": "made"}
        order |= {"Tag.1.Value": marker}
        return Call(
            "CreateDisk",
            order,
            effect=lambda book: book.disk(marker, {"made": marker}),
            makes=marker,
            told=lambda body: str(body["DiskId"]),
        )

    def _rename(self, marker: str) -> Call | None:
        one = self._one()
        if one is None:
            return None

        def effect(book: Book) -> None:
            book.rows[marker], book.ids[marker] = book.rows.pop(one[0]), book.ids.pop(one[0])

        return Call("ModifyInstanceAttribute", {"InstanceId": one[1], "InstanceName": marker}, effect=effect)

    def _tag(self, marker: str) -> Call | None:
        one = self._one()
        key = self.rng.choice(["a", "b", "made"])
        order = {"ResourceType": "instance", "Tag.1.Key": key, "Tag.1.Value": marker}
        return one and Call(
            "TagResources",
            {**order, "ResourceId.1": one[1]},
            effect=lambda book: book.rows[one[0]]["tags"].update({key: marker}),
        )

    def _untag(self, marker: str) -> Call | None:
        one = self._one()
        return one and Call(
            "UntagResources",
            {"ResourceType": "instance", "ResourceId.1": one[1], "All": True},
            effect=lambda book: book.rows[one[0]]["tags"].clear(),
        )

    def _protect(self, marker: str) -> Call | None:
        one, on = self._one(), self.rng.random() < 0.4
        return one and Call(
            "ModifyInstanceAttribute",
            {"InstanceId": one[1], "DeletionProtection": on},
            effect=lambda book: book.rows[one[0]].update(protected=on),
        )

    def _schedule(self, marker: str) -> Call | None:
        one, release = self._one(), self.rng.choice([self.later, ""])
        return one and Call(
            "ModifyInstanceAutoReleaseTime",
            {"InstanceId": one[1], "AutoReleaseTime": release},
            effect=lambda book: book.rows[one[0]].update(release=minute(release)),
        )

    def _stop(self, marker: str) -> Call | None:
        return self._power("StopInstance", "Running", "Stopping")

    def _start(self, marker: str) -> Call | None:
        return self._power("StartInstance", "Stopped", "Starting")

    def _power(self, action: str, before: str, after: str) -> Call | None:
        one = self._one(before)
        return one and Call(
            action, {"InstanceId": one[1]}, effect=lambda book: book.rows[one[0]].update(status=after)
        )

    def _release(self, marker: str) -> Call | None:
        status = self.rng.choice(["Running", "Stopped"])
        one = self._one(status)
        if one is None or self.book.rows[one[0]]["protected"]:
            return None

        def effect(book: Book) -> None:
            book.releasing.add(one[0])
            book.rows[one[0]]["status"] = "Stopped" if status == "Stopped" else "Stopping"

        return Call("DeleteInstance", {"InstanceId": one[1], "Force": True}, effect=effect)

    def _refused_release(self, marker: str) -> Call | None:
        names = [name for name in self.book.named() if self.book.rows[name]["protected"]]
        order = {"InstanceId": self.book.ids[names[0]], "Force": True} if names else {}
        return Call("DeleteInstance", order, "403 InvalidOperation.DeletionProtection") if names else None

    def _refused_name(self, marker: str) -> Call | None:
        one = self._one()
        order = {"InstanceName": f"no-{marker}", "SecurityGroupIds.1": "sg-0"}
        refused = "404 InvalidSecurityGroupId.NotFound"
        return one and Call("ModifyInstanceAttribute", {"InstanceId": one[1], **order}, refused)

    def _refused_order(self, marker: str) -> Call:
        order = {**ORDER, **self.network, "InstanceName": f"no-{marker}", "ImageId": "m-0"}
        return Call("RunInstances", order, "404 InvalidImageId.NotFound")

    def _refused_tag(self, marker: str) -> Call | None:
        one = self._one()
        order = {"ResourceType": "instance", "Tag.1.Key": "no", "Tag.1.Value": marker}
        ids = {"ResourceId.1": one[1], "ResourceId.2": UNKNOWN} if one else {}
        return Call("TagResources", {**order, **ids}, "404 InvalidResourceId.NotFound") if one else None


def minute(time: str) -> str:
    """Return a time as DescribeInstances shows it."""
    return f"{time[:16]}Z" if time else ""
