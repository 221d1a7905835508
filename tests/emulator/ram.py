"""Short words for RAM: documents, and the calls that a test needs before its own."""

from __future__ import annotations

import json
from typing import Any

from tests.emulator.cloud import Answer, Cloud

ACCOUNT = "1000000000000001"


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "1", "Statement": list(statements)})


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def trusting(*principals: str, **more: Any) -> str:
    trusted = {"RAM": list(principals or (f"acs:ram::{ACCOUNT}:root",))}
    return document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": trusted, **more})


LOOK = document(allow("ecs:Describe*"))


def ram(cloud: Cloud, action: str, **parameters: Any) -> Answer:
    return cloud.call(action, parameters, "Ram")


def made(cloud: Cloud, action: str, **parameters: Any) -> dict[str, Any]:
    return cloud.good(action, parameters, "Ram")


def granted(cloud: Cloud, holder: str, name: str, policy: str, text: str) -> None:
    """Make a policy and attach it to a User, Group or Role."""
    made(cloud, "CreatePolicy", PolicyName=policy, PolicyDocument=text)
    attached = {f"{holder}Name": name, "PolicyName": policy, "PolicyType": "Custom"}
    made(cloud, f"AttachPolicyTo{holder}", **attached)


def user(cloud: Cloud, name: str, *statements: dict[str, Any]) -> Cloud:
    """Make a user with a policy of these statements; return calls signed by its key."""
    made(cloud, "CreateUser", UserName=name)
    if statements:
        granted(cloud, "User", name, f"of-{name}", document(*statements))
    key = made(cloud, "CreateAccessKey", UserName=name)["AccessKey"]["AccessKeyId"]
    return Cloud(cloud.url, key)


class Session(Cloud):
    """Calls signed with the temporary key of a role."""

    def __init__(self, cloud: Cloud, credentials: dict[str, str]) -> None:
        super().__init__(cloud.url, credentials["AccessKeyId"])
        self.token = credentials["SecurityToken"]

    def call(self, action: str, parameters: Any = None, product: str = "Ecs") -> Answer:
        return super().call(action, {"SecurityToken": self.token, **(parameters or {})}, product)


def assume(caller: Cloud, role: str, **more: Any) -> Answer:
    arn = f"acs:ram::{ACCOUNT}:role/{role}"
    return caller.call("AssumeRole", {"RoleArn": arn, "RoleSessionName": "nightly", **more}, "Sts")


def session(cloud: Cloud, caller: Cloud, role: str, **more: Any) -> Session:
    answer = assume(caller, role, **more)
    assert answer.status == 200, answer.body
    return Session(cloud, answer.body["Credentials"])
