"""A RAM user who has what `ecs-release doctor --policy` says, no more, or one right less."""

import json
from typing import Any

from tests.e2e.cloud import Cloud
from tests.e2e.world import World

RELEASER = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "emulator-a-releaser"}
# A state that forbids a call is answered with 403 as well.
NO_RIGHT = ("Forbidden.RAM", "NoPermission")
Document = dict[str, Any]


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


def grant(cloud: Cloud, document: Document) -> None:
    """Lets the releaser do just this, and nobody anything without a right."""
    cloud.call("CreateUser", "Ram", UserName="releaser")
    made = cloud.call("CreatePolicy", "Ram", PolicyName="release", PolicyDocument=json.dumps(document))
    assert "Policy" in made, made
    attached = {"PolicyType": "Custom", "PolicyName": "release", "UserName": "releaser"}
    cloud.call("AttachPolicyToUser", "Ram", **attached)
    cloud.control("settings", {"enforce_ram": True})


def refused_calls(cloud: Cloud, since: int) -> list[str]:
    """The actions that RAM refused after a mark."""
    return [call["action"] for call in cloud.requests(since) if call["code"] in NO_RIGHT]
