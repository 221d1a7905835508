"""Groups of RAM users and who is in them (Ram 2015-05-01)."""

from __future__ import annotations

from emulator import times
from emulator.actions.ram_common import (
    MOST_COMMENTS,
    fault,
    group_of,
    name_of,
    new_name_of,
    page,
    text_of,
    user_of,
)
from emulator.registry import Call, Reply, action
from emulator.resources.ram import RamGroup, RamUser
from emulator.rules.directory import members, named
from emulator.world import new_id

_MOST_GROUPS = 50
_MOST_GROUPS_OF_A_USER = 5


@action("Ram", "CreateGroup", "Comments", required="GroupName")
def create_group(call: Call) -> Reply:
    """CreateGroup: without members and without rights."""
    name, now = new_name_of(call, RamGroup, "Group", _MOST_GROUPS), call.world.now
    group = RamGroup(
        id=new_id("g"),
        account_id=call.account,
        region_id="",
        created_at=now,
        updated_at=now,
        group_name=name,
        comments=text_of(call, "Comments", "", MOST_COMMENTS),
    )
    call.world.store.add(group)
    return {"Group": group.view()}


@action("Ram", "GetGroup", "", required="GroupName")
def get_group(call: Call) -> Reply:
    """GetGroup: one group."""
    return {"Group": group_of(call).view()}


@action("Ram", "ListGroups", "Marker MaxItems")
def list_groups(call: Call) -> Reply:
    """ListGroups: all groups of the account, by marker."""
    groups, more = page(call, call.world.store.owned(RamGroup, call.account))
    return {**more, "Groups": {"Group": [group.view() for group in groups]}}


@action("Ram", "UpdateGroup", "NewGroupName NewComments", required="GroupName")
def update_group(call: Call) -> Reply:
    """UpdateGroup: name and comments; members and policies stay."""
    group = group_of(call)
    if call.parameters.given("NewGroupName"):
        name = name_of(call, "Group", "New")
        if name != group.group_name and named(call.world, RamGroup, call.account, name):
            raise fault("EntityAlreadyExists", "Group")
        group.group_name = name
    group.comments = text_of(call, "NewComments", group.comments, MOST_COMMENTS)
    group.updated_at = call.world.now
    call.world.store.put(group)
    return {"Group": group.view()}


@action("Ram", "DeleteGroup", "", required="GroupName")
def delete_group(call: Call) -> Reply:
    """DeleteGroup: refused while it has a member or a policy."""
    group = group_of(call)
    if members(call.world, group):
        raise fault("DeleteConflict", "Group", "User")
    if group.policies:
        raise fault("DeleteConflict", "Group", "Policy")
    call.world.store.remove(group)
    return {}


@action("Ram", "AddUserToGroup", "", required="UserName GroupName")
def add_user_to_group(call: Call) -> Reply:
    """AddUserToGroup: five groups a user at most."""
    user, group = user_of(call), group_of(call)
    if group.id in user.groups:
        raise fault("EntityAlreadyExists", "User", "Group")
    if len(user.groups) >= _MOST_GROUPS_OF_A_USER:
        raise fault("LimitExceeded", "User", "Group")
    user.groups[group.id] = call.world.now
    call.world.store.put(user)
    return {}


@action("Ram", "RemoveUserFromGroup", "", required="UserName GroupName")
def remove_user_from_group(call: Call) -> Reply:
    """RemoveUserFromGroup: the user loses what it may do through the group."""
    user, group = user_of(call), group_of(call)
    if user.groups.pop(group.id, None) is None:
        raise fault("EntityNotExist", "User", "Group")
    call.world.store.put(user)
    return {}


@action("Ram", "ListUsersForGroup", "Marker MaxItems", required="GroupName")
def list_users_for_group(call: Call) -> Reply:
    """ListUsersForGroup: who is in a group since when."""
    group = group_of(call)
    inside = (
        (seq, user) for seq, user in call.world.store.owned(RamUser, call.account) if group.id in user.groups
    )
    users, more = page(call, inside)
    rows = [
        {
            "UserName": user.user_name,
            "DisplayName": user.display_name,
            "JoinDate": times.to_second(user.groups[group.id]),
        }
        for user in users
    ]
    return {**more, "Users": {"User": rows}}


@action("Ram", "ListGroupsForUser", "", required="UserName")
def list_groups_for_user(call: Call) -> Reply:
    """ListGroupsForUser: the groups of a user since when."""
    user = user_of(call)
    groups = [
        {
            "GroupId": group.id,
            "GroupName": group.group_name,
            "Comments": group.comments,
            "JoinDate": times.to_second(joined),
        }
        for identifier, joined in user.groups.items()
        if (group := call.world.store.get(RamGroup, identifier))
    ]
    return {"Groups": {"Group": groups}}
