"""Two people, two roles: who may release cannot lift protection, who may lift protection cannot release.

The roles are made by a program of their own with the real CLI, taken on by AssumeRole, and judged by
what the emulator's RAM lets their sessions do.
"""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from tests.e2e.cloud import ROOT, Cloud
from tests.e2e.conftest import Worlds
from tests.e2e.world import STACK, Result, World, group

ACCOUNT = "1000000000000001"
WHO = {"releaser": "alice", "protector": "bob"}
PROVIDER = f"acs:ram::{ACCOUNT}:oidc-provider/pipelines"
PROGRAM = """
from pathlib import Path

import pulumi
import yaml

from components.roles import ReleaseRoles
from stacks.load import Context, load
from stacks.roles import Roles

config = yaml.safe_load(Path("stacks/Pulumi.t.yaml").read_text())["config"]
settings = load(config, Context("t", preview=True))
spec = Roles.model_validate({spec!r})
roles = ReleaseRoles("t", spec, settings.environment, cloud=settings.cloud)
pulumi.export("releaser", roles.releaser_arn)
pulumi.export("protector", roles.protector_arn)
"""
PIPELINE = {
    "provider": PROVIDER,
    "issuer": "https://issuer.example",
    "audience": "sts.example",
    "subjects": ["repo:shop/web:environment:t"],
}
SPEC: dict[str, Any] = {
    "project": "ecs-release",
    "stack": STACK,
    "releaser": {"principals": [f"acs:ram::{ACCOUNT}:user/alice"], "pipeline": PIPELINE},
    "protector": {"principals": [f"acs:ram::{ACCOUNT}:user/bob"]},
}
REFUSED = "Forbidden.RAM"


class Session:
    """A person who has taken on a role: plain calls, and our commands, with its temporary key."""

    def __init__(self, world: World, arn: str, person: str) -> None:
        self._world = world
        key = {"AccessKeyId": f"emulator-a-{person}"}
        told = world.cloud.call("AssumeRole", "Sts", RoleArn=arn, RoleSessionName="shift", **key)
        self.refusal = str(told.get("Code", ""))
        self._key: dict[str, str] = told.get("Credentials", {})

    def call(self, action: str, product: str = "Ecs", **parameters: Any) -> str:
        """The code of the answer, "" for done."""
        key = {name: self._key[name] for name in ("AccessKeyId", "SecurityToken")}
        answer = self._world.cloud.call(action, product, **key, **parameters)
        return "" if answer.get("Success") else str(answer.get("Code", ""))

    def destroy(self, **environment: str) -> Result:
        return self._world.pulumi(
            "destroy",
            "--yes",
            "--skip-preview",
            environment={
                "ALIBABA_CLOUD_ACCESS_KEY_ID": self._key["AccessKeyId"],
                "ALIBABA_CLOUD_ACCESS_KEY_SECRET": self._key["AccessKeySecret"],
                "ALIBABA_CLOUD_SECURITY_TOKEN": self._key["SecurityToken"],
                **environment,
            },
        )


def with_roles(worlds: Worlds, **changes: Any) -> tuple[World, dict[str, str]]:
    """A stack with one instance, the two roles made by another stack, and RAM in force; the ARNs."""
    world = worlds.up({"web": group(1, **changes)})
    world.write_config()
    world.stack = "roles"
    world.write_program(PROGRAM.format(spec=SPEC))
    assert world.pulumi("stack", "init", "roles").code == 0
    world.speak_tls()
    made = world.up()
    assert made.code == 0, made.output
    arns = json.loads(world.pulumi("stack", "output", "--json").output)
    world.stack, world.config = STACK, {}
    shutil.copy(ROOT / "__main__.py", world.project)
    for person in WHO.values():
        world.cloud.call("CreateUser", "Ram", UserName=person)
    may_assume(world.cloud)
    world.cloud.control("settings", {"enforce_ram": True})
    return world, arns


def may_assume(cloud: Cloud) -> None:
    """Each person may take on whatever role trusts him: the roles decide."""
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    document = json.dumps({"Version": "1", "Statement": [statement]})
    cloud.call("CreatePolicy", "Ram", PolicyName="assume", PolicyDocument=document)
    for person in WHO.values():
        told = {"PolicyName": "assume", "PolicyType": "Custom", "UserName": person}
        cloud.call("AttachPolicyToUser", "Ram", **told)


