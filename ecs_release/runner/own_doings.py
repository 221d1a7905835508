"""What the runs of this folder did, as their journals and receipts tell it: the calls, and to whom.

Imports the standard library, pydantic, the domain, and the journals and receipts beside it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ecs_release.domain.audit import OwnCall
from ecs_release.runner.history import Entry, Run, runs
from ecs_release.runner.receipt import Receipt

RECEIPTS = "*.receipt.json"


@dataclass(frozen=True, slots=True)
class OwnDoings:
    """Every call of every run here; `members` are one stack's instances, each with its member's name.

    `unreadable` are files that could not be read, so that something of ours may pass for somebody else's.
    """

    calls: tuple[OwnCall, ...]
    members: Mapping[str, str]
    unreadable: tuple[str, ...] = ()


@dataclass
class _Open:
    """A call that was written down, with the answers that were heard so far."""

    entry: Entry
    ids: set[str]
    request_ids: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)


def own_doings(directory: Path, project: str, stack: str) -> OwnDoings:
    """What journals and receipts of a folder say; the stack's own members among them."""
    calls: list[OwnCall] = []
    members: dict[str, str] = {}
    unreadable: list[str] = []
    for run in runs(directory):
        calls += _calls_of(run)
        members |= _members_of(run, project, stack)
        unreadable += [f"{run.name}: {run.damaged} lines"] if run.damaged else []
    for path in sorted(directory.glob(RECEIPTS)):
        try:
            receipt = Receipt.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            unreadable.append(path.name)
            continue
        calls += _calls_in(receipt)
        if (receipt.project, receipt.stack) == (project, stack):
            members |= {each.instance_id: each.member for each in (*receipt.released, *receipt.gone_before)}
    return OwnDoings(tuple(calls), members, tuple(unreadable))


def _calls_in(receipt: Receipt) -> Iterator[OwnCall]:
    for call in receipt.calls:
        request_ids = frozenset(call.request_id.split(","))
        yield OwnCall(call.action, frozenset(call.ids), receipt.began_at, request_ids)


def _calls_of(run: Run) -> Iterator[OwnCall]:
    opened: list[_Open] = []
    for entry in run.entries:
        if entry.event == "call":
            opened.append(_Open(entry, {str(id_) for id_ in entry.detail("ids") or ()}))
        elif entry.event in ("answer", "refusal"):
            _hear(entry, opened)
    for each in opened:
        yield from _told(each)


def _hear(answer: Entry, opened: list[_Open]) -> None:
    # One run calls one thing after the other, so an answer is that of the newest call of its action.
    call = next((each for each in reversed(opened) if _action(each.entry) == _action(answer)), None)
    if call is not None:
        # What was refused has done nothing that could be looked for.
        accepted = str(answer.detail("request_id")).split(",") if answer.event == "answer" else ()
        call.request_ids |= set(accepted)
        # Without ids of its own, an answer is that of the whole call.
        call.answered |= {str(id_) for id_ in answer.detail("ids") or call.ids}


def _told(call: _Open) -> Iterator[OwnCall]:
    action, at = _action(call.entry), call.entry.time
    if call.request_ids:
        yield OwnCall(action, frozenset(call.ids), at, frozenset(call.request_ids))
    unheard = call.ids - call.answered
    if unheard:
        yield OwnCall(action, frozenset(unheard), at)


def _action(entry: Entry) -> str:
    return str(entry.detail("action"))


def _members_of(run: Run, project: str, stack: str) -> dict[str, str]:
    planned = next((entry for entry in run.entries if entry.event == "plan"), None)
    place: Any = planned.detail("place") if planned else None
    if planned is None or not isinstance(place, dict):
        return {}
    if (place.get("project"), place.get("stack")) != (project, stack):
        return {}
    members, plan = planned.detail("members"), planned.detail("plan")
    found = {str(id_): str(name) for name, id_ in members.items()} if isinstance(members, dict) else {}
    # Who left the program, or was never recorded, is in the plan alone.
    listed = plan.get("instances", ()) if isinstance(plan, dict) else ()
    return {**{str(one.get("instance_id")): str(one.get("member")) for one in listed}, **found}
