"""A small model of an instance's documented life, written from the API's documentation alone.

Where the documentation is silent, it follows the choices that docs/emulator.md lists.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import UTC, datetime

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
PENDING, STARTING, STOPPING, RELEASING, GRACEFUL, RECLAIM = 1.0, 1.0, 1.0, 2.0, 10.0, 300.0
EXPIRED_STOPS, KEPT_AFTER_EXPIRY, KEPT_IN_ARREARS = HOUR, 15 * DAY, 15 * DAY
ON_THE_WAY_UP = ("Pending", "Starting")
BLOCKS = {
    "slb-configuring": "400 DependencyViolation.SLBConfiguring",
    "route-entry": "400 DependencyViolation.RouteEntry",
    "eni-linked": "403 InvalidOperation.EniLinked",
}


def a_month_later(moment: float) -> float:
    """Return the same minute, a calendar month later."""
    then = datetime.fromtimestamp(moment // MINUTE * MINUTE, UTC)
    year, month = (then.year + 1, 1) if then.month == 12 else (then.year, then.month + 1)
    day = min(then.day, monthrange(year, month)[1])
    return then.replace(year=year, month=month, day=day).timestamp()


@dataclass
class Disk:
    """A disk, and whether it ends with its instance."""

    id: str
    kind: str
    local: bool
    with_instance: bool
    charge: str
    instance: str

    def change(self, with_instance: bool) -> str:
        """Return what ModifyDiskAttribute answers, and do it."""
        if self.local and not with_instance:
            return "403 DiskNotPortable"
        self.with_instance = with_instance
        return "200"


@dataclass
class Instance:
    """What is known of one instance, and what will happen to it and when."""

    id: str
    charge: str
    spot: bool
    protected: bool
    disks: list[Disk]
    status: str = "Pending"
    locks: set[str] = field(default_factory=set)
    blocked: str = ""
    expires: float = 0.0
    release_at: float | None = None
    expired: bool = False
    releasing: bool = False
    due: dict[str, float] = field(default_factory=dict)

    @property
    def refunded(self) -> bool:
        """Whether its money was given back and it waits for its release."""
        return "refunded" in self.locks

    @property
    def in_arrears(self) -> bool:
        """Whether it is locked for money."""
        return "financial" in self.locks

    @property
    def live_subscription(self) -> bool:
        """Whether it is paid ahead, for a time that is not over."""
        return self.charge == "PrePaid" and not self.expired and not self.refunded

    @property
    def release_time(self) -> str:
        """AutoReleaseTime as DescribeInstances shows it."""
        return shown(self.release_at) if self.release_at else ""

    # The order of the checks is that of the reference's section on throttling and retries.
    def release(self, force: bool, terminate: bool) -> str:
        """Return what a release answers before anything is done: "200" or the refusal."""
        if self.protected:
            return "403 InvalidOperation.DeletionProtection"
        if self.charge == "PrePaid" and (self.live_subscription or not terminate):
            return "403 ChargeTypeViolation"
        if self.status in ON_THE_WAY_UP:
            return "403 IncorrectInstanceStatus.Initializing"
        if self.releasing or self.status == "Stopping" or (self.status == "Running" and not force):
            return "403 IncorrectInstanceStatus"
        return BLOCKS.get(self.blocked, "200")

    def begin_release(self, now: float, seconds: float = RELEASING) -> None:
        """Go: seen Stopping, or Stopped if it was, until it is no more."""
        self.status = "Stopped" if self.status == "Stopped" else "Stopping"
        self.releasing = True
        self.due = {"gone": now + seconds}

    def power(self, wanted: str, unready: str = "403 IncorrectInstanceStatus") -> set[str]:
        """Return what a stop (of what is Running) or a start (of what is Stopped) may answer."""
        refusals = set()
        if "security" in self.locks:
            refusals.add("403 InstanceLockedForSecurity")
        if self.in_arrears:
            refusals.add("403 InstanceExpiredOrInArrears")
        if self.status != wanted or self.releasing:
            refusals.add(unready if self.status == "Pending" else "403 IncorrectInstanceStatus")
        # Which of several refusals comes first is documented nowhere.
        return refusals or {"200"}

    def stop(self, now: float) -> None:
        """Go from Running to Stopping."""
        self.status, self.due["stopped"] = "Stopping", now + STOPPING

    def start(self, now: float) -> None:
        """Go from Stopped to Starting."""
        self.status, self.due["running"] = "Starting", now + STARTING

    def halt(self) -> None:
        """Be Stopped at once, whatever was under way."""
        self.status = "Stopped"
        for event in ("starting", "running", "stopped"):
            self.due.pop(event, None)

    def survivors(self) -> list[Disk]:
        """Return the disks that are left when it is gone, as what they are then."""
        # Under a security lock everything attached is destroyed.
        kept = [] if "security" in self.locks else [disk for disk in self.disks if not disk.with_instance]
        for disk in kept:
            disk.kind, disk.charge, disk.instance = "data", "PostPaid", ""
        return kept


def shown(moment: float) -> str:
    """Return a moment to the minute, as DescribeInstances shows it."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%MZ")
