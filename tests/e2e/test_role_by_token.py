"""A pod with nothing but a token in a file: the stock provider and ours take on the role, each by itself."""

import json

from tests.e2e.conftest import Worlds
from tests.e2e.platform_identity import CHANGE, PROVIDER, Identities, role_arn
from tests.e2e.world import World, group

SUBJECT = "system:serviceaccount:ecs-release:ecs-release-dev"
KEYS = ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET")


def in_a_pod(world: World) -> str:
    """Takes the keys away and puts a token in their place, as a cluster does; returns the token."""
    identities = Identities(world.cloud)
    identities.set_up()
    identities.role("dev", [SUBJECT], CHANGE)
    token = identities.token(SUBJECT)
    file = world.folder / "token"
    file.write_text(token)
    for name in KEYS:
        del world.environment[name]
    world.environment |= {
        "ALIBABA_CLOUD_ROLE_ARN": role_arn("dev"),
        "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": PROVIDER,
        "ALIBABA_CLOUD_OIDC_TOKEN_FILE": str(file),
    }
    told = {"roleArn": role_arn("dev"), "oidcProviderArn": PROVIDER, "oidcTokenFile": str(file)}
    # As text, which is what the operator can give.
    world.config["alicloud:assumeRoleWithOidc"] = json.dumps({**told, "roleSessionName": "dev"})
    world.speak_tls()
    return token


def test_from_up_to_destroy_without_a_key(worlds: Worlds) -> None:
    world = worlds.empty()
    token = in_a_pod(world)
    world.groups = {"web": group(1)}
    mark = world.cloud.mark()
    assert world.up().code == 0
    assert set(world.cloud.members()) == {"web-0"}
    assert token not in json.dumps(world.resources())
    gone = world.destroy()
    assert gone.code == 0, gone.output
    assert world.cloud.instances == {}
    calls = [call for call in world.cloud.requests(mark) if call["action"] != "AssumeRoleWithOIDC"]
    assert all(call["access_key_id"].startswith("emulator.sts.") for call in calls)
    assert [call for call in calls if call["status"] in (401, 403)] == []


def test_a_role_that_does_not_trust_the_pod_is_not_had(worlds: Worlds) -> None:
    world = worlds.empty()
    in_a_pod(world)
    other = Identities(world.cloud)
    other.role("prod", ["system:serviceaccount:ecs-release:ecs-release-prod"], CHANGE)
    world.environment["ALIBABA_CLOUD_ROLE_ARN"] = role_arn("prod")
    told = json.loads(world.config["alicloud:assumeRoleWithOidc"])
    world.config["alicloud:assumeRoleWithOidc"] = json.dumps({**told, "roleArn": role_arn("prod")})
    world.groups = {"web": group(1)}
    refused = world.up()
    assert refused.code != 0
    assert "AuthenticationFail.NoPermission" in refused.output
    assert world.cloud.instances == {}
