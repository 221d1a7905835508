"""The package's components, made from the inputs of a program in another language.

Imports pulumi, the components, provider and its siblings.
"""

import json
from collections.abc import Callable
from typing import Any

import pulumi
from pulumi.provider import ConstructResult, Provider

from components.environment import Environment
from components.group import InstanceGroup
from components.network import Network, NetworkIds
from components.package.inputs import (
    Inputs,
    environment_settings,
    group_settings,
    network_settings,
    refuse,
)
from components.package.schema import PACKAGE, VERSION, package_schema
from components.settings import whole_config
from ecs_release.provider.session import SESSION
from stacks.cloud import ENDPOINTS_KEY, REGION_KEY

STOCK = "alicloud"
ONE_PLACE = (
    "an explicit provider would create the instances where nothing of ours looks for them;"
    " set alicloud:region and alicloud:endpoints in the stack's config instead"
)
Options = pulumi.ResourceOptions
Made = tuple[pulumi.ComponentResource, dict[str, Any]]


class Package(Provider):
    """What the engine calls when a program declares one of the components."""

    def __init__(self) -> None:
        super().__init__(VERSION, json.dumps(package_schema()))

    def construct(
        self, name: str, resource_type: str, inputs: Inputs, options: Options | None = None
    ) -> ConstructResult:
        """Declares a component with all that belongs to it; raises InputPropertiesError."""
        make = COMPONENTS.get(resource_type.removeprefix(f"{PACKAGE}:index:"))
        if make is None:
            raise ValueError(f"{resource_type} is no component of {PACKAGE}; known: {', '.join(COMPONENTS)}")
        options = options or Options()
        _check_place(options)
        component, outputs = make(name, inputs, options)
        return ConstructResult(component.urn, outputs)


def environment(name: str, inputs: Inputs, options: Options) -> Made:
    """An `Environment` and its outputs."""
    settings = environment_settings(inputs)
    made = Environment(name, settings.environment, cloud=settings.cloud, now=settings.now, opts=options)
    groups = made.groups.items()
    return made, {
        "groupIds": {group: declared.group_id for group, declared in groups},
        "instanceIds": {group: declared.instance_ids for group, declared in groups},
        "publicIps": {group: declared.public_ips for group, declared in groups},
    }


def instance_group(name: str, inputs: Inputs, options: Options) -> Made:
    """An `InstanceGroup` in a network that is given by its ids, and its outputs."""
    told = dict(inputs)
    vswitch, security_groups = told.pop("vswitchId"), told.pop("securityGroupIds")
    settings = group_settings(name, told)
    made = InstanceGroup(
        name,
        settings.environment.groups[name],
        network=given_network(vswitch, security_groups),
        cloud=settings.cloud,
        now=settings.now,
        max_lifetime=settings.environment.max_lifetime,
        opts=options,
    )
    outputs = {"groupId": made.group_id, "instanceIds": made.instance_ids, "publicIps": made.public_ips}
    return made, outputs


def given_network(vswitch: pulumi.Input[str], security_groups: Any) -> NetworkIds:
    """A network that the program has from elsewhere; what it comes from outlives the group."""
    sources = [pulumi.Output.from_input(ids).apply(lambda _: None) for ids in (vswitch, security_groups)]
    return NetworkIds(vswitch, security_groups, sources)


def network(name: str, inputs: Inputs, options: Options) -> Made:
    """A `Network` of its own and its outputs."""
    made = Network(name, network_settings(inputs).environment.network, options)
    ids = made.ids
    return made, {"vswitchId": ids.vswitch_id, "securityGroupIds": ids.security_groups}


COMPONENTS: dict[str, Callable[[str, Inputs, Options], Made]] = {
    "Environment": environment,
    "InstanceGroup": instance_group,
    "Network": network,
}


def _check_place(options: Options) -> None:
    if isinstance(options.providers, dict) and STOCK in options.providers:
        refuse({"providers": ONE_PLACE})
    config = whole_config()
    # A dynamic provider is told the stack's config; the package hears it only while a program runs.
    SESSION.configure({"region": config.get(REGION_KEY), "endpoints": config.get(ENDPOINTS_KEY)})
