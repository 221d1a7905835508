"""Which backups an instance still needs, has in progress, or could not get.

Pure: imports the standard library and the facts and terms beside it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ecs_release.domain.disks import DiskFate
from ecs_release.domain.facts import (
    ACCOMPLISHED,
    AVAILABLE,
    FAILED,
    ImageFacts,
    InstanceFacts,
    SnapshotFacts,
)
from ecs_release.domain.terms import Backup

# Long enough for a run that was broken off and repeated, short enough to be of the data that go.
FRESH = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class BackupState:
    """What is still to be taken, what is on its way, what failed, and what cannot be had."""

    needs_image: bool = False
    needs_snapshots: tuple[str, ...] = ()
    in_progress: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    impossible: tuple[str, ...] = ()
    taken: tuple[SnapshotFacts | ImageFacts, ...] = ()


def backup_state(
    facts: InstanceFacts, fates: Iterable[DiskFate], backup: Backup, now: datetime
) -> BackupState:
    """Where the backup of an instance stands under its terms, at the cloud's time `now`."""
    if backup is Backup.SNAPSHOTS:
        return _of_snapshots(facts, tuple(fates), now)
    return _of_image(facts, now) if backup is Backup.IMAGE else BackupState()


def _of_snapshots(facts: InstanceFacts, fates: tuple[DiskFate, ...], now: datetime) -> BackupState:
    dying = [fate.disk for fate in fates if not fate.stays]
    fresh = {
        snapshot.disk_id: snapshot
        for snapshot in facts.snapshots
        if snapshot.backup_of == facts.instance_id and is_fresh(snapshot, now)
    }
    of_dying = [fresh[disk.disk_id] for disk in dying if disk.disk_id in fresh]
    return BackupState(
        needs_snapshots=tuple(disk.disk_id for disk in dying if not disk.local and disk.disk_id not in fresh),
        in_progress=tuple(_in_progress(of_dying)),
        failed=tuple(one.snapshot_id for one in of_dying if one.status in FAILED),
        # A local disk has no snapshots, and it goes with its instance.
        impossible=tuple(disk.disk_id for disk in dying if disk.local),
        taken=tuple(one for one in of_dying if one.status == ACCOMPLISHED),
    )


def _of_image(facts: InstanceFacts, now: datetime) -> BackupState:
    fresh = [image for image in facts.images if image.backup_of == facts.instance_id and is_fresh(image, now)]
    return BackupState(
        needs_image=not fresh,
        in_progress=tuple(_in_progress(fresh)),
        failed=tuple(image.image_id for image in fresh if image.status in FAILED),
        impossible=tuple(disk.disk_id for disk in facts.disks if disk.local),
        taken=tuple(image for image in fresh if image.status == AVAILABLE),
    )


def is_fresh(backup: SnapshotFacts | ImageFacts, now: datetime) -> bool:
    """Whether a backup is young enough to stand for the data that go, or is still being taken."""
    if backup.created_at is None:
        return False
    # While it is being taken it is as fresh as a backup can be, however long it takes.
    unfinished = backup.status not in (ACCOMPLISHED, AVAILABLE, *FAILED)
    return unfinished or now - backup.created_at <= FRESH


def _in_progress(backups: Iterable[SnapshotFacts | ImageFacts]) -> Iterator[str]:
    for backup in backups:
        if backup.status not in (ACCOMPLISHED, AVAILABLE, *FAILED):
            name = backup.snapshot_id if isinstance(backup, SnapshotFacts) else backup.image_id
            yield f"{name} {backup.progress}".strip()
