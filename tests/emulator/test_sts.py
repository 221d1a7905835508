"""Temporary keys of roles: who gets them, whose they are, and when they end."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulator.cloud import Cloud
from tests.emulator.ram import ACCOUNT, allow, assume, document, made, session, trusting, user

ROLE = f"acs:ram::{ACCOUNT}:role/releaser"
ALICE = f"acs:ram::{ACCOUNT}:user/alice"


@pytest.fixture
def alice(cloud: Cloud) -> Cloud:
    made(cloud, "CreateRole", RoleName="releaser", AssumeRolePolicyDocument=trusting())
    return user(cloud, "alice")


def test_a_session_is_the_role(cloud: Cloud, alice: Cloud) -> None:
    reply = assume(alice, "releaser").body
    role = made(cloud, "GetRole", RoleName="releaser")["Role"]["RoleId"]
    name = f"acs:ram::{ACCOUNT}:assumed-role/releaser/nightly"
    assert reply["AssumedRoleUser"] == {"Arn": name, "AssumedRoleId": f"{role}:nightly"}
    assert reply["Credentials"]["Expiration"] == "2026-06-15T11:00:00Z"
    me = session(cloud, alice, "releaser").good("GetCallerIdentity", product="Sts")
    assert (me["Arn"], me["IdentityType"], me["AccountId"]) == (name, "AssumedRoleUser", ACCOUNT)
    assert (me["RoleId"], me["PrincipalId"]) == (role, f"{role}:nightly")


def test_a_session_ends_by_the_emulators_clock(cloud: Cloud, alice: Cloud) -> None:
    short = session(cloud, alice, "releaser", DurationSeconds=900)
    cloud.advance("PT14M59S")
    assert short.call("DescribeInstances").status == 200
    cloud.advance("PT1S")
    assert short.call("DescribeInstances").outcome == "400 InvalidSecurityToken.Expired"


@pytest.mark.parametrize(
    ("token", "outcome"),
    [
        ("", "400 MissingSecurityToken"),
        ("anything", "400 InvalidSecurityToken.Malformed"),
        ("emulator.token.0", "400 InvalidSecurityToken.MismatchWithAccessKey"),
    ],
)
def test_the_token_belongs_to_the_key(cloud: Cloud, alice: Cloud, token: str, outcome: str) -> None:
    caller = session(cloud, alice, "releaser")
    caller.token = token
    assert caller.call("DescribeInstances").outcome == outcome
    assert alice.call("DescribeInstances", {"SecurityToken": token}).status == (400 if token else 200)


@pytest.mark.parametrize(
    ("order", "outcome"),
    [
        ({"RoleArn": "releaser"}, "400 InvalidParameter.RoleArn"),
        ({"RoleArn": f"acs:ram::{ACCOUNT}:role/none"}, "404 EntityNotExist.Role"),
        ({"RoleSessionName": "x"}, "400 InvalidParameter.RoleSessionName"),
        ({"RoleSessionName": "a b"}, "400 InvalidParameter.RoleSessionName"),
        ({"RoleSessionName": ""}, "400 MissingParameter"),
        ({"DurationSeconds": 899}, "400 InvalidParameter.DurationSeconds"),
        ({"DurationSeconds": 3601}, "400 InvalidParameter.DurationSeconds"),
        ({"Policy": "{}"}, "400 InvalidParameter.PolicyGrammar"),
        ({"Policy": " " * 2049}, "400 InvalidParameter.PolicySize"),
        ({"ExternalId": "a b"}, "400 InvalidParameter.ExternalId"),
    ],
)
def test_assuming_refuses(cloud: Cloud, alice: Cloud, order: dict[str, Any], outcome: str) -> None:
    asked = {"RoleArn": ROLE, "RoleSessionName": "nightly", **order}
    assert alice.call("AssumeRole", asked, "Sts").outcome == outcome
    assert cloud.look("state")["ram_role_sessions"] == {}


def test_the_account_itself_cannot_assume(cloud: Cloud, alice: Cloud) -> None:
    refused = assume(cloud, "releaser")
    assert (refused.outcome, refused.body["Message"]) == (
        "403 NoPermission",
        "Roles may not be assumed by root accounts.",
    )


FROM_HOME = {"Condition": {"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}}}
WITH_ID = {"Condition": {"StringEquals": {"sts:ExternalId": "seven"}}}


@pytest.mark.parametrize(
    ("trust", "more", "outcome"),
    [
        (trusting(ALICE), {}, "200"),
        (trusting(f"acs:ram::{ACCOUNT}:user/bob"), {}, "403 NoPermission"),
        (trusting("acs:ram::1000000000000002:root"), {}, "403 NoPermission"),
        (trusting(ALICE, **FROM_HOME), {"SourceIp": "10.1.2.3"}, "200"),
        (trusting(ALICE, **FROM_HOME), {}, "403 NoPermission"),
        (trusting(ALICE, **WITH_ID), {"ExternalId": "seven"}, "200"),
        (trusting(ALICE, **WITH_ID), {}, "403 NoPermission"),
    ],
)
def test_trust_decides(cloud: Cloud, alice: Cloud, trust: str, more: dict[str, str], outcome: str) -> None:
    made(cloud, "UpdateRole", RoleName="releaser", NewAssumeRolePolicyDocument=trust)
    answer = assume(alice, "releaser", **more)
    assert answer.outcome == outcome
    if outcome != "200":
        assert answer.body["AccessDeniedDetail"]["PolicyType"] == "AssumeRolePolicy"


def test_a_role_of_another_account(cloud: Cloud, alice: Cloud) -> None:
    other = Cloud(cloud.url, "emulator-b")
    made(other, "CreateRole", RoleName="guest", AssumeRolePolicyDocument=trusting(ALICE))
    arn = {"RoleArn": "acs:ram::1000000000000002:role/guest", "RoleSessionName": "visit"}
    reply = alice.good("AssumeRole", arn, "Sts")
    assert reply["AssumedRoleUser"]["Arn"] == "acs:ram::1000000000000002:assumed-role/guest/visit"


def test_a_session_may_go_on_to_a_role_that_trusts_its_role(cloud: Cloud, alice: Cloud) -> None:
    made(cloud, "CreateRole", RoleName="next", AssumeRolePolicyDocument=trusting(ROLE))
    assert assume(alice, "next").outcome == "403 NoPermission"
    assert assume(session(cloud, alice, "releaser"), "next").outcome == "200"


def test_secrets_of_sessions_are_nowhere_to_be_read(cloud: Cloud, alice: Cloud) -> None:
    policy = document(allow("ecs:*"))
    given = assume(alice, "releaser", Policy=policy).body["Credentials"]
    caller = session(cloud, alice, "releaser")
    caller.good("DescribeInstances")
    shown = json.dumps([cloud.look("requests"), cloud.look("state")])
    for secret in (given["AccessKeySecret"], given["SecurityToken"], caller.token):
        assert secret not in shown
