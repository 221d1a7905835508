"""The release run: observe, plan, refuse or apply a phase, observe again, until every id is gone.

Imports gateway and domain. Clock and sleep are arguments. All instances are looked at before
the first is touched; a 200 to a release is a promise, the proof of gone is the observation's.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from ecs_release.domain.plan import Answer, InstancePlan, Plan, barred
from ecs_release.domain.reasons import Finding, Reason
from ecs_release.domain.render import headline, plan_json
from ecs_release.domain.steps import PHASES, StepKind
from ecs_release.domain.terms import Backup, OnBlocked
from ecs_release.gateway.errors import Later, NotFound
from ecs_release.gateway.errors import Refused as RefusedByCloud
from ecs_release.gateway.gateway import Gateway
from ecs_release.runner.account import accounted
from ecs_release.runner.apply import Phases
from ecs_release.runner.explain import refused_by_cloud
from ecs_release.runner.journal import Journal
from ecs_release.runner.look import Look, look
from ecs_release.runner.observe import Errand, Sightings, prove_gone
from ecs_release.runner.outcome import Outcome
from ecs_release.runner.receipt import receipt_of, write_receipt

DEADLINE_SECONDS = 600.0
# Snapshots of large disks take their time, and each run begins by waiting for the ones in progress.
DEADLINE_WITH_BACKUP_SECONDS = 7200.0
# The cloud takes seconds; after two minutes a new look tells more than more polling.
CONFIRM_SECONDS = 120.0
CONVERSION_SECONDS = 300.0
# Quick at first, because most releases take seconds, then slow for the sake of the limits. Nothing is
# gone within the first second, so a poll that early would be one in vain.
PAUSES_SECONDS = (2.0, 1.0, 2.0, 3.0, 5.0)


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


class ReleaseRun:
    """One run over one group."""

    def __init__(self, errand: Errand, gateway: Gateway, journal: Journal, tools: Tools) -> None:
        self._errand, self._gateway, self._journal, self._tools = errand, gateway, journal, tools
        self._look = Look(errand, gateway, tools.sightings)
        self._phases = Phases(gateway, journal, errand, self._check_engine)
        self._began_at = tools.clock()
        self._ends_at = self._began_at + _deadline(errand, tools)
        self._pauses = 0
        self._said: set[str] = set()
        self._converting_since = 0.0
        self._barred: dict[str, Finding] = {}
        self._last_seen: dict[str, InstancePlan] = {}

    def run(self) -> Outcome:
        """Releases everything the errand is about, or nothing; raises CloudError and EngineGone."""
        first = self._look.first()
        if first.alive:
            record = self._errand.record
            place = {"project": record.project, "stack": record.stack, "account": record.account}
            self._journal.write("plan", plan=plan_json(first), members=dict(record.members), place=place)
        outcome = Outcome(first, broken_off=True)
        try:
            outcome = self._to_its_end(first)
        finally:
            self._put_protection_back()
            if self._phases.done.calls:
                self._write_receipt(first, outcome)
        return outcome

    def _to_its_end(self, first: Plan) -> Outcome:
        plan = first
        # Every round decides anew on fresh facts: the world moves between two calls.
        while plan.going and not plan.is_blocked:
            if self._tools.clock() >= self._ends_at:
                return self._outcome(first, first, tuple(_overtime(plan)))
            findings = self._advance(plan)
            if findings and self._others_go:
                self._barred |= {finding.instance_id: finding for finding in findings}
            plan = self._looked_again(first)
            # The cloud refuses what we would not: saying so beats trying again until the deadline.
            if findings and not self._others_go and not plan.is_blocked and not _some_went(findings, plan):
                return self._outcome(first, first, findings)
        findings = (*plan.refusals, *self._hidden(first, plan))
        return self._outcome(first, plan if plan.refusals else first, findings)

    def _looked_again(self, first: Plan) -> Plan:
        plan = self._look.again(first)
        self._phases.done.still_there = {each.instance_id for each in plan.alive}
        return barred(plan, self._barred)

    def _hidden(self, first: Plan, plan: Plan) -> Iterator[Finding]:
        """What no record would miss: this run saw it, the last look did not, and nothing proves it gone."""
        sightings = self._tools.sightings
        known = {each.instance_id for each in plan.instances} | sightings.gone
        missing = {each.instance_id: each for each in first.alive if each.instance_id not in known}
        if not missing:
            return
        # Seen by its id it has lost our tags, and is nobody's business here any more.
        seen = {facts.instance_id for facts in self._gateway.find_instances(sorted(missing))}
        unseen = missing.keys() - seen
        prove_gone(unseen, self._gateway, sightings)
        for instance_id in sorted(unseen - sightings.gone):
            detail = "it was there when the run began, and cannot be looked at any more"
            yield Finding(Reason.NO_PERMISSION_TO_LOOK, detail, instance_id, missing[instance_id].member)

    @property
    def _others_go(self) -> bool:
        return self._errand.terms.on_blocked is OnBlocked.RELEASE_OTHERS

    def _outcome(self, first: Plan, plan: Plan, findings: tuple[Finding, ...]) -> Outcome:
        released = [
            each for each in self._last_seen.values() if each.instance_id in self._phases.done.released
        ]
        survivors = accounted([thing for each in released for thing in each.survivors], self._gateway)
        outcome = Outcome(plan, findings, tuple(self._phases.done.released), survivors)
        if released or findings:
            self._journal.write(
                "outcome",
                done=not findings,
                findings=[f"{finding.instance_id} {finding.reason.value}" for finding in findings],
                released=list(outcome.released),
                survivors=[thing.id for thing in survivors],
            )
        return outcome

    def _as_last_seen(self, first: Plan) -> Plan:
        """The instances as they were when they went: with the backups and addresses of this run."""
        seen = {each.instance_id: each for each in first.instances} | self._last_seen
        return replace(first, instances=tuple(seen.values()))

    def _write_receipt(self, first: Plan, outcome: Outcome) -> None:
        receipt = receipt_of(
            self._errand.record,
            self._gateway.identity(),
            (first.made_at, self._gateway.cloud_time()),
            self._as_last_seen(first),
            self._phases.done,
            outcome,
        )
        try:
            path = write_receipt(receipt, self._journal.path)
        except OSError as error:
            self._tools.say(f"{first.group}: the receipt could not be written: {error.strerror}")
        else:
            self._tools.say(f"{first.group}: receipt {path}")

    def _advance(self, plan: Plan) -> tuple[Finding, ...]:
        """Waits where the plan waits, else applies its first phase; findings say why the cloud refused."""
        ready = plan.answered(Answer.RELEASE)
        # All or none: what can go waits for what is still starting.
        if plan.answered(Answer.WAIT) or not ready:
            self._say_waiting(plan)
            self._pause()
            return ()
        phase = first_phase(ready)
        concerned = [each for each in ready if each.step(phase)]
        if phase is StepKind.CONVERT and {each.instance_id for each in concerned} <= self._converting:
            return self._await_conversion(concerned)
        return self._applied(phase, concerned, plan)

    @property
    def _converting(self) -> set[str]:
        return self._phases.done.converting

    def _await_conversion(self, concerned: list[InstancePlan]) -> tuple[Finding, ...]:
        # Counted from the order: a backup may have taken hours before it.
        self._converting_since = self._converting_since or self._tools.clock()
        if self._tools.clock() - self._converting_since < CONVERSION_SECONDS:
            self._pause()
            return ()
        detail = f"not converted after {CONVERSION_SECONDS:.0f} s"
        return tuple(
            Finding(Reason.CONVERSION_FAILED, detail, each.instance_id, each.member) for each in concerned
        )

    def _applied(self, phase: StepKind, concerned: list[InstancePlan], plan: Plan) -> tuple[Finding, ...]:
        self._say_phase(phase, concerned, plan)
        self._last_seen |= {each.instance_id: each for each in concerned}
        return self._tried(phase, concerned)

    def _tried(self, phase: StepKind, concerned: list[InstancePlan]) -> tuple[Finding, ...]:
        try:
            self._phases.apply(phase, concerned)
            if phase is StepKind.RELEASE:
                self._await_gone([each.instance_id for each in concerned])
        # A NotFound means somebody else was faster; the next look proves it.
        except (Later, NotFound):
            self._pause()
        except RefusedByCloud as error:
            self._journal.write("refused", code=error.code, request_id=error.request_id)
            return self._refused(phase, concerned, error)
        return ()

    def _refused(
        self, phase: StepKind, concerned: list[InstancePlan], error: RefusedByCloud
    ) -> tuple[Finding, ...]:
        accepted = [each for each in concerned if each.instance_id in self._phases.done.released]
        left = [each for each in concerned if each not in accepted]
        # An earlier batch of the phase was accepted, and has to be seen going all the same.
        if accepted:
            self._await_gone([each.instance_id for each in accepted])
        # A batch is refused for one of its ids; one by one the others still go.
        if self._others_go and len(left) > 1:
            return tuple(finding for each in left for finding in self._tried(phase, [each]))
        return tuple(refused_by_cloud(error, phase, left))

    def _say_phase(self, phase: StepKind, concerned: list[InstancePlan], plan: Plan) -> None:
        if phase is StepKind.RELEASE:
            self._tools.say(headline(plan))
        else:
            self._tools.say(f"{plan.group}: {phase.value}: {len(concerned)} instances")

    def _say_waiting(self, plan: Plan) -> None:
        waiting = plan.answered(Answer.WAIT)
        if waiting:
            note = f", for example {waiting[0].instance_id}: {waiting[0].note}"
            self._say_once(f"{plan.group}: {len(waiting)} of {len(plan.going)} wait", note)

    def _say_once(self, line: str, more: str = "") -> None:
        # A line per change of count: nothing that a log file would repeat a thousand times.
        if line not in self._said:
            self._said.add(line)
            self._tools.say(f"{line} ({self._tools.clock() - self._began_at:.0f} s){more}")

    def _await_gone(self, ids: list[str]) -> None:
        """Polls what is still seen until nothing is, and has that proven; the next look decides."""
        give_up_at = min(self._ends_at, self._tools.clock() + CONFIRM_SECONDS)
        self._pauses, remaining = 0, ids
        while remaining and self._tools.clock() < give_up_at:
            self._pause()
            left = sorted(facts.instance_id for facts in self._gateway.find_instances(remaining))
            if left != remaining:
                group = self._errand.record.group
                self._say_once(f"{group}: {len(ids) - len(left)} of {len(ids)} no longer seen")
            remaining = left
        if not remaining:
            prove_gone(set(ids), self._gateway, self._tools.sightings)

    def _put_protection_back(self) -> None:
        for instance_id, seen in self._phases.put_protection_back(self._tools.sightings.gone):
            left = f"{instance_id} {'is' if seen else 'may be'} left UNPROTECTED"
            group = self._errand.record.group
            self._tools.say(f"{group}: {left}: it was asked to be protected again, and is not seen to be")

    def _pause(self) -> None:
        self._check_engine()
        self._tools.sleep(PAUSES_SECONDS[min(self._pauses, len(PAUSES_SECONDS) - 1)])
        self._pauses += 1

    def _check_engine(self) -> None:
        if not self._tools.keep_going():
            self._journal.write("stopped", why="the engine no longer answers")
            raise EngineGone("the engine no longer answers; the next run continues where this one stopped")


def first_phase(ready: tuple[InstancePlan, ...]) -> StepKind:
    """The earliest phase that any instance still needs: nothing is destroyed before all are prepared."""
    return min((each.steps[0].kind for each in ready), key=PHASES.index)


def _deadline(errand: Errand, tools: Tools) -> float:
    with_backup = errand.terms.backup is not Backup.NONE
    return (
        max(tools.deadline_seconds, DEADLINE_WITH_BACKUP_SECONDS) if with_backup else tools.deadline_seconds
    )


def _some_went(findings: tuple[Finding, ...], plan: Plan) -> bool:
    """Whether one of the refused has gone meanwhile: a right that hangs on tags does not reach it."""
    return not {finding.instance_id for finding in findings} <= {each.instance_id for each in plan.alive}


def _overtime(plan: Plan) -> Iterator[Finding]:
    for instance in plan.alive:
        yield Finding(Reason.DEADLINE, instance.note, instance.instance_id, instance.member)


__all__ = ["EngineGone", "Outcome", "ReleaseRun", "Tools", "look"]
