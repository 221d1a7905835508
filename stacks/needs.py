"""What of an environment decides about rights, in the domain's words.

Imports the domain and its siblings.
"""

from ecs_release.domain.facts import Cloud
from ecs_release.domain.rights import GroupNeeds, StackNeeds
from ecs_release.domain.terms import OnPublicIp, ReleaseTerms
from stacks.parts import MadeNetwork
from stacks.schema import AtExpiry, Environment, Group


def stack_needs(project: str, stack: str, cloud: Cloud, environment: Environment) -> StackNeeds:
    """What a stack's declaration asks for."""
    groups = tuple(group_needs(name, group) for name, group in environment.groups.items())
    made = isinstance(environment.network, MadeNetwork)
    return StackNeeds(project, stack, cloud.region, groups, makes_network=made)


def group_needs(name: str, group: Group) -> GroupNeeds:
    """What a group's declaration asks for."""
    dies = [group.system_disk.release_with_instance]
    dies += [disk.release_with_instance for disk in group.data_disks]
    return GroupNeeds(
        name,
        terms_of(group),
        group.billing,
        at_expiry=isinstance(group.release.schedule, AtExpiry),
        keeps_disk=not all(dies),
        adopts=bool(group.adopt),
        ram_role=group.ram_role or "",
    )


def terms_of(group: Group) -> ReleaseTerms:
    """The terms of a group."""
    release = group.release
    return ReleaseTerms(
        on_protected=release.on_protected,
        on_active_subscription=release.on_active_subscription,
        on_replaced=release.on_replaced,
        on_blocked=release.on_blocked,
        backup=release.backup,
        shutdown=release.shutdown,
        on_public_ip=group.public_ip.on_release if group.public_ip else OnPublicIp.RELEASE,
        approval=release.approval,
        max_instances=release.max_instances,
    )
