"""What is lost with an instance and what stays behind and bills.

Pure: imports the standard library and the domain only.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ecs_release.domain.backups import BackupState
from ecs_release.domain.disks import DiskFate
from ecs_release.domain.facts import InstanceFacts, SnapshotFacts
from ecs_release.domain.terms import OnPublicIp, ReleaseTerms


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that is lost or stays behind: what it is, its id, and why.

    `price` is a month's cost with its currency, or "unknown" with the reason; "" until it was asked for.
    """

    kind: str
    id: str
    description: str
    why: str
    bills: bool = False
    price: str = ""
    is_backup: bool = False
    category: str = ""
    size_gib: int = 0


def losses(facts: InstanceFacts, fates: tuple[DiskFate, ...], terms: ReleaseTerms) -> Iterator[Thing]:
    """Everything that ends with the instance and cannot be had back."""
    for fate in fates:
        if not fate.stays:
            yield Thing("disk", fate.disk.disk_id, disk_words(fate), fate.why)
    for snapshot in _automatic(facts, fates, lost=True):
        yield _snapshot(snapshot, "declared to go with its disk", bills=False)
    if terms.on_public_ip is not OnPublicIp.KEEP:
        for address in facts.public_ips:
            yield Thing("public address", address, "fixed", "reclaimed with the instance, not to be had back")


def survivors(facts: InstanceFacts, fates: tuple[DiskFate, ...], terms: ReleaseTerms) -> Iterator[Thing]:
    """Everything that stays after the release, most of it on the bill."""
    for fate in fates:
        if fate.stays:
            disk = fate.disk
            yield Thing(
                "disk",
                disk.disk_id,
                disk_words(fate),
                fate.why,
                bills=True,
                category=disk.category,
                size_gib=disk.size_gib,
            )
    # The disk goes and its snapshots do not: the bill that is easiest to overlook.
    for snapshot in _automatic(facts, fates, lost=False):
        yield _snapshot(snapshot, "automatic ones outlive a disk that stays or is declared so", bills=True)
    for snapshot in facts.snapshots:
        if not snapshot.automatic:
            yield _snapshot(snapshot, _why_manual(snapshot.backup_of), bills=True)
    for image in facts.images:
        why = _why_manual(image.backup_of)
        yield Thing("image", image.image_id, image.name, why, bills=True, is_backup=bool(image.backup_of))
    yield from _surviving_network(facts, terms)


def backups_to_be(facts: InstanceFacts, backup: BackupState) -> Iterator[Thing]:
    """The backups that the run still takes; they stay like those that it has taken."""
    for disk_id in backup.needs_snapshots:
        yield Thing("snapshot", f"of {disk_id}", "to be", _why_manual("this"), bills=True, is_backup=True)
    if backup.needs_image:
        name = f"of {facts.instance_id}"
        yield Thing("image", name, "to be", _why_manual("this"), bills=True, is_backup=True)


def _surviving_network(facts: InstanceFacts, terms: ReleaseTerms) -> Iterator[Thing]:
    if facts.eip_address:
        allocation = facts.eip_allocation_id or facts.eip_address
        yield Thing("EIP", allocation, facts.eip_address, "an EIP is unbound, not released", bills=True)
    if terms.on_public_ip is OnPublicIp.KEEP:
        for address in facts.public_ips:
            yield Thing("EIP", address, "to be", "declared to be kept: it becomes an EIP first", bills=True)
    for interface in facts.interfaces:
        if not interface.delete_on_release:
            yield Thing("network interface", interface.interface_id, "ENI", "its DeleteOnRelease is false")


def _automatic(facts: InstanceFacts, fates: tuple[DiskFate, ...], *, lost: bool) -> Iterator[SnapshotFacts]:
    doomed = {fate.disk.disk_id for fate in fates if not fate.stays and fate.disk.delete_auto_snapshot}
    for snapshot in facts.snapshots:
        if snapshot.automatic and (snapshot.disk_id in doomed) is lost:
            yield snapshot


def _snapshot(snapshot: SnapshotFacts, why: str, *, bills: bool) -> Thing:
    kind = "automatic snapshot" if snapshot.automatic else "snapshot"
    name = f"of disk {snapshot.disk_id}" + (f", {snapshot.name}" if snapshot.name else "")
    return Thing(kind, snapshot.snapshot_id, name, why, bills, is_backup=bool(snapshot.backup_of))


def _why_manual(backup_of: str) -> str:
    return "the backup of this release" if backup_of else "made by somebody, and nobody deletes it"


def disk_words(fate: DiskFate) -> str:
    """A disk in a few words."""
    disk = fate.disk
    name = f" {disk.name}" if disk.name and disk.name != disk.kind.value else ""
    return f"{disk.kind.value}{name}, {disk.category}, {disk.size_gib} GiB"
