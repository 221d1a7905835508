"""A RAM user of the shop who has the rights of a policy, and the runner acting as that user."""

from __future__ import annotations

import json
from typing import Any

from alibabacloud_credentials.client import Client as Credentials
from alibabacloud_credentials.models import Config
from pytest_mock import MockerFixture

from ecs_release.domain.facts import Charge
from ecs_release.domain.policies import policy
from ecs_release.domain.rights import Command, GroupNeeds, StackNeeds
from ecs_release.domain.terms import ReleaseTerms
from ecs_release.gateway import clients
from ecs_release.gateway.actions import ACTIONS
from ecs_release.runner.records import TermsModel
from tests.properties.shop import GROUP, PROJECT, REGION, STACK, Shop

KEY = "emulator-a-releaser"
# A state that forbids a call is answered with 403 as well.
NO_RIGHT = ("Forbidden.RAM", "NoPermission")
Document = dict[str, Any]


def needs(charge: Charge = Charge.PAY_AS_YOU_GO, **terms: Any) -> StackNeeds:
    """What the shop's stack declares, with one group under these terms."""
    declared = ReleaseTerms(**TermsModel(**terms).model_dump())
    return StackNeeds(PROJECT, STACK, REGION, (GroupNeeds(GROUP, declared, charge),))


def destroy_policy(declared: StackNeeds) -> Document:
    """What a destroy of the shop's stack takes, from the gateway's table alone."""
    return policy(ACTIONS.values(), Command.DESTROY, declared)


def without(document: Document, right: str) -> Document:
    """The document less one right, which is in it."""
    assert any(right in one["Action"] for one in document["Statement"]), f"{right} is not in the policy"
    left = [
        {**one, "Action": [name for name in one["Action"] if name != right]} for one in document["Statement"]
    ]
    return {**document, "Statement": [one for one in left if one["Action"]]}


def act_as_releaser(shop: Shop, mocker: MockerFixture, document: Document) -> None:
    """From here on the runner is this user, and nobody may anything without a right."""
    shop.good("CreateUser", {"UserName": "releaser"}, "Ram")
    shop.good("CreatePolicy", {"PolicyName": "p", "PolicyDocument": json.dumps(document)}, "Ram")
    attached = {"UserName": "releaser", "PolicyName": "p", "PolicyType": "Custom"}
    shop.good("AttachPolicyToUser", attached, "Ram")
    shop.control("settings", {"enforce_ram": True})
    key = Credentials(Config(type="access_key", access_key_id=KEY, access_key_secret="emulator"))
    mocker.patch.object(clients, "_default_credentials", return_value=key)


def refused_calls(shop: Shop) -> list[str]:
    """The actions that RAM refused to this user."""
    mine = [call for call in shop.look("requests?since=0") if call["access_key_id"] == KEY]
    return [call["action"] for call in mine if call["code"] in NO_RIGHT]
