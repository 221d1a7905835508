"""Declares a program against Pulumi's mocks and keeps every registration, with its options."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks

from ecs_release.domain.facts import Cloud
from stacks.schema import Group

INSTANCE = "alicloud:ecs/instance:Instance"
OURS = "pulumi-python:dynamic/ecs-release:"


@dataclass
class Registered:
    """One registration: what was wished, and under which options."""

    type: str
    name: str
    inputs: dict[str, Any]
    request: Any

    @property
    def dependencies(self) -> set[str]:
        """Logical names of what it waits for."""
        return {urn.rpartition("::")[2] for urn in self.request.dependencies}

    @property
    def parent(self) -> str:
        """Type and name of the parent."""
        kind, name = self.request.parent.split("::")[2:]
        return f"{kind.rpartition('$')[2]} {name}"


class FakeCloud(mocks.Mocks):
    """Gives ids, in a preview none for what does not exist, and the outputs that others wait for."""

    def __init__(self, preview: bool) -> None:
        self.preview = preview

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], None]:
        """No program of ours calls a function."""
        raise AssertionError(f"unexpected call of {args.token}")

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Echoes the inputs, as the engine does."""
        outputs = dict(args.inputs)
        if args.typ == f"{OURS}Sweep":
            outputs |= {"group_id": f"gid-{args.inputs['group']}", "account": "1234567890123456"}
        if args.typ == INSTANCE:
            outputs |= {"public_ip": f"ip-{args.name}"}
        return "" if self.preview else f"id-{args.name}", outputs


class Recorder(mocks.MockMonitor):
    """A monitor that remembers requests, which the mocks themselves do not show."""

    def __init__(self, preview: bool) -> None:
        super().__init__(FakeCloud(preview))
        self.seen: list[Any] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        """Remembers and goes on."""
        self.seen.append(request)
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]


class Declared:
    """All registrations of one program, in their order."""

    def __init__(self, requests: list[Any]) -> None:
        self.all = [
            Registered(
                request.type,
                request.name,
                pulumi.runtime.rpc.deserialize_properties(request.object, keep_unknowns=True),
                request,
            )
            for request in requests
        ]

    def of(self, kind: str) -> list[Registered]:
        """The registrations of one type."""
        return [registered for registered in self.all if registered.type == kind]

    def one(self, kind: str, name: str) -> Registered:
        """The one of this type and name."""
        (found,) = [registered for registered in self.of(kind) if registered.name == name]
        return found

    def ours(self, kind: str, name: str) -> Registered:
        """One of our own five."""
        return self.one(f"{OURS}{kind}", name)


Declare = Callable[..., Declared]


@pytest.fixture
def declare() -> Iterator[Declare]:
    """Runs a program and returns what it registered."""

    def run(program: Callable[[], Any], stack: str = "local", preview: bool = False) -> Declared:
        monitor = Recorder(preview)
        mocks.set_mocks(monitor.mocks, project="ecs-release", stack=stack, preview=preview, monitor=monitor)
        mocks.test(program)()  # type: ignore[no-untyped-call]
        return Declared(monitor.seen)

    yield run
    pulumi.runtime.set_all_config({})


@pytest.fixture
def cloud() -> Cloud:
    """An emulator."""
    return Cloud("cn-hangzhou", "HTTP", *["127.0.0.1:8443"] * 3)


@pytest.fixture
def web() -> Group:
    """A plain group of two."""
    return Group(count=2, instance_type="ecs.g7.large", image="image-1")
