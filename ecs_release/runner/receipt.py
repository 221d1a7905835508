"""The receipt of a run: who ended what, when, by which calls, what came back and what stays.

Imports gateway and domain, pydantic for its form, and the journal beside it.
"""

from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from ecs_release.domain.facts import Identity
from ecs_release.domain.plan import Answer, Plan
from ecs_release.domain.reasons import Finding
from ecs_release.domain.terms import GroupRecord
from ecs_release.domain.things import Thing
from ecs_release.runner.apply import Done
from ecs_release.runner.outcome import Outcome

RECEIPT_SCHEMA = 1


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Caller(_Part):
    """Who asked for the run, as the cloud knows them."""

    account: str
    arn: str
    kind: str


class ReceiptCall(_Part):
    """One call that changed something."""

    action: str
    ids: list[str]
    request_id: str


class ReceiptInstance(_Part):
    """One instance, with what a refund promised to pay back."""

    instance_id: str
    member: str
    refund: str = ""


class ReceiptFinding(_Part):
    """Why an instance, or the whole group, was not released."""

    instance_id: str
    member: str
    reason: str
    sentence: str
    advice: str


class ReceiptThing(_Part):
    """Something that was lost, or stays; `price` is a month's, or "unknown" with the reason."""

    kind: str
    id: str
    description: str
    why: str
    bills: bool
    price: str


class Receipt(_Part):
    """The account of one run over one group."""

    schema_: int = Field(default=RECEIPT_SCHEMA, alias="schema")
    project: str
    stack: str
    group: str
    group_id: str
    began_at: datetime
    ended_at: datetime
    done: bool
    caller: Caller
    released: list[ReceiptInstance]
    gone_before: list[ReceiptInstance]
    refused: list[ReceiptFinding]
    lost: list[ReceiptThing]
    stays: list[ReceiptThing]
    calls: list[ReceiptCall]


def receipt_of(
    record: GroupRecord,
    identity: Identity,
    times: tuple[datetime, datetime],
    first: Plan,
    did: Done,
    outcome: Outcome,
) -> Receipt:
    """The receipt of a run that began with the plan `first`, did `did` and ended so."""
    released = [each for each in first.instances if each.instance_id in did.released]
    return Receipt(
        schema=RECEIPT_SCHEMA,
        project=record.project,
        stack=record.stack,
        group=record.group,
        group_id=record.group_id,
        began_at=times[0],
        ended_at=times[1],
        done=outcome.done,
        caller=Caller(account=identity.account, arn=identity.arn, kind=identity.kind),
        released=[
            ReceiptInstance(instance_id=each.instance_id, member=each.member, refund=str(each.refund or ""))
            for each in released
        ],
        gone_before=[
            ReceiptInstance(instance_id=each.instance_id, member=each.member)
            for each in first.answered(Answer.GONE)
        ],
        refused=[_finding(finding) for finding in outcome.findings],
        lost=[_thing(thing) for each in released for thing in each.losses],
        stays=[_thing(thing) for thing in outcome.survivors],
        calls=[ReceiptCall(action=action, ids=ids, request_id=id_) for action, ids, id_ in did.calls],
    )


def _finding(finding: Finding) -> ReceiptFinding:
    return ReceiptFinding(
        instance_id=finding.instance_id,
        member=finding.member,
        reason=finding.reason.value,
        sentence=finding.sentence,
        advice=finding.advice,
    )


def _thing(thing: Thing) -> ReceiptThing:
    return ReceiptThing(
        kind=thing.kind,
        id=thing.id,
        description=thing.description,
        why=thing.why,
        bills=thing.bills,
        price=thing.price,
    )


def markdown(receipt: Receipt) -> str:
    """The receipt for people and pull requests."""
    how = "done" if receipt.done else "not completed"
    lines = [
        f"# Release of {receipt.group} ({receipt.project}, {receipt.stack}): {how}",
        "",
        f"By {receipt.caller.arn or receipt.caller.account}, {receipt.began_at:%Y-%m-%dT%H:%M:%SZ} to"
        f" {receipt.ended_at:%Y-%m-%dT%H:%M:%SZ}.",
        "",
        *_table("Released", ("instance", "member", "refund"), _instances(receipt.released)),
        *_table("Gone before", ("instance", "member", "refund"), _instances(receipt.gone_before)),
        *_table("Refused", ("instance", "reason", "what to do"), _findings(receipt.refused)),
        *_table("Lost", ("what", "id", "which", "why"), _lost(receipt.lost)),
        *_table("Stays", ("what", "id", "why", "price"), _stays(receipt.stays)),
        *_table("Calls", ("action", "of", "request"), _calls(receipt.calls)),
    ]
    return "\n".join(lines)


def _table(title: str, head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    if not rows:
        return []
    shown = [
        " | ".join(cell.replace("|", "\\|") for cell in row) for row in (head, ("---",) * len(head), *rows)
    ]
    return [f"## {title}", "", *(f"| {row} |" for row in shown), ""]


def _instances(instances: list[ReceiptInstance]) -> list[tuple[str, ...]]:
    return [(each.instance_id, each.member, each.refund) for each in instances]


def _findings(findings: list[ReceiptFinding]) -> list[tuple[str, ...]]:
    return [(each.instance_id, f"{each.reason}: {each.sentence}", each.advice) for each in findings]


def _lost(things: list[ReceiptThing]) -> list[tuple[str, ...]]:
    return [(each.kind, each.id, each.description, each.why) for each in things]


def _stays(things: list[ReceiptThing]) -> list[tuple[str, ...]]:
    return [(each.kind, each.id, each.why, each.price) for each in things]


def _calls(calls: list[ReceiptCall]) -> list[tuple[str, ...]]:
    return [(each.action, ", ".join(each.ids), each.request_id) for each in calls]


def write_receipt(receipt: Receipt, journal: Path) -> Path:
    """Writes both forms beside the run's journal; the JSON's path. Raises OSError."""
    path = journal.with_suffix(".receipt.json")
    path.write_text(receipt.model_dump_json(indent=2, by_alias=True), encoding="utf-8")
    journal.with_suffix(".receipt.md").write_text(markdown(receipt), encoding="utf-8")
    return path
