"""What RAM users and sessions may do once RAM is enforced."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.cloud import REGION, Cloud, Server
from tests.emulator.ram import (
    ACCOUNT,
    allow,
    assume,
    deny,
    document,
    granted,
    made,
    ram,
    session,
    trusting,
    user,
)

HERE = f"acs:ecs:{REGION}:{ACCOUNT}:instance"


@pytest.fixture
def enforced(cloud: Cloud) -> Cloud:
    cloud.control("settings", {"enforce_ram": True})
    return cloud


def outcome_of(cloud: Cloud, caller: Cloud, action: str, instance: str, **more: Any) -> str:
    return caller.call(action, {"InstanceId": instance, "DryRun": True, **more}).outcome


PASSED, REFUSED = "400 DryRunOperation", "403 Forbidden.RAM"
DELETE = "ecs:DeleteInstance"


@pytest.mark.parametrize(
    ("reason", "statements", "outcome"),
    [
        ("nothing is said", [], REFUSED),
        ("it is allowed", [allow(DELETE)], PASSED),
        ("its case does not matter", [allow("ECS:deleteinstance")], PASSED),
        ("everything is", [allow("*")], PASSED),
        ("all deletes are", [allow("ecs:Delete*")], PASSED),
        ("a letter is open", [allow("ecs:DeleteInstanc?")], PASSED),
        ("the plural is another action", [allow("ecs:DeleteInstances")], REFUSED),
        ("another product", [allow("vpc:*")], REFUSED),
        ("everything else", [allow([]) | {"Action": None, "NotAction": DELETE}], REFUSED),
        ("all but another", [allow([]) | {"Action": None, "NotAction": "ecs:Run*"}], PASSED),
        ("a Deny wins", [allow("*"), deny(DELETE)], REFUSED),
        ("a Deny of something else", [allow("*"), deny("ecs:RunInstances")], PASSED),
        ("this instance", [allow(DELETE, f"{HERE}/ID")], PASSED),
        ("any instance", [allow(DELETE, "acs:ecs:*:*:instance/*")], PASSED),
        ("another region", [allow(DELETE, f"acs:ecs:cn-beijing:{ACCOUNT}:instance/*")], REFUSED),
        ("another instance", [allow(DELETE, f"{HERE}/i-0")], REFUSED),
        ("disks only", [allow(DELETE, "acs:ecs:*:*:disk/*")], REFUSED),
        ("all but this", [allow("*", []) | {"Resource": None, "NotResource": f"{HERE}/ID"}], REFUSED),
        ("all but another", [allow("*", []) | {"Resource": None, "NotResource": f"{HERE}/i-0"}], PASSED),
        ("not this one", [allow("*"), deny("*", f"{HERE}/ID")], REFUSED),
    ],
)
def test_statements(enforced: Cloud, reason: str, statements: list[Any], outcome: str) -> None:
    instance = enforced.run()
    text = json.dumps([{k: v for k, v in one.items() if v is not None} for one in statements])
    alice = user(enforced, "alice", *json.loads(text.replace("ID", instance)))
    assert outcome_of(enforced, alice, "DeleteInstance", instance, Force=True) == outcome
    # The region of the resource counts where the call names none.
    assert outcome_of(enforced, alice, "DeleteInstance", instance, Force=True, RegionId="") == outcome


@pytest.mark.parametrize(
    ("condition", "more", "outcome"),
    [
        ({"StringEquals": {"acs:ResourceTag/team": ["web", "db"]}}, {}, PASSED),
        ({"StringEquals": {"ecs:tag/team": "web"}}, {}, PASSED),
        ({"StringEquals": {"acs:resourcetag/team": "db"}}, {}, REFUSED),
        ({"StringEquals": {"acs:ResourceTag/Team": "web"}}, {}, REFUSED),
        ({"StringLike": {"acs:ResourceTag/team": "w*"}}, {}, PASSED),
        ({"StringNotLike": {"acs:ResourceTag/team": "w*"}}, {}, REFUSED),
        ({"StringNotEquals": {"acs:ResourceTag/other": "x"}}, {}, PASSED),
        ({"StringEqualsIgnoreCase": {"acs:ResourceTag/team": "WEB"}}, {}, PASSED),
        ({"IpAddress": {"acs:SourceIp": "127.0.0.0/8"}}, {}, PASSED),
        ({"IpAddress": {"acs:SourceIp": "127.0.0.0/8"}}, {"SourceIp": "10.0.0.1"}, REFUSED),
        ({"NotIpAddress": {"acs:SourceIp": ["10.0.0.0/8"]}}, {"SourceIp": "10.0.0.1"}, REFUSED),
        ({"DateLessThan": {"acs:CurrentTime": "2026-06-15T18:00:01+08:00"}}, {}, PASSED),
        ({"DateLessThan": {"acs:CurrentTime": "2026-06-15T09:59:59Z"}}, {}, REFUSED),
        ({"DateGreaterThan": {"acs:CurrentTime": "2026-06-15T09:59:59Z"}}, {}, PASSED),
        ({"Bool": {"acs:SecureTransport": True}}, {}, REFUSED),
        ({"Bool": {"acs:SecureTransport": "true"}}, {"SecureTransport": "true"}, PASSED),
        ({"Bool": {"acs:MFAPresent": "false"}}, {}, PASSED),
        ({"NumericLessThan": {"acs:ResourceTag/cost": 10}}, {}, PASSED),
        ({"NumericGreaterThanEquals": {"acs:ResourceTag/cost": "10"}}, {}, REFUSED),
        ({"NumericLessThan": {"acs:ResourceTag/team": 10}}, {}, REFUSED),
        ({"StringEquals": {"acs:RegionId": REGION}}, {}, PASSED),
        ({"StringEquals": {"acs:RegionId": REGION, "acs:ResourceTag/team": "db"}}, {}, REFUSED),
    ],
)
def test_conditions(enforced: Cloud, condition: Any, more: dict[str, str], outcome: str) -> None:
    tags = {"Tag.1.Key": "team", "Tag.1.Value": "web", "Tag.2.Key": "cost", "Tag.2.Value": "9"}
    instance = enforced.run(tags)
    enforced.control("clock", {"set": "2026-06-15T10:00:00Z"})
    alice = user(enforced, "alice", allow(DELETE, Condition=condition))
    assert outcome_of(enforced, alice, "DeleteInstance", instance, Force=True, **more) == outcome


def test_what_may_be_asked_for_is_a_matter_of_tags(enforced: Cloud) -> None:
    tagged = {"StringEquals": {"acs:RequestTag/team": "web"}}
    alice = user(enforced, "alice", allow("ecs:*", Condition=tagged), allow("vpc:*"))
    order = {**enforced.order(), "Tag.1.Key": "team"}
    assert alice.call("RunInstances", {**order, "Tag.1.Value": "db"}).outcome == REFUSED
    assert alice.call("RunInstances", {**order, "Tag.1.Value": "web"}).status == 200


def test_ids_count_wherever_they_stand_in_a_call(enforced: Cloud) -> None:
    order = enforced.order()
    switch = order.pop("VSwitchId")
    alice = user(enforced, "alice", allow("*"), deny("*", f"acs:vpc:*:*:vswitch/{switch}"))
    assert alice.call("RunInstances", {**order, "VSwitchId": switch}).outcome == REFUSED
    assert alice.call("RunInstances", {**order, "NetworkInterface.1.VSwitchId": switch}).outcome == REFUSED


def test_every_resource_of_a_call_must_be_allowed(enforced: Cloud) -> None:
    mine, other = enforced.run(), enforced.run()
    alice = user(enforced, "alice", allow("ecs:DeleteInstances", f"{HERE}/{mine}"))
    both = {"InstanceId.1": mine, "InstanceId.2": other, "Force": True}
    assert alice.call("DeleteInstances", both).outcome == REFUSED
    assert alice.call("DeleteInstances", {**both, "InstanceId.2": ""}).status == 200
    enforced.advance("PT2S")
    assert [row["InstanceId"] for row in enforced.instances()] == [other]


def test_who_may_not_look_sees_nothing_and_a_dry_run_tells(enforced: Cloud) -> None:
    instance, other = enforced.run(), enforced.run()
    ids = {"InstanceIds": json.dumps([instance])}
    alice = user(enforced, "alice")
    assert (alice.instances(), alice.instances(**ids)) == ([], [])
    assert alice.good("DescribeInstances")["TotalCount"] == 0
    assert alice.call("DescribeInstances", {**ids, "DryRun": True}).outcome == REFUSED
    granted(enforced, "User", "alice", "one", document(allow("ecs:DescribeInstances", f"{HERE}/{instance}")))
    assert [row["InstanceId"] for row in alice.instances(**ids)] == [instance]
    assert alice.call("DescribeInstances", {**ids, "DryRun": True}).outcome == PASSED
    assert alice.instances(InstanceIds=json.dumps([instance, other])) == []
    assert alice.instances() == []
    assert alice.call("DescribeDisks").outcome == REFUSED


def test_a_refusal_says_who_lacks_what(enforced: Cloud) -> None:
    alice = user(enforced, "alice", deny("ecs:*"))
    refused = alice.call("DeleteInstance", {"InstanceId": "i-0"}).body
    detail = refused["AccessDeniedDetail"]
    message = detail.pop("EncodedDiagnosticMessage")
    assert detail == {
        "AuthAction": "ecs:DeleteInstance",
        "AuthPrincipalType": "SubUser",
        "AuthPrincipalOwnerId": ACCOUNT,
        "AuthPrincipalDisplayName": made(enforced, "GetUser", UserName="alice")["User"]["UserId"],
        "NoPermissionType": "ExplicitDeny",
        "PolicyType": "AccountLevelIdentityBasedPolicy",
    }
    asked = {"EncodedDiagnosticMessage": message}
    decoded = made(enforced, "DecodeDiagnosticMessage", **asked)["DecodedDiagnosticMessage"]
    assert (decoded["AuthResource"], decoded["ExplicitDeny"]) == (f"{HERE}/i-0", True)
    other = ram(Cloud(enforced.url, "emulator-b"), "DecodeDiagnosticMessage", **asked)
    assert other.outcome == "400 InvalidParameter.EncodedDiagnosticMessage"


def test_refused_calls_change_nothing(enforced: Cloud) -> None:
    alice, before = user(enforced, "alice"), enforced.look("state")
    assert ram(alice, "CreateUser", UserName="mallory").outcome == "403 NoPermission"
    assert alice.call("CreateVpc", product="Vpc").outcome == REFUSED
    assert enforced.look("state") == before


def test_names_of_ram_are_resources(enforced: Cloud) -> None:
    made(enforced, "CreateRole", RoleName="free", AssumeRolePolicyDocument=trusting())
    made(enforced, "CreateRole", RoleName="closed", AssumeRolePolicyDocument=trusting())
    alice = user(enforced, "alice", allow("ram:*", ["acs:ram:*:*:role/free", "acs:ram:*:system:policy/*"]))
    reads = {"PolicyName": "ReadOnlyAccess", "PolicyType": "System"}
    orders: list[tuple[str, dict[str, str]]] = [
        ("GetRole", {}),
        ("AttachPolicyToRole", reads),
        ("TagResources", {"ResourceType": "role", "Tag.1.Key": "a"}),
    ]
    for action, order in orders:
        for role, outcome in (("free", "200"), ("closed", "403 NoPermission")):
            named = {"ResourceNames.1": role} if action == "TagResources" else {"RoleName": role}
            assert ram(alice, action, **order, **named).outcome == outcome


def test_rights_come_through_groups_and_go_with_them(enforced: Cloud) -> None:
    alice = user(enforced, "alice")
    made(enforced, "CreateGroup", GroupName="ops")
    granted(enforced, "Group", "ops", "disks", document(allow("ecs:DescribeDisks")))
    made(enforced, "AddUserToGroup", UserName="alice", GroupName="ops")
    assert alice.call("DescribeDisks").status == 200
    made(enforced, "RemoveUserFromGroup", UserName="alice", GroupName="ops")
    assert alice.call("DescribeDisks").outcome == REFUSED


def test_the_version_in_force_counts(enforced: Cloud) -> None:
    alice = user(enforced, "alice", allow("ecs:DescribeDisks"))
    silent = document(allow("ecs:DescribeVpcs"))
    made(enforced, "CreatePolicyVersion", PolicyName="of-alice", PolicyDocument=silent, SetAsDefault=True)
    assert alice.call("DescribeDisks").outcome == REFUSED
    made(enforced, "SetDefaultPolicyVersion", PolicyName="of-alice", VersionId="v1")
    assert alice.call("DescribeDisks").status == 200


def test_a_key_that_names_a_user_has_the_rights_of_that_user(enforced: Cloud) -> None:
    alice = Cloud(enforced.url, "emulator-a-alice")
    assert alice.call("DescribeDisks").outcome == REFUSED
    made(enforced, "CreateUser", UserName="alice")
    granted(enforced, "User", "alice", "disks", document(allow("ecs:DescribeDisks")))
    assert alice.call("DescribeDisks").status == 200
    shown = made(enforced, "GetUser", UserName="alice")["User"]["UserId"]
    assert alice.good("GetCallerIdentity", product="Sts")["UserId"] == shown
    assert Cloud(enforced.url, "emulator-b-alice").call("DescribeDisks").outcome == REFUSED


@pytest.mark.parametrize(
    ("policy", "outcomes"),
    [
        ("AdministratorAccess", ["200", "200", "200", "200"]),
        ("ReadOnlyAccess", ["200", REFUSED, "200", "200"]),
        ("AliyunECSFullAccess", ["200", "200", "403 NoPermission", "403 NoPermission"]),
        ("AliyunECSReadOnlyAccess", ["200", REFUSED, "403 NoPermission", "403 NoPermission"]),
        ("AliyunBSSReadOnlyAccess", [REFUSED, REFUSED, "403 NoPermission", "200"]),
        ("AliyunRAMReadOnlyAccess", [REFUSED, REFUSED, "200", "403 NoPermission"]),
    ],
)
def test_system_policies(enforced: Cloud, policy: str, outcomes: list[str]) -> None:
    alice, group = user(enforced, "alice"), enforced.network()["SecurityGroupId"]
    made(enforced, "AttachPolicyToUser", UserName="alice", PolicyName=policy, PolicyType="System")
    calls = [
        ("DescribeDisks", {}, "Ecs"),
        ("DeleteSecurityGroup", {"SecurityGroupId": group}, "Ecs"),
        ("ListUsers", {}, "Ram"),
        ("QueryAvailableInstances", {"ProductCode": "ecs"}, "BssOpenApi"),
    ]
    assert [alice.call(*one).outcome for one in calls] == outcomes


@pytest.mark.parametrize("action", ["bss:RefundBatchRemainRefund", "bssapi:RefundInstance"])
def test_a_refund_may_be_granted_by_two_names(enforced: Cloud, action: str) -> None:
    alice = user(enforced, "alice", allow(action))
    order = {"InstanceId": "i-0", "ProductCode": "ecs", "ProductType": "", "ImmediatelyRelease": "1"}
    assert alice.call("RefundInstance", order, "BssOpenApi").body["Code"] == "ResourceNotExists"
    bob = user(enforced, "bob", allow("*"), deny(action))
    assert bob.call("RefundInstance", order, "BssOpenApi").outcome == "403 NoPermission"


def test_a_session_has_what_role_and_session_policy_both_allow(enforced: Cloud) -> None:
    made(enforced, "CreateRole", RoleName="releaser", AssumeRolePolicyDocument=trusting())
    granted(enforced, "Role", "releaser", "looks", document(allow("ecs:Describe*")))
    alice = user(enforced, "alice")
    assert assume(alice, "releaser").outcome == "403 NoPermission"
    granted(
        enforced, "User", "alice", "assume", document(allow("sts:AssumeRole", "acs:ram:*:*:role/releaser"))
    )
    whole = session(enforced, alice, "releaser")
    assert whole.call("DescribeDisks").status == 200
    assert whole.call("CreateSecurityGroup").outcome == REFUSED
    limited = session(
        enforced, alice, "releaser", Policy=document(allow(["ecs:DescribeInstances", "ecs:Run*"]))
    )
    refused = limited.call("DescribeDisks")
    detail = refused.body["AccessDeniedDetail"]
    assert (refused.outcome, detail["PolicyType"]) == (REFUSED, "SessionPolicy")
    assert (detail["AuthPrincipalType"], detail["AuthPrincipalDisplayName"]) == (
        "AssumedRoleUser",
        "releaser:nightly",
    )
    # What the session policy alone allows, the role does not get.
    refused = limited.call("RunInstances")
    assert refused.body["AccessDeniedDetail"]["PolicyType"] == "AccountLevelIdentityBasedPolicy"


def test_serve_can_enforce_from_the_start(database: Path) -> None:
    server = Server(database, "--enforce-ram")
    alice = Cloud(server.url, "emulator-a-alice")
    assert alice.call("DescribeDisks").outcome == REFUSED
    assert alice.call("GetCallerIdentity", product="Sts").status == 200
    assert Cloud(server.url).call("DescribeDisks").status == 200
    alice.control("settings", {"enforce_ram": False})
    assert alice.call("DescribeDisks").status == 200
    server.end()
