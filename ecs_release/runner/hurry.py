"""Release times changed by hand and on purpose: looked at, set, read back, written down.

Imports gateway and domain.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from ecs_release.domain.extension import Change
from ecs_release.domain.facts import GROUP_ID_TAG, InstanceFacts
from ecs_release.domain.reasons import Finding
from ecs_release.domain.terms import GroupRecord
from ecs_release.gateway.gateway import Gateway
from ecs_release.runner.arming import arm_on_record
from ecs_release.runner.journal import Journal
from ecs_release.runner.observe import identity_findings

Members = Mapping[str, InstanceFacts]


def members_of(record: GroupRecord, gateway: Gateway) -> tuple[Members, tuple[Finding, ...]]:
    """The recorded members that are there and carry the group's id, or what stands against looking.

    Raises CloudError. What carries another id is left out: it is not the group's to change.
    """
    wrong = identity_findings(record, gateway.identity())
    if wrong or not record.members:
        return {}, wrong
    found = {facts.instance_id: facts for facts in gateway.find_instances(sorted(record.members.values()))}
    ours = {
        member: found[instance_id]
        for member, instance_id in record.members.items()
        if instance_id in found and found[instance_id].tag(GROUP_ID_TAG) == record.group_id
    }
    return ours, ()


def set_times(
    changes: Sequence[Change], gateway: Gateway, record: GroupRecord, folder: Path
) -> dict[str, str]:
    """Sets all times and reads them back; why one is not set, by instance id. Raises CloudError."""
    times = {change.facts.instance_id: change.after for change in changes}
    journal = Journal(folder, record.group, lambda: datetime.now(UTC))
    armed = arm_on_record(times, gateway, journal, record.group_id)
    seen = {facts.instance_id: facts.auto_release_at for facts in gateway.find_instances(sorted(times))}
    left = {id_: "the cloud has another time" for id_, when in times.items() if seen.get(id_) != when}
    left |= {id_: "it is gone" for id_ in left if id_ not in seen}
    left |= {id_: str(error) for id_, error in armed.errors.items() if id_ in left}
    journal.write("outcome", done=not left, left=left)
    return left
