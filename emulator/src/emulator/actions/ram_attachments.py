"""Which user, group or role has which policies (Ram 2015-05-01)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emulator import times
from emulator.actions.ram_common import fault, group_of, policy_of, role_of, user_of
from emulator.errors import ApiError
from emulator.registry import Call, Reply, action
from emulator.resources.ram import Attachment, RamRole, RamUser
from emulator.rules.directory import Holder, holders, policy_named

_HOLDER: dict[str, Callable[[Call], Holder]] = {"User": user_of, "Group": group_of, "Role": role_of}
_MOST_CUSTOM = {"User": 10, "Group": 5, "Role": 5}
_MOST_SYSTEM = 20
_POLICY = "PolicyName PolicyType"


@action("Ram", "AttachPolicyToUser", "ResourceGroupId", required=f"UserName {_POLICY}")
def attach_policy_to_user(call: Call) -> Reply:
    """AttachPolicyToUser: at most 20 system policies and 10 of one's own."""
    return _attach(call, "User")


@action("Ram", "AttachPolicyToGroup", "ResourceGroupId", required=f"GroupName {_POLICY}")
def attach_policy_to_group(call: Call) -> Reply:
    """AttachPolicyToGroup: at most 20 system policies and 5 of one's own."""
    return _attach(call, "Group")


@action("Ram", "AttachPolicyToRole", "ResourceGroupId", required=f"RoleName {_POLICY}")
def attach_policy_to_role(call: Call) -> Reply:
    """AttachPolicyToRole: at most 20 system policies and 5 of one's own."""
    return _attach(call, "Role")


@action("Ram", "DetachPolicyFromUser", "ResourceGroupId", required=f"UserName {_POLICY}")
def detach_policy_from_user(call: Call) -> Reply:
    """DetachPolicyFromUser: what is not attached is 404."""
    return _detach(call, "User")


@action("Ram", "DetachPolicyFromGroup", "ResourceGroupId", required=f"GroupName {_POLICY}")
def detach_policy_from_group(call: Call) -> Reply:
    """DetachPolicyFromGroup: what is not attached is 404."""
    return _detach(call, "Group")


@action("Ram", "DetachPolicyFromRole", "ResourceGroupId", required=f"RoleName {_POLICY}")
def detach_policy_from_role(call: Call) -> Reply:
    """DetachPolicyFromRole: what is not attached is 404."""
    return _detach(call, "Role")


@action("Ram", "ListPoliciesForUser", "", required="UserName")
def list_policies_for_user(call: Call) -> Reply:
    """ListPoliciesForUser: those of its groups are not among them."""
    return _list(call, "User")


@action("Ram", "ListPoliciesForGroup", "", required="GroupName")
def list_policies_for_group(call: Call) -> Reply:
    """ListPoliciesForGroup: all policies of a group."""
    return _list(call, "Group")


@action("Ram", "ListPoliciesForRole", "", required="RoleName")
def list_policies_for_role(call: Call) -> Reply:
    """ListPoliciesForRole: all policies of a role."""
    return _list(call, "Role")


@action("Ram", "ListEntitiesForPolicy", "", required=_POLICY)
def list_entities_for_policy(call: Call) -> Reply:
    """ListEntitiesForPolicy: the users, groups and roles that a policy is attached to."""
    policy = policy_of(call)
    found: dict[str, list[dict[str, Any]]] = {word: [] for word in _HOLDER}
    for word, holder, one in holders(call.world, call.account):
        if (one.policy_type, one.policy_name) == (policy.policy_type, policy.policy_name):
            found[word].append({**_entity(holder), "AttachDate": times.to_second(one.attached_at)})
    return {f"{word}s": {word: rows} for word, rows in found.items()}


def _attach(call: Call, word: str) -> Reply:
    _whole_account(call)
    holder, policy = _HOLDER[word](call), policy_of(call)
    if _attachment(call, holder) is not None:
        raise fault("EntityAlreadyExists", word, "Policy")
    same = [one for one in holder.policies if one.policy_type == policy.policy_type]
    if len(same) >= (_MOST_SYSTEM if policy.policy_type == "System" else _MOST_CUSTOM[word]):
        raise fault("LimitExceeded", word, "Policy")
    holder.policies.append(
        Attachment(policy_type=policy.policy_type, policy_name=policy.policy_name, attached_at=call.world.now)
    )
    call.world.store.put(holder)
    return {}


def _detach(call: Call, word: str) -> Reply:
    _whole_account(call)
    holder = _HOLDER[word](call)
    policy_of(call)
    attachment = _attachment(call, holder)
    if attachment is None:
        raise fault("EntityNotExist", word, "Policy")
    holder.policies.remove(attachment)
    call.world.store.put(holder)
    return {}


def _list(call: Call, word: str) -> Reply:
    rows = []
    for one in _HOLDER[word](call).policies:
        policy = policy_named(call.world, call.account, one.policy_type, one.policy_name)
        if policy is not None:
            view = policy.view()
            shown = {
                name: view[name] for name in ("PolicyName", "PolicyType", "Description", "DefaultVersion")
            }
            rows.append({**shown, "AttachDate": times.to_second(one.attached_at)})
    return {"Policies": {"Policy": rows}}


def _attachment(call: Call, holder: Holder) -> Attachment | None:
    wanted = call.parameters.text("PolicyType"), call.parameters.text("PolicyName")
    return next((one for one in holder.policies if (one.policy_type, one.policy_name) == wanted), None)


def _entity(holder: Holder) -> dict[str, Any]:
    if isinstance(holder, RamUser):
        return {"UserId": holder.id, "UserName": holder.user_name, "DisplayName": holder.display_name}
    if isinstance(holder, RamRole):
        named = {"RoleId": holder.id, "RoleName": holder.role_name, "Arn": holder.arn}
        return {**named, "Description": holder.description}
    return {"GroupName": holder.group_name, "Comments": holder.comments}


def _whole_account(call: Call) -> None:
    # To grant less than was asked for, or more, would both be wrong.
    if call.parameters.given("ResourceGroupId"):
        text = "Policies are attached for the whole account here, not for a resource group."
        raise ApiError(400, "UnsupportedParameter", text)
