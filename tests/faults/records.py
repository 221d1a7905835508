"""Stored outputs of each of our resources, what each method of a provider is asked with them, and a cloud."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pulumi.dynamic import ResourceProvider

from ecs_release.domain.facts import InstanceFacts
from ecs_release.provider.disk_release import DiskReleaseProvider
from ecs_release.provider.gate import GateProvider
from ecs_release.provider.release_schedule import ReleaseScheduleProvider
from ecs_release.provider.sweep import SweepProvider
from ecs_release.provider.teardown import TeardownProvider
from tests.unit.domain.worlds import instance
from tests.unit.fake_gateway import FakeGateway
from tests.unit.provider.conftest import MODULES, TestSession, stored

Properties = dict[str, Any]
HOSTS = dict.fromkeys(("ecs", "sts", "bss", "vpc"), "127.0.0.1:1")
TERMS = {
    "on_protected": "refuse",
    "on_active_subscription": "refuse",
    "on_replaced": "refuse",
    "on_blocked": "stop",
    "backup": "none",
    "shutdown": "power-off",
    "approval": "none",
    "on_public_ip": "release",
    "max_instances": 50,
}
WHOLE = {
    **stored(terms=TERMS, cloud={"region": "cn-hangzhou", "protocol": "HTTP", **HOSTS}),
    "schema": 1,
}
GROUP = {key: value for key, value in WHOLE.items() if key != "__provider"}
PLACE = {key: GROUP[key] for key in ("group", "group_id", "account", "cloud", "members", "schema")}
TIMED = {**PLACE, "charge": "pay-as-you-go", "at": "2030-07-01T10:00Z", "max_lifetime": "90d"}
DAILY = {
    **PLACE,
    "charge": "pay-as-you-go",
    "at": "none",
    "daily": "20:00 mon,tue",
    "zone": "Asia/Shanghai",
    "armed": dict.fromkeys(GROUP["members"], "2030-06-03T12:00Z"),
}
SWEPT = {
    **{key: value for key, value in GROUP.items() if key != "released_by"},
    "members": list(GROUP["members"]),
    "at": "none",
    "adopt": {"web-9": "i-9"},
    "max_lifetime": "90d",
}
GATED = {"groups": {"web": {key: value for key, value in GROUP.items() if key != "schema"}}, "schema": 1}
RECORDS: tuple[tuple[str, type[ResourceProvider], Properties], ...] = (
    ("Teardown", TeardownProvider, GROUP),
    ("DiskRelease", DiskReleaseProvider, GROUP),
    ("ReleaseSchedule, one time", ReleaseScheduleProvider, TIMED),
    ("ReleaseSchedule, daily", ReleaseScheduleProvider, DAILY),
    ("Sweep", SweepProvider, SWEPT),
    ("Gate", GateProvider, GATED),
)


@dataclass(frozen=True)
class Question:
    """One method of a provider, and the properties that are spoilt for it."""

    name: str
    properties: Properties
    ask: Callable[[Properties], Any]
    # The program's wish, in which a member or a disk less is something that can be wished.
    is_wish: bool = False


def questions(kind: str, provider: Any, olds: Properties) -> Iterator[Question]:
    """Every method with its stored outputs spoilt, and with the program's inputs spoilt."""
    news = {key: value for key, value in olds.items() if key not in ("schema", "armed")}
    yield Question(f"{kind}: delete", olds, lambda given: provider.delete("id", given))
    yield Question(f"{kind}: read", olds, lambda given: provider.read("id", given))
    yield Question(f"{kind}: create", news, provider.create, True)
    yield Question(f"{kind}: update, stored", olds, lambda given: provider.update("id", given, news))
    yield Question(f"{kind}: update, wished", news, lambda given: provider.update("id", olds, given), True)
    yield Question(f"{kind}: diff, stored", olds, lambda given: provider.diff("id", given, news))
    yield Question(f"{kind}: diff, wished", news, lambda given: provider.diff("id", olds, given), True)
    yield Question(f"{kind}: check, stored", olds, lambda given: provider.check(given, news))
    yield Question(f"{kind}: check, wished", news, lambda given: provider.check(olds, given), True)


@dataclass
class Answer:
    """What a method said, and what it did in the cloud."""

    error: str
    is_defect: bool
    gateway: FakeGateway

    @property
    def ended(self) -> set[tuple[str, tuple[str, ...]]]:
        """The calls that end something, or set when it ends."""
        harmless = ("set_disk_flags", "tag_disks", "protect")
        return {call for call in self.gateway.calls if call[0] not in harmless}

    @property
    def dying(self) -> set[str]:
        """The disks that go with their instance."""
        return {id_ for id_, disk in self.gateway.disks.items() if disk.delete_with_instance}


def answered(question: Question, given: Properties, folder: Path, journal: str = "") -> Answer:
    """A method asked in a session of its own; the members are there, and one instance to adopt."""
    members: list[InstanceFacts] = [instance(f"i-{number}", f"web-{number}") for number in range(3)]
    gateway = FakeGateway(*members, instance("i-9", "", ""))
    session = TestSession(gateway, folder / "run")
    error, is_defect = "", False
    with pytest.MonkeyPatch.context() as patched, contextlib.redirect_stdout(io.StringIO()):
        for module in MODULES:
            patched.setattr(module, "SESSION", session, raising=False)
        patched.setenv("ECS_RELEASE_JOURNAL", journal or str(folder / "journal"))
        patched.setattr(sys, "tracebacklimit", 1000, raising=False)
        try:
            told = question.ask(given)
        except Exception as raised:
            error, is_defect = str(raised), type(raised).__name__ == "Defect"
        else:
            error = "; ".join(failure.reason for failure in getattr(told, "failures", None) or ())
    let_go(session)
    return Answer(error, is_defect, gateway)


def let_go(session: TestSession) -> None:
    """Closes the file that a session shares with other processes."""
    if session.declarations._file is not None:
        session.declarations._file.close()
