"""Does one phase of a plan: the calls that change something, each journalled before and after.

Imports gateway and domain. Every phase may be repeated; what it has done leaves the next plan.
"""

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field
from functools import partial

from ecs_release.domain.facts import BACKUP_TAG, GROUP_TAG, MEMBER_TAG, PROJECT_TAG, STACK_TAG
from ecs_release.domain.plan import InstancePlan
from ecs_release.domain.steps import Step, StepKind
from ecs_release.domain.terms import Backup, GroupRecord
from ecs_release.gateway.batches import in_batches
from ecs_release.gateway.errors import CloudError, Later, NoPermission, NotFound, Refused
from ecs_release.gateway.gateway import Gateway
from ecs_release.runner.journal import Journal
from ecs_release.runner.observe import Errand

RELEASE_BATCH, CONVERSION_BATCH, STOP_BATCH = 100, 20, 100


class RefundWouldDestroy(Refused):
    """The product cannot stop first, and a refund at once would take a disk that is to be kept."""


@dataclass
class Done:
    """What this run has had done: what must be waited for or put back, and what the receipt tells."""

    lifted: list[str] = field(default_factory=list)
    converting: set[str] = field(default_factory=set)
    promised: list[str] = field(default_factory=list)
    # By a look after the promise; it may still go, so the promise is remembered.
    still_there: set[str] = field(default_factory=set)
    calls: list[tuple[str, list[str], str]] = field(default_factory=list)

    @property
    def released(self) -> list[str]:
        """Whose release the cloud has promised, less what was still there when it was last looked for."""
        return [id_ for id_ in self.promised if id_ not in self.still_there]

    def promise(self, ids: Iterable[str]) -> None:
        """A release was answered 200; only a later look can contradict it."""
        self.promised = list(dict.fromkeys((*self.promised, *ids)))
        self.still_there -= set(ids)


