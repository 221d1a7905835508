"""Everything that stands against the release of one instance, all reasons at once.

Pure: imports the standard library and the domain only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ecs_release.domain.backups import BackupState
from ecs_release.domain.claims import Claim, GroupFacts, Subject
from ecs_release.domain.disks import SECURITY_LOCK, DiskFate
from ecs_release.domain.facts import Charge, InstanceFacts
from ecs_release.domain.reasons import Finding, Reason
from ecs_release.domain.steps import is_active_subscription
from ecs_release.domain.terms import (
    GroupRecord,
    OnActiveSubscription,
    OnProtected,
    OnPublicIp,
    OnReplaced,
    ReleaseTerms,
)

_CLAIMS = {
    Claim.NOT_OURS: Reason.NOT_OURS,
    Claim.TAGS_REMOVED: Reason.TAGS_REMOVED,
    Claim.UNRECORDED: Reason.UNRECORDED,
    Claim.UNSEEN: Reason.NO_PERMISSION_TO_LOOK,
}


@dataclass(frozen=True, slots=True)
class Case:
    """One instance with all that its end is judged by."""

    subject: Subject
    group: GroupFacts
    fates: tuple[DiskFate, ...]
    backup: BackupState
    terms: ReleaseTerms
    now: datetime

    def finding(self, reason: Reason, detail: str = "") -> Finding:
        """A finding about this instance."""
        return Finding(reason, detail, self.subject.instance_id, self.subject.member)


def refusals(case: Case) -> Iterator[Finding]:
    """Every reason why this instance must not be released now."""
    yield from _of_claim(case)
    facts = case.subject.facts
    if facts is not None:
        yield from _of_state(case, facts)
        yield from _of_backup(case)


def _of_claim(case: Case) -> Iterator[Finding]:
    subject, group = case.subject, case.group
    if subject.claim in _CLAIMS:
        yield case.finding(_CLAIMS[subject.claim])
    if subject.claim is Claim.REPLACED and case.terms.on_replaced is OnReplaced.REFUSE:
        yield case.finding(Reason.REPLACED, f"the new one is {group.wanted[subject.member]}")
    if group.confirm_only and subject.facts is not None:
        yield case.finding(Reason.SCHEDULE_NOT_FIRED, _release_time(group.record))


def _of_state(case: Case, facts: InstanceFacts) -> Iterator[Finding]:
    if not facts.disks:
        # Every instance has a system disk, so an empty list means a missing right, not no disks.
        yield case.finding(Reason.NO_PERMISSION_TO_LOOK, "none of its disks can be seen")
    if facts.deletion_protection:
        yield from _of_protection(case, facts)
    refuses = case.terms.on_active_subscription is OnActiveSubscription.REFUSE
    if refuses and is_active_subscription(facts, case.now):
        yield case.finding(Reason.ACTIVE_SUBSCRIPTION, _expiry(facts))
    doomed = ", ".join(fate.disk.disk_id for fate in case.fates if fate.cannot_keep)
    if doomed:
        locked = SECURITY_LOCK in facts.locks
        yield case.finding(Reason.SECURITY_LOCK if locked else Reason.DISK_CANNOT_BE_KEPT, doomed)
    if case.terms.on_public_ip is OnPublicIp.KEEP and facts.public_ips and _is_expired(facts, case.now):
        yield case.finding(Reason.ADDRESS_CANNOT_BE_KEPT, f"{', '.join(facts.public_ips)}; it has expired")


def _of_protection(case: Case, facts: InstanceFacts) -> Iterator[Finding]:
    if case.terms.on_protected is OnProtected.REFUSE:
        yield case.finding(Reason.PROTECTED)
    elif SECURITY_LOCK in facts.locks:
        # Under this lock the cloud refuses ModifyInstanceAttribute, so nothing can lift protection.
        yield case.finding(Reason.PROTECTION_CANNOT_BE_LIFTED)


def _of_backup(case: Case) -> Iterator[Finding]:
    if case.backup.impossible:
        yield case.finding(Reason.BACKUP_IMPOSSIBLE, ", ".join(case.backup.impossible))
    if case.backup.failed:
        yield case.finding(Reason.BACKUP_FAILED, ", ".join(case.backup.failed))


def _is_expired(facts: InstanceFacts, now: datetime) -> bool:
    return facts.charge is Charge.SUBSCRIPTION and facts.expires_at is not None and facts.expires_at <= now


def _release_time(record: GroupRecord) -> str:
    return f"declared for {record.released_by:%Y-%m-%dT%H:%MZ}" if record.released_by else ""


def _expiry(facts: InstanceFacts) -> str:
    expiry = f"expires {facts.expires_at:%Y-%m-%dT%H:%MZ}" if facts.expires_at else "expiry unknown"
    return f"{expiry}, renewal {facts.renewal}" if facts.renewal else expiry
