"""One look at a group: what is recorded, what carries its id, what is proven gone.

Imports gateway and domain. Changes nothing in the cloud.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from ecs_release.domain.approval import Commission
from ecs_release.domain.claims import GroupFacts
from ecs_release.domain.facts import CLAIMED_TAG, Charge, DiskFacts, Identity, InstanceFacts, Observation
from ecs_release.domain.reasons import Finding, Reason
from ecs_release.domain.terms import GroupRecord, ReleaseTerms
from ecs_release.gateway.errors import CloudError, NoPermission
from ecs_release.gateway.gateway import Gateway
from ecs_release.runner.belongings import with_belongings
from ecs_release.runner.recent import Recent

UNCOMMISSIONED = Commission()


@dataclass
class Sightings:
    """What this process saw alive and what it proved gone; a released id never comes back."""

    alive: set[str] = field(default_factory=set)
    # Kept for the process: proofs cost a call for each id.
    gone: set[str] = field(default_factory=set)
    expired: set[str] = field(default_factory=set)
    # Of two claimants of one member, the one that stays is no leftover because the other went.
    disputed: frozenset[str] = frozenset()
    belongings: Recent = field(default_factory=Recent)


@dataclass(frozen=True, slots=True)
class Errand:
    """What a run is asked to end: a record, less what stays wanted, under the terms given."""

    record: GroupRecord
    terms: ReleaseTerms
    wanted: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    group_ids: frozenset[str] = frozenset()
    confirm_only: bool = False
    commission: Commission = UNCOMMISSIONED
    fallen_due: frozenset[str] = frozenset()

    def facts(self, observation: Observation) -> GroupFacts:
        """The group's facts with this observation."""
        return GroupFacts(
            self.record, observation, self.wanted, self.group_ids, self.confirm_only, self.fallen_due
        )


def identity_findings(record: GroupRecord, identity: Identity) -> tuple[Finding, ...]:
    """`wrong-account` when the caller's account is not the recorded one."""
    if identity.account == record.account:
        return ()
    detail = f"recorded {record.account}, the credentials are of {identity.account}"
    return (Finding(Reason.WRONG_ACCOUNT, detail),)


def observe(errand: Errand, gateway: Gateway, sightings: Sightings) -> Observation:
    """Looks at everything the errand is about; raises CloudError when the cloud cannot be asked."""
    found = _found(errand, gateway, sightings)
    sightings.alive.update(found)
    # Remembered, because one that this run has released is not found expired again.
    sightings.expired |= _expired(errand, found.values(), gateway.cloud_time())
    expired = frozenset(sightings.expired & set(errand.wanted.values()))
    errand = replace(errand, wanted={name: id_ for name, id_ in errand.wanted.items() if id_ not in expired})
    seen = _with_disks(tuple(found.values()), errand, gateway)
    instances = _still_there(seen, errand, gateway)
    lost = _recorded_to_end(errand) - {facts.instance_id for facts in instances}
    gone = _proven_gone(lost, gateway, sightings)
    renewed, known = _with_renewals(instances, gateway), sightings.belongings
    complete = with_belongings(renewed, errand.terms, staying(errand), gateway, known)
    unseen = frozenset(lost - gone)
    return Observation(gateway.cloud_time(), complete, gone=gone, unseen=unseen, expired=expired)


def _expired(errand: Errand, found: Iterable[InstanceFacts], now: datetime) -> set[str]:
    """Recorded ids that stay declared, and whose subscription has ended as declared."""
    recorded = set(errand.record.members.values()) if errand.record.at_expiry else set()
    return {
        facts.instance_id
        for facts in found
        if facts.instance_id in recorded and facts.expires_at is not None and facts.expires_at <= now
    }


def staying(errand: Errand) -> set[str]:
    """The ids of instances that the run leaves alone."""
    return set(errand.wanted.values())


def _still_there(
    seen: tuple[InstanceFacts, ...], errand: Errand, gateway: Gateway
) -> tuple[InstanceFacts, ...]:
    """What was seen, less what ended between the look at the instances and the look at their disks."""
    left_alone = staying(errand)
    bare = sorted(
        facts.instance_id for facts in seen if not facts.disks and facts.instance_id not in left_alone
    )
    if not bare:
        return seen
    # An instance without a disk has just gone, or its disks may not be looked at; a second look tells.
    left = {facts.instance_id for facts in gateway.find_instances(bare)}
    return tuple(facts for facts in seen if facts.instance_id not in bare or facts.instance_id in left)


def _recorded_to_end(errand: Errand) -> set[str]:
    return set(errand.record.members.values()) - staying(errand)


def _found(errand: Errand, gateway: Gateway, sightings: Sightings) -> dict[str, InstanceFacts]:
    group_ids = sorted(errand.group_ids | {errand.record.group_id})
    found = {facts.instance_id: facts for group_id in group_ids for facts in gateway.find_group(group_id)}
    # By id as well: tags may have been removed by hand, and that is refused, not overlooked.
    missing = sorted(_recorded_to_end(errand) - found.keys() - sightings.gone)
    if missing:
        found |= {facts.instance_id: facts for facts in gateway.find_instances(missing)}
    return found


def prove_gone(absent: set[str], gateway: Gateway, sightings: Sightings) -> None:
    """Remembers ids as gone that this process saw alive and that the last answer by id has left out.

    The dry run comes after that answer, so it proves that the answer was honest; raises CloudError.
    """
    seen_before = absent & sightings.alive
    if seen_before and gateway.may_look():
        sightings.gone |= seen_before


def _proven_gone(lost: set[str], gateway: Gateway, sightings: Sightings) -> frozenset[str]:
    prove_gone(lost - sightings.gone, gateway, sightings)
    unproven = sorted(lost - sightings.gone)
    sightings.gone |= {instance_id for instance_id in unproven if _is_released(instance_id, gateway)}
    return frozenset(lost & sightings.gone)


def _is_released(instance_id: str, gateway: Gateway) -> bool:
    try:
        return gateway.is_released(instance_id)
    # No right to ask is no proof, so the id stays unseen and the run refuses.
    except NoPermission:
        return False


def _with_renewals(instances: tuple[InstanceFacts, ...], gateway: Gateway) -> tuple[InstanceFacts, ...]:
    subscriptions = [facts.instance_id for facts in instances if facts.charge is Charge.SUBSCRIPTION]
    if not subscriptions:
        return instances
    try:
        renewals = gateway.renewals(subscriptions)
    except CloudError:
        # The renewal only adds to a refusal's text; the right to bills is often not given.
        return instances
    return tuple(replace(facts, renewal=renewals.get(facts.instance_id, "")) for facts in instances)


def _with_disks(
    instances: tuple[InstanceFacts, ...], errand: Errand, gateway: Gateway
) -> tuple[InstanceFacts, ...]:
    # Disks of what stays are nobody's business here, and cost calls.
    ending = [facts.instance_id for facts in instances if facts.instance_id not in staying(errand)]
    disks: dict[str, list[DiskFacts]] = {instance_id: [] for instance_id in ending}
    for disk in gateway.disks_of(ending) if ending else ():
        disks.setdefault(disk.instance_id, []).append(disk)
    return tuple(replace(facts, disks=tuple(disks.get(facts.instance_id, ()))) for facts in instances)


def claim_tag(instance_id: str) -> dict[str, str]:
    """The tag that `ecs-release claim` sets; it names its instance, so that a copy does not inherit it."""
    return {CLAIMED_TAG: instance_id}
