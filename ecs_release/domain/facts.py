"""What one observation of the cloud saw, frozen.

Pure: imports the standard library only. `gateway.mapping` makes these from API replies,
`plan` decides on them, tests write them by hand.
"""

from dataclasses import KW_ONLY, dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

# Whose an instance is hangs on this tag alone; the others are for people and for naming.
GROUP_ID_TAG = "ecs-release:group-id"
MEMBER_TAG = "ecs-release:member"
PROJECT_TAG = "ecs-release:project"
STACK_TAG = "ecs-release:stack"
GROUP_TAG = "ecs-release:group"
BACKUP_TAG = "ecs-release:backup-of"
CLAIMED_TAG = "ecs-release:claimed"
UNRECORDED_TAG = "ecs-release:unrecorded"
OUR_TAGS = (GROUP_ID_TAG, MEMBER_TAG, PROJECT_TAG, STACK_TAG, GROUP_TAG, CLAIMED_TAG, UNRECORDED_TAG)


class Charge(StrEnum):
    """The billing method of an instance; spot is a kind of pay-as-you-go to the API, not to us."""

    PAY_AS_YOU_GO = "pay-as-you-go"
    SPOT = "spot"
    SUBSCRIPTION = "subscription"


class Status(StrEnum):
    """The five states an instance can show (DescribeInstances)."""

    PENDING = "Pending"
    STARTING = "Starting"
    RUNNING = "Running"
    STOPPING = "Stopping"
    STOPPED = "Stopped"


HOURS_OF_A_MONTH = 720
ACCOMPLISHED, AVAILABLE = "accomplished", "Available"
FAILED = ("failed", "CreateFailed", "UnAvailable")


class DiskKind(StrEnum):
    """Whether a disk holds the system or data."""

    SYSTEM = "system"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Cloud:
    """Where the API is: region, protocol, and `host:port` per product, "" for the official one."""

    region: str
    protocol: str = "HTTPS"
    ecs: str = ""
    sts: str = ""
    bss: str = ""
    vpc: str = ""

    def is_same_place(self, other: "Cloud") -> bool:
        """Whether both lead to the same instances; where addresses are looked after is no part of that."""
        return replace(self, vpc="") == replace(other, vpc="")


@dataclass(frozen=True, slots=True)
class Price:
    """What something costs an hour (DescribePrice)."""

    hourly: Decimal
    currency: str

    def monthly(self) -> str:
        """A month of 720 hours, as text."""
        return f"{self.hourly * HOURS_OF_A_MONTH:.2f} {self.currency} a month".replace("  ", " ")


@dataclass(frozen=True, slots=True)
class Quote:
    """What a refund would pay back now (InquiryPriceRefundInstance)."""

    amount: str
    currency: str

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}".strip()


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is calling (GetCallerIdentity)."""

    account: str
    arn: str
    kind: str


@dataclass(frozen=True, slots=True)
class DiskFacts:
    """One disk (DescribeDisks); `portable` false means that nobody can detach it."""

    disk_id: str
    name: str
    kind: DiskKind
    category: str
    size_gib: int
    status: str
    instance_id: str
    delete_with_instance: bool
    delete_auto_snapshot: bool
    # Unknown to older API answers, so the harmless reading is the default.
    portable: bool = True
    multi_attach: bool = False
    charge: Charge = Charge.PAY_AS_YOU_GO
    locks: frozenset[str] = frozenset()
    tags: tuple[tuple[str, str], ...] = ()

    @property
    def local(self) -> bool:
        """A local disk: it lives and dies with its instance, whatever its flag says."""
        return self.category.startswith(("local_", "ephemeral", "elastic_ephemeral"))

    @property
    def bound(self) -> bool:
        """Whether it cannot outlive its instance; a subscription's disk can once the cloud took the flag."""
        taken = self.category != "cloud" and not self.delete_with_instance
        return self.local or (not self.portable and not taken)


@dataclass(frozen=True, slots=True)
class SnapshotFacts:
    """One snapshot of a disk (DescribeSnapshots); `automatic` ones follow their disk's flag."""

    snapshot_id: str
    disk_id: str
    name: str = ""
    automatic: bool = False
    status: str = ACCOMPLISHED
    progress: str = "100%"
    created_at: datetime | None = None
    backup_of: str = ""


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """One custom image (DescribeImages) that a run of ours made of an instance."""

    image_id: str
    name: str
    status: str
    progress: str = "100%"
    created_at: datetime | None = None
    backup_of: str = ""
    # They bill, and live on when their image is deleted.
    snapshot_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EipFacts:
    """One elastic address (DescribeEipAddresses); `holder` is what it is bound to, "" when free."""

    allocation_id: str
    address: str
    status: str
    holder: str = ""


@dataclass(frozen=True, slots=True)
class InterfaceFacts:
    """One network interface (DescribeNetworkInterfaces) of an instance."""

    interface_id: str
    instance_id: str
    primary: bool = False
    delete_on_release: bool = True


@dataclass(frozen=True, slots=True)
class InstanceFacts:
    """One instance (DescribeInstances) with its disks; all times are aware and in UTC.

    `expires_at` is None unless it is a subscription; `locks` holds lower-case lock reasons
    (financial, security, recycling, dedicatedhostfinancial, refunded).
    """

    instance_id: str
    name: str
    status: Status
    charge: Charge
    created_at: datetime | None = None
    expires_at: datetime | None = None
    auto_release_at: datetime | None = None
    deletion_protection: bool = False
    locks: frozenset[str] = frozenset()
    tags: tuple[tuple[str, str], ...] = ()
    public_ips: tuple[str, ...] = ()
    eip_address: str = ""
    eip_allocation_id: str = ""
    instance_type: str = ""
    image_id: str = ""
    vswitch_id: str = ""
    security_group_ids: tuple[str, ...] = ()
    key_pair: str = ""
    bandwidth_mbps: int = 0
    # Only billing knows it, and only for subscriptions.
    renewal: str = ""
    interface_ids: tuple[str, ...] = ()
    disks: tuple[DiskFacts, ...] = ()
    snapshots: tuple[SnapshotFacts, ...] = ()
    images: tuple[ImageFacts, ...] = ()
    interfaces: tuple[InterfaceFacts, ...] = ()
    refund: Quote | None = None

    def tag(self, key: str) -> str:
        """The value of a tag, "" when the instance does not carry it."""
        return dict(self.tags).get(key, "")


@dataclass(frozen=True, slots=True)
class Observation:
    """One look at a group: everything recorded and everything that carries its group id.

    `gone` are recorded ids proven released; `unseen` are recorded ids that the answer left
    out without such a proof. `taken_at` is the cloud's clock.
    """

    taken_at: datetime
    instances: tuple[InstanceFacts, ...] = ()
    # By name only: four sets of one type, and each means something else.
    _: KW_ONLY
    # Two sets, because an id that is merely missing must never pass for a released one.
    gone: frozenset[str] = frozenset()
    unseen: frozenset[str] = frozenset()
    # Unrecorded ids that an earlier look of the run saw with a rival, or did not see: not ours to end by tag.
    disputed: frozenset[str] = frozenset()
    # Ids that stay declared although what was paid for has ended, and that are to end with it.
    expired: frozenset[str] = frozenset()
