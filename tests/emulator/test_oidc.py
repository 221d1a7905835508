"""Tokens of an outside issuer for sessions of a role: who is believed, and what is refused in which words."""

from __future__ import annotations

from typing import Any

import httpx
import jwt
import pytest

from tests.emulator.cloud import VERSIONS, Answer, Cloud
from tests.emulator.issuer import AUDIENCE, ISSUER, SUBJECT, Issuer
from tests.emulator.ram import ACCOUNT, document, granted, made

PROVIDER = f"acs:ram::{ACCOUNT}:oidc-provider/pipeline"
ROLE = f"acs:ram::{ACCOUNT}:role/releaser"
NOW = 1_781_517_600.0
TRUSTED = {"oidc:iss": ISSUER, "oidc:aud": AUDIENCE, "oidc:sub": SUBJECT}


def trusting(conditions: dict[str, str], provider: str = PROVIDER) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Federated": [provider]}}
    return document({**statement, "Condition": {"StringEquals": conditions}})


def ims(cloud: Cloud, action: str, **parameters: Any) -> Answer:
    return cloud.call(action, parameters, "Ims")


def unsigned(cloud: Cloud, token: str, **more: Any) -> Answer:
    """A call without a key, as clients send it: there is nothing yet to sign it with."""
    asked = {"Action": "AssumeRoleWithOIDC", "Version": VERSIONS["Sts"], "RoleArn": ROLE, "OIDCToken": token}
    asked |= {"OIDCProviderArn": PROVIDER, "RoleSessionName": "run-7", **more}
    reply = httpx.post(cloud.url, params=asked)
    return Answer(reply.status_code, reply.json(), reply.headers)


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def trusted(cloud: Cloud, issuer: Issuer) -> Cloud:
    """A cloud that takes the issuer's tokens for a role that may look."""
    provider = {"OIDCProviderName": "pipeline", "IssuerUrl": ISSUER, "ClientIds": f"other,{AUDIENCE}"}
    assert ims(cloud, "CreateOIDCProvider", **provider, Fingerprints="902ef2").status == 200
    made(cloud, "CreateRole", RoleName="releaser", AssumeRolePolicyDocument=trusting(TRUSTED))
    look = {"Effect": "Allow", "Action": "ecs:Describe*", "Resource": "*"}
    granted(cloud, "Role", "releaser", "look", document(look))
    cloud.event(publish=issuer.published)
    cloud.control("settings", {"enforce_ram": True})
    return cloud


def test_a_token_gives_a_session_that_may_what_the_role_may(trusted: Cloud, issuer: Issuer) -> None:
    token = issuer.token(NOW)
    reply = unsigned(trusted, token)
    assert reply.status == 200, reply.body
    assert reply.body["AssumedRoleUser"]["Arn"] == f"acs:ram::{ACCOUNT}:assumed-role/releaser/run-7"
    said = {"Issuer": ISSUER, "Subject": SUBJECT, "ClientIds": AUDIENCE, "VerificationInfo": "Success"}
    assert said.items() <= reply.body["OIDCTokenInfo"].items()
    given = reply.body["Credentials"]
    caller = Cloud(trusted.url, given["AccessKeyId"])
    signed = {"SecurityToken": given["SecurityToken"]}
    assert caller.call("DescribeDisks", signed).status == 200
    assert caller.call("CreateSecurityGroup", signed).outcome == "403 Forbidden.RAM"
    (logged,) = [one for one in trusted.look("requests") if one["action"] == "AssumeRoleWithOIDC"]
    assert (logged["access_key_id"], logged["parameters"]["OIDCToken"]) == ("", "***")


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"aud": "somebody"}, "OIDCToken.AudienceNotMatch"),
        ({"aud": ["somebody", AUDIENCE]}, ""),
        ({"iss": "https://other.example.com"}, "OIDCToken.IssuerNotMatch"),
        ({"exp": int(NOW)}, "OIDCToken.Expired"),
        ({"iat": int(NOW) - 13 * 3600}, "OIDCToken.Expired"),
        ({"iat": None}, "OIDCToken.Invalid"),
        ({"key_id": "unknown"}, "OIDCToken.InvalidSignature"),
        ({"sub": "repo:team/stacks:pull_request"}, "NoPermission"),
    ],
)
def test_what_a_token_says_decides(trusted: Cloud, issuer: Issuer, claims: dict[str, Any], code: str) -> None:
    expected = f"401 AuthenticationFail.{code}" if code else "200"
    assert unsigned(trusted, issuer.token(NOW, **claims)).outcome == expected


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("x" * 20_001, "Invalid"),
        ("a.b", "Invalid"),
        ("a.b.c", "Invalid"),
        (jwt.encode({"sub": "x"}, "secret" * 8, "HS256"), "Invalid"),
        (Issuer().token(NOW), "InvalidSignature"),
    ],
    ids=["too long", "two parts", "no JSON", "HS256", "a stranger's key"],
)
def test_what_is_no_token_of_the_issuer(trusted: Cloud, token: str, code: str) -> None:
    assert unsigned(trusted, token).outcome == f"401 AuthenticationFail.OIDCToken.{code}"
    assert trusted.look("state")["ram_role_sessions"] == {}


