"""What becomes of an instance's disks when it is released.

Pure: imports the standard library and the facts and terms beside it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ecs_release.domain.facts import DiskFacts, DiskKind, InstanceFacts
from ecs_release.domain.terms import DeclaredDisk

SECURITY_LOCK = "security"


@dataclass(frozen=True, slots=True)
class DiskFate:
    """Whether a disk stays after the release, why, and what has to be done or stands against it.

    `to_keep` asks for the flag to be moved towards keeping before the release; `cannot_keep`
    says that it should stay and cannot.
    """

    disk: DiskFacts
    stays: bool
    why: str
    to_keep: bool = False
    cannot_keep: bool = False


def match(disk: DiskFacts, declared: Iterable[DeclaredDisk], ambiguous: bool = False) -> DeclaredDisk | None:
    """The declaration of a disk: the system disk by its kind, data disks by a unique name."""
    for declaration in declared:
        if declaration.kind is not disk.kind:
            continue
        if disk.kind is DiskKind.SYSTEM or (declaration.name == disk.name and not ambiguous):
            return declaration
    return None


def matched(
    disks: Iterable[DiskFacts], declared: Iterable[DeclaredDisk]
) -> tuple[tuple[DiskFacts, DeclaredDisk | None], ...]:
    """Each disk of one instance with its declaration, None where it is declared nowhere."""
    disks, declared = tuple(disks), tuple(declared)
    # Two disks of one name on an instance: which one was declared cannot be told.
    names = Counter(disk.name for disk in disks if disk.kind is DiskKind.DATA)
    return tuple((disk, match(disk, declared, names[disk.name] > 1)) for disk in disks)


def disk_fates(instance: InstanceFacts, declared: Iterable[DeclaredDisk]) -> tuple[DiskFate, ...]:
    """The fate of each attached disk; flags move only towards keeping in a release run."""
    locked = SECURITY_LOCK in instance.locks
    return tuple(_fate(disk, declaration, locked) for disk, declaration in matched(instance.disks, declared))


def _fate(disk: DiskFacts, declaration: DeclaredDisk | None, locked: bool) -> DiskFate:
    # The API keeps these whatever is declared, and other instances write to them.
    if disk.multi_attach:
        return DiskFate(disk, True, "attached to several instances, never released with one")
    # Both must say so: a flag set by hand, or a wish not yet applied, is not enough to lose data.
    if declaration is not None and declaration.release_with_instance and disk.delete_with_instance:
        return DiskFate(disk, False, "declared to go with its instance")
    if disk.local and declaration is None:
        return DiskFate(disk, False, "a local disk goes with its instance")
    why = _why_kept(disk, declaration)
    if locked:
        return DiskFate(disk, False, f"{why}, but destroyed by the security lock", cannot_keep=True)
    if disk.bound:
        return DiskFate(disk, False, f"{why}, but cannot outlive its instance", cannot_keep=True)
    return DiskFate(disk, True, why, to_keep=disk.delete_with_instance)


def _why_kept(disk: DiskFacts, declaration: DeclaredDisk | None) -> str:
    if declaration is None:
        return "declared nowhere"
    if not declaration.release_with_instance:
        return "declared to be kept"
    return "declared to go, found kept; only `pulumi up` sets a disk to go"
