"""A token for a session: by whom it is asked, what comes back, and that the token shows nowhere."""

import socket

import pytest
from alibabacloud_credentials.models import Config
from alibabacloud_tea_openapi.exceptions import ClientException

from ecs_release.domain.facts import Cloud
from ecs_release.gateway import exchange as exchanging
from ecs_release.gateway.clients import _role_by_token
from ecs_release.gateway.errors import CloudError, Malformed, Refused, Unreachable
from ecs_release.gateway.exchange import Session, Wanted, exchange
from tests.unit.gateway.scripted import CLOUD, Script

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"
WANTED = Wanted("acs:ram::1:role/r", "acs:ram::1:oidc-provider/p", "ecs-release-dev-7", TOKEN)
GIVEN = {"AccessKeyId": "key", "AccessKeySecret": "secret", "SecurityToken": "token"}


def test_what_is_asked_and_what_comes_back(cloud: Script) -> None:
    cloud.answers({"Credentials": GIVEN})
    session = exchange(WANTED, CLOUD)
    assert session == Session("key", "secret", "token")
    assert cloud.actions == ["AssumeRoleWithOIDC"]
    (asked,) = cloud.queries
    assert (asked["OIDCToken"], asked["RoleSessionName"]) == (TOKEN, "ecs-release-dev-7")
    assert not {"key", "secret", "token"} & set(repr(session).replace("()", "").split("'"))
    assert TOKEN not in repr(WANTED)


@pytest.mark.parametrize("reply", [{}, {"Credentials": None}, {"Credentials": {"AccessKeyId": "key"}}])
def test_a_reply_without_a_whole_session_is_none(cloud: Script, reply: dict[str, object]) -> None:
    cloud.answers(reply)
    with pytest.raises(Malformed, match="has no Credentials"):
        exchange(WANTED, CLOUD)


def test_a_refusal_says_which_role_was_asked_for(cloud: Script) -> None:
    refusal = {"Code": "AuthenticationFail.OIDCToken.Expired", "Message": "This JsonWebToken is expired."}
    refusal |= {"RequestId": "R-9"}
    cloud.answers(ClientException(code=refusal["Code"], data={**refusal, "statusCode": 401}))
    with pytest.raises(Refused) as refused:
        exchange(WANTED, CLOUD)
    assert "AssumeRoleWithOIDC of acs:ram::1:role/r: This JsonWebToken is expired" in str(refused.value)


def test_the_token_is_in_no_error_of_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """The network's own words repeat the address that was asked, and the token is in it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = f"127.0.0.1:{probe.getsockname()[1]}"
    monkeypatch.setattr(exchanging, "EXCHANGE_SECONDS", 0.5)
    with pytest.raises(Unreachable) as failed:
        exchange(WANTED, Cloud("cn-hangzhou", "HTTP", closed, closed, closed, closed))
    assert TOKEN.split(".")[1] not in str(failed.value)


def test_a_token_in_a_text_of_the_cloud_is_masked() -> None:
    error = CloudError("", f"no connection: /?Action=AssumeRoleWithOIDC&OIDCToken={TOKEN}&RoleArn=x")
    assert TOKEN not in str(error)
    assert "OIDCToken=***&RoleArn=x" in str(error)


BY_TOKEN = {
    "ALIBABA_CLOUD_ROLE_ARN": "role",
    "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": "provider",
    "ALIBABA_CLOUD_OIDC_TOKEN_FILE": "/token",
}


def test_a_configured_host_is_asked_for_the_role_too() -> None:
    config = _role_by_token("127.0.0.1:8443", BY_TOKEN)
    assert isinstance(config, Config)
    assert (config.type, config.sts_endpoint) == ("oidc_role_arn", "127.0.0.1:8443")
    assert (config.role_arn, config.oidc_provider_arn) == ("role", "provider")
    assert config.oidc_token_file_path == "/token"


@pytest.mark.parametrize(
    ("sts", "environment"),
    [
        ("", BY_TOKEN),
        ("127.0.0.1:8443", {**BY_TOKEN, "ALIBABA_CLOUD_ACCESS_KEY_ID": "emulator"}),
        ("127.0.0.1:8443", {**BY_TOKEN, "ALIBABA_CLOUD_ROLE_ARN": ""}),
        ("127.0.0.1:8443", {}),
    ],
)
def test_else_the_chain_decides_by_itself(sts: str, environment: dict[str, str]) -> None:
    assert _role_by_token(sts, environment) is None
