"""Users, keys, groups and roles of RAM."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulator.cloud import Cloud
from tests.emulator.ram import LOOK, granted, made, ram, trusting, user

TRUST = trusting()


@pytest.fixture
def staffed(cloud: Cloud) -> Cloud:
    """An account with alice in ops, a role, and a policy that is attached to all three."""
    made(cloud, "CreateUser", UserName="alice", DisplayName="Al")
    made(cloud, "CreateUser", UserName="bob")
    made(cloud, "CreateGroup", GroupName="ops", Comments="night")
    made(cloud, "CreateGroup", GroupName="empty")
    made(cloud, "CreateRole", RoleName="releaser", AssumeRolePolicyDocument=TRUST)
    made(cloud, "AddUserToGroup", UserName="alice", GroupName="ops")
    made(cloud, "CreateAccessKey", UserName="alice")
    granted(cloud, "User", "alice", "look", LOOK)
    for word, name in (("Group", "ops"), ("Role", "releaser")):
        held = {f"{word}Name": name, "PolicyName": "look", "PolicyType": "Custom"}
        made(cloud, f"AttachPolicyTo{word}", **held)
    return cloud


def test_a_user_as_clients_read_it(cloud: Cloud) -> None:
    created = made(cloud, "CreateUser", UserName="alice", Email="a@example.com", MobilePhone="86-13000000000")
    shown = made(cloud, "GetUser", UserName="alice")["User"]
    assert {**shown, **created["User"]} == shown
    assert (shown["CreateDate"], len(shown["UserId"])) == ("2026-06-15T10:00:00Z", 18)
    cloud.advance("PT1H")
    changed = made(cloud, "UpdateUser", UserName="alice", NewUserName="al", NewComments="left")["User"]
    assert (changed["UserName"], changed["Comments"], changed["Email"]) == ("al", "left", "a@example.com")
    assert (changed["UserId"], changed["UpdateDate"]) == (shown["UserId"], "2026-06-15T11:00:00Z")
    made(cloud, "DeleteUser", UserName="al")
    assert ram(cloud, "GetUser", UserName="al").outcome == "404 EntityNotExist.User"


def test_lists_go_on_at_a_marker(cloud: Cloud) -> None:
    names = [f"user-{n}" for n in range(5)]
    for name in names:
        made(cloud, "CreateUser", UserName=name)
    seen: list[str] = []
    page: dict[str, Any] = {"IsTruncated": True, "Marker": ""}
    while page["IsTruncated"]:
        page = made(cloud, "ListUsers", MaxItems=2, Marker=page["Marker"])
        seen += [row["UserName"] for row in page["Users"]["User"]]
        # What goes while one reads must not make the rest move up unseen.
        made(cloud, "DeleteUser", UserName=seen[-1])
    assert (seen, page["Marker"]) == (names, "")


def test_the_secret_of_a_key_is_shown_once(cloud: Cloud) -> None:
    made(cloud, "CreateUser", UserName="alice")
    key = made(cloud, "CreateAccessKey", UserName="alice")["AccessKey"]
    assert key["Status"] == "Active"
    assert key["AccessKeyId"].startswith("emulator.key.")
    made(cloud, "ListAccessKeys", UserName="alice")
    shown = json.dumps([cloud.look("requests"), cloud.look("state")])
    assert key["AccessKeySecret"] not in shown
    listed = made(cloud, "ListAccessKeys", UserName="alice")["AccessKeys"]["AccessKey"]
    assert listed == [{name: key[name] for name in ("AccessKeyId", "Status", "CreateDate")}]


def test_a_key_works_until_it_is_switched_off(cloud: Cloud) -> None:
    alice = user(cloud, "alice")
    me = alice.good("GetCallerIdentity", product="Sts")
    assert (me["Arn"], me["IdentityType"]) == ("acs:ram::1000000000000001:user/alice", "RAMUser")
    assert me["UserId"] == made(cloud, "GetUser", UserName="alice")["User"]["UserId"]
    order = {"UserName": "alice", "UserAccessKeyId": alice.key}
    made(cloud, "UpdateAccessKey", **order, Status="Inactive")
    assert alice.call("DescribeInstances").outcome == "403 InvalidAccessKeyId.Inactive"
    made(cloud, "UpdateAccessKey", **order, Status="Active")
    assert alice.call("DescribeInstances").outcome == "200"
    made(cloud, "DeleteAccessKey", **order)
    assert alice.call("DescribeInstances").outcome == "404 InvalidAccessKeyId.NotFound"


def test_a_user_manages_its_own_keys_without_naming_itself(cloud: Cloud) -> None:
    alice = user(cloud, "alice")
    assert len(made(alice, "ListAccessKeys")["AccessKeys"]["AccessKey"]) == 1
    other = made(alice, "CreateAccessKey")["AccessKey"]["AccessKeyId"]
    made(alice, "DeleteAccessKey", UserAccessKeyId=other)
    assert len(made(cloud, "ListAccessKeys", UserName="alice")["AccessKeys"]["AccessKey"]) == 1


def test_a_group_and_its_members(cloud: Cloud) -> None:
    made(cloud, "CreateUser", UserName="alice", DisplayName="Al")
    made(cloud, "CreateGroup", GroupName="ops", Comments="night")
    made(cloud, "AddUserToGroup", UserName="alice", GroupName="ops")
    changed = made(cloud, "UpdateGroup", GroupName="ops", NewGroupName="day", NewComments="late")["Group"]
    assert changed == made(cloud, "GetGroup", GroupName="day")["Group"]
    joined = {"JoinDate": "2026-06-15T10:00:00Z"}
    (row,) = made(cloud, "ListUsersForGroup", GroupName="day")["Users"]["User"]
    assert row == {"UserName": "alice", "DisplayName": "Al", **joined}
    (row,) = made(cloud, "ListGroupsForUser", UserName="alice")["Groups"]["Group"]
    assert row == {"GroupId": changed["GroupId"], "GroupName": "day", "Comments": "late", **joined}
    made(cloud, "RemoveUserFromGroup", UserName="alice", GroupName="day")
    assert made(cloud, "ListUsersForGroup", GroupName="day")["Users"] == {"User": []}
    assert [row["GroupName"] for row in made(cloud, "ListGroups")["Groups"]["Group"]] == ["day"]


def test_a_role_as_clients_read_it(cloud: Cloud) -> None:
    tag = {"Tag.1.Key": "team", "Tag.1.Value": "web"}
    made(cloud, "CreateRole", RoleName="releaser", AssumeRolePolicyDocument=TRUST, Description="d", **tag)
    role = made(cloud, "GetRole", RoleName="releaser")["Role"]
    assert role["Arn"] == "acs:ram::1000000000000001:role/releaser"
    assert (role["AssumeRolePolicyDocument"], role["MaxSessionDuration"]) == (TRUST, 3600)
    (row,) = made(cloud, "ListRoles", Tag=json.dumps([{"Key": "team"}]))["Roles"]["Role"]
    assert (row["RoleId"], row["Tags"]) == (role["RoleId"], {"Tag": [{"TagKey": "team", "TagValue": "web"}]})
    assert made(cloud, "ListRoles", **{"Tag.1.Key": "other"})["Roles"] == {"Role": []}
    narrower = trusting("acs:ram::1000000000000001:user/alice")
    order = {"NewAssumeRolePolicyDocument": narrower, "NewMaxSessionDuration": 7200, "NewDescription": "e"}
    changed = made(cloud, "UpdateRole", RoleName="releaser", **order)["Role"]
    assert changed == made(cloud, "GetRole", RoleName="releaser")["Role"]
    assert (changed["AssumeRolePolicyDocument"], changed["Description"]) == (narrower, "e")


WORDS = {"TRUST": TRUST, "LOOK": LOOK, "LONG": "a" * 129}
WITH_POLICY = {"PolicyName": "look", "PolicyType": "Custom"}


@pytest.mark.parametrize(
    ("order", "outcome"),
    [
        ("CreateUser UserName=alice", "409 EntityAlreadyExists.User"),
        ("CreateUser UserName=al*ce", "400 InvalidParameter.UserName.InvalidChars"),
        ("CreateUser UserName=LONG", "400 InvalidParameter.UserName.Length"),
        ("CreateUser UserName=", "400 MissingParameter"),
        ("CreateUser UserName=c Email=nobody", "400 InvalidParameter.Email.Format"),
        ("CreateUser UserName=c MobilePhone=1", "400 InvalidParameter.MobilePhone.Format"),
        ("CreateUser UserName=c Comments=LONG", "400 InvalidParameter.Comments.Length"),
        ("UpdateUser UserName=bob NewUserName=alice", "409 EntityAlreadyExists.User"),
        ("UpdateUser UserName=bob NewUserName=*", "400 InvalidParameter.NewUserName.InvalidChars"),
        ("UpdateUser UserName=carol", "404 EntityNotExist.User"),
        ("DeleteUser UserName=carol", "404 EntityNotExist.User"),
        ("DeleteUser UserName=alice", "409 DeleteConflict.User.AccessKey"),
        ("ListUsers MaxItems=1001", "400 InvalidParameter.MaxItems"),
        ("ListUsers Marker=?", "400 InvalidParameter"),
        ("CreateAccessKey UserName=carol", "404 EntityNotExist.User"),
        ("UpdateAccessKey UserName=bob UserAccessKeyId=k Status=Active", "404 EntityNotExist.User.AccessKey"),
        ("CreateGroup GroupName=ops", "409 EntityAlreadyExists.Group"),
        ("GetGroup GroupName=none", "404 EntityNotExist.Group"),
        ("UpdateGroup GroupName=ops NewGroupName=empty", "409 EntityAlreadyExists.Group"),
        ("DeleteGroup GroupName=ops", "409 DeleteConflict.Group.User"),
        ("AddUserToGroup UserName=alice GroupName=ops", "409 EntityAlreadyExists.User.Group"),
        ("AddUserToGroup UserName=carol GroupName=ops", "404 EntityNotExist.User"),
        ("RemoveUserFromGroup UserName=bob GroupName=ops", "404 EntityNotExist.User.Group"),
        ("CreateRole RoleName=releaser AssumeRolePolicyDocument=TRUST", "409 EntityAlreadyExists.Role"),
        (
            "CreateRole RoleName=r_r AssumeRolePolicyDocument=TRUST",
            "400 InvalidParameter.RoleName.InvalidChars",
        ),
        ("CreateRole RoleName=r AssumeRolePolicyDocument=LOOK", "400 MalformedPolicyDocument"),
        (
            "UpdateRole RoleName=releaser NewMaxSessionDuration=60",
            "400 InvalidParameter.NewMaxSessionDuration",
        ),
        ("UpdateRole RoleName=none", "404 EntityNotExist.Role"),
        ("DeleteRole RoleName=releaser", "409 DeleteConflict.Role.Policy"),
        (
            "AttachPolicyToUser UserName=alice PolicyName=look PolicyType=Custom",
            "409 EntityAlreadyExists.User.Policy",
        ),
        ("AttachPolicyToUser UserName=bob PolicyName=look PolicyType=System", "404 EntityNotExist.Policy"),
        ("AttachPolicyToUser UserName=bob PolicyName=look PolicyType=Own", "400 InvalidParameter.PolicyType"),
        ("AttachPolicyToGroup GroupName=none PolicyName=look PolicyType=Custom", "404 EntityNotExist.Group"),
        ("AttachPolicyToRole RoleName=releaser PolicyName=p PolicyType=Custom", "404 EntityNotExist.Policy"),
        (
            "DetachPolicyFromUser UserName=bob PolicyName=look PolicyType=Custom",
            "404 EntityNotExist.User.Policy",
        ),
        (
            "DetachPolicyFromGroup GroupName=empty PolicyName=look PolicyType=Custom",
            "404 EntityNotExist.Group.Policy",
        ),
        ("ListPoliciesForRole RoleName=none", "404 EntityNotExist.Role"),
        ("DeletePolicy PolicyName=look", "409 DeleteConflict.Policy.User"),
        (
            "DecodeDiagnosticMessage EncodedDiagnosticMessage=none",
            "400 InvalidParameter.EncodedDiagnosticMessage",
        ),
    ],
)
def test_ram_refuses_and_changes_nothing(staffed: Cloud, order: str, outcome: str) -> None:
    before = staffed.look("state")
    action, *pairs = order.split(" ")
    parameters = {name: WORDS.get(value, value) for name, value in (pair.split("=") for pair in pairs)}
    assert ram(staffed, action, **parameters).outcome == outcome
    assert staffed.look("state") == before


def test_what_is_in_use_goes_step_by_step(staffed: Cloud) -> None:
    (key,) = made(staffed, "ListAccessKeys", UserName="alice")["AccessKeys"]["AccessKey"]
    made(staffed, "DeleteAccessKey", UserName="alice", UserAccessKeyId=key["AccessKeyId"])
    assert ram(staffed, "DeleteUser", UserName="alice").outcome == "409 DeleteConflict.User.Group"
    made(staffed, "RemoveUserFromGroup", UserName="alice", GroupName="ops")
    assert ram(staffed, "DeleteUser", UserName="alice").outcome == "409 DeleteConflict.User.Policy"
    made(staffed, "DetachPolicyFromUser", UserName="alice", **WITH_POLICY)
    made(staffed, "DeleteUser", UserName="alice")
    assert ram(staffed, "DeleteGroup", GroupName="ops").outcome == "409 DeleteConflict.Group.Policy"
    made(staffed, "DetachPolicyFromGroup", GroupName="ops", **WITH_POLICY)
    made(staffed, "DeleteGroup", GroupName="ops")
    made(staffed, "DetachPolicyFromRole", RoleName="releaser", **WITH_POLICY)
    made(staffed, "DeleteRole", RoleName="releaser")
    made(staffed, "DeletePolicy", PolicyName="look")


@pytest.mark.parametrize(
    ("most", "action", "order", "code"),
    [
        (2, "CreateAccessKey", {"UserName": "alice"}, "LimitExceeded.User.AccessKey"),
        (50, "CreateGroup", {"GroupName": "g{}"}, "LimitExceeded.Group"),
        (5, "AddUserToGroup", {"UserName": "alice", "GroupName": "g{}"}, "LimitExceeded.User.Group"),
    ],
)
def test_limits(cloud: Cloud, most: int, action: str, order: dict[str, str], code: str) -> None:
    made(cloud, "CreateUser", UserName="alice")
    for n in range(6 if action == "AddUserToGroup" else 0):
        made(cloud, "CreateGroup", GroupName=f"g{n}")
    orders = [{name: value.format(n) for name, value in order.items()} for n in range(most + 1)]
    for one in orders[:-1]:
        made(cloud, action, **one)
    assert ram(cloud, action, **orders[-1]).outcome == f"409 {code}"


def test_ram_knows_no_region_and_no_other_account(staffed: Cloud) -> None:
    assert ram(staffed, "GetUser", UserName="alice", RegionId="cn-beijing").status == 200
    other = Cloud(staffed.url, "emulator-b")
    assert ram(other, "GetUser", UserName="alice").outcome == "404 EntityNotExist.User"
    assert made(other, "ListUsers")["Users"] == {"User": []}
