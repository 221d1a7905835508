"""Whether a caller may make a call, once RAM is enforced; the account itself may make all.

Imports access, the registry's call and the rules of RAM; the gateway asks before every handler.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from emulator.access.policy import Asked, Judgement, judge, permissions
from emulator.accounts import user_id
from emulator.errors import ApiError
from emulator.registry import Call, Reply
from emulator.rules.directory import bound_by
from emulator.rules.scope import asked_by
from emulator.untrusted import from_json

# Who asks for its own name or for an address needs no right.
_FREE = {
    ("Sts", "GetCallerIdentity"),
    ("Sts", "AssumeRoleWithOIDC"),
    ("Location", "DescribeEndpoints"),
}
# The products of identities, money and records spell the refusal in their own way.
_NO_PERMISSION = frozenset(
    {"Ram", "Ims", "Sts", "ResourceManager", "BssOpenApi", "Actiontrail", "EventBridge"}
)


def refusal(call: Call, product: str) -> ApiError | None:
    """Return why a call is refused, or None if it is allowed."""
    identity = call.identity
    free = (product, call.action) in _FREE or identity.type == "Account"
    if free or not call.world.settings.enforce_ram:
        return None
    statements = bound_by(call.world, identity)
    limits = [("AccountLevelIdentityBasedPolicy", statements)]
    if identity.session_policy:
        limits.append(("SessionPolicy", list(permissions(identity.session_policy))))
    for asked in asked_by(call, product):
        for policy_type, one in limits:
            judgement = judge(one, asked)
            if judgement is not Judgement.ALLOWED:
                return _refused(call, product, asked, policy_type, judgement)
    return None


def sees_nothing(call: Call, product: str) -> bool:
    """Tell whether this call, when refused, is answered with an empty list instead of an error."""
    return (product, call.action) == ("Ecs", "DescribeInstances") and not call.parameters.flag("DryRun")


def emptied(reply: Reply) -> Reply:
    """Return the reply of DescribeInstances as one sees it who may see no instance."""
    return {**reply, "Instances": {"Instance": []}, "TotalCount": 0, "NextToken": ""}


def no_permission(call: Call, action: str, resource: str, policy_type: str, kind: Judgement) -> ApiError:
    """403 of RAM and STS, with its details."""
    text = f"You are not authorized to do this action. Resource: {resource} Action: {action}"
    asked = Asked((action,), resource)
    return _detailed(call, ApiError(403, "NoPermission", text), asked, policy_type, kind)


def _refused(call: Call, product: str, asked: Asked, policy_type: str, kind: Judgement) -> ApiError:
    if product in _NO_PERMISSION:
        return no_permission(call, asked.actions[0], asked.resource, policy_type, kind)
    text = "User not authorized to operate on the specified resource, or this API doesn't support RAM."
    return _detailed(call, ApiError(403, "Forbidden.RAM", text), asked, policy_type, kind)


def _detailed(call: Call, error: ApiError, asked: Asked, policy_type: str, kind: Judgement) -> ApiError:
    identity = call.identity
    principal = {
        "AuthPrincipalType": "AssumedRoleUser" if identity.role else "SubUser",
        "AuthPrincipalOwnerId": identity.account_id,
        "AuthPrincipalDisplayName": _shown(call),
    }
    diagnosis = {
        "AuthAction": asked.actions[0],
        "AuthResource": asked.resource,
        "AuthPrincipal": principal,
        "ExplicitDeny": kind is Judgement.DENIED,
        "NoPermissionPolicyType": policy_type,
        "AuthConditions": [
            {"ConditionKey": key, "ConditionValues": [value]} for key, value in asked.circumstances.items()
        ],
        "MatchedPolicies": [],
    }
    error.access_denied_detail = {
        "AuthAction": asked.actions[0],
        **principal,
        "NoPermissionType": kind.value,
        "PolicyType": policy_type,
        "EncodedDiagnosticMessage": base64.b64encode(json.dumps(diagnosis).encode()).decode(),
    }
    return error


def _shown(call: Call) -> str:
    identity = call.identity
    if identity.role:
        return f"{identity.role}:{identity.session}"
    return identity.user_id or user_id(identity.account_id, identity.user)


def decoded(message: str) -> dict[str, Any] | None:
    """Return what an encoded diagnostic message says, or None if it is none of ours."""
    try:
        found: Any = from_json(base64.b64decode(message, validate=True))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
