"""Who am I, who may I be, and where is a product served (Sts 2015-04-01, Location 2015-06-12)."""

from __future__ import annotations

import re

from emulator import times
from emulator.access.policy import Asked, Judgement, judge, permissions, trust
from emulator.errors import ApiError, invalid_parameter
from emulator.registry import Call, Reply, action
from emulator.resources.oidc import OidcProvider
from emulator.resources.ram import RamRole, RoleSession
from emulator.rules.credentials import SESSION, TOKEN, new_secret
from emulator.rules.directory import named
from emulator.rules.rights import no_permission
from emulator.rules.scope import circumstances
from emulator.rules.tokens import Claims, claims_of

_ROLE = re.compile(r"acs:ram::([0-9]{16}):role/([A-Za-z0-9.-]{1,64})")
_PROVIDER = re.compile(r"acs:ram::([0-9]{16}):oidc-provider/([A-Za-z0-9._-]{1,128})")
_SESSION_NAME = re.compile(r"[A-Za-z0-9.@_-]{2,64}")
_EXTERNAL = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
_SHORTEST, _USUAL = 900, 3600
_LONGEST_POLICY = 2048


@action("Sts", "GetCallerIdentity")
def get_caller_identity(call: Call) -> Reply:
    """GetCallerIdentity: account and identity of the access key."""
    identity = call.identity
    return {
        "AccountId": identity.account_id,
        "UserId": "" if identity.role else identity.principal_id,
        "RoleId": identity.role_id,
        "PrincipalId": identity.principal_id,
        "Arn": identity.arn,
        "IdentityType": identity.type,
    }


@action(
    "Sts",
    "AssumeRole",
    "DurationSeconds Policy ExternalId SourceIdentity",
    required="RoleArn RoleSessionName",
)
def assume_role(call: Call) -> Reply:
    """AssumeRole: a temporary key of a role, for a RAM user or role that the role trusts."""
    if call.identity.type == "Account":
        raise ApiError(403, "NoPermission", "Roles may not be assumed by root accounts.")
    role = _role(call)
    session = _session(call, role)
    _must_be_trusted(call, role)
    call.world.store.add(session)
    return _credentials(call, role, session)


@action(
    "Sts",
    "AssumeRoleWithOIDC",
    "DurationSeconds Policy",
    required="RoleArn OIDCProviderArn OIDCToken RoleSessionName",
    ignored="AcceptLanguage",
)
def assume_role_with_oidc(call: Call) -> Reply:
    """AssumeRoleWithOIDC: the same for the token of an issuer that the role trusts; nobody signs the call."""
    provider = _provider(call)
    role = _role(call)
    claims = claims_of(call.world, provider, call.parameters.text("OIDCToken"))
    session = _session(call, role)
    _must_trust_token(call, role, provider, claims)
    call.world.store.add(session)
    token = {
        "Subject": claims.subject,
        "Issuer": claims.issuer,
        "ClientIds": claims.audience,
        "IssuanceTime": times.to_second(claims.issued_at),
        "ExpirationTime": times.to_second(claims.expires_at),
        "VerificationInfo": "Success",
    }
    return {**_credentials(call, role, session), "OIDCTokenInfo": token}


@action("Location", "DescribeEndpoints", "Id", required="ServiceCode", ignored="Type")
def describe_endpoints(call: Call) -> Reply:
    """DescribeEndpoints: every product is served at the address this call came to."""
    service = call.parameters.text("ServiceCode")
    endpoint = {
        "Endpoint": call.host,
        "Id": call.parameters.text("Id"),
        "Namespace": "",
        # The API spells it so, and clients read it so.
        "SerivceCode": service,
        "Type": "openAPI",
        "Protocols": {"Protocols": ["HTTP", "HTTPS"]},
    }
    return {"Success": True, "Endpoints": {"Endpoint": [endpoint]}}


def _role(call: Call) -> RamRole:
    match = _ROLE.fullmatch(call.parameters.text("RoleArn"))
    if match is None:
        raise _wrong("RoleArn")
    # A role may trust another account, so it is looked up in its own.
    role = named(call.world, RamRole, match.group(1), match.group(2))
    if role is None:
        raise ApiError(404, "EntityNotExist.Role", f"The role not exists: {match.group()}.")
    return role


