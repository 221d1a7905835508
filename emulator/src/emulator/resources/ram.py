"""Users, keys, groups, roles, policies and role sessions of RAM as records; all belong to no region.

A record is listed under its account and name, so that a name finds it through the index of parents.
Imports the base and times only.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, Field

from emulator import times
from emulator.resources.base import Resource


class Attachment(BaseModel):
    """A policy that was attached to a user, a group or a role."""

    policy_type: str
    policy_name: str
    attached_at: float


class PolicyVersion(BaseModel):
    """One version of a policy's document."""

    version_id: str
    document: str
    created_at: float


class RamUser(Resource):
    """A RAM user with its policies, and its groups by id with the time of joining."""

    kind = "ram_users"
    hidden: ClassVar[set[str]] = {"region_id", "updated_at", "policies", "groups"}

    id: str = Field(serialization_alias="UserId")
    user_name: str
    display_name: str = ""
    mobile_phone: str = ""
    email: str = ""
    comments: str = ""
    updated_at: float
    policies: list[Attachment] = Field(default_factory=list)
    groups: dict[str, float] = Field(default_factory=dict)

    @property
    def parent(self) -> str:
        """Return where the name finds the user."""
        return f"{self.account_id}/{self.user_name}"

    def view(self) -> dict[str, Any]:
        """Return the user as GetUser shows it."""
        return {**self.plain(), **_dates(self, self.updated_at)}


class AccessKey(Resource):
    """An access key of a RAM user."""

    kind = "ram_access_keys"
    hidden: ClassVar[set[str]] = {"region_id", "secret", "user_id"}

    id: str = Field(serialization_alias="AccessKeyId")
    user_id: str
    secret: str
    status: str = "Active"

    @property
    def parent(self) -> str:
        """Return the user."""
        return self.user_id

    def view(self) -> dict[str, Any]:
        """Return the key as ListAccessKeys shows it: the secret is shown once, when it is made."""
        return {**self.plain(), "CreateDate": times.to_second(self.created_at)}


class RamGroup(Resource):
    """A group of RAM users with its policies."""

    kind = "ram_groups"
    hidden: ClassVar[set[str]] = {"region_id", "updated_at", "policies"}

    id: str = Field(serialization_alias="GroupId")
    group_name: str
    comments: str = ""
    updated_at: float
    policies: list[Attachment] = Field(default_factory=list)

    @property
    def parent(self) -> str:
        """Return where the name finds the group."""
        return f"{self.account_id}/{self.group_name}"

    def view(self) -> dict[str, Any]:
        """Return the group as GetGroup shows it."""
        return {**self.plain(), **_dates(self, self.updated_at)}


class RamRole(Resource):
    """A role: who may take it on, and what it may do."""

    kind = "ram_roles"
    hidden: ClassVar[set[str]] = {"region_id", "updated_at", "policies"}

    id: str = Field(serialization_alias="RoleId")
    role_name: str
    description: str = ""
    assume_role_policy_document: str
    max_session_duration: int = 3600
    allow_console_login: bool = False
    updated_at: float
    policies: list[Attachment] = Field(default_factory=list)

    @property
    def parent(self) -> str:
        """Return where the name finds the role."""
        return f"{self.account_id}/{self.role_name}"

    @property
    def arn(self) -> str:
        """Return the resource name of the role."""
        return f"acs:ram::{self.account_id}:role/{self.role_name}"

    def view(self) -> dict[str, Any]:
        """Return the role as GetRole shows it."""
        principal = f"{self.role_name}@role.{self.account_id}.onaliyunservice.com"
        fixed = {"IsServiceLinkedRole": False, "RolePrincipalName": principal}
        return {**self.plain(), **_dates(self, self.updated_at), **fixed, "Arn": self.arn}


class RamPolicy(Resource):
    """A custom or system policy with its versions, oldest first."""

    kind = "ram_policies"
    hidden: ClassVar[set[str]] = {"id", "region_id", "updated_at", "versions", "newest"}

    policy_name: str
    policy_type: str = "Custom"
    description: str = ""
    default_version: str = "v1"
    # Version ids count up and are never given again.
    newest: int = 1
    updated_at: float
    versions: list[PolicyVersion]

    @property
    def parent(self) -> str:
        """Return where the name finds the policy."""
        return f"{self.account_id}/{self.policy_name}"

    def version(self, version_id: str) -> PolicyVersion | None:
        """Return one version."""
        return next((one for one in self.versions if one.version_id == version_id), None)

    @property
    def document(self) -> str:
        """Return the document that is in force."""
        return next(one.document for one in self.versions if one.version_id == self.default_version)

    def version_view(self, version: PolicyVersion) -> dict[str, Any]:
        """Return a version as GetPolicyVersion shows it."""
        return {
            "VersionId": version.version_id,
            "IsDefaultVersion": version.version_id == self.default_version,
            "PolicyDocument": version.document,
            "CreateDate": times.to_second(version.created_at),
        }

    def view(self) -> dict[str, Any]:
        """Return the policy as GetPolicy shows it, without the count of its attachments."""
        return {**self.plain(), **_dates(self, self.updated_at)}


class RoleSession(Resource):
    """The temporary key that AssumeRole gave out."""

    kind = "ram_role_sessions"
    hidden: ClassVar[set[str]] = {"region_id", "secret", "token", "policy", "expires_at"}

    id: str = Field(serialization_alias="AccessKeyId")
    role_id: str
    role_name: str
    session_name: str
    secret: str
    token: str
    # What the session may do at most, or nothing for all that the role may do.
    policy: str = ""
    expires_at: float

    @property
    def parent(self) -> str:
        """Return the role."""
        return self.role_id

    def view(self) -> dict[str, Any]:
        """Return the session without its secrets, for the control call `state`."""
        return {**self.plain(), "Expiration": times.to_second(self.expires_at)}


def _dates(resource: Resource, updated_at: float) -> dict[str, str]:
    return {"CreateDate": times.to_second(resource.created_at), "UpdateDate": times.to_second(updated_at)}
