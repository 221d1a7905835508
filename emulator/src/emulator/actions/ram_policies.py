"""Policies and their versions (Ram 2015-05-01)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from emulator.access.policy import permissions
from emulator.actions.ram_common import (
    MOST_DESCRIPTION,
    custom_policy_of,
    document_of,
    fault,
    new_name_of,
    page,
    policy_of,
    policy_type_of,
    tagged,
    text_of,
    wrong,
)
from emulator.registry import Call, Reply, action
from emulator.resources.ram import PolicyVersion, RamPolicy
from emulator.rules.directory import holders
from emulator.rules.system_policies import SYSTEM_POLICIES
from emulator.world import new_id

_MOST_POLICIES = 1500
_MOST_VERSIONS = 5
_ROTATE = "DeleteOldestNonDefaultVersionWhenLimitExceeded"
_TAGS = "Tag Tag.N.Key Tag.N.Value"


@action("Ram", "CreatePolicy", f"Description {_TAGS}", required="PolicyName PolicyDocument")
def create_policy(call: Call) -> Reply:
    """CreatePolicy: a custom policy with its first version."""
    name, now = new_name_of(call, RamPolicy, "Policy", _MOST_POLICIES), call.world.now
    # A name of the system's would be ambiguous wherever the type is left out.
    if name in SYSTEM_POLICIES:
        raise fault("EntityAlreadyExists", "Policy")
    document = document_of(call, "PolicyDocument", permissions)
    policy = RamPolicy(
        id=new_id("policy"),
        account_id=call.account,
        region_id="",
        created_at=now,
        updated_at=now,
        policy_name=name,
        description=text_of(call, "Description", "", MOST_DESCRIPTION),
        versions=[PolicyVersion(version_id="v1", document=document, created_at=now)],
        tags=tagged(call.parameters, new=True),
    )
    call.world.store.add(policy)
    return {"Policy": policy.view()}


@action("Ram", "GetPolicy", "", required="PolicyName PolicyType")
def get_policy(call: Call) -> Reply:
    """GetPolicy: one policy with the version in force."""
    policy = policy_of(call)
    version = policy.version(policy.default_version)
    shown = {**policy.view(), "AttachmentCount": _attachments(call).get(_key(policy), 0)}
    return {
        "Policy": {**shown, "PolicyDocument": policy.document},
        "DefaultPolicyVersion": policy.version_view(version) if version else {},
    }


@action("Ram", "ListPolicies", f"PolicyType Marker MaxItems {_TAGS}")
def list_policies(call: Call) -> Reply:
    """ListPolicies: the system's first, then the account's own, by marker."""
    policies, more = page(call, _rows(call, tagged(call.parameters)))
    counts = _attachments(call)
    rows = [{**_listed(policy), "AttachmentCount": counts.get(_key(policy), 0)} for policy in policies]
    return {**more, "Policies": {"Policy": rows}}


@action("Ram", "UpdatePolicyDescription", "NewDescription", required="PolicyName")
def update_policy_description(call: Call) -> Reply:
    """UpdatePolicyDescription: of a custom policy."""
    policy = custom_policy_of(call)
    policy.description = text_of(call, "NewDescription", "", MOST_DESCRIPTION)
    return {"Policy": _kept(call, policy).view()}


@action("Ram", "DeletePolicy", "CascadingDelete", required="PolicyName")
def delete_policy(call: Call) -> Reply:
    """DeletePolicy: refused while it is attached; other versions must go first, or go with it."""
    policy = custom_policy_of(call)
    for word, _, attachment in holders(call.world, call.account):
        if _key(policy) == (attachment.policy_type, attachment.policy_name):
            raise fault("DeleteConflict", *(("Role", "Policy") if word == "Role" else ("Policy", word)))
    if len(policy.versions) > 1 and not call.parameters.flag("CascadingDelete"):
        raise fault("DeleteConflict", "Policy", "Version")
    call.world.store.remove(policy)
    return {}


@action("Ram", "CreatePolicyVersion", "SetAsDefault RotateStrategy", required="PolicyName PolicyDocument")
def create_policy_version(call: Call) -> Reply:
    """CreatePolicyVersion: five at most; the oldest that is not in force can make room."""
    policy = custom_policy_of(call)
    document = document_of(call, "PolicyDocument", permissions)
    rotate = call.parameters.choice("RotateStrategy", "None", ("None", _ROTATE)) == _ROTATE
    in_force = call.parameters.flag("SetAsDefault")
    if len(policy.versions) >= _MOST_VERSIONS:
        if not rotate:
            raise fault("LimitExceeded", "Policy", "Version")
        oldest = next(one for one in policy.versions if one.version_id != policy.default_version)
        policy.versions.remove(oldest)
    policy.newest += 1
    version = PolicyVersion(version_id=f"v{policy.newest}", document=document, created_at=call.world.now)
    policy.versions.append(version)
    if in_force:
        policy.default_version = version.version_id
    return {"PolicyVersion": _kept(call, policy).version_view(version)}


@action("Ram", "GetPolicyVersion", "", required="PolicyName PolicyType VersionId")
def get_policy_version(call: Call) -> Reply:
    """GetPolicyVersion: one version with its document."""
    policy = policy_of(call)
    return {"PolicyVersion": policy.version_view(_version(call, policy))}


@action("Ram", "ListPolicyVersions", "", required="PolicyName PolicyType")
def list_policy_versions(call: Call) -> Reply:
    """ListPolicyVersions: oldest first."""
    policy = policy_of(call)
    return {"PolicyVersions": {"PolicyVersion": [policy.version_view(one) for one in policy.versions]}}


@action("Ram", "SetDefaultPolicyVersion", "", required="PolicyName VersionId")
def set_default_policy_version(call: Call) -> Reply:
    """SetDefaultPolicyVersion: which version is in force."""
    policy = custom_policy_of(call)
    policy.default_version = _version(call, policy).version_id
    _kept(call, policy)
    return {}


@action("Ram", "DeletePolicyVersion", "", required="PolicyName VersionId")
def delete_policy_version(call: Call) -> Reply:
    """DeletePolicyVersion: not the one in force."""
    policy = custom_policy_of(call)
    version = _version(call, policy)
    if version.version_id == policy.default_version:
        raise fault("DeleteConflict", "Policy", "Version", "Default")
    policy.versions.remove(version)
    _kept(call, policy)
    return {}


def _version(call: Call, policy: RamPolicy) -> PolicyVersion:
    identifier = call.parameters.text("VersionId")
    if not (identifier.startswith("v") and identifier[1:].isdecimal()):
        raise wrong("VersionId", ".Format", "is incorrect")
    version = policy.version(identifier)
    if version is None:
        raise fault("EntityNotExist", "Policy", "Version")
    return version


def _kept(call: Call, policy: RamPolicy) -> RamPolicy:
    policy.updated_at = call.world.now
    call.world.store.put(policy)
    return policy


def _rows(call: Call, tags: dict[str, str]) -> Iterator[tuple[int, RamPolicy]]:
    wanted = policy_type_of(call) if call.parameters.given("PolicyType") else ""
    # The system's policies have no tags, and come before all rows of the database.
    if wanted != "Custom" and not tags:
        yield from enumerate(SYSTEM_POLICIES.values(), -len(SYSTEM_POLICIES))
    if wanted != "System":
        yield from call.world.store.owned(RamPolicy, call.account, tags=tags)


def _attachments(call: Call) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    for _, _, one in holders(call.world, call.account):
        key = (one.policy_type, one.policy_name)
        counts[key] = counts.get(key, 0) + 1
    return counts


def _key(policy: RamPolicy) -> tuple[str, str]:
    return policy.policy_type, policy.policy_name


def _listed(policy: RamPolicy) -> dict[str, Any]:
    tags = [{"TagKey": key, "TagValue": value} for key, value in policy.tags.items()]
    return {**policy.view(), "Tags": {"Tag": tags}}
