"""One release run over a group with everything in it, disturbed at one of its calls, and then repeated.

The cloud is the emulator; a disturbance is ordered from it, or done to it between two calls. Time is the
runner's own: what it sleeps, the emulator's clock advances.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ecs_release.domain.facts import DiskKind
from ecs_release.domain.terms import DeclaredDisk
from ecs_release.gateway import clients
from ecs_release.gateway.errors import CloudError
from ecs_release.runner.observe import Errand
from ecs_release.runner.run import Outcome
from tests.emulator.cloud import subscription
from tests.properties.shop import DATA, SYSTEM, Shop, errand_of, released

SCRATCH = DeclaredDisk("scratch", DiskKind.DATA, "cloud_essd", 40)
TERMS = {"backup": "snapshots", "shutdown": "graceful", "on_public_ip": "keep"}
MOST_DESTROYS = 4
STALL_MILLISECONDS = 600
# So short that a stall is over quickly, and long enough for the slowest honest answer.
READ_SECONDS = 0.25
Change = Callable[[Shop, Mapping[str, str]], None]


@dataclass(frozen=True)
class Fault:
    """What the emulator does to one call, or from it on until the run ends or the minute is over."""

    name: str
    effect: Mapping[str, Any]
    # What the system says of a connection that the other side has reset; no server can be told to do it.
    resets: bool = False
    lasting: bool = False
    passes_after_seconds: float = 0.0


FAULTS = (
    Fault("request lost", {"drop": "request"}),
    Fault("reply lost after the effect", {"drop": "reply"}),
    Fault("connection reset", {}, resets=True),
    Fault("status 500", {"status": 500, "code": "InternalError"}),
    Fault("status 503", {"status": 503, "code": "ServiceUnavailable"}),
    Fault("throttled for a minute", {"code": "Throttling.User"}, lasting=True, passes_after_seconds=60.0),
    Fault("429 with retry-after", {"status": 429, "code": "Throttling", "retry_after_ms": 2000}),
    Fault("an empty body", {"status": 200, "body": ""}),
    Fault("{}", {"status": 200, "body": {}}),
    Fault("half a body", {"status": 200, "body": '{"RequestId": "R", "Inst'}),
    Fault(
        "a body of the wrong shape", {"status": 200, "body": {"RequestId": "R", "Instances": [1], "Disks": 7}}
    ),
    Fault("a stall", {"delay_ms": STALL_MILLISECONDS}),
    Fault("an expired token", {"status": 403, "code": "InvalidSecurityToken.Expired"}),
    Fault("a permission withdrawn", {"status": 403, "code": "Forbidden.RAM"}, lasting=True),
)


def released_by_hand(shop: Shop, ids: Mapping[str, str]) -> None:
    """Somebody releases a member at the console."""
    shop.call("DeleteInstance", {"InstanceId": ids["web-0"], "Force": True})


def protected_by_hand(shop: Shop, ids: Mapping[str, str]) -> None:
    """Somebody protects a member."""
    shop.call("ModifyInstanceAttribute", {"InstanceId": ids["web-0"], "DeletionProtection": True})


def disk_attached(shop: Shop, ids: Mapping[str, str]) -> None:
    """Somebody attaches a disk that goes with its instance."""
    made = shop.call(
        "CreateDisk",
        {"ZoneId": "cn-hangzhou-b", "Size": 40, "DiskCategory": "cloud_essd", "DiskName": "late"},
    )
    shop.advance("PT2S")
    told = {"InstanceId": ids["web-0"], "DiskId": made.body["DiskId"], "DeleteWithInstance": True}
    shop.call("AttachDisk", told)


def tag_removed(shop: Shop, ids: Mapping[str, str]) -> None:
    """Somebody takes our tag off a member."""
    told = {"ResourceType": "instance", "ResourceId.1": ids["web-0"], "TagKey.1": "ecs-release:group-id"}
    shop.call("UntagResources", told)


CHANGES: tuple[Change, ...] = (released_by_hand, protected_by_hand, disk_attached, tag_removed)


def built(shop: Shop) -> tuple[Mapping[str, str], Errand]:
    """Two pay-as-you-go members, one with a fixed address, and an expired subscription."""
    shop.empty()
    scratch = {
        "DataDisk.2.Category": "cloud_essd",
        "DataDisk.2.Size": 40,
        "DataDisk.2.DiskName": "scratch",
        "DataDisk.2.DeleteWithInstance": True,
    }
    ids = {
        "web-0": shop.run({"InternetMaxBandwidthOut": 5, **scratch}),
        "web-1": shop.run(scratch),
        "web-2": shop.run(subscription(**scratch)),
    }
    for member, instance_id in ids.items():
        shop.tag(instance_id, member)
    shop.event(expire=ids["web-2"])
    return ids, errand_of(shop, ids, (SYSTEM, DATA, SCRATCH), **TERMS)


class Calls:
    """Counts what the gateway sends, and does something just before one of the calls."""

    def __init__(self, number: int = 0, act: Callable[[], None] = lambda: None) -> None:
        self.actions: list[str] = []
        self._number, self._act = number, act

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Every client sends through here."""
        send = clients.Clients.send

        def watched(self_: Any, product: Any, action: str, parameters: Any, left: float) -> Any:
            self.actions.append(action)
            if len(self.actions) == self._number:
                self._act()
            return send(self_, product, action, parameters, left)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(clients.Clients, "send", watched)
            patched.setattr(clients, "READ_SECONDS", READ_SECONDS)
            yield


