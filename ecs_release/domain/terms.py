"""What the owner of a group declared about its end.

Pure: imports the standard library and `facts` only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from ecs_release.domain.facts import Cloud, DiskKind


class OnProtected(StrEnum):
    """What a release does when it meets deletion protection."""

    REFUSE = "refuse"
    LIFT = "lift"


class OnActiveSubscription(StrEnum):
    """What a release does when it meets a subscription that still runs."""

    REFUSE = "refuse"
    REFUND = "refund"
    CONVERT = "convert"


class OnReplaced(StrEnum):
    """What happens to the old instance when a member got a new one."""

    REFUSE = "refuse"
    RELEASE = "release"


class OnBlocked(StrEnum):
    """What happens to the others when one instance of a run is refused."""

    STOP = "stop"
    RELEASE_OTHERS = "release-others"


class Backup(StrEnum):
    """What is taken of an instance before it is released."""

    NONE = "none"
    SNAPSHOTS = "snapshots"
    IMAGE = "image"


class Shutdown(StrEnum):
    """How a running instance goes down."""

    POWER_OFF = "power-off"
    GRACEFUL = "graceful"


class OnPublicIp(StrEnum):
    """What becomes of a fixed public address."""

    RELEASE = "release"
    KEEP = "keep"


class ApprovalTerm(StrEnum):
    """Whether a release needs the digest of its plan."""

    NONE = "none"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class ReleaseTerms:
    """The declared terms of release; every default is the safe one."""

    # A record written before a term existed reads as its default, so that must never release.
    on_protected: OnProtected = OnProtected.REFUSE
    on_active_subscription: OnActiveSubscription = OnActiveSubscription.REFUSE
    on_replaced: OnReplaced = OnReplaced.REFUSE
    on_blocked: OnBlocked = OnBlocked.STOP
    backup: Backup = Backup.NONE
    shutdown: Shutdown = Shutdown.POWER_OFF
    on_public_ip: OnPublicIp = OnPublicIp.RELEASE
    approval: ApprovalTerm = ApprovalTerm.NONE
    max_instances: int | None = None


@dataclass(frozen=True, slots=True)
class DeclaredDisk:
    """A disk as its owner declared it; matched to a disk in the cloud by kind and name."""

    name: str
    kind: DiskKind
    category: str
    size_gib: int
    release_with_instance: bool = True
    release_auto_snapshots: bool = True


@dataclass(frozen=True, slots=True)
class GroupRecord:
    """Everything that ending a group needs, as the state keeps it.

    `members` maps a member's name (web-0) to its instance id. `released_by` is the declared
    release time once it has passed: the members are then expected to be gone.
    """

    project: str
    stack: str
    group: str
    group_id: str
    account: str
    cloud: Cloud
    # Read-only, so that no plan can change what the state keeps.
    members: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    disks: tuple[DeclaredDisk, ...] = ()
    terms: ReleaseTerms = ReleaseTerms()
    # Set only once it has passed: until then a missing member is a surprise.
    released_by: datetime | None = None
    # Its subscriptions end at their expiry, declared or not.
    at_expiry: bool = False

    def member_of(self, instance_id: str) -> str:
        """The member that has this id recorded, "" when none has."""
        return next((name for name, recorded in self.members.items() if recorded == instance_id), "")
