"""`ecs-release claim` and `disown`: whose an unrecorded instance is. Imports cli, runner and domain.

Both change tags and nothing else.
"""

from ecs_release.cli import groups
from ecs_release.cli.output import InstanceId, Stack, Unusable, answered, show
from ecs_release.domain.facts import GROUP_ID_TAG, MEMBER_TAG, OUR_TAGS, InstanceFacts
from ecs_release.domain.terms import GroupRecord
from ecs_release.gateway.gateway import Gateway
from ecs_release.runner.observe import claim_tag, identity_findings


def claim(instance_id: InstanceId, stack: Stack) -> None:
    """Declares an unrecorded instance to be the stack's own: the next run releases it."""
    record, gateway, facts = answered(lambda: _stray(stack, instance_id))
    answered(lambda: gateway.tag_instances([instance_id], claim_tag(instance_id)))
    show(
        f"{record.group}: {facts.tag(MEMBER_TAG)} {instance_id} is claimed; the next `pulumi up` or"
        " `pulumi destroy` releases it"
    )


def disown(instance_id: InstanceId, stack: Stack) -> None:
    """Takes our tags off an unrecorded instance: no run of the stack will ever touch it."""
    record, gateway, _ = answered(lambda: _stray(stack, instance_id))
    answered(lambda: gateway.untag_instances([instance_id], list(OUR_TAGS)))
    show(f"{record.group}: {instance_id} is disowned; it stays, bills, and nothing here releases it")


def _stray(stack: str, instance_id: str) -> tuple[GroupRecord, Gateway, InstanceFacts]:
    """The group whose id an instance carries; an instance that the state records is no stray."""
    for record, gateway in groups.groups_of(stack):
        wrong = identity_findings(record, gateway.identity())
        if wrong:
            raise Unusable(f"{record.group}: {wrong[0].reason.value}: {wrong[0].detail}")
        # Disowning a recorded member would leave it billing with nobody to end it.
        if record.member_of(instance_id):
            raise Unusable(f"{instance_id} is recorded as {record.member_of(instance_id)}, no stray")
        for facts in gateway.find_instances([instance_id]):
            if facts.tag(GROUP_ID_TAG) == record.group_id:
                return record, gateway, facts
    raise Unusable(f"{instance_id} carries no group id of {stack}; see `ecs-release plan`")
