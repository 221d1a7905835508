"""RAM users and their access keys (Ram 2015-05-01)."""

from __future__ import annotations

import re
from typing import Any

from emulator import times
from emulator.actions.ram_common import (
    MOST_COMMENTS,
    fault,
    name_of,
    new_name_of,
    new_number,
    page,
    text_of,
    user_of,
    wrong,
)
from emulator.registry import Call, Reply, action
from emulator.resources.ram import AccessKey, RamUser
from emulator.rules.credentials import KEY, new_secret
from emulator.rules.directory import named

_MOST_USERS = 1000
_MOST_KEYS = 2
_MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}\.[^@\s]{1,63}")
_PHONE = re.compile(r"[0-9]{1,4}-[0-9]{5,20}")
_FIELDS = "DisplayName MobilePhone Email Comments"


@action("Ram", "CreateUser", _FIELDS, required="UserName")
def create_user(call: Call) -> Reply:
    """CreateUser: a user without keys and without rights."""
    name, now = new_name_of(call, RamUser, "User", _MOST_USERS), call.world.now
    user = RamUser(
        id=new_number("2"),
        account_id=call.account,
        region_id="",
        created_at=now,
        updated_at=now,
        user_name=name,
        **_details(call, "", {}),
    )
    call.world.store.add(user)
    return {"User": _brief(user)}


@action("Ram", "GetUser", "", required="UserName")
def get_user(call: Call) -> Reply:
    """GetUser: one user."""
    return {"User": {**user_of(call).view(), "LastLoginDate": ""}}


@action("Ram", "ListUsers", "Marker MaxItems")
def list_users(call: Call) -> Reply:
    """ListUsers: all users of the account, by marker."""
    users, more = page(call, call.world.store.owned(RamUser, call.account))
    return {**more, "Users": {"User": [user.view() for user in users]}}


@action("Ram", "UpdateUser", "NewUserName NewDisplayName NewMobilePhone NewEmail NewComments", "UserName")
def update_user(call: Call) -> Reply:
    """UpdateUser: name and details; policies, groups and keys stay."""
    user = user_of(call)
    if call.parameters.given("NewUserName"):
        name = name_of(call, "User", "New")
        if name != user.user_name and named(call.world, RamUser, call.account, name):
            raise fault("EntityAlreadyExists", "User")
        user.user_name = name
    changed = user.model_copy(
        update={**_details(call, "New", user.model_dump()), "updated_at": call.world.now}
    )
    call.world.store.put(changed)
    return {"User": changed.view()}


@action("Ram", "DeleteUser", "", required="UserName")
def delete_user(call: Call) -> Reply:
    """DeleteUser: refused while it has a key, a group or a policy."""
    user = user_of(call)
    held = {
        "AccessKey": call.world.store.under(AccessKey, user.id),
        "Group": user.groups,
        "Policy": user.policies,
    }
    for what, rows in held.items():
        if rows:
            raise fault("DeleteConflict", "User", what)
    call.world.store.remove(user)
    return {}


@action("Ram", "CreateAccessKey", "UserName")
def create_access_key(call: Call) -> Reply:
    """CreateAccessKey: two keys a user at most; the secret is shown only here."""
    user = _owner(call)
    if len(call.world.store.under(AccessKey, user.id)) >= _MOST_KEYS:
        raise fault("LimitExceeded", "User", "AccessKey")
    key = AccessKey(
        id=new_secret(KEY),
        account_id=call.account,
        region_id="",
        created_at=call.world.now,
        user_id=user.id,
        secret=new_secret(),
    )
    call.world.store.add(key)
    return {"AccessKey": {**key.view(), "AccessKeySecret": key.secret}}


@action("Ram", "ListAccessKeys", "UserName")
def list_access_keys(call: Call) -> Reply:
    """ListAccessKeys: without their secrets."""
    keys = call.world.store.under(AccessKey, _owner(call).id)
    return {"AccessKeys": {"AccessKey": [key.view() for key in keys]}}


@action("Ram", "UpdateAccessKey", "UserName", required="UserAccessKeyId Status")
def update_access_key(call: Call) -> Reply:
    """UpdateAccessKey: Active, or Inactive to refuse its calls."""
    key = _key(call)
    error = wrong("Status", "", "is incorrect")
    key.status = call.parameters.choice("Status", "", ("Active", "Inactive"), error)
    call.world.store.put(key)
    return {}


@action("Ram", "DeleteAccessKey", "UserName", required="UserAccessKeyId")
def delete_access_key(call: Call) -> Reply:
    """DeleteAccessKey: its calls are refused from now on."""
    call.world.store.remove(_key(call))
    return {}


def _owner(call: Call) -> RamUser:
    # A user that names nobody means itself.
    if not call.parameters.given("UserName") and call.identity.user_id:
        user = call.world.store.get(RamUser, call.identity.user_id)
        if user is not None:
            return user
    return user_of(call)


def _key(call: Call) -> AccessKey:
    owner, identifier = _owner(call), call.parameters.text("UserAccessKeyId")
    key = call.world.store.get(AccessKey, identifier)
    if key is None or key.user_id != owner.id:
        raise fault("EntityNotExist", "User", "AccessKey")
    return key


def _details(call: Call, prefix: str, before: dict[str, Any]) -> dict[str, Any]:
    for parameter, form in ((f"{prefix}Email", _MAIL), (f"{prefix}MobilePhone", _PHONE)):
        if call.parameters.given(parameter) and not form.fullmatch(call.parameters.text(parameter)):
            raise wrong(parameter, ".Format", "is incorrect")
    names = {
        "display_name": "DisplayName",
        "comments": "Comments",
        "email": "Email",
        "mobile_phone": "MobilePhone",
    }
    return {
        field: text_of(call, f"{prefix}{name}", before.get(field, ""), MOST_COMMENTS)
        for field, name in names.items()
    }


def _brief(user: RamUser) -> dict[str, Any]:
    view = user.view()
    return {name: view[name] for name in ("UserId", "UserName", *_FIELDS.split(" "))} | {
        "CreateDate": times.to_second(user.created_at)
    }
