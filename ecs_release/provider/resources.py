"""The five resources that a program declares; their type tokens are contracts.

Imports pulumi and the providers beside it. Constructors set no attribute, because whatever is
set before registration would travel into the state.
"""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.dynamic import Resource

from ecs_release.provider.disk_release import DiskReleaseProvider
from ecs_release.provider.gate import GateProvider
from ecs_release.provider.release_schedule import ReleaseScheduleProvider
from ecs_release.provider.sweep import SweepProvider
from ecs_release.provider.teardown import TeardownProvider

Options = pulumi.ResourceOptions | None


class Sweep(Resource, module="ecs-release", name="Sweep"):
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


class Teardown(Resource, module="ecs-release", name="Teardown"):
    """Holds the members of a group and ends them."""

    def __init__(self, resource_name: str, props: Mapping[str, Any], opts: Options = None) -> None:
        super().__init__(TeardownProvider(), resource_name, dict(props), opts)


class DiskRelease(Resource, module="ecs-release", name="DiskRelease"):
    """Keeps the disks' flags as declared."""

    def __init__(self, resource_name: str, props: Mapping[str, Any], opts: Options = None) -> None:
        super().__init__(DiskReleaseProvider(), resource_name, dict(props), opts)


class ReleaseSchedule(Resource, module="ecs-release", name="ReleaseSchedule"):
    """Keeps the release time as declared."""

    def __init__(self, resource_name: str, props: Mapping[str, Any], opts: Options = None) -> None:
        super().__init__(ReleaseScheduleProvider(), resource_name, dict(props), opts)


class Gate(Resource, module="ecs-release", name="Gate"):
    """Last of an environment: looks at all groups before the first of them is touched."""

    def __init__(self, resource_name: str, props: Mapping[str, Any], opts: Options = None) -> None:
        super().__init__(GateProvider(), resource_name, dict(props), opts)
