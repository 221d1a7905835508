"""A RAM user who has what `ecs-release doctor --policy` says, no more, or one right less."""

import json
from typing import Any

from ecs_release.gateway.stock_actions import ALL_ACTIONS
from tests.e2e.cloud import Cloud
from tests.e2e.world import World

# A state that forbids a call is answered with 403 as well.
NO_RIGHT = ("Forbidden.RAM", "NoPermission")
# Who asks for its own name or for an address needs no right.
FREE = {"", "DescribeEndpoints"}
Document = dict[str, Any]


def key_of(user: str) -> dict[str, str]:
    """The environment in which commands are this RAM user's."""
    return {"ALIBABA_CLOUD_ACCESS_KEY_ID": f"emulator-a-{user}"}


RELEASER = key_of("releaser")
PASS_ROLE = "ram:PassRole"
RIGHT_OF = {action.name: action.right for action in ALL_ACTIONS if action.right != PASS_ROLE}


def generated(world: World, *arguments: str) -> Document:
    """What our own command prints for the stack's declared terms, without state and credentials."""
    nobody = {"PULUMI_BACKEND_URL": "file:///nowhere", "ALIBABA_CLOUD_ACCESS_KEY_ID": ""}
    result = world.ecs_release("doctor", "--policy", *arguments, **nobody)
    assert result.code == 0, result.output
    document: Document = json.loads(result.output)
    return document


def rights_in(document: Document) -> set[str]:
    return {right for one in document["Statement"] for right in one["Action"]}


def without(document: Document, *rights: str) -> Document:
    """The document less some rights, which are in it."""
    assert set(rights) <= rights_in(document)
    left = [{**one, "Action": sorted(set(one["Action"]) - set(rights))} for one in document["Statement"]]
    return {**document, "Statement": [one for one in left if one["Action"]]}


def grant(cloud: Cloud, document: Document, user: str = "releaser") -> None:
    """Lets a user do just this, and nobody anything without a right."""
    cloud.call("CreateUser", "Ram", UserName=user)
    made = cloud.call("CreatePolicy", "Ram", PolicyName=user, PolicyDocument=json.dumps(document))
    assert "Policy" in made, made
    attached = {"PolicyType": "Custom", "PolicyName": user, "UserName": user}
    cloud.call("AttachPolicyToUser", "Ram", **attached)
    cloud.control("settings", {"enforce_ram": True})


def refused_calls(cloud: Cloud, since: int) -> list[str]:
    """The actions that RAM refused after a mark."""
    return [call["action"] for call in cloud.requests(since) if call["code"] in NO_RIGHT]


def used_rights(cloud: Cloud, since: int, user: str) -> set[str]:
    """The rights behind everything that a user has called after a mark."""
    key = key_of(user)["ALIBABA_CLOUD_ACCESS_KEY_ID"]
    calls = [call for call in cloud.requests(since) if call["access_key_id"] == key]
    passed = {PASS_ROLE for call in calls if call["parameters"].get("RamRoleName")}
    called = [str(call["action"]) for call in calls]
    return {RIGHT_OF.get(action, action) for action in called} - FREE | passed
