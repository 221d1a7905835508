"""Which instances a run is about, and by what right it may end them.

Pure: imports the standard library and the facts and terms beside it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from ecs_release.domain.facts import CLAIMED_TAG, GROUP_ID_TAG, MEMBER_TAG, InstanceFacts, Observation
from ecs_release.domain.terms import GroupRecord


class Claim(StrEnum):
    """How an instance came into a run; the first three may be released."""

    RECORDED = "recorded"
    ORPHAN = "orphan"
    CLAIMED = "claimed"
    GONE = "gone"
    REPLACED = "replaced"
    UNRECORDED = "unrecorded"
    NOT_OURS = "not-ours"
    TAGS_REMOVED = "tags-removed"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """A group's record, what of it stays declared, and what one observation saw of it.

    `wanted` maps members that stay to their ids, empty when the whole group ends. `group_ids`
    are the ids that count as ours: two while the group id itself changes. `confirm_only` is
    set when a passed schedule should have released everything.
    """

    record: GroupRecord
    observation: Observation
    wanted: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    # A replaced Sweep draws a new id while the instances still carry the old one.
    group_ids: frozenset[str] = frozenset()
    confirm_only: bool = False
    # Recorded ids whose disappearance was planned, by a release time that has passed.
    fallen_due: frozenset[str] = frozenset()

    @property
    def ours(self) -> frozenset[str]:
        """The group ids that count as this group's."""
        return self.group_ids | {self.record.group_id}


@dataclass(frozen=True, slots=True)
class Subject:
    """One instance of a run, with its claim; `facts` is None when it was not seen."""

    instance_id: str
    member: str
    claim: Claim
    facts: InstanceFacts | None = None


def subjects(group: GroupFacts) -> tuple[Subject, ...]:
    """All instances that a run over the group has to answer for, wanted ones left out."""
    found = (*_recorded(group), *_unrecorded(group))
    # web-10 after web-2, and stable, because a digest is taken over the order.
    return tuple(sorted(found, key=lambda subject: (_natural(subject.member), subject.instance_id)))


def _natural(member: str) -> tuple[str, int]:
    stem, _, number = member.rpartition("-")
    return (stem, int(number)) if number.isdigit() else (member, -1)


def _recorded(group: GroupFacts) -> Iterator[Subject]:
    seen = {facts.instance_id: facts for facts in group.observation.instances}
    staying = set(group.wanted.values()) - group.observation.expired
    for member, instance_id in group.record.members.items():
        if instance_id not in staying:
            facts = seen.get(instance_id)
            yield Subject(instance_id, member, _claim_of_recorded(group, member, instance_id, facts), facts)


def _claim_of_recorded(
    group: GroupFacts, member: str, instance_id: str, facts: InstanceFacts | None
) -> Claim:
    if facts is None:
        return Claim.GONE if instance_id in group.observation.gone else Claim.UNSEEN
    carried = facts.tag(GROUP_ID_TAG)
    # A record alone is no right: ids are reused by imports and moved by hand, tags say whose it is.
    if not carried:
        return Claim.TAGS_REMOVED
    if carried not in group.ours:
        return Claim.NOT_OURS
    # An expired one is wanted under its own id, and has no successor.
    return Claim.RECORDED if group.wanted.get(member, instance_id) == instance_id else Claim.REPLACED


def disputed(group: GroupFacts) -> frozenset[str]:
    """Unrecorded ids that are not the only claimant of their member."""
    strangers = _strangers(group)
    claimants = Counter(facts.tag(MEMBER_TAG) for facts in strangers)
    rivals = {facts.instance_id for facts in strangers if claimants[facts.tag(MEMBER_TAG)] > 1}
    return group.observation.disputed | rivals


def _strangers(group: GroupFacts) -> list[InstanceFacts]:
    known = {*group.record.members.values(), *group.wanted.values()}
    return [
        facts
        for facts in group.observation.instances
        if facts.instance_id not in known and facts.tag(GROUP_ID_TAG) in group.ours
    ]


def _unrecorded(group: GroupFacts) -> Iterator[Subject]:
    # Two candidates for one member: either may be the copy, so neither goes unasked.
    rivals, taken = disputed(group), {*group.record.members, *group.wanted}
    for facts in _strangers(group):
        member = facts.tag(MEMBER_TAG)
        sole = bool(member) and member not in taken and facts.instance_id not in rivals
        yield Subject(facts.instance_id, member, _claim_of_unrecorded(facts, sole), facts)


def _claim_of_unrecorded(facts: InstanceFacts, sole: bool) -> Claim:
    # The tag holds the instance's own id, so that a copy made later does not inherit the claim.
    if facts.tag(CLAIMED_TAG) == facts.instance_id:
        return Claim.CLAIMED
    return Claim.ORPHAN if sole else Claim.UNRECORDED
