"""What ReleaseRoles registers, and what it refuses before it registers anything."""

import json
import re
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.roles import ReleaseRoles
from ecs_release.domain.facts import Cloud
from stacks.roles import Roles
from stacks.schema import Environment, Group, MadeNetwork

ALICE, BOB = (f"acs:ram::1000000000000001:user/{name}" for name in ("alice", "bob"))
SPEC = Roles.model_validate(
    {
        "project": "shop",
        "stack": "prod",
        "releaser": {"principals": [ALICE], "session_seconds": 7200},
        "protector": {"principals": [BOB]},
    }
)
MADE = MadeNetwork(cidr="10.8.0.0/16", zone="cn-hangzhou-b")
ROLE, POLICY = "alicloud:ram/role:Role", "alicloud:ram/policy:Policy"
ATTACHMENT = "alicloud:ram/rolePolicyAttachment:RolePolicyAttachment"


def program(cloud: Cloud, **groups: Group) -> Any:
    environment = Environment(network=MADE, groups=groups)
    return lambda: ReleaseRoles("prod", SPEC, environment, cloud=cloud)


def group(web: Group, **release: str) -> Group:
    return Group.model_validate({**web.model_dump(exclude={"release"}), "release": release})


def actions(document: str, effect: str) -> set[str]:
    found = [one for one in json.loads(document)["Statement"] if one["Effect"] == effect]
    return {action for one in found for action in one["Action"]}


def test_two_roles_each_with_its_policy(declare: Any, web: Group, cloud: Cloud) -> None:
    declared = declare(program(cloud, web=web))
    names = {kind: {each.name for each in declared.of(kind)} for kind in (ROLE, POLICY, ATTACHMENT)}
    assert names == {
        ROLE: {"prod-releaser", "prod-protector"},
        POLICY: {"prod-releaser-policy", "prod-protector-policy"},
        ATTACHMENT: {"prod-releaser-attachment", "prod-protector-attachment"},
    }
    assert {each.parent for kind in names for each in declared.of(kind)} == {
        "ecs-release:index:ReleaseRoles prod"
    }
    releaser = declared.one(ROLE, "prod-releaser").inputs
    assert (releaser["roleName"], releaser["maxSessionDuration"]) == ("shop-prod-releaser", 7200)
    assert releaser["tags"] == {"ecs-release:project": "shop", "ecs-release:stack": "prod"}
    bond = declared.one(ATTACHMENT, "prod-protector-attachment")
    assert bond.inputs["roleName"] == bond.inputs["policyName"] == "shop-prod-protector"


def test_each_trusts_its_own_people_only(declare: Any, web: Group, cloud: Cloud) -> None:
    declared = declare(program(cloud, web=web))
    for kind, person in (("releaser", ALICE), ("protector", BOB)):
        (statement,) = json.loads(declared.one(ROLE, f"prod-{kind}").inputs["assumeRolePolicyDocument"])[
            "Statement"
        ]
        assert statement["Principal"] == {"RAM": [person]}


def test_what_each_may_and_must_not(declare: Any, web: Group, cloud: Cloud) -> None:
    declared = declare(program(cloud, web=group(web, backup="image")))
    releaser = declared.one(POLICY, "prod-releaser-policy").inputs["policyDocument"]
    protector = declared.one(POLICY, "prod-protector-policy").inputs["policyDocument"]
    assert {"ecs:DeleteInstance", "ecs:DeleteInstances", "ecs:CreateImage", "vpc:DeleteVpc"} <= actions(
        releaser, "Allow"
    )
    assert "ecs:ModifyInstanceAttribute" in actions(releaser, "Deny")
    assert actions(protector, "Allow") == {"ecs:ModifyInstanceAttribute", "ecs:DescribeInstances"}
    assert {"ecs:DeleteInstance", "ecs:DeleteInstances", "bssapi:RefundInstance"} <= actions(
        protector, "Deny"
    )


def test_terms_that_contradict_two_roles_stop_the_program_at_once(
    declare: Any, web: Group, cloud: Cloud
) -> None:
    lifting = group(web, on_protected="lift")
    with pytest.raises(pulumi.RunError) as error:
        declare(program(cloud, web=lifting, db=lifting))
    lines = str(error.value).splitlines()
    assert [line.split(".release")[0] for line in lines] == ["prod: groups.db", "prod: groups.web"]


def test_a_policy_that_ram_would_not_take_stops_it_too(declare: Any, web: Group, cloud: Cloud) -> None:
    backed_up = group(web, backup="snapshots")
    many = {f"{'g' * 36}{number:03}": backed_up for number in range(160)}
    with pytest.raises(pulumi.RunError, match=r"policy of the releaser has [0-9]+ characters"):
        declare(program(cloud, **many))


def test_the_program_in_the_documentation(declare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(__file__).resolve().parents[3]
    page = (root / "docs" / "roles.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    monkeypatch.chdir(root)
    declared = declare(lambda: exec(compile(text, "docs/roles.md", "exec"), {}))
    assert [each.inputs["roleName"] for each in declared.of(ROLE)] == [
        "ecs-release-prod-releaser",
        "ecs-release-prod-protector",
    ]
