"""What RAM has, found by name: users, groups, roles and policies, and the statements that bind a caller.

Imports access, resources and world.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from emulator.access.policy import Statement, permissions
from emulator.accounts import Identity
from emulator.resources import Resource
from emulator.resources.ram import Attachment, RamGroup, RamPolicy, RamRole, RamUser
from emulator.rules.system_policies import SYSTEM_POLICIES
from emulator.world import World

R = TypeVar("R", bound=Resource)
Holder = RamUser | RamGroup | RamRole
HOLDERS: dict[str, type[RamUser] | type[RamGroup] | type[RamRole]] = {
    "User": RamUser,
    "Group": RamGroup,
    "Role": RamRole,
}


def named(world: World, kind: type[R], account: str, name: str) -> R | None:
    """Return an account's record of a name."""
    found = world.store.under(kind, f"{account}/{name}")
    return found[0] if found else None


def policy_named(world: World, account: str, policy_type: str, name: str) -> RamPolicy | None:
    """Return a system policy or one of the account's own."""
    return SYSTEM_POLICIES.get(name) if policy_type == "System" else named(world, RamPolicy, account, name)


def holders(world: World, account: str) -> Iterator[tuple[str, Holder, Attachment]]:
    """Yield every attachment of an account with the word for its holder."""
    for word, kind in HOLDERS.items():
        for _, holder in world.store.owned(kind, account):
            for attachment in holder.policies:
                yield word, holder, attachment


def members(world: World, group: RamGroup) -> list[RamUser]:
    """Return the users of a group."""
    return [user for _, user in world.store.owned(RamUser, group.account_id) if group.id in user.groups]


def bound_by(world: World, identity: Identity) -> list[Statement]:
    """Return all statements of the policies that a RAM user, its groups, or a role has."""
    holder: RamUser | RamRole | None
    if identity.role:
        holder = world.store.get(RamRole, identity.role_id)
    else:
        holder = named(world, RamUser, identity.account_id, identity.user)
    # A user that RAM does not know has no policy, and so no right.
    attached = list(holder.policies) if holder else []
    if isinstance(holder, RamUser):
        groups = (world.store.get(RamGroup, one) for one in holder.groups)
        attached += [one for group in groups if group for one in group.policies]
    found = (policy_named(world, identity.account_id, one.policy_type, one.policy_name) for one in attached)
    return [statement for policy in found if policy for statement in permissions(policy.document)]
