"""The five resources that a program declares; their type tokens are contracts.

Imports pulumi and the providers beside it. Constructors set no attribute, because whatever is
set before registration would travel into the state. A Python program carries its providers with
it, as dynamic ones; in the package for other languages the package's own process serves them.
"""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.dynamic import Resource, ResourceProvider

from ecs_release.provider.base import CloudProvider
from ecs_release.provider.disk_release import DiskReleaseProvider
from ecs_release.provider.gate import GateProvider
from ecs_release.provider.release_schedule import ReleaseScheduleProvider
from ecs_release.provider.session import SESSION
from ecs_release.provider.sweep import SweepProvider
from ecs_release.provider.teardown import TeardownProvider

Options = pulumi.ResourceOptions | None
PACKAGED = "ecs-release:index:"
PROVIDERS: dict[str, type[CloudProvider]] = {
    "Sweep": SweepProvider,
    "Teardown": TeardownProvider,
    "DiskRelease": DiskReleaseProvider,
    "ReleaseSchedule": ReleaseScheduleProvider,
    "Gate": GateProvider,
}


class Released(Resource):
    """One of the five, served by a dynamic provider or by the package, whichever runs."""

    def __init__(
        self, provider: ResourceProvider, resource_name: str, props: dict[str, Any], opts: Options
    ) -> None:
        if SESSION.is_package:
            # A dynamic one would need our code in the project of whoever uses the package.
            kind = f"{PACKAGED}{type(self).__name__}"
            pulumi.CustomResource.__init__(self, kind, resource_name, props, opts)
        else:
            super().__init__(provider, resource_name, props, opts)


class Sweep(Released, module="ecs-release", name="Sweep"):
    """First of a group: its check draws the group id and stops what must not begin."""

    group_id: pulumi.Output[str]
    account: pulumi.Output[str]
    # Of groups that end at their expiry only: the members that were bought already.
    bought: pulumi.Output[list[str]]

    def __init__(self, resource_name: str, props: Mapping[str, Any], opts: Options = None) -> None:
        # The engine fills only keys that were declared as outputs beforehand.
        drawn: dict[str, Any] = {"group_id": None, "account": None}
        drawn |= {"bought": None} if props.get("at_expiry") else {}
        super().__init__(SweepProvider(), resource_name, {**drawn, **props}, opts)


class Teardown(Released, module="ecs-release", name="Teardown"):
    """Holds the members of a group and ends them."""

    def __init__(self, resource_name: str, props: Mapping[str, Any], opts: Options = None) -> None:
        super().__init__(TeardownProvider(), resource_name, dict(props), opts)


class DiskRelease(Released, module="ecs-release", name="DiskRelease"):
    """Keeps the disks' flags as declared."""

    def __init__(self, resource_name: str, props: Mapping[str, Any], opts: Options = None) -> None:
        super().__init__(DiskReleaseProvider(), resource_name, dict(props), opts)


class ReleaseSchedule(Released, module="ecs-release", name="ReleaseSchedule"):
    """Keeps the release time as declared."""

    def __init__(self, resource_name: str, props: Mapping[str, Any], opts: Options = None) -> None:
        super().__init__(ReleaseScheduleProvider(), resource_name, dict(props), opts)


class Gate(Released, module="ecs-release", name="Gate"):
    """Last of an environment: looks at all groups before the first of them is touched."""

    def __init__(self, resource_name: str, props: Mapping[str, Any], opts: Options = None) -> None:
        super().__init__(GateProvider(), resource_name, dict(props), opts)
