"""Roles: who may take them on (Ram 2015-05-01)."""

from __future__ import annotations

from typing import Any

from emulator.access.policy import trust
from emulator.actions.ram_common import (
    MOST_DESCRIPTION,
    document_of,
    fault,
    new_name_of,
    new_number,
    page,
    role_of,
    tagged,
    text_of,
)
from emulator.registry import Call, Reply, action
from emulator.resources.ram import RamRole

_MOST_ROLES = 1000
_SHORTEST, _LONGEST = 3600, 43200
_DOCUMENT = "AssumeRolePolicyDocument"
_TAGS = "Tag Tag.N.Key Tag.N.Value"


@action(
    "Ram", "CreateRole", f"Description MaxSessionDuration AllowConsoleLogin {_TAGS}", f"RoleName {_DOCUMENT}"
)
def create_role(call: Call) -> Reply:
    """CreateRole: a role with its trust policy, without rights."""
    name, now = new_name_of(call, RamRole, "Role", _MOST_ROLES), call.world.now
    role = RamRole(
        id=new_number("3"),
        account_id=call.account,
        region_id="",
        created_at=now,
        updated_at=now,
        role_name=name,
        description=text_of(call, "Description", "", MOST_DESCRIPTION),
        assume_role_policy_document=document_of(call, _DOCUMENT, trust),
        max_session_duration=_duration(call, "MaxSessionDuration", _SHORTEST),
        allow_console_login=call.parameters.flag("AllowConsoleLogin"),
        tags=tagged(call.parameters, new=True),
    )
    call.world.store.add(role)
    return {"Role": role.view()}


@action("Ram", "GetRole", "", required="RoleName")
def get_role(call: Call) -> Reply:
    """GetRole: one role with its trust policy."""
    return {"Role": role_of(call).view()}


@action("Ram", "ListRoles", f"Marker MaxItems {_TAGS}")
def list_roles(call: Call) -> Reply:
    """ListRoles: all roles of the account or those of a tag, by marker, without trust policies."""
    rows = call.world.store.owned(RamRole, call.account, tags=tagged(call.parameters))
    roles, more = page(call, rows)
    return {**more, "Roles": {"Role": [_listed(role) for role in roles]}}


@action(
    "Ram",
    "UpdateRole",
    "NewAssumeRolePolicyDocument NewDescription NewMaxSessionDuration NewAllowConsoleLogin",
    required="RoleName",
)
def update_role(call: Call) -> Reply:
    """UpdateRole: trust policy, description, longest session."""
    role = role_of(call)
    if call.parameters.given(f"New{_DOCUMENT}"):
        role.assume_role_policy_document = document_of(call, f"New{_DOCUMENT}", trust)
    role.description = text_of(call, "NewDescription", role.description, MOST_DESCRIPTION)
    role.max_session_duration = _duration(call, "NewMaxSessionDuration", role.max_session_duration)
    role.allow_console_login = call.parameters.flag("NewAllowConsoleLogin", role.allow_console_login)
    role.updated_at = call.world.now
    call.world.store.put(role)
    return {"Role": role.view()}


@action("Ram", "DeleteRole", "", required="RoleName")
def delete_role(call: Call) -> Reply:
    """DeleteRole: refused while it has a policy."""
    role = role_of(call)
    if role.policies:
        raise fault("DeleteConflict", "Role", "Policy")
    call.world.store.remove(role)
    return {}


def _duration(call: Call, parameter: str, default: int) -> int:
    return call.parameters.number(parameter, default, _SHORTEST, _LONGEST, f"InvalidParameter.{parameter}")


def _listed(role: RamRole) -> dict[str, Any]:
    view = role.view()
    del view[_DOCUMENT]
    tags = [{"TagKey": key, "TagValue": value} for key, value in role.tags.items()]
    return {**view, "Tags": {"Tag": tags}}
