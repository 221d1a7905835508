"""`ecs-release status`: the members of a stack as the cloud has them now. Imports cli, runner and domain."""

import json
from collections.abc import Iterator
from datetime import datetime

from ecs_release.cli import groups
from ecs_release.cli.output import AsJson, Stack, answered, show, show_table
from ecs_release.domain.facts import Charge, InstanceFacts
from ecs_release.domain.terms import GroupRecord

HEAD = ("group", "member", "instance", "status", "charge", "protected", "ends", "locks")
Row = dict[str, str]


def status(stack: Stack, as_json: AsJson = False) -> None:
    """Each member: state, protection, when it ends by itself and how soon, locks, arrears."""
    rows = answered(lambda: list(_rows(stack)))
    if as_json:
        show(json.dumps(rows, indent=2))
    else:
        show_table(HEAD, [tuple(row[name] for name in HEAD) for row in rows])


def _rows(stack: str) -> Iterator[Row]:
    for record, gateway in groups.groups_of(stack):
        ids = sorted(record.members.values())
        found = {facts.instance_id: facts for facts in gateway.find_instances(ids)} if ids else {}
        # The cloud's own clock, because it is the one that releases.
        now = gateway.cloud_time() if ids else datetime.now().astimezone()
        for member, instance_id in record.members.items():
            yield _row(record, member, instance_id, found.get(instance_id), now)


def _row(
    record: GroupRecord, member: str, instance_id: str, facts: InstanceFacts | None, now: datetime
) -> Row:
    named = {"group": record.group, "member": member, "instance": instance_id}
    if facts is None:
        return {**named, **dict.fromkeys(HEAD[3:], ""), "status": "not seen"}
    return {
        **named,
        "status": facts.status.value,
        "charge": facts.charge.value,
        "protected": "yes" if facts.deletion_protection else "no",
        "ends": _ends(facts, now),
        "locks": ", ".join(sorted(_lock(facts, lock) for lock in facts.locks)),
    }


def _ends(facts: InstanceFacts, now: datetime) -> str:
    if facts.auto_release_at is not None:
        return f"released {_when(facts.auto_release_at, now)}"
    if facts.expires_at is not None:
        return f"expires {_when(facts.expires_at, now)}"
    return "never by itself"


def _when(moment: datetime, now: datetime) -> str:
    minutes = int((moment - now).total_seconds() // 60)
    how_far = f"in {_span(minutes)}" if minutes >= 0 else f"{_span(-minutes)} ago"
    return f"{moment:%Y-%m-%dT%H:%MZ} ({how_far})"


def _span(minutes: int) -> str:
    days, rest = divmod(minutes, 1440)
    return f"{days} d {rest // 60} h" if days else f"{rest // 60} h {rest % 60} min"


def _lock(facts: InstanceFacts, lock: str) -> str:
    # One word of the API for two things that are settled differently.
    if lock != "financial":
        return lock
    expired = facts.charge is Charge.SUBSCRIPTION
    return "financial: expired" if expired else "financial: account in arrears"
