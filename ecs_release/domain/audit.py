"""What happened to a stack's instances, held against what its runs wrote down: whose doing each thing was.

Pure: imports the standard library and the domain's names of tags only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from ecs_release.domain.facts import GROUP_TAG, MEMBER_TAG, PROJECT_TAG, STACK_TAG

RELEASED_BY_SYSTEM, CREATION = "Release", "RunInstances"
# The cloud's events, those that it makes of its own releases included.
ACTIONS = (
    "DeleteInstance",
    "DeleteInstances",
    "RefundInstance",
    "ModifyInstanceAttribute",
    "ModifyInstanceAutoReleaseTime",
    RELEASED_BY_SYSTEM,
)
# Two clocks that are set by the network differ by less, and an event shows no parts of a second.
SKEW = timedelta(minutes=1)
# How long a run repeats a call of which it hears nothing.
PATIENCE = timedelta(minutes=10)


class Deed(Enum):
    """What was done to an instance."""

    RELEASE = "release"
    REFUND = "refund"
    LIFT = "lift of protection"
    SCHEDULE = "change of the release time"


class Verdict(Enum):
    """Whose doing it was."""

    OURS = "ours"
    ASSUMED = "assumed ours"
    CLOUD = "the cloud's"
    FOREIGN = "not ours"


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of ActionTrail; `parameters` are the request's, as text, `who` is the caller's name."""

    event_id: str
    request_id: str
    action: str
    at: datetime
    instances: frozenset[str]
    who: str
    access_key: str = ""
    source_ip: str = ""
    client: str = ""
    by_system: bool = False
    refused: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def deed(self) -> Deed | None:
        """What it did to the instances, None where that was nothing that ends them."""
        if self.refused:
            return None
        if self.action == "RefundInstance":
            return Deed.REFUND
        if self.action == "ModifyInstanceAutoReleaseTime":
            return Deed.SCHEDULE
        if self.action == "ModifyInstanceAttribute":
            # The same call renames an instance, and protects it.
            lifts = self.parameters.get("DeletionProtection", "").lower() == "false"
            return Deed.LIFT if lifts else None
        return Deed.RELEASE if self.action in ACTIONS else None

    @property
    def token(self) -> str:
        """What tells that two requests are one and the same, "" where the API has no such thing."""
        return self.parameters.get("ClientToken", "")

    @property
    def detail(self) -> str:
        """What the change was, in a few words."""
        if self.action == "ModifyInstanceAutoReleaseTime":
            return self.parameters.get("AutoReleaseTime") or "cancelled"
        return ""

    @property
    def tags(self) -> dict[str, str]:
        """The tags that a request sets."""
        numbered = {name: value for name, value in self.parameters.items() if name.startswith("Tag.")}
        keys = {name.split(".")[1]: key for name, key in numbered.items() if name.endswith(".Key")}
        return {key: numbered.get(f"Tag.{number}.Value", "") for number, key in keys.items()}


@dataclass(frozen=True, slots=True)
class OwnCall:
    """A call that a run wrote down; without request ids its answer was never heard."""

    action: str
    ids: frozenset[str]
    began_at: datetime
    request_ids: frozenset[str] = frozenset()

    def may_be(self, happening: Happening) -> bool:
        """Whether an event can be this call: the same to the same, and not too long after."""
        ends_at = self.began_at + PATIENCE + SKEW
        return (
            happening.action == self.action
            and happening.instances <= self.ids
            and self.began_at - SKEW <= happening.at <= ends_at
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that happened, with whose doing it was; `why` says it where that is not plain."""

    happening: Happening
    deed: Deed
    verdict: Verdict
    why: str = ""


def made_by(happenings: Iterable[Happening], project: str, stack: str) -> dict[str, str]:
    """The instances that creations with the tags of a stack made, each with its group or member."""
    found: dict[str, str] = {}
    for happening in happenings:
        tags = happening.tags
        here = (tags.get(PROJECT_TAG), tags.get(STACK_TAG)) == (project, stack)
        if happening.action == CREATION and not happening.refused and here:
            name = tags.get(MEMBER_TAG) or tags.get(GROUP_TAG, "")
            found |= dict.fromkeys(happening.instances, name)
    return found


def audited(
    happenings: Iterable[Happening], own: Iterable[OwnCall], ids: Iterable[str]
) -> tuple[Finding, ...]:
    """What was done to these instances, in order of time, each with whose doing it was."""
    calls, known = tuple(own), frozenset(ids)
    ending = sorted(
        (each for each in happenings if each.deed and each.instances & known), key=lambda each: each.at
    )
    answered = {request_id: call for call in calls for request_id in call.request_ids}
    ours = [(each, answered[each.request_id]) for each in ending if each.request_id in answered]
    assumed = {each.event_id for call in calls if not call.request_ids for each in _explained(call, ending)}
    return tuple(_judged(each, ours, assumed) for each in ending)


def _explained(call: OwnCall, ending: list[Happening]) -> list[Happening]:
    """What a call without an answer explains: the first event that it can be, repeated by the same key."""
    possible = [each for each in ending if call.may_be(each) and not each.by_system]
    return [each for each in possible if _caller(each) == _caller(possible[0])]


def _judged(each: Happening, ours: list[tuple[Happening, OwnCall]], assumed: set[str]) -> Finding:
    assert each.deed is not None
    if any(each is other for other, _ in ours):
        return Finding(each, each.deed, Verdict.OURS)
    if each.by_system:
        return Finding(each, each.deed, Verdict.CLOUD, "by schedule, expiry, a refund, arrears or reclaim")
    if any(_is_repeated(each, other, call) for other, call in ours):
        return Finding(each, each.deed, Verdict.OURS, "its answer was lost, and the call repeated")
    if each.event_id in assumed:
        return Finding(each, each.deed, Verdict.ASSUMED, "a run wrote this call down and heard no answer")
    return Finding(each, each.deed, Verdict.FOREIGN)


def _caller(each: Happening) -> tuple[str, str]:
    return each.who, each.access_key


def _is_repeated(each: Happening, ours: Happening, call: OwnCall) -> bool:
    """Whether `ours` is the same request sent again: by its token, or by the same key for the same entry."""
    if each.action != ours.action or each.token != ours.token:
        return False
    in_time = call.may_be(each) and each.at <= ours.at
    return bool(each.token) or (in_time and _caller(each) == _caller(ours))
