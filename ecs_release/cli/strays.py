"""`ecs-release claim` and `disown`: whose an unrecorded instance is. Imports cli, runner and domain.

Both change tags and nothing else.
"""

import json

from ecs_release.cli import groups
from ecs_release.cli.output import AsJson, InstanceId, Stack, Unusable, answered, show
from ecs_release.domain.facts import GROUP_ID_TAG, MEMBER_TAG, OUR_TAGS, InstanceFacts
from ecs_release.domain.terms import GroupRecord
from ecs_release.gateway.gateway import Gateway
from ecs_release.runner.observe import claim_tag, identity_findings


def claim(instance_id: InstanceId, stack: Stack, as_json: AsJson = False) -> None:
    """Declares an unrecorded instance to be the stack's own: the next run releases it."""
    record, gateway, facts = answered(lambda: _stray(stack, instance_id))
    answered(lambda: gateway.tag_instances([instance_id], claim_tag(instance_id)))
    told = "is claimed; the next `pulumi up` or `pulumi destroy` releases it"
    _say(record, facts, told, as_json)


def disown(instance_id: InstanceId, stack: Stack, as_json: AsJson = False) -> None:
    """Takes our tags off an unrecorded instance: no run of the stack will ever touch it."""
    record, gateway, facts = answered(lambda: _stray(stack, instance_id))
    answered(lambda: gateway.untag_instances([instance_id], list(OUR_TAGS)))
    _say(record, facts, "is disowned; it stays, bills, and nothing here releases it", as_json)


def _say(record: GroupRecord, facts: InstanceFacts, told: str, as_json: bool) -> None:
    member, instance_id = facts.tag(MEMBER_TAG), facts.instance_id
    if as_json:
        row = {"group": record.group, "member": member, "instance": instance_id, "result": told}
        show(json.dumps(row, indent=2))
    else:
        show(f"{record.group}: {member} {instance_id} {told}")


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
