"""What RAM has to allow: for which call, for which command, and for which declaration.

Pure: imports the standard library and the domain only. The gateway has the table of its own calls
in these words, and one of what the stock provider sends; `policies` makes documents of them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from ecs_release.domain.facts import Charge
from ecs_release.domain.terms import (
    Backup,
    OnActiveSubscription,
    OnProtected,
    OnPublicIp,
    ReleaseTerms,
    Shutdown,
)


class Command(StrEnum):
    """Everything that one can run against a stack: Pulumi's four, and our own."""

    UP = "up"
    PREVIEW = "preview"
    REFRESH = "refresh"
    DESTROY = "destroy"
    PLAN = "plan"
    STATUS = "status"
    CALENDAR = "calendar"
    EXTEND = "extend"
    CANCEL = "cancel"
    SURVIVORS = "survivors"
    RELEASE_SURVIVORS = "survivors --release"
    ADOPT = "adopt"
    CLAIM = "claim"
    DISOWN = "disown"
    AUDIT = "audit"
    DOCTOR = "doctor"
    JOURNAL = "journal"


class Demand(StrEnum):
    """What a declaration asks for beyond the plain case; its value is how one declares it."""

    ALWAYS = ""
    MADE_NETWORK = "network: {cidr, zone}"
    CAN_BE_TIMED = "charge: pay-as-you-go or spot"
    SUBSCRIPTION = "charge: subscription"
    AT_EXPIRY = "schedule: {at_expiry: true}"
    RAM_ROLE = "ram_role"
    KEPT_DISK = "release_with_instance: false"
    ADOPTED = "adopt"
    SNAPSHOTS = "backup: snapshots"
    IMAGE = "backup: image"
    KEPT_ADDRESS = "public_ip.on_release: keep"
    LIFT = "on_protected: lift"
    REFUND = "on_active_subscription: refund"
    STOP_AND_REFUND = "shutdown: graceful with on_active_subscription: refund"
    CONVERT = "on_active_subscription: convert"


class Scope(StrEnum):
    """How far RAM can narrow a right to one stack."""

    # What the call is about carries the stack's tags.
    TAGGED = "the tags of what it is about"
    # What the call makes does not exist yet, and is told the tags.
    TAGGING = "the tags that it is told"
    OPEN = "nothing"


class Duty(StrEnum):
    """What a right can do to an instance's end, where two people should hold it apart."""

    NONE = ""
    RELEASES = "releases"
    LIFTS = "lifts protection"
    # The cloud releases at a time whatever protects, so who sets times needs to lift nothing.
    GOES_AROUND = "goes around protection"


@dataclass(frozen=True, slots=True)
class Grant:
    """For what a right is needed, on which kinds of resources, and how far it can be narrowed.

    Without a kind RAM knows no resource for the call, or it lists, and all have to be allowed.
    """

    commands: frozenset[Command]
    demand: Demand = Demand.ALWAYS
    kinds: tuple[str, ...] = ()
    scope: Scope = Scope.OPEN


@dataclass(frozen=True, slots=True)
class Action:
    """One call of the API: its product, the right it takes ("" for none), and what for.

    `aliases` are other names under which a policy can speak of the same right.
    """

    name: str
    product: str
    right: str
    grants: tuple[Grant, ...]
    changes: bool = False
    duty: Duty = Duty.NONE
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupNeeds:
    """What a group declares that decides about rights."""

    name: str
    terms: ReleaseTerms = field(default_factory=ReleaseTerms)
    charge: Charge = Charge.PAY_AS_YOU_GO
    at_expiry: bool = False
    keeps_disk: bool = True
    adopts: bool = False
    ram_role: str = ""

    @property
    def demands(self) -> frozenset[Demand]:
        """Everything that the group asks for."""
        return frozenset((Demand.ALWAYS, *self._kind(), *self._terms()))

    def _kind(self) -> Iterator[Demand]:
        subscribed = self.charge is Charge.SUBSCRIPTION
        yield Demand.SUBSCRIPTION if subscribed else Demand.CAN_BE_TIMED
        if self.at_expiry:
            yield Demand.AT_EXPIRY
        if self.keeps_disk:
            yield Demand.KEPT_DISK
        if self.adopts:
            yield Demand.ADOPTED
        if self.ram_role:
            yield Demand.RAM_ROLE

    def _terms(self) -> Iterator[Demand]:
        terms = self.terms
        refunds = terms.on_active_subscription is OnActiveSubscription.REFUND
        asked = {
            Demand.SNAPSHOTS: terms.backup is Backup.SNAPSHOTS,
            Demand.IMAGE: terms.backup is Backup.IMAGE,
            Demand.KEPT_ADDRESS: terms.on_public_ip is OnPublicIp.KEEP,
            Demand.LIFT: terms.on_protected is OnProtected.LIFT,
            Demand.REFUND: refunds,
            Demand.STOP_AND_REFUND: refunds and terms.shutdown is Shutdown.GRACEFUL,
            Demand.CONVERT: terms.on_active_subscription is OnActiveSubscription.CONVERT,
        }
        yield from (demand for demand, is_asked in asked.items() if is_asked)


@dataclass(frozen=True, slots=True)
class StackNeeds:
    """What a stack declares that decides about rights."""

    project: str
    stack: str
    region: str
    groups: tuple[GroupNeeds, ...] = ()
    makes_network: bool = False

    @property
    def ram_roles(self) -> tuple[str, ...]:
        """The roles that instances are given."""
        return tuple(sorted({group.ram_role for group in self.groups if group.ram_role}))

    def asking(self, demand: Demand) -> tuple[str, ...] | None:
        """The groups that ask for this; None where it is not the groups that ask."""
        if demand is Demand.ALWAYS:
            return None
        if demand is Demand.MADE_NETWORK:
            return None if self.makes_network else ()
        return tuple(sorted(group.name for group in self.groups if demand in group.demands))


def rights_of(actions: Iterable[Action], command: Command, stack: StackNeeds) -> frozenset[str]:
    """The names of the rights that a command takes in a stack."""
    return frozenset(
        action.right
        for action in actions
        for grant in action.grants
        if action.right and command in grant.commands and stack.asking(grant.demand) != ()
    )