class Phases:
    """The phases of one run over one group."""

    def __init__(
        self, gateway: Gateway, journal: Journal, errand: Errand, before_each_call: Callable[[], None]
    ) -> None:
        self._gateway, self._journal, self._errand = gateway, journal, errand
        self._before_each_call = before_each_call
        self.done = Done()
        self._apply: dict[StepKind, Callable[[list[InstancePlan]], None]] = {
            StepKind.BACKUP: self._take_backups,
            StepKind.KEEP_ADDRESS: self._keep_addresses,
            StepKind.KEEP_DISKS: self._keep_disks,
            StepKind.LIFT_PROTECTION: self._lift_protection,
            StepKind.STOP: self._stop,
            StepKind.REFUND: self._refund,
            StepKind.CONVERT: self._convert,
            StepKind.RELEASE: self._release,
        }

    def apply(self, kind: StepKind, plans: list[InstancePlan]) -> None:
        """One phase for every instance whose plan has it; raises CloudError and EngineGone."""
        self._apply[kind](plans)

    def put_protection_back(self, gone: Set[str]) -> Iterator[tuple[str, bool]]:
        """Protects again what this run lifted and is not proven gone; yields what is not, and if it was seen.

        What a 200 to its release was had for is looked for first: most of it is on its way.
        """
        lifted = [id_ for id_ in self.done.lifted if id_ not in gone]
        going = [id_ for id_ in lifted if id_ in self.done.released]
        there = self._shown_protection(going)
        left = [id_ for id_ in lifted if id_ not in going or there is None or id_ in there]
        asked = [id_ for id_ in left if self._is_asked_to_protect(id_)]
        # A 200 is a promise: what counts is what a look shows, one for all of them.
        shown = self._shown_protection(asked) or {}
        # What is protected is not being released, whatever was promised.
        self.done.still_there |= {id_ for id_, protected in shown.items() if protected}
        for instance_id in asked:
            if not shown.get(instance_id):
                yield instance_id, instance_id in shown and instance_id not in going

    def _is_asked_to_protect(self, instance_id: str) -> bool:
        """Whether there is still something to protect."""
        protect = partial(self._gateway.set_protection, instance_id, True)
        try:
            self._asked("ModifyInstanceAttribute", [instance_id], protect, deletion_protection=True)
        except NotFound:
            return False
        except CloudError:
            # Whatever it is: the others have to be protected again, and a lift that failed left it on.
            pass
        return True

    def _shown_protection(self, ids: list[str]) -> dict[str, bool] | None:
        """Whether protection is on, of those that can be seen; None where nobody can look."""
        try:
            found = self._gateway.find_instances(ids) if ids else ()
        except CloudError:
            return None
        return {facts.instance_id: facts.deletion_protection for facts in found}

    def _called(self, action: str, ids: list[str], call: Callable[[], str], **details: object) -> str:
        self._before_each_call()
        return self._asked(action, ids, call, **details)

    def _asked(self, action: str, ids: list[str], call: Callable[[], str], **details: object) -> str:
        self._journal.write("call", action=action, ids=ids, **details)
        try:
            request_id = call()
        except Refused as error:
            # Without this, the call would pass for one whose answer was lost.
            self._journal.write("refusal", action=action, code=error.code, request_id=error.request_id)
            raise
        self._journal.write("answer", action=action, request_id=request_id)
        self.done.calls.append((action, ids, request_id))
        return request_id

    def _take_backups(self, plans: list[InstancePlan]) -> None:
        for plan in plans:
            instance_id = plan.instance_id
            tags = backup_tags(self._errand.record, plan)
            if self._errand.terms.backup is Backup.IMAGE:
                # An older one of the same instance keeps its name, and names are unique.
                name = f"{instance_id}-{self._gateway.cloud_time():%Y%m%d-%H%M%S}"
                make = partial(self._gateway.create_image, instance_id, name, tags)
                self._called("CreateImage", [instance_id], make)
            for disk_id in _step(plan, StepKind.BACKUP).disk_ids:
                name = f"{disk_id}-before-release"
                take = partial(self._gateway.create_snapshot, disk_id, name, tags)
                self._called("CreateSnapshot", [disk_id], take)

    def _keep_addresses(self, plans: list[InstancePlan]) -> None:
        for id_ in _ids(plans):
            self._called("ConvertNatPublicIpToEip", [id_], partial(self._gateway.convert_address, id_))

    def _keep_disks(self, plans: list[InstancePlan]) -> None:
        disk_ids = [disk_id for plan in plans for disk_id in _step(plan, StepKind.KEEP_DISKS).disk_ids]
        self._called(
            "ModifyDiskAttribute",
            disk_ids,
            lambda: ",".join(
                self._gateway.set_disk_flags(disk_ids, delete_with_instance=False, delete_auto_snapshot=None)
            ),
        )
        # A 200 to a batch is no proof; a disk lost here is lost for good.
        lost = [disk.disk_id for disk in self._gateway.find_disks(disk_ids) if disk.delete_with_instance]
        if lost:
            raise Later("flag-not-set", f"{', '.join(lost)} still go with their instance", "", "")

    def _lift_protection(self, plans: list[InstancePlan]) -> None:
        for id_ in _ids(plans):
            self._before_each_call()
            # Noted before the call: a lost reply may hide that protection is off.
            self.done.lifted.append(id_)
            self._asked(
                "ModifyInstanceAttribute",
                [id_],
                partial(self._gateway.set_protection, id_, False),
                deletion_protection=False,
            )

    def _stop(self, plans: list[InstancePlan]) -> None:
        for batch in in_batches(_ids(plans), STOP_BATCH):
            self._called("StopInstances", batch, partial(self._gateway.stop_instances, batch))

    def _refund(self, plans: list[InstancePlan]) -> None:
        for plan in plans:
            try:
                self._refund_one(plan, at_once=False)
            except (NoPermission, NotFound):
                raise
            except Refused as error:
                if not _may_go_at_once(plan):
                    raise RefundWouldDestroy(
                        error.code,
                        "it cannot be stopped first",
                        error.request_id,
                        "RefundInstance",
                        about=plan.instance_id,
                    ) from error
                self._refund_one(plan, at_once=True)

    def _refund_one(self, plan: InstancePlan, *, at_once: bool) -> None:
        self._called(
            "RefundInstance",
            [plan.instance_id],
            lambda: self._gateway.refund(plan.instance_id, at_once=at_once),
            quote=str(plan.refund or ""),
            at_once=at_once,
        )
        if at_once:
            self.done.promise([plan.instance_id])

    def _convert(self, plans: list[InstancePlan]) -> None:
        for batch in in_batches(_ids(plans), CONVERSION_BATCH):
            self._called(
                "ModifyInstanceChargeType",
                batch,
                partial(self._gateway.convert_to_pay_as_you_go, batch),
            )
            self.done.converting |= set(batch)

    def _release(self, plans: list[InstancePlan]) -> None:
        # The switches hold for a whole call, and one of them must not reach a pay-as-you-go instance.
        for terminate in (False, True):
            for force_stop in (False, True):
                chosen = [plan for plan in plans if _switches(plan) == (terminate, force_stop)]
                for start in range(0, len(chosen), RELEASE_BATCH):
                    self._release_batch(chosen[start : start + RELEASE_BATCH], terminate, force_stop)

    def _release_batch(self, batch: list[InstancePlan], terminate: bool, force_stop: bool) -> None:
        ids = _ids(batch)
        force = any(_step(plan, StepKind.RELEASE).force for plan in batch)
        self._called(
            "DeleteInstances",
            ids,
            lambda: self._gateway.release_instances(
                ids, force=force, force_stop=force_stop, terminate_subscription=terminate
            ),
            terminate=terminate,
        )
        self.done.promise(ids)


def backup_tags(record: GroupRecord, plan: InstancePlan) -> dict[str, str]:
    """What a backup carries: whose it is, so that it is found again when the journal is lost."""
    return {BACKUP_TAG: plan.instance_id, **place_tags(record), MEMBER_TAG: plan.member}


def place_tags(record: GroupRecord) -> dict[str, str]:
    """The tags that say where something was declared."""
    return {PROJECT_TAG: record.project, STACK_TAG: record.stack, GROUP_TAG: record.group}


def _step(plan: InstancePlan, kind: StepKind) -> Step:
    return plan.step(kind) or Step(kind)


def _ids(plans: Iterable[InstancePlan]) -> list[str]:
    return [plan.instance_id for plan in plans]


def _switches(plan: InstancePlan) -> tuple[bool, bool]:
    step = _step(plan, StepKind.RELEASE)
    return step.terminate_subscription, step.force_stop


def _may_go_at_once(plan: InstancePlan) -> bool:
    """Whether nothing that is to be kept could die with a refund that releases at once."""
    kept = any(thing.kind == "disk" for thing in plan.survivors)
    # Snapshots are taken of disks that die; of those that stay only an image has a copy.
    return not kept or any(thing.is_backup and thing.kind == "image" for thing in plan.survivors)