def stranger(cloud: Cloud) -> str:
    """Somebody else's instance in a network of his own."""
    (ours,) = cloud.instances.values()
    vpc = cloud.call("CreateVpc", "Vpc", CidrBlock="10.9.0.0/16")["VpcId"]
    place = {"VpcId": vpc, "CidrBlock": "10.9.0.0/24", "ZoneId": "cn-hangzhou-b"}
    order = {
        "ImageId": ours["ImageId"],
        "InstanceType": ours["InstanceType"],
        "VSwitchId": cloud.call("CreateVSwitch", "Vpc", **place)["VSwitchId"],
        "SecurityGroupId": cloud.call("CreateSecurityGroup", VpcId=vpc)["SecurityGroupId"],
    }
    made = cloud.call("RunInstances", **order)
    cloud.control("clock", {"advance": "PT1M"})
    return str(made["InstanceIdSets"]["InstanceIdSet"][0])


def test_a_protected_instance_takes_both_and_neither_alone(worlds: Worlds) -> None:
    world, arns = with_roles(worlds, deletion_protection=True)
    (instance,) = world.cloud.instances
    alice, bob = Session(world, arns["releaser"], "alice"), Session(world, arns["protector"], "bob")
    refused = alice.destroy()
    assert refused.code != 0
    assert f"web-0 {instance} protected" in refused.output
    assert alice.call("ModifyInstanceAttribute", InstanceId=instance, DeletionProtection="false") == REFUSED
    # A schedule would release it in spite of the protection, so neither may set one.
    for person in (alice, bob):
        timed = {"InstanceId": instance, "AutoReleaseTime": "2099-01-01T00:00:00Z"}
        assert person.call("ModifyInstanceAutoReleaseTime", **timed) == REFUSED
    assert world.cloud.instances[instance]["DeletionProtection"]
    for action, named in (("DeleteInstance", "InstanceId"), ("DeleteInstances", "InstanceId.1")):
        assert bob.call(action, **{named: instance, "Force": "true"}) == REFUSED
    assert bob.call("ModifyInstanceAttribute", InstanceId=instance, DeletionProtection="false") == ""
    assert bob.call("DeleteInstances", **{"InstanceId.1": instance, "Force": "true"}) == REFUSED
    assert list(world.cloud.instances) == [instance]
    done = alice.destroy()
    assert done.code == 0, done.output
    assert (world.cloud.instances, world.resources()) == ({}, {})


def test_terms_for_one_run_do_not_lift_what_the_role_may_not(worlds: Worlds) -> None:
    world, arns = with_roles(worlds, deletion_protection=True)
    alice = Session(world, arns["releaser"], "alice")
    lifting = {"ECS_RELEASE_TERMS": "web.on_protected=lift"}
    digest = alice.destroy(**lifting).output.split("ECS_RELEASE_APPROVE=")[1][:12]
    result = alice.destroy(**lifting, ECS_RELEASE_APPROVE=digest)
    assert result.code != 0
    assert "protection-cannot-be-lifted" in result.output
    assert "without the right ecs:ModifyInstanceAttribute" in result.output
    (left,) = world.cloud.instances.values()
    assert left["DeletionProtection"]


def test_the_roles_end_where_the_stack_ends(worlds: Worlds) -> None:
    world, arns = with_roles(worlds)
    other = stranger(world.cloud)
    alice, bob = Session(world, arns["releaser"], "alice"), Session(world, arns["protector"], "bob")
    assert alice.call("DeleteInstance", InstanceId=other, Force="true") == REFUSED
    assert bob.call("ModifyInstanceAttribute", InstanceId=other, DeletionProtection="true") == REFUSED
    # Nor can it be made the stack's own first.
    tags = {"Tag.1.Key": "ecs-release:stack", "Tag.1.Value": STACK}
    tags |= {"Tag.2.Key": "ecs-release:project", "Tag.2.Value": "ecs-release"}
    for person in (alice, bob):
        told = {"ResourceType": "instance", "ResourceId.1": other}
        assert person.call("TagResources", **told, **tags) == REFUSED
    done = alice.destroy()
    assert (done.code, list(world.cloud.instances)) == (0, [other]), done.output


@pytest.mark.parametrize(("kind", "person"), [("releaser", "bob"), ("protector", "alice")])
def test_nobody_takes_on_the_other_role(worlds: Worlds, kind: str, person: str) -> None:
    world, arns = with_roles(worlds)
    assert Session(world, arns[kind], person).refusal == "NoPermission"
    assert Session(world, arns[kind], WHO[kind]).refusal == ""
    trusted = json.dumps(world.cloud.state("ram_roles"))
    assert ("AssumeRoleWithOIDC" in trusted, PROVIDER in trusted) == (True, True)