@dataclass
class Told:
    """What a series of destroys came to."""

    done: bool
    reasons: list[str]
    errors: list[str]
    runs: int


def destroyed(shop: Shop, errand: Errand, folder: Path, fault: Fault | None = None, number: int = 0) -> Told:
    """Destroys until one is done or refused alike twice; the first is disturbed at one of its calls."""
    told = Told(False, [], [], 0)
    if fault is not None and not fault.resets:
        times = None if fault.lasting else 1
        match = {"after": number - 1, **({"times": times} if times else {})}
        shop.control("faults", {"match": match, "effect": dict(fault.effect)})
    for _ in range(MOST_DESTROYS):
        told.runs += 1
        outcome = _one(shop, errand, folder, told, fault)
        if outcome is not None:
            told.done, told.reasons = outcome.done, [each.reason.value for each in outcome.findings]
            told.reasons += [each.reason.value for each in outcome.plan.refusals]
        if told.done:
            break
        shop.http.delete("/_emulator/faults")
        shop.advance("PT10S")
    shop.http.delete("/_emulator/faults")
    return told


def _one(shop: Shop, errand: Errand, folder: Path, told: Told, fault: Fault | None) -> Outcome | None:
    try:
        with passing(shop, fault):
            return released(shop, errand, folder)
    except CloudError as error:
        told.errors.append(str(error))
        return None


@contextmanager
def passing(shop: Shop, fault: Fault | None) -> Iterator[None]:
    """A fault that passes by itself is healed by the clock that the runner's sleeping advances."""
    if fault is None or not fault.passes_after_seconds:
        yield
        return
    began, advance = shop.seconds(), shop.advance

    def advancing(duration: str) -> None:
        advance(duration)
        if shop.seconds() - began >= fault.passes_after_seconds:
            shop.http.delete("/_emulator/faults")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(shop, "advance", advancing)
        yield


def reset() -> None:
    """What a socket raises when the other side has reset its connection."""
    raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")


def settled(shop: Shop) -> dict[str, list[Any]]:
    """What there is in the end, without the ids that chance gave."""
    state = shop.state()
    return {
        "instances": sorted(facts["Status"] for facts in state["instances"].values()),
        "disks": sorted((facts["DiskName"], facts["Status"]) for facts in state["disks"].values()),
        "snapshots": sorted(facts["Status"] for facts in state["snapshots"].values()),
        "images": sorted(facts["Status"] for facts in state["images"].values()),
        "eips": sorted(facts["Status"] for facts in state["eips"].values()),
    }
