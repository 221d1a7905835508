"""The release run: observe, plan, refuse or apply, observe again, until every id is gone.

Imports gateway and domain. Clock and sleep are arguments. All instances are looked at before
the first is touched; a 200 to a release is a promise, the proof of gone is the observation's.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from ecs_release.domain.plan import Answer, InstancePlan, Plan, Step, StepKind, Thing, plan_release
from ecs_release.domain.reasons import Finding, Reason
from ecs_release.domain.render import headline, plan_json
from ecs_release.gateway.errors import CloudError, Later, NotFound
from ecs_release.gateway.errors import Refused as RefusedByCloud
from ecs_release.gateway.gateway import Gateway
from ecs_release.runner.journal import Journal
from ecs_release.runner.observe import Errand, Sightings, identity_findings, observe

BATCH = 100
DEADLINE_SECONDS = 600.0
# The cloud takes seconds; after two minutes a new look tells more than more polling.
CONFIRM_SECONDS = 120.0
LOST = "was to stay, and is NOT to be found after the release"
# Quick at first, because most releases take seconds, then slow for the sake of the limits.
PAUSES_SECONDS = (1.0, 1.0, 2.0, 3.0, 5.0)
REASON_OF_CODE = {
    "InvalidOperation.DeletionProtection": Reason.PROTECTED,
    "ChargeTypeViolation": Reason.ACTIVE_SUBSCRIPTION,
    "DependencyViolation.RouteEntry": Reason.ROUTE_ENTRY,
    "InvalidOperation.EniLinked": Reason.ENI_LINKED,
    "OperationDenied.SystemInstanceNotSupport": Reason.MANAGED_BY_ANOTHER_PRODUCT,
    "InstanceLockedForSecurity": Reason.SECURITY_LOCK,
    "DiskNotPortable": Reason.DISK_CANNOT_BE_KEPT,
}


class EngineGone(Exception):
    """The engine that asked for the run no longer answers; the run stopped after a whole step."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a run needs beside the cloud; `keep_going` is asked between steps."""

    say: Callable[[str], None]
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    keep_going: Callable[[], bool] = lambda: True
    sightings: Sightings = field(default_factory=Sightings)
    deadline_seconds: float = DEADLINE_SECONDS


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: `findings` is empty when everything is gone; `released` went in this run."""

    plan: Plan
    findings: tuple[Finding, ...] = ()
    released: tuple[str, ...] = ()
    survivors: tuple[Thing, ...] = ()

    @property
    def done(self) -> bool:
        """Whether everything the run was asked to end is proven gone."""
        return not self.findings


def look(errand: Errand, gateway: Gateway, sightings: Sightings) -> Plan:
    """The plan for an errand at this moment; changes nothing, raises CloudError."""
    wrong = identity_findings(errand.record, gateway.identity())
    record = errand.record
    if wrong:
        return Plan(record.group, record.group_id, gateway.cloud_time(), findings=wrong)
    observation = observe(errand, gateway, sightings)
    return plan_release(errand.facts(observation), errand.terms, observation.taken_at)


class ReleaseRun:
    """One run over one group."""

    def __init__(self, errand: Errand, gateway: Gateway, journal: Journal, tools: Tools) -> None:
        self._errand, self._gateway, self._journal, self._tools = errand, gateway, journal, tools
        self._ends_at = tools.clock() + tools.deadline_seconds
        self._released: list[str] = []
        self._pauses = 0

    def run(self) -> Outcome:
        """Releases everything the errand is about, or nothing; raises CloudError and EngineGone."""
        first = plan = self._look()
        if plan.alive:
            self._journal.write("plan", plan=plan_json(plan), members=dict(self._errand.record.members))
        # Every round decides anew on fresh facts: the world moves between two calls.
        while plan.alive and not plan.refusals:
            if self._tools.clock() >= self._ends_at:
                return self._outcome(first, tuple(_overtime(plan)))
            findings = self._advance(plan)
            plan = self._look()
            # The cloud refuses what we would not: saying so beats trying again until the deadline.
            if findings and not plan.refusals:
                return self._outcome(first, findings)
        return self._outcome(plan if plan.refusals else first, plan.refusals)

    def _look(self) -> Plan:
        return look(self._errand, self._gateway, self._tools.sightings)

    def _outcome(self, plan: Plan, findings: tuple[Finding, ...]) -> Outcome:
        survivors = self._accounted(plan.survivors) if self._released and not findings else ()
        if self._released or findings:
            self._journal.write(
                "outcome",
                done=not findings,
                findings=[f"{finding.instance_id} {finding.reason.value}" for finding in findings],
                released=self._released,
                survivors=[thing.id for thing in survivors],
            )
        return Outcome(plan, findings, tuple(self._released), survivors)

    def _accounted(self, things: tuple[Thing, ...]) -> tuple[Thing, ...]:
        """What was to stay, looked up once more; a disk that is not there is said to be lost."""
        disk_ids = [thing.id for thing in things if thing.kind == "disk"]
        found = {disk.disk_id for disk in self._gateway.find_disks(disk_ids)} if disk_ids else set()
        missing = set(disk_ids) - found
        return tuple(
            replace(thing, why=LOST, bills=False) if thing.id in missing else thing for thing in things
        )

    def _advance(self, plan: Plan) -> tuple[Finding, ...]:
        """Waits where the plan waits, else applies it; findings say why the cloud refused."""
        ready = plan.answered(Answer.RELEASE)
        # All or none: what can go waits for what is still starting.
        if plan.answered(Answer.WAIT) or not ready:
            self._pause()
            return ()
        try:
            self._apply(ready, headline(plan))
        # A NotFound means somebody else was faster; the next look proves it.
        except (Later, NotFound):
            self._pause()
        except RefusedByCloud as error:
            self._journal.write("refused", code=error.code, request_id=error.request_id)
            return tuple(_refused_by_cloud(error, ready))
        return ()

    def _apply(self, ready: tuple[InstancePlan, ...], title: str) -> None:
        self._tools.say(title)
        self._keep_disks([disk_id for plan in ready for disk_id in _step(plan, StepKind.KEEP_DISKS).disk_ids])
        # The switch holds for a whole call, and must not reach a pay-as-you-go instance.
        for terminate in (False, True):
            chosen = [plan for plan in ready if _release_step(plan).terminate_subscription is terminate]
            for start in range(0, len(chosen), BATCH):
                self._release(chosen[start : start + BATCH], terminate)
        self._await_gone([plan.instance_id for plan in ready])

    def _keep_disks(self, disk_ids: list[str]) -> None:
        if not disk_ids:
            return
        self._check_engine()
        self._journal.write("call", action="ModifyDiskAttribute", disk_ids=disk_ids)
        request_ids = self._gateway.set_disk_flags(
            disk_ids, delete_with_instance=False, delete_auto_snapshot=None
        )
        self._journal.write("answer", action="ModifyDiskAttribute", request_ids=list(request_ids))
        # A 200 to a batch is no proof; a disk lost here is lost for good.
        lost = [disk.disk_id for disk in self._gateway.find_disks(disk_ids) if disk.delete_with_instance]
        if lost:
            raise Later("flag-not-set", f"{', '.join(lost)} still go with their instance", "", "")

    def _release(self, batch: list[InstancePlan], terminate: bool) -> None:
        self._check_engine()
        ids = [plan.instance_id for plan in batch]
        force = any(_release_step(plan).force for plan in batch)
        self._journal.write("call", action="DeleteInstances", instance_ids=ids, terminate=terminate)
        request_id = self._gateway.release_instances(ids, force=force, terminate_subscription=terminate)
        self._journal.write("answer", action="DeleteInstances", request_id=request_id)
        self._released += [instance_id for instance_id in ids if instance_id not in self._released]

    def _await_gone(self, ids: list[str]) -> None:
        """Polls until the ids leave the answer; the observation after it proves that they are gone."""
        give_up_at = min(self._ends_at, self._tools.clock() + CONFIRM_SECONDS)
        self._pauses, remaining = 0, len(ids)
        while remaining and self._tools.clock() < give_up_at:
            self._pause()
            left = len(self._gateway.find_instances(ids))
            if left != remaining:
                group = self._errand.record.group
                self._tools.say(f"{group}: {len(ids) - left} of {len(ids)} gone")
            remaining = left

    def _pause(self) -> None:
        self._check_engine()
        self._tools.sleep(PAUSES_SECONDS[min(self._pauses, len(PAUSES_SECONDS) - 1)])
        self._pauses += 1

    def _check_engine(self) -> None:
        if not self._tools.keep_going():
            self._journal.write("stopped", why="the engine no longer answers")
            raise EngineGone("the engine no longer answers; the next run continues where this one stopped")


def _step(plan: InstancePlan, kind: StepKind) -> Step:
    return next((step for step in plan.steps if step.kind is kind), Step(kind))


def _release_step(plan: InstancePlan) -> Step:
    return _step(plan, StepKind.RELEASE)


def _overtime(plan: Plan) -> Iterator[Finding]:
    for instance in plan.alive:
        yield Finding(Reason.DEADLINE, instance.note, instance.instance_id, instance.member)


def _refused_by_cloud(error: CloudError, ready: tuple[InstancePlan, ...]) -> Iterator[Finding]:
    reason = REASON_OF_CODE.get(error.code, Reason.REFUSED_BY_THE_CLOUD)
    detail = f"{error.code}, request {error.request_id}"
    # A batch is refused for one of its ids, which only the message names, if at all.
    named = [plan for plan in ready if plan.instance_id in str(error)] or list(ready)
    for plan in named:
        yield Finding(reason, detail, plan.instance_id, plan.member)
