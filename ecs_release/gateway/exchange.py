"""A session of a role for a token that a pipeline's platform has issued.

Nobody signs this call: the token is the proof, and what comes back lives for an hour. Imports the
gateway's own call and clients.
"""

import time
from dataclasses import dataclass, field

from ecs_release.domain.facts import Cloud
from ecs_release.gateway.call import Call, Caller
from ecs_release.gateway.clients import Clients
from ecs_release.gateway.errors import Malformed

EXCHANGE_SECONDS = 20.0
ACTION = "AssumeRoleWithOIDC"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The role, the provider that vouches for the token, the token, and a name for the audit trail."""

    role: str
    provider: str
    session_name: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """A temporary key; no part of it belongs into a log."""

    key_id: str = field(repr=False)
    secret: str = field(repr=False)
    token: str = field(repr=False)


def exchange(wanted: Wanted, cloud: Cloud) -> Session:
    """The session that AssumeRoleWithOIDC gives for the token; raises CloudError."""
    caller = Caller(Clients(cloud, anonymous=True), time.monotonic, time.sleep, EXCHANGE_SECONDS)
    asked = {
        "RoleArn": wanted.role,
        "OIDCProviderArn": wanted.provider,
        "OIDCToken": wanted.token,
        "RoleSessionName": wanted.session_name,
    }
    reply = caller.perform(Call(ACTION, asked, about=wanted.role))
    try:
        given = reply["Credentials"]
        return Session(given["AccessKeyId"], given["AccessKeySecret"], given["SecurityToken"])
    except (KeyError, TypeError):
        raise Malformed("", "the reply has no Credentials", "", ACTION, about=wanted.role) from None