@pytest.mark.parametrize(
    ("more", "outcome"),
    [
        ({"OIDCProviderArn": f"{PROVIDER}x"}, "401 AuthenticationFail.NoPermission"),
        ({"RoleArn": "releaser"}, "400 InvalidParameter.RoleArn"),
        ({"RoleArn": f"{ROLE}x"}, "404 EntityNotExist.Role"),
        ({"RoleSessionName": "a b"}, "400 InvalidParameter.RoleSessionName"),
        ({"DurationSeconds": "60"}, "400 InvalidParameter.DurationSeconds"),
        ({"OIDCToken": ""}, "400 MissingParameter"),
    ],
)
def test_parameters(trusted: Cloud, issuer: Issuer, more: dict[str, Any], outcome: str) -> None:
    assert unsigned(trusted, issuer.token(NOW), **more).outcome == outcome


def test_another_call_needs_a_signature(trusted: Cloud) -> None:
    asked = {"Action": "GetCallerIdentity", "Version": VERSIONS["Sts"]}
    assert httpx.post(trusted.url, params=asked).json()["Code"] == "MissingParameter"


def test_the_role_has_to_trust_this_provider(trusted: Cloud, issuer: Issuer) -> None:
    other = trusting(TRUSTED, f"{PROVIDER}-other")
    made(trusted, "UpdateRole", RoleName="releaser", NewAssumeRolePolicyDocument=other)
    assert unsigned(trusted, issuer.token(NOW)).outcome == "401 AuthenticationFail.NoPermission"


def test_an_issuer_that_publishes_nothing_is_believed_nothing(trusted: Cloud, issuer: Issuer) -> None:
    silent = Issuer("https://silent.example.com")
    new = {"OIDCProviderName": "silent", "IssuerUrl": silent.url, "ClientIds": AUDIENCE}
    assert ims(trusted, "CreateOIDCProvider", **new).status == 200
    reply = unsigned(trusted, silent.token(NOW), OIDCProviderArn=f"acs:ram::{ACCOUNT}:oidc-provider/silent")
    assert reply.outcome == "401 AuthenticationFail.OIDCToken.HttpsUrlInvalid"


def test_the_life_of_a_provider(cloud: Cloud) -> None:
    new = {"OIDCProviderName": "p", "IssuerUrl": "https://a.example.com/x", "ClientIds": "one"}
    provider = ims(cloud, "CreateOIDCProvider", **new).body["OIDCProvider"]
    assert provider["Arn"] == f"acs:ram::{ACCOUNT}:oidc-provider/p"
    assert (provider["ClientIds"], provider["IssuanceLimitTime"]) == ("one", 12)
    changed = {"OIDCProviderName": "p", "ClientIds": "one,two", "IssuanceLimitTime": 1, "NewDescription": "d"}
    assert ims(cloud, "UpdateOIDCProvider", **changed).status == 200
    found = ims(cloud, "GetOIDCProvider", OIDCProviderName="p").body["OIDCProvider"]
    assert (found["ClientIds"], found["IssuanceLimitTime"], found["Description"]) == ("one,two", 1, "d")
    assert ims(cloud, "ListOIDCProviders").body["OIDCProviders"]["OIDCProvider"] == [found]
    assert ims(cloud, "DeleteOIDCProvider", OIDCProviderName="p").status == 200
    assert ims(cloud, "GetOIDCProvider", OIDCProviderName="p").outcome == "404 EntityNotExist.OIDCProvider"


@pytest.mark.parametrize(
    ("wrong", "outcome"),
    [
        ({"OIDCProviderName": "-p"}, "400 InvalidParameter.OIDCProviderName.InvalidChars"),
        ({"IssuerUrl": "http://a.example.com"}, "400 InvalidParameter.IssuerUrl"),
        ({"IssuerUrl": "https://a.example.com?x=1"}, "400 InvalidParameter.IssuerUrl"),
        ({"IssuerUrl": "https://[a"}, "400 InvalidParameter.IssuerUrl"),
        ({"IssuerUrl": ISSUER}, "409 EntityAlreadyExists.OIDCProvider.IssuerUrl"),
        ({"OIDCProviderName": "first"}, "409 EntityAlreadyExists.OIDCProvider"),
        ({"ClientIds": ",".join(map(str, range(51)))}, "409 LimitExceeded.OIDCProvider.ClientIds"),
        ({"Fingerprints": "a-b"}, "400 InvalidParameter.Fingerprints.InvalidChars"),
        ({"IssuanceLimitTime": 169}, "400 InvalidParameter.IssuanceLimitTime"),
    ],
)
def test_a_provider_is_refused(cloud: Cloud, wrong: dict[str, Any], outcome: str) -> None:
    assert ims(cloud, "CreateOIDCProvider", OIDCProviderName="first", IssuerUrl=ISSUER).status == 200
    new = {"OIDCProviderName": "second", "IssuerUrl": "https://b.example.com", **wrong}
    assert ims(cloud, "CreateOIDCProvider", **new).outcome == outcome


@pytest.mark.parametrize("value", [1, {"issuer": ISSUER}, {"issuer": ISSUER, "keys": [{"kty": "none"}]}])
def test_what_is_no_key_cannot_be_published(cloud: Cloud, value: Any) -> None:
    assert cloud.http.post("/_emulator/events", json={"publish": value}).status_code == 400
