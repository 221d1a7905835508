"""What has to be done to end one instance, in the order in which it must be done.

Pure: imports the standard library and the domain only. Each step leaves the plan once the world
shows that it is done, so that a run which was broken off continues where it stopped.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ecs_release.domain.backups import BackupState
from ecs_release.domain.disks import DiskFate
from ecs_release.domain.facts import Charge, InstanceFacts, Status
from ecs_release.domain.terms import OnActiveSubscription, OnPublicIp, ReleaseTerms, Shutdown

REFUNDED_LOCK = "refunded"


class StepKind(StrEnum):
    """The steps of a release, in their order."""

    BACKUP = "backup"
    KEEP_ADDRESS = "keep-address"
    KEEP_DISKS = "keep-disks"
    LIFT_PROTECTION = "lift-protection"
    STOP = "stop"
    REFUND = "refund"
    CONVERT = "convert-to-pay-as-you-go"
    RELEASE = "release"
    CONFIRM = "confirm-gone"
    ACCOUNT = "account-for-what-stays"


# What a run does phase by phase; the last two are its own and need no call that changes anything.
PHASES = tuple(StepKind)[:8]


@dataclass(frozen=True, slots=True)
class Step:
    """One step; the switches are DeleteInstances' own."""

    kind: StepKind
    disk_ids: tuple[str, ...] = ()
    force: bool = False
    force_stop: bool = True
    terminate_subscription: bool = False


def may_terminate(facts: InstanceFacts, now: datetime) -> bool:
    """Whether a subscription can be released: expired, or refunded and stopped or stopping."""
    # By time, not by status: with unpaid renewal an expired instance runs on for days.
    expired = facts.expires_at is not None and facts.expires_at <= now
    refunded = REFUNDED_LOCK in facts.locks and facts.status in (Status.STOPPED, Status.STOPPING)
    return expired or refunded


def is_active_subscription(facts: InstanceFacts, now: datetime) -> bool:
    """Whether it is a subscription that cannot be released as it is."""
    return facts.charge is Charge.SUBSCRIPTION and not may_terminate(facts, now)


def steps(
    facts: InstanceFacts,
    fates: tuple[DiskFate, ...],
    backup: BackupState,
    terms: ReleaseTerms,
    now: datetime,
) -> Iterator[Step]:
    """The steps that are still to be done, in order."""
    yield from _before_anything_is_lost(facts, fates, backup, terms)
    active = is_active_subscription(facts, now)
    if active:
        yield from _end_of_subscription(facts, terms)
    converts = active and terms.on_active_subscription is OnActiveSubscription.CONVERT
    yield Step(
        StepKind.RELEASE,
        # Force skips the stop; without it a running instance is refused.
        force=facts.status is not Status.STOPPED,
        force_stop=not _shuts_down(facts, terms),
        terminate_subscription=facts.charge is Charge.SUBSCRIPTION and not converts,
    )
    yield Step(StepKind.CONFIRM)
    yield Step(StepKind.ACCOUNT)


def _before_anything_is_lost(
    facts: InstanceFacts, fates: tuple[DiskFate, ...], backup: BackupState, terms: ReleaseTerms
) -> Iterator[Step]:
    if backup.needs_image or backup.needs_snapshots:
        yield Step(StepKind.BACKUP, disk_ids=backup.needs_snapshots)
    if terms.on_public_ip is OnPublicIp.KEEP and facts.public_ips:
        yield Step(StepKind.KEEP_ADDRESS)
    # Before the release, because after it the flag comes too late.
    to_keep = tuple(fate.disk.disk_id for fate in fates if fate.to_keep)
    if to_keep:
        yield Step(StepKind.KEEP_DISKS, disk_ids=to_keep)
    if facts.deletion_protection:
        yield Step(StepKind.LIFT_PROTECTION)


def _end_of_subscription(facts: InstanceFacts, terms: ReleaseTerms) -> Iterator[Step]:
    if terms.on_active_subscription is OnActiveSubscription.REFUND:
        if _shuts_down(facts, terms):
            # A refund stops hard, so a graceful end needs a stop of its own before it.
            yield Step(StepKind.STOP)
        yield Step(StepKind.REFUND)
    else:
        yield Step(StepKind.CONVERT)


def _shuts_down(facts: InstanceFacts, terms: ReleaseTerms) -> bool:
    # Under a lock the cloud refuses every stop, and the release itself is all that is left.
    graceful = terms.shutdown is Shutdown.GRACEFUL and facts.status is Status.RUNNING
    return graceful and not facts.locks
