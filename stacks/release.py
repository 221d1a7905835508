"""The terms under which a group ends, and what becomes of its public addresses.

Imports the domain, `fields`, `parts` and `schedule`; imported by `schema`.
"""

from ecs_release.domain.schedule import Schedule
from ecs_release.domain.terms import (
    ApprovalTerm,
    Backup,
    OnActiveSubscription,
    OnBlocked,
    OnProtected,
    OnPublicIp,
    OnReplaced,
    Shutdown,
)
from stacks.fields import Whole
from stacks.parts import Closed, option
from stacks.schedule import FORMS, SCHEDULE_FORMS, AtExpiry, ScheduleForm

RELEASE_FIELDS = (
    "{schedule, on_protected, on_active_subscription, on_replaced, on_blocked, backup, shutdown, approval,"
    " max_instances}"
)


class PublicIp(Closed):
    """A fixed public address of each instance."""

    bandwidth_mbps: Whole = option(
        "Outbound limit; traffic bills.",
        "1 to 100",
        ge=1,
        le=100,
    )
    on_release: OnPublicIp = option(
        "release: the address is lost for good with its instance. keep: it becomes an EIP before the release,"
        " stays, and bills until somebody releases it.",
        "release or keep",
        OnPublicIp.RELEASE,
    )


class Release(Closed):
    """The terms under which a group ends."""

    schedule: ScheduleForm | None = option(
        "When the group ends by itself. Left out: it bills until it leaves the program or is destroyed.",
        SCHEDULE_FORMS,
        None,
    )
    on_protected: OnProtected = option(
        "What a release does with a protected instance. refuse: nothing of the group is released. lift: the"
        " release takes protection off by itself, so that it protects from others only.",
        "refuse or lift",
        OnProtected.REFUSE,
    )
    on_active_subscription: OnActiveSubscription = option(
        "What a release does with a subscription that still runs. refuse: nothing of the group is released."
        " refund: part of the money comes back, not vouchers. convert: it becomes pay-as-you-go, within the"
        " account's monthly quota, and is released then.",
        "refuse, refund or convert",
        OnActiveSubscription.REFUSE,
    )
    on_replaced: OnReplaced = option(
        "What becomes of the old instance when a member has a new one. release: its disks go by their flags.",
        "refuse or release",
        OnReplaced.REFUSE,
    )
    on_blocked: OnBlocked = option(
        "What happens to the others when one instance is refused. stop: nothing is released, of the whole"
        " stack on destroy. release-others: the rest of the group goes, and the run still ends as refused.",
        "stop or release-others",
        OnBlocked.STOP,
    )
    backup: Backup = option(
        "Taken and complete before anything is released; it stays and bills. snapshots: of each disk that"
        " dies. image: of the whole instance.",
        "none, snapshots or image",
        Backup.NONE,
    )
    shutdown: Shutdown = option(
        "power-off: like pulling the plug, what was not written to disk is lost. graceful: the operating"
        " system shuts down first, which takes minutes.",
        "power-off or graceful",
        Shutdown.POWER_OFF,
    )
    approval: ApprovalTerm = option(
        "plan: a release needs the digest of its plan in ECS_RELEASE_APPROVE. none: the command is enough.",
        "none or plan",
        ApprovalTerm.NONE,
    )
    max_instances: Whole | None = option(
        "Most instances that one run may release; more need the digest of their plan. Left out: no limit.",
        "a whole number from 1 to 1000",
        None,
        ge=1,
        le=1000,
    )

    @property
    def timing(self) -> Schedule:
        """The release time in the domain's words; without one for a subscription's expiry."""
        form = self.schedule
        return Schedule() if form is None or isinstance(form, AtExpiry) else form.timing

    @property
    def is_timed(self) -> bool:
        """Whether the cloud itself releases the instances at a time."""
        return self.schedule is not None and not isinstance(self.schedule, AtExpiry)

    @property
    def key(self) -> str:
        """The key under which the schedule's time is declared, "at" without one."""
        return next((key for key, form in FORMS.items() if isinstance(self.schedule, form)), "at")
