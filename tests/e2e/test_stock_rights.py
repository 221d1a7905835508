"""Roles and policies by the stock provider: what a team sets up so that others may release."""

import json

from tests.e2e.conftest import Worlds

TRUST = {
    "Version": "1",
    "Statement": [
        {
            "Action": "sts:AssumeRole",
            "Effect": "Allow",
            "Principal": {"RAM": ["acs:ram::1000000000000001:root"]},
        }
    ],
}
PROGRAM = """
import json
import pulumi
import pulumi_alicloud as alicloud
from pulumi_alicloud import ram, resourcemanager

TRUST = {trust!r}
document = json.dumps(dict(Version="1", Statement=[dict(Effect="Allow", Action={action!r}, Resource="*")]))
role = ram.Role("role", role_name="releaser", assume_role_policy_document=json.dumps(TRUST),
                tags=dict(team="web"), force=True)
policy = ram.Policy("policy", policy_name="release", policy_document=document, description={about!r},
                    tags=dict(team={about!r}), force=True)
ram.RolePolicyAttachment("attachment", role_name=role.role_name, policy_name=policy.policy_name,
                         policy_type=policy.type)
ram.RolePolicyAttachment("system", role_name=role.role_name, policy_name="AliyunECSReadOnlyAccess",
                         policy_type="System")
groups = resourcemanager.get_resource_groups(status="OK", enable_details=True)
pulumi.export("group", groups.groups[0].name)
pulumi.export("account", alicloud.get_account().id)
pulumi.export("me", alicloud.get_caller_identity().arn)
"""


def program(action: str, about: str) -> str:
    return PROGRAM.format(trust=TRUST, action=action, about=about)


def test_a_role_with_its_policies_from_up_to_destroy(worlds: Worlds) -> None:
    world = worlds.stock(program("ecs:Describe*", "eyes"))
    outputs = json.loads(world.pulumi("stack", "output", "--json").output)
    assert outputs == {
        "group": "default",
        "account": "1000000000000001",
        "me": "acs:ram::1000000000000001:root",
    }
    quiet = world.up("--refresh", "--expect-no-changes")
    assert quiet.code == 0, quiet.output
    world.write_program(program("ecs:Delete*", "hands"))
    changed = world.up()
    assert changed.code == 0, changed.output
    (policy,) = world.cloud.state("ram_policies").values()
    assert (policy["DefaultVersion"], policy["Description"]) == ("v2", "hands")
    gone = world.destroy()
    assert gone.code == 0, gone.output
    assert (world.cloud.state("ram_policies"), world.cloud.state("ram_roles")) == ({}, {})
