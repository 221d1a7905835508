"""The tags that an instance carries from its creation on. Imports pulumi's types and the domain."""

from collections.abc import Mapping

import pulumi

from ecs_release.domain.facts import GROUP_ID_TAG, GROUP_TAG, MEMBER_TAG, PROJECT_TAG, STACK_TAG


def instance_tags(
    user_tags: Mapping[str, str], group: str, member: str, group_id: pulumi.Input[str]
) -> dict[str, pulumi.Input[str]]:
    """The user's tags and ours; the group id alone decides whose an instance is."""
    return {
        # First, so that nobody can overwrite ours.
        **user_tags,
        GROUP_ID_TAG: group_id,
        MEMBER_TAG: member,
        PROJECT_TAG: pulumi.get_project(),
        STACK_TAG: pulumi.get_stack(),
        GROUP_TAG: group,
    }
