"""What a team sets up in RAM so that a platform's tokens stand for roles, and the platform's side of it."""

import json
from dataclasses import dataclass, field

from tests.e2e.cloud import Cloud
from tests.emulator.issuer import AUDIENCE, Issuer

ACCOUNT = "1000000000000001"
PROVIDER = f"acs:ram::{ACCOUNT}:oidc-provider/platform"
LOOK = [
    "ecs:Describe*",
    "ecs:List*",
    "vpc:Describe*",
    "vpc:List*",
    "vpc:Get*",
    "bss:Describe*",
    "bssapi:Inquiry*",
]
CHANGE = ["ecs:*", "vpc:*", "bss:*", "bssapi:*"]


def role_arn(name: str) -> str:
    return f"acs:ram::{ACCOUNT}:role/{name}"


@dataclass
class Identities:
    """An issuer that a cloud trusts, and roles for its subjects; RAM is enforced."""

    cloud: Cloud
    issuer: Issuer = field(default_factory=Issuer)

    def set_up(self) -> None:
        told = {"OIDCProviderName": "platform", "IssuerUrl": self.issuer.url, "ClientIds": AUDIENCE}
        self.cloud.call("CreateOIDCProvider", "Ims", **told)
        self.cloud.control("events", {"publish": self.issuer.published})
        self.cloud.control("settings", {"enforce_ram": True})

    def role(self, name: str, subjects: list[str], rights: list[str]) -> None:
        """A role that tokens with these subjects may take on, with these rights and no others."""
        condition = {"StringLike": {"oidc:sub": subjects}, "StringEquals": {"oidc:aud": AUDIENCE}}
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Federated": [PROVIDER]}}
        document = {"Version": "1", "Statement": [{**trust, "Condition": condition}]}
        self.cloud.call("CreateRole", "Ram", RoleName=name, AssumeRolePolicyDocument=json.dumps(document))
        allowed = {"Effect": "Allow", "Action": rights, "Resource": "*"}
        policy = json.dumps({"Version": "1", "Statement": [allowed]})
        self.cloud.call("CreatePolicy", "Ram", PolicyName=name, PolicyDocument=policy)
        attached = {"PolicyType": "Custom", "PolicyName": name, "RoleName": name}
        self.cloud.call("AttachPolicyToRole", "Ram", **attached)

    def token(self, subject: str, audience: str = AUDIENCE) -> str:
        """A token of now, by the clock of the cloud."""
        return self.issuer.token(self.cloud.control("clock")["epoch"], sub=subject, aud=audience)
