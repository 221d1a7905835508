"""Whether the instances that a group wants to adopt may be adopted.

Imports pulumi, gateway and domain. Part of Sweep's check: it is asked before anything is imported.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi.dynamic import CheckFailure

from ecs_release.domain.facts import GROUP_ID_TAG, InstanceFacts
from ecs_release.gateway.gateway import Gateway


def adoption_failures(
    olds: Mapping[str, Any], inputs: Mapping[str, Any], gateway: Gateway
) -> Iterator[CheckFailure]:
    """A failure for each entry of `adopt` that would touch what it must not."""
    group = inputs["group"]
    before, now = dict(olds.get("adopt") or {}), dict(inputs.get("adopt") or {})
    existing = set(olds.get("members") or ())
    for member in sorted(set(inputs.get("members") or ()) & existing):
        yield from _entry_failures(group, member, before.get(member), now.get(member))
    new = {member: id_ for member, id_ in now.items() if member not in existing}
    seen = {facts.instance_id: facts for facts in gateway.find_instances(sorted(new.values()))} if new else {}
    for member, id_ in sorted(new.items()):
        yield from _instance_failures(f"{group}: {member} {id_}", seen.get(id_), inputs["group_id"])


def _entry_failures(group: str, member: str, before: str | None, now: str | None) -> Iterator[CheckFailure]:
    if before == now:
        return
    if before is None:
        # The import would replace the member, and Teardown would release the machine it had.
        text = "exists already and cannot adopt another instance; adopt it as a new member"
    else:
        # Without its entry the engine would change the running machine to what is declared.
        text = f"was adopted as {before}; put its adopt entry back, or lower count to end the member"
    yield CheckFailure("adopt", f"{group}: {member} {text}")


def _instance_failures(who: str, facts: InstanceFacts | None, group_id: str) -> Iterator[CheckFailure]:
    if facts is None:
        yield CheckFailure("adopt", f"{who}: no such instance is seen here; correct the id or the region")
    elif facts.tag(GROUP_ID_TAG) not in ("", group_id):
        yield CheckFailure(
            "adopt", f"{who}: not-ours: it belongs to another group; take it out there, then repeat"
        )
