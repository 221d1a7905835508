"""Who the script is to the cloud: the caller's own keys, or a role's session for the pipeline's token.

The stock provider and our own code must act as the same session, and the stock one would want the
exchange declared in the stack's config; so it is made here, once for a command. Imports the gateway's
exchange, the project's files and the state's reader.
"""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from ecs_release.cli.output import Unusable
from ecs_release.cli.project import project_of
from ecs_release.cli.state import StateUnavailable, export_stack, records_in
from ecs_release.domain.facts import Cloud
from ecs_release.gateway.exchange import Session, Wanted, exchange
from ecs_release.runner.records import UnreadableRecord
from stacks.problems import InvalidConfig

KEY, SECRET, SESSION_TOKEN = (
    "ALIBABA_CLOUD_ACCESS_KEY_ID",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    "ALIBABA_CLOUD_SECURITY_TOKEN",
)
ROLE, PROVIDER = "ALIBABA_CLOUD_ROLE_ARN", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN"
TOKEN_FILE, TOKEN = "ALIBABA_CLOUD_OIDC_TOKEN_FILE", "ALIBABA_CLOUD_OIDC_TOKEN"
SESSION_NAME = "ALIBABA_CLOUD_ROLE_SESSION_NAME"
# GitHub gives a job an address and a pass to fetch the token with.
GITHUB_ADDRESS, GITHUB_PASS = "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
CENTRAL = "sts.aliyuncs.com"
AUDIENCE_VARIABLE, AUDIENCE = "ECS_RELEASE_OIDC_AUDIENCE", CENTRAL
BACKEND = "PULUMI_BACKEND_URL"
RUN_NUMBERS = ("GITHUB_RUN_ID", "CI_PIPELINE_ID")
TOKEN_SECONDS = 20
LONGEST_NAME = 64
_USED_UP = (ROLE, PROVIDER, TOKEN_FILE, TOKEN, GITHUB_ADDRESS, GITHUB_PASS)


def signed_in(stack: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment for what is started; raises Unusable and CloudError without a session."""
    if environment.get(KEY) or not (environment.get(ROLE) and environment.get(PROVIDER)):
        return dict(environment)
    wanted = Wanted(
        environment[ROLE], environment[PROVIDER], _session_name(stack, environment), _token(environment)
    )
    session = exchange(wanted, _cloud(stack))
    # The token is spent, and nothing below has a use for it.
    rest = {name: value for name, value in environment.items() if name not in _USED_UP}
    return {**rest, **_keys(session), **_bucket_keys(session, environment)}


def _keys(session: Session) -> dict[str, str]:
    return {KEY: session.key_id, SECRET: session.secret, SESSION_TOKEN: session.token}


def _bucket_keys(session: Session, environment: Mapping[str, str]) -> dict[str, str]:
    """The same session for a state in OSS, which the engine reaches through OSS's S3 interface."""
    is_oss = environment.get(BACKEND, "").startswith("s3://") and ".aliyuncs.com" in environment[BACKEND]
    if not is_oss or environment.get("AWS_ACCESS_KEY_ID"):
        return {}
    return {
        "AWS_ACCESS_KEY_ID": session.key_id,
        "AWS_SECRET_ACCESS_KEY": session.secret,
        "AWS_SESSION_TOKEN": session.token,
    }


def _session_name(stack: str, environment: Mapping[str, str]) -> str:
    """What ActionTrail shows beside each call: the stack and the pipeline's run."""
    run = next((environment[name] for name in RUN_NUMBERS if environment.get(name)), "")
    name = environment.get(SESSION_NAME) or f"ecs-release-{stack.rpartition('/')[2]}-{run}"
    return re.sub(r"[^A-Za-z0-9.@_-]", "-", name)[:LONGEST_NAME].rstrip("-")


def _cloud(stack: str) -> Cloud:
    """Where the role is asked for: as the file says, or the record of a stack whose file is gone already."""
    try:
        return project_of(stack).cloud
    except Unusable:
        return _recorded_cloud(stack) or Cloud("cn-hangzhou", sts=CENTRAL)
    except InvalidConfig as error:
        raise Unusable(str(error)) from None


def _recorded_cloud(stack: str) -> Cloud | None:
    try:
        return next((record.cloud for record in records_in(export_stack(stack))), None)
    # A state in OSS can't be read before there is a session.
    except (StateUnavailable, UnreadableRecord):
        return None


def _token(environment: Mapping[str, str]) -> str:
    token = _given_token(environment).strip()
    if not token:
        raise Unusable(
            f"{ROLE} is set and there is no token to take the role on with; set {TOKEN_FILE} or {TOKEN},"
            " or give the job `permissions: id-token: write` on GitHub"
        )
    return token


def _given_token(environment: Mapping[str, str]) -> str:
    if file := environment.get(TOKEN_FILE):
        try:
            return Path(file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Unusable(f"{TOKEN_FILE}: {file} cannot be read: {error}") from None
    if environment.get(GITHUB_ADDRESS) and not environment.get(TOKEN):
        return _fetched(environment)
    return environment.get(TOKEN, "")


def _fetched(environment: Mapping[str, str]) -> str:
    audience = urllib.parse.quote(environment.get(AUDIENCE_VARIABLE) or AUDIENCE, safe="")
    request = urllib.request.Request(
        f"{environment[GITHUB_ADDRESS]}&audience={audience}",
        headers={"Authorization": f"Bearer {environment.get(GITHUB_PASS, '')}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=TOKEN_SECONDS) as reply:
            return str(json.load(reply)["value"])
    # No word of the reply: it may be a token.
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unusable(f"the platform gave no token: {type(error).__name__}; run the job again") from None