def _provider(call: Call) -> OidcProvider:
    match = _PROVIDER.fullmatch(call.parameters.text("OIDCProviderArn"))
    found = named(call.world, OidcProvider, match.group(1), match.group(2)) if match else None
    if found is None:
        raise ApiError(401, "AuthenticationFail.NoPermission", "No such OIDC Provider registered.")
    return found


def _session(call: Call, role: RamRole) -> RoleSession:
    return RoleSession(
        id=new_secret(SESSION),
        account_id=role.account_id,
        region_id="",
        created_at=call.world.now,
        role_id=role.id,
        role_name=role.role_name,
        session_name=_session_name(call),
        secret=new_secret(),
        token=new_secret(TOKEN),
        policy=_session_policy(call),
        expires_at=call.world.now + _duration(call, role),
    )


def _session_name(call: Call) -> str:
    name = call.parameters.text("RoleSessionName")
    if not _SESSION_NAME.fullmatch(name):
        raise _wrong("RoleSessionName")
    return name


def _session_policy(call: Call) -> str:
    text = call.parameters.text("Policy")
    if len(text) > _LONGEST_POLICY:
        raise ApiError(400, "InvalidParameter.PolicySize", f"Policy is longer than {_LONGEST_POLICY}.")
    try:
        permissions(
            text or '{"Version": "1", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}'
        )
    except ValueError:
        error = "The parameter Policy has not passed grammar check."
        raise ApiError(400, "InvalidParameter.PolicyGrammar", error) from None
    return text


def _duration(call: Call, role: RamRole) -> int:
    most, code = role.max_session_duration, "InvalidParameter.DurationSeconds"
    return call.parameters.number("DurationSeconds", min(_USUAL, most), _SHORTEST, most, code)


def _must_be_trusted(call: Call, role: RamRole) -> None:
    external = call.parameters.text("ExternalId")
    if external and not _EXTERNAL.fullmatch(external):
        raise _wrong("ExternalId")
    identity = call.identity
    names = {identity.arn, f"acs:ram::{identity.account_id}:root"}
    if identity.role:
        names.add(f"acs:ram::{identity.account_id}:role/{identity.role}")
    statements = [one for one in trust(role.assume_role_policy_document) if one.trusts(names)]
    judgement = judge(statements, Asked(("sts:AssumeRole",), role.arn, circumstances(call)))
    if judgement is not Judgement.ALLOWED:
        raise no_permission(call, "sts:AssumeRole", role.arn, "AssumeRolePolicy", judgement)


def _must_trust_token(call: Call, role: RamRole, provider: OidcProvider, claims: Claims) -> None:
    statements = [one for one in trust(role.assume_role_policy_document) if one.trusts_provider(provider.arn)]
    said = {"oidc:iss": claims.issuer, "oidc:aud": claims.audience, "oidc:sub": claims.subject}
    asked = Asked(("sts:AssumeRole",), role.arn, {**circumstances(call), **said})
    if judge(statements, asked) is not Judgement.ALLOWED:
        raise ApiError(401, "AuthenticationFail.NoPermission", "There is no permission")


def _credentials(call: Call, role: RamRole, session: RoleSession) -> Reply:
    name = f"acs:ram::{role.account_id}:assumed-role/{role.role_name}/{session.session_name}"
    reply: Reply = {
        "AssumedRoleUser": {"Arn": name, "AssumedRoleId": f"{role.id}:{session.session_name}"},
        "Credentials": {
            "AccessKeyId": session.id,
            "AccessKeySecret": session.secret,
            "SecurityToken": session.token,
            "Expiration": times.to_second(session.expires_at),
        },
    }
    source = call.parameters.text("SourceIdentity")
    return {**reply, "SourceIdentity": source} if source else reply


def _wrong(parameter: str) -> ApiError:
    return invalid_parameter(parameter, "it is wrongly formed", f"InvalidParameter.{parameter}")
