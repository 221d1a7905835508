"""ReleaseRoles: a role that may release and one that may lift protection, and no role that may both.

Imports pulumi, pulumi_alicloud, the gateway's tables, the domain and stacks. It belongs into a
program of its own: who may end a stack must not be able to change who may.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pulumi
from pulumi_alicloud import ram

from ecs_release.domain.facts import PROJECT_TAG, STACK_TAG, Cloud
from ecs_release.domain.policies import (
    LONGEST_DOCUMENT,
    Document,
    protector_policy,
    releaser_policy,
    role_problems,
)
from ecs_release.domain.rights import StackNeeds
from ecs_release.domain.trust import trust_policy
from ecs_release.gateway.stock_actions import ALL_ACTIONS
from stacks.needs import stack_needs
from stacks.roles import RoleHolders, Roles
from stacks.schema import Environment

# RAM keeps five versions of a policy, and the sixth change of a stack's terms must not fail.
ROTATE = "DeleteOldestNonDefaultVersionWhenLimitExceeded"


@dataclass(frozen=True, slots=True)
class RoleToMake:
    """One of the two roles, ready to be declared."""

    kind: str
    name: str
    does: str
    holders: RoleHolders
    document: Document


class ReleaseRoles(pulumi.ComponentResource):
    """The two roles of a stack, for the terms that the stack declares."""

    releaser_arn: pulumi.Output[str]
    protector_arn: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        spec: Roles,
        environment: Environment,
        *,
        cloud: Cloud,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("ecs-release:index:ReleaseRoles", name, None, opts)
        needs = stack_needs(spec.project, spec.stack, cloud, environment)
        releaser, protector = roles_of(spec, needs)
        refuse_problems(name, needs, (releaser, protector))
        tags = {PROJECT_TAG: spec.project, STACK_TAG: spec.stack}
        self.releaser_arn = declare_role(self, name, releaser, tags)
        self.protector_arn = declare_role(self, name, protector, tags)
        self.register_outputs({"releaser_arn": self.releaser_arn, "protector_arn": self.protector_arn})


def roles_of(spec: Roles, needs: StackNeeds) -> tuple[RoleToMake, RoleToMake]:
    """Both roles with what they may."""
    place = f"of {spec.project}/{spec.stack}"
    return (
        RoleToMake(
            "releaser",
            spec.releaser_name,
            f"releases instances {place}; cannot lift their protection",
            spec.releaser,
            releaser_policy(ALL_ACTIONS, needs),
        ),
        RoleToMake(
            "protector",
            spec.protector_name,
            f"lifts the protection of instances {place}; cannot release them",
            spec.protector,
            protector_policy(ALL_ACTIONS, needs),
        ),
    )


def refuse_problems(name: str, needs: StackNeeds, roles: tuple[RoleToMake, ...]) -> None:
    """Ends the program with every problem at once, before anything is declared."""
    problems = [*role_problems(needs), *_too_long(roles)]
    if problems:
        raise pulumi.RunError("\n".join(f"{name}: {problem}" for problem in problems))


def _too_long(roles: tuple[RoleToMake, ...]) -> Iterator[str]:
    for role in roles:
        length = len(json.dumps(role.document))
        if length > LONGEST_DOCUMENT:
            yield (
                f"the policy of the {role.kind} has {length} characters, and RAM takes {LONGEST_DOCUMENT};"
                " declare fewer groups whose terms differ, or split the stack"
            )


def declare_role(
    parent: pulumi.Resource, name: str, role: RoleToMake, tags: dict[str, str]
) -> pulumi.Output[str]:
    """A role, its policy and their bond; the role's ARN."""
    opts = pulumi.ResourceOptions(parent=parent)
    made = ram.Role(
        f"{name}-{role.kind}",
        role_name=role.name,
        description=role.does,
        assume_role_policy_document=json.dumps(trust_policy(role.holders.trusted)),
        max_session_duration=role.holders.session_seconds,
        tags=tags,
        opts=opts,
    )
    policy = ram.Policy(
        f"{name}-{role.kind}-policy",
        policy_name=role.name,
        description=role.does,
        policy_document=json.dumps(role.document),
        rotate_strategy=ROTATE,
        # Its older versions are nobody else's, and RAM deletes no policy that has some.
        force=True,
        tags=tags,
        opts=opts,
    )
    ram.RolePolicyAttachment(
        f"{name}-{role.kind}-attachment",
        role_name=made.role_name,
        policy_name=policy.policy_name,
        policy_type=policy.type,
        opts=opts,
    )
    return made.arn
