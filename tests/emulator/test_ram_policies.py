"""Policies, their versions, attachments and tags, as the stock provider uses them too."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulator.cloud import Cloud
from tests.emulator.ram import LOOK, allow, document, made, ram, trusting

WRITE = document(allow("ecs:*"))
LOOKS = {"PolicyName": "look", "PolicyType": "Custom"}


def versions(cloud: Cloud) -> dict[str, bool]:
    rows = made(cloud, "ListPolicyVersions", **LOOKS)["PolicyVersions"]["PolicyVersion"]
    return {row["VersionId"]: row["IsDefaultVersion"] for row in rows}


@pytest.fixture
def policy(cloud: Cloud) -> Cloud:
    made(cloud, "CreatePolicy", PolicyName="look", PolicyDocument=LOOK, Description="eyes")
    return cloud


def test_a_policy_as_clients_read_it(policy: Cloud) -> None:
    reply = made(policy, "GetPolicy", **LOOKS)
    dates = {"CreateDate": "2026-06-15T10:00:00Z", "UpdateDate": "2026-06-15T10:00:00Z"}
    assert reply["Policy"] == {
        **LOOKS,
        **dates,
        "Description": "eyes",
        "DefaultVersion": "v1",
        "AttachmentCount": 0,
        "PolicyDocument": LOOK,
    }
    shown = reply["DefaultPolicyVersion"]
    assert (shown["PolicyDocument"], shown["VersionId"], shown["IsDefaultVersion"]) == (LOOK, "v1", True)
    made(policy, "UpdatePolicyDescription", PolicyName="look", NewDescription="open")
    assert made(policy, "GetPolicy", **LOOKS)["Policy"]["Description"] == "open"


def test_versions_come_into_force_and_make_room(policy: Cloud) -> None:
    made(policy, "CreatePolicyVersion", PolicyName="look", PolicyDocument=WRITE, SetAsDefault=True)
    for _ in range(3):
        made(policy, "CreatePolicyVersion", PolicyName="look", PolicyDocument=LOOK)
    assert versions(policy) == {"v1": False, "v2": True, "v3": False, "v4": False, "v5": False}
    one_more = {"PolicyName": "look", "PolicyDocument": LOOK}
    assert ram(policy, "CreatePolicyVersion", **one_more).outcome == "409 LimitExceeded.Policy.Version"
    rotate = "DeleteOldestNonDefaultVersionWhenLimitExceeded"
    made(policy, "CreatePolicyVersion", **one_more, RotateStrategy=rotate)
    assert list(versions(policy)) == ["v2", "v3", "v4", "v5", "v6"]
    made(policy, "SetDefaultPolicyVersion", PolicyName="look", VersionId="v6")
    assert made(policy, "GetPolicy", **LOOKS)["DefaultPolicyVersion"]["PolicyDocument"] == LOOK
    shown = made(policy, "GetPolicyVersion", **LOOKS, VersionId="v2")["PolicyVersion"]
    assert (shown["PolicyDocument"], shown["IsDefaultVersion"]) == (WRITE, False)
    made(policy, "DeletePolicyVersion", PolicyName="look", VersionId="v2")
    assert ram(policy, "DeletePolicy", PolicyName="look").outcome == "409 DeleteConflict.Policy.Version"
    made(policy, "DeletePolicy", PolicyName="look", CascadingDelete=True)
    assert ram(policy, "GetPolicy", **LOOKS).outcome == "404 EntityNotExist.Policy"


@pytest.mark.parametrize(
    ("action", "order", "outcome"),
    [
        ("GetPolicyVersion", {**LOOKS, "VersionId": "v9"}, "404 EntityNotExist.Policy.Version"),
        ("GetPolicyVersion", {**LOOKS, "VersionId": "9"}, "400 InvalidParameter.VersionId.Format"),
        ("DeletePolicyVersion", {"VersionId": "v1"}, "409 DeleteConflict.Policy.Version.Default"),
        ("SetDefaultPolicyVersion", {"VersionId": "v2"}, "404 EntityNotExist.Policy.Version"),
        ("CreatePolicyVersion", {"PolicyDocument": "{"}, "400 MalformedPolicyDocument"),
        ("CreatePolicyVersion", {"PolicyDocument": " " * 6145}, "400 InvalidParameter.PolicyDocument.Length"),
        ("CreatePolicy", {"PolicyDocument": LOOK}, "409 EntityAlreadyExists.Policy"),
        ("DeletePolicy", {"PolicyName": "AdministratorAccess"}, "404 EntityNotExist.Policy"),
        ("DeletePolicy", {"PolicyName": "a_b"}, "400 InvalidParameter.PolicyName.InvalidChars"),
    ],
)  # fmt: skip
def test_policies_refuse(policy: Cloud, action: str, order: dict[str, Any], outcome: str) -> None:
    before = policy.look("state")
    assert ram(policy, action, **{"PolicyName": "look", **order}).outcome == outcome
    assert policy.look("state") == before


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "ALLOW", "Action": "ecs:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "ecs:*"},
        {"Effect": "Allow", "Resource": "*"},
        {"Effect": "Allow", "Action": "ecs:*", "NotAction": "ecs:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "Describe", "Resource": "*"},
        {"Effect": "Allow", "Action": [], "Resource": "*"},
        {"Effect": "Allow", "Action": "ecs:*", "Resource": "*", "Colour": "red"},
        allow("ecs:*", Condition={"Likes": {"acs:SourceIp": "10.0.0.0/8"}}),
        allow("ecs:*", Condition={"IpAddress": {"acs:SourceIp": "home"}}),
        allow("ecs:*", Condition={"DateLessThan": {"acs:CurrentTime": "soon"}}),
        allow("ecs:*", Condition={"Bool": {"acs:MFAPresent": "perhaps"}}),
        allow("ecs:*", Principal={"RAM": "*"}),
    ],
)
def test_documents_that_are_none(cloud: Cloud, statement: dict[str, Any]) -> None:
    order = {"PolicyName": "p", "PolicyDocument": document(statement)}
    assert ram(cloud, "CreatePolicy", **order).outcome == "400 MalformedPolicyDocument"


def test_the_systems_policies_come_first(policy: Cloud) -> None:
    rows: list[dict[str, Any]] = []
    page: dict[str, Any] = {"IsTruncated": True, "Marker": ""}
    while page["IsTruncated"]:
        page = made(policy, "ListPolicies", MaxItems=5, Marker=page["Marker"])
        rows += page["Policies"]["Policy"]
    names = [row["PolicyName"] for row in rows]
    assert (names[0], names[-1], len(set(names))) == ("AdministratorAccess", "look", len(names))
    assert {"ReadOnlyAccess", "AliyunECSFullAccess", "AliyunECSReadOnlyAccess"} < set(names)
    (own,) = made(policy, "ListPolicies", PolicyType="Custom")["Policies"]["Policy"]
    assert (own["PolicyName"], own["Tags"]) == ("look", {"Tag": []})
    system = made(policy, "GetPolicy", PolicyName="AdministratorAccess", PolicyType="System")
    assert json.loads(system["DefaultPolicyVersion"]["PolicyDocument"])["Statement"][0]["Action"] == ["*"]


def test_who_has_a_policy(policy: Cloud) -> None:
    made(policy, "CreateUser", UserName="alice")
    made(policy, "CreateRole", RoleName="releaser", AssumeRolePolicyDocument=trusting())
    made(policy, "AttachPolicyToUser", UserName="alice", **LOOKS)
    made(policy, "AttachPolicyToRole", RoleName="releaser", **LOOKS)
    made(policy, "AttachPolicyToRole", RoleName="releaser", PolicyName="ReadOnlyAccess", PolicyType="System")
    found = made(policy, "ListEntitiesForPolicy", **LOOKS)
    assert [row["UserName"] for row in found["Users"]["User"]] == ["alice"]
    assert [row["RoleName"] for row in found["Roles"]["Role"]] == ["releaser"]
    assert found["Groups"] == {"Group": []}
    rows = made(policy, "ListPoliciesForRole", RoleName="releaser")["Policies"]["Policy"]
    assert [(row["PolicyName"], row["PolicyType"]) for row in rows] == [
        ("look", "Custom"),
        ("ReadOnlyAccess", "System"),
    ]
    (row,) = made(policy, "ListPoliciesForUser", UserName="alice")["Policies"]["Policy"]
    assert row == {
        **LOOKS,
        "Description": "eyes",
        "DefaultVersion": "v1",
        "AttachDate": "2026-06-15T10:00:00Z",
    }
    assert made(policy, "GetPolicy", **LOOKS)["Policy"]["AttachmentCount"] == 2
    made(policy, "DetachPolicyFromUser", UserName="alice", **LOOKS)
    assert ram(policy, "DeletePolicy", PolicyName="look").outcome == "409 DeleteConflict.Role.Policy"


def test_a_group_has_policies_too(policy: Cloud) -> None:
    made(policy, "CreateGroup", GroupName="ops")
    made(policy, "AttachPolicyToGroup", GroupName="ops", **LOOKS)
    (row,) = made(policy, "ListPoliciesForGroup", GroupName="ops")["Policies"]["Policy"]
    assert (row["PolicyName"], row["PolicyType"]) == ("look", "Custom")
    (row,) = made(policy, "ListEntitiesForPolicy", **LOOKS)["Groups"]["Group"]
    assert row == {"GroupName": "ops", "Comments": "", "AttachDate": "2026-06-15T10:00:00Z"}
    assert ram(policy, "DeletePolicy", PolicyName="look").outcome == "409 DeleteConflict.Policy.Group"


def test_at_most_five_custom_policies_for_a_role(cloud: Cloud) -> None:
    made(cloud, "CreateRole", RoleName="r", AssumeRolePolicyDocument=trusting())
    for n in range(6):
        made(cloud, "CreatePolicy", PolicyName=f"p{n}", PolicyDocument=LOOK)
    orders = [{"RoleName": "r", "PolicyName": f"p{n}", "PolicyType": "Custom"} for n in range(6)]
    outcomes = [ram(cloud, "AttachPolicyToRole", **order).outcome for order in orders]
    assert outcomes == ["200"] * 5 + ["409 LimitExceeded.Role.Policy"]
    made(cloud, "AttachPolicyToRole", RoleName="r", PolicyName="ReadOnlyAccess", PolicyType="System")


@pytest.mark.parametrize(
    ("names", "tags", "keys"),
    [
        ({"ResourceNames": '["look"]'}, {"Tag": '[{"Key": "a", "Value": "1"}]'}, {"TagKeys": '["a"]'}),
        ({"ResourceNames.1": "look"}, {"Tag.1.Key": "a", "Tag.1.Value": "1"}, {"TagKeys.1": "a"}),
        ({"ResourceNames.1": "look"}, {"Tag.1.Key": "a", "Tag.1.Value": "1"}, {"TagKey.1": "a"}),
        ({"ResourceNames.1": "look"}, {"Tag.1.Key": "a", "Tag.1.Value": "1"}, {"All": "true"}),
    ],
)
def test_tags_in_both_spellings(
    policy: Cloud, names: dict[str, str], tags: dict[str, str], keys: dict[str, str]
) -> None:
    made(policy, "TagResources", ResourceType="policy", **names, **tags)
    row = {"ResourceType": "policy", "ResourceName": "look", "TagKey": "a", "TagValue": "1"}
    assert made(policy, "ListTagResources", ResourceType="policy", **names)["TagResources"] == [row]
    assert made(policy, "ListTagResources", ResourceType="role")["TagResources"] == []
    made(policy, "UntagResources", ResourceType="policy", **names, **keys)
    assert made(policy, "ListTagResources", ResourceType="policy", **names)["TagResources"] == []


@pytest.mark.parametrize(
    ("order", "outcome"),
    [
        ({"ResourceType": "user"}, "400 InvalidParameter.ResourceType"),
        ({"ResourceNames": '["none"]'}, "404 EntityNotExist.Policy"),
        ({"ResourceNames": "look"}, "400 InvalidParameter.ResourceNames"),
        ({"ResourceNames": ""}, "400 MissingParameter"),
        ({"Tag.1.Key": ""}, "400 MissingParameter"),
        ({"Tag.1.Key": "acs:x"}, "400 InvalidTagKey.Malformed"),
    ],
)
def test_tagging_refuses(policy: Cloud, order: dict[str, str], outcome: str) -> None:
    good = {"ResourceType": "policy", "ResourceNames": '["look"]', "Tag.1.Key": "a", **order}
    assert ram(policy, "TagResources", **good).outcome == outcome


def test_every_account_has_its_default_resource_group(cloud: Cloud) -> None:
    rows = cloud.good("ListResourceGroups", product="ResourceManager")["ResourceGroups"]["ResourceGroup"]
    ((group, name, status),) = [(row["Id"], row["Name"], row["Status"]) for row in rows]
    assert (group[:3], len(group), name, status) == ("rg-", 18, "default", "OK")
    one = cloud.good("GetResourceGroup", {"ResourceGroupId": group}, "ResourceManager")["ResourceGroup"]
    assert one["RegionStatuses"]["RegionStatus"][0]["Status"] == "OK"
    for unfit in ({"Name": "x"}, {"Status": "Creating"}, {"ResourceGroupIds.1": "rg-0"}, {"PageNumber": 2}):
        reply = cloud.good("ListResourceGroups", unfit, "ResourceManager")
        assert reply["ResourceGroups"] == {"ResourceGroup": []}
    other = Cloud(cloud.url, "emulator-b").call(
        "GetResourceGroup", {"ResourceGroupId": group}, "ResourceManager"
    )
    assert other.outcome == "404 EntityNotExists.ResourceGroup"
