"""Environment: a network, its groups and the Gate before them. Imports pulumi, provider and stacks."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pulumi

from components.audit import ReleaseAudit
from components.group import InstanceGroup
from components.naming import audit_name, gate_name
from components.network import Network
from ecs_release.domain.facts import Cloud
from ecs_release.provider.resources import Gate
from stacks import schema


class Environment(pulumi.ComponentResource):
    """Everything that a stack declares."""

    groups: dict[str, InstanceGroup]

    def __init__(
        self,
        name: str,
        spec: schema.Environment,
        *,
        cloud: Cloud,
        now: datetime | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("ecs-release:index:Environment", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        # One network for all groups: an environment ends as a whole.
        network = Network(name, spec.network, child).ids
        alarm, trail = (spec.audit.alarm, spec.audit.trail) if spec.audit else (None, None)
        if trail:
            # Before the first instance and until the last one has gone.
            recorded = ReleaseAudit(audit_name(name), trail=trail, opts=child)
            network = replace(network, depends_on=[*network.depends_on, recorded])
        shared: dict[str, Any] = {"network": network, "cloud": cloud, "tags": spec.tags, "now": now}
        shared |= {"max_lifetime": spec.max_lifetime, "alarm": alarm, "opts": child}
        self.groups = {group: InstanceGroup(group, each, **shared) for group, each in spec.groups.items()}
        # Whatever depends on all groups is deleted first and alone, so it can stop a destroy.
        last = pulumi.ResourceOptions(parent=self, depends_on=list(self.groups.values()))
        records = {group: declared.record for group, declared in self.groups.items()}
        Gate(gate_name(name), {"groups": records}, last)
        self.register_outputs({"groups": list(self.groups)})
