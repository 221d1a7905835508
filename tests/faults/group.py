"""One group as its owner knows it, and our runs over it, each judged by what the emulator has afterwards."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ecs_release.domain.approval import Matters
from ecs_release.domain.facts import GROUP_ID_TAG
from ecs_release.domain.plan import Answer, Plan
from ecs_release.domain.reasons import Reason
from ecs_release.domain.terms import DeclaredDisk
from ecs_release.gateway.errors import CloudError
from ecs_release.runner.journal import Journal
from ecs_release.runner.observe import Errand, Sightings
from ecs_release.runner.run import EngineGone, Outcome, ReleaseRun, Tools, look
from tests.faults.bystander import grant, tags_of
from tests.faults.judge import GONE, KEPT, REFUSED, STAYS, Asked, Judge, disks_of
from tests.faults.line import Killed, Line
from tests.faults.lives import lives_of
from tests.properties.shop import DATA, GROUP_ID, SYSTEM, Clock, State, errand_of, gateway_of

ERRANDS = ("usual", "another account", "schedule passed")
LONG_AGO = datetime(2026, 6, 1, tzinfo=UTC)
ASKED = re.compile(r"ECS_RELEASE_APPROVE=([0-9a-f]{12}(?:@[0-9.]+)?)")
IDS = re.compile(r"\bi-[0-9a-f]{20}\b")
# A deadline is a deadline: a short one is reached by the same rounds.
DEADLINE_SECONDS = 40.0
# What one look finds out. The others come of a call, or of time.
LOOKED_AT = {
    Reason.PROTECTED,
    Reason.ACTIVE_SUBSCRIPTION,
    Reason.SECURITY_LOCK,
    Reason.DISK_CANNOT_BE_KEPT,
    Reason.BACKUP_IMPOSSIBLE,
    Reason.NEEDS_APPROVAL,
    Reason.NOT_OURS,
    Reason.TAGS_REMOVED,
    Reason.UNRECORDED,
    Reason.REPLACED,
    Reason.WRONG_ACCOUNT,
    Reason.SCHEDULE_NOT_FIRED,
    Reason.TOO_MANY_INSTANCES,
}


@dataclass
class Group:
    """The record of a group, the person's terms and approvals, and the process that looks at it."""

    line: Line
    folder: Path
    reached: Counter[str]
    members: dict[str, str] = field(default_factory=dict)
    wanted: dict[str, str] = field(default_factory=dict)
    terms: dict[str, Any] = field(default_factory=dict)
    data: DeclaredDisk = DATA
    given: str = ""
    last_asked: str = ""
    seen: dict[str, Matters] = field(default_factory=dict)
    sightings: Sightings = field(default_factory=Sightings)
    said_gone: set[str] = field(default_factory=set)
    must_stay: set[str] = field(default_factory=set)
    excused: set[str] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)
    # Of an instance that somebody changes while a run goes on, nobody can tell what it was before.
    disturbed: bool = False
    said: list[str] = field(default_factory=list)
    runs_without_right: int = 0

    def process(self, again: bool) -> None:
        """The process that looked before goes on, or a new one begins."""
        self.sightings = self.sightings if again else Sightings()

    def look(self, kind: str) -> None:
        """What `ecs-release plan` does."""
        judge, errand = self._begin(kind)
        try:
            plan = look(errand, gateway_of(self.line.console, Clock(self.line.console)), self.sightings)
        except CloudError:
            self.reached["outcome of a look: error"] += 1
        else:
            self.reached["outcome of a look: plan"] += 1
            self._read(plan)
        self._end(judge, self.line.console.state())

    def destroy(self, kind: str, keep_going: Callable[[], bool] = lambda: True) -> Outcome | None:
        """What a destroy does, in a process that may die of it."""
        judge, errand = self._begin(kind)
        outcome: Outcome | None = None
        try:
            outcome = self._run(errand, keep_going)
            word = "done" if outcome.done else "refused"
        except CloudError:
            word = "error"
        except EngineGone:
            word = "stopped"
        except Killed:
            word, self.sightings = "killed", Sightings()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.reached[f"outcome: {word}"] += 1
        after = self.line.console.state()
        if outcome is not None:
            self._read(outcome.plan)
            self._judge_outcome(judge, outcome, after)
        if word != "killed" and not self.disturbed:
            self._judge_protection(judge, after)
        self._end(judge, after)
        return outcome

    def _run(self, errand: Errand, keep_going: Callable[[], bool]) -> Outcome:
        self.said = []
        clock = Clock(self.line.console)
        journal = Journal(self.folder, "web", lambda: datetime.now(UTC))
        tools = Tools(
            self.said.append,
            clock,
            clock.sleep,
            keep_going,
            self.sightings,
            deadline_seconds=DEADLINE_SECONDS,
        )
        return ReleaseRun(errand, gateway_of(self.line.console, clock), journal, tools).run()

    def _begin(self, kind: str) -> tuple[Judge, Errand]:
        start = self.line.console.state()
        for id_ in {*self.members.values()}:
            self.reached.update(f"met: {life}" for life in lives_of(start, id_))
        digest = self.given.partition("@")[0]
        disks = (SYSTEM, self.data)
        self.reached.update(f"term: {name}={value}" for name, value in self.terms.items())
        nothing = kind != "usual"
        asked = Asked(
            self.members,
            self.wanted,
            disks,
            self.terms,
            start,
            self.line.console.seconds(),
            self.seen.get(digest),
            nothing,
        )
        self.excused = set()
        judge = Judge(asked, self.line.tried_to_lift)
        self.line.witness = judge
        return judge, self._errand(kind, disks)

    def _errand(self, kind: str, disks: tuple[DeclaredDisk, ...]) -> Errand:
        made = errand_of(self.line.console, dict(self.members), disks, self.given, **self.terms)
        record = made.record
        if kind == "another account":
            record = replace(record, account="1000000000000009")
        if kind == "schedule passed":
            record = replace(record, released_by=LONG_AGO)
        wanted = MappingProxyType(dict(self.wanted))
        return replace(made, record=record, wanted=wanted, confirm_only=kind == "schedule passed")

    def _read(self, plan: Plan) -> None:
        """What the person reads: reasons, a digest, and who is said to be gone."""
        gone = plan.answered(Answer.GONE)
        reasons = [finding.reason for each in gone for finding in each.findings]
        reasons += [finding.reason for finding in plan.refusals]
        self.reached.update(f"reason: {reason.value}" for reason in reasons)
        if plan.digest:
            self.seen[plan.digest] = plan.matters
            asked = ASKED.search(" ".join(finding.detail for finding in plan.findings))
            self.last_asked = asked.group(1) if asked else plan.digest
        self.said_gone |= {each.instance_id for each in gone}

    def _judge_outcome(self, judge: Judge, outcome: Outcome, after: State) -> None:
        self.reached.update(f"reason: {finding.reason.value}" for finding in outcome.findings)
        if outcome.done:
            ending = {id_ for id_ in self.members.values() if id_ not in self.wanted.values()}
            self.said_gone |= ending | set(outcome.released)
        reasons = {finding.reason for finding in outcome.findings}
        # What is refused later may have come with time; what is refused at once has touched nothing.
        at_once = outcome.plan.made_at.timestamp() == judge.asked.began_at
        if reasons and reasons <= LOOKED_AT and at_once and judge.touched and not self.disturbed:
            self.broken.append(f"{REFUSED}: {', '.join(sorted(judge.touched))}; {', '.join(sorted(reasons))}")

    def _judge_protection(self, judge: Judge, after: State) -> None:
        """What a run has lifted and not released is protected again, or it says that it is not."""
        open_ = {id_ for id_, facts in after["instances"].items() if not facts["DeletionProtection"]}
        told = {id_ for line in self.said if "UNPROTECTED" in line for id_ in IDS.findall(line)}
        left = (judge.lifted - judge.released) & open_
        self.broken += [f"{REFUSED}: {id_} is left unprotected, unsaid" for id_ in sorted(left - told)]
        seen = {id_ for line in self.said if "is left UNPROTECTED" in line for id_ in IDS.findall(line)}
        self.broken += [f"{GONE}: the protection of {id_}" for id_ in sorted(seen - open_)]

    def _end(self, judge: Judge, after: State) -> None:
        self.broken += judge.broken
        self.must_stay |= judge.must_stay - self.excused
        self.line.hang_up()
        self.line.console.heal()
        self.runs_without_right -= 1
        if not self.runs_without_right:
            grant(self.line.console)
        self.check(after)

    def check(self, state: State) -> None:
        """What holds at any time."""
        back = sorted(self.said_gone & set(state["instances"]))
        self.broken += [f"{GONE}: {', '.join(back)}"] if back else []
        lost = sorted(self.must_stay - set(state["disks"]))
        self.broken += [f"{KEPT}: {', '.join(lost)}"] if lost else []
        assert not self.broken, "; ".join(self.broken)

    def excuse(self, state: State, instance_id: str) -> None:
        """Somebody has made the cloud take what our release had left."""
        taken = {disk["DiskId"] for disk in disks_of(state, instance_id)}
        self.must_stay -= taken
        # Also what the run that is under way has left.
        self.excused |= taken

    def ends(self) -> None:
        """With nothing in the way and everything allowed, a destroy ends what is the group's."""
        outcome = self.destroy("usual")
        # The deadline asks for a second one.
        if outcome is None or not outcome.done:
            outcome = self.destroy("usual")
        assert outcome is not None
        left = {finding.instance_id: finding.reason for finding in outcome.findings}
        assert set(left.values()) <= {Reason.DISK_CANNOT_BE_KEPT}, f"{STAYS}: {left}"
        alive = self.line.console.state()["instances"].items()
        ours = {id_ for id_, facts in alive if tags_of(facts).get(GROUP_ID_TAG) == GROUP_ID}
        assert ours <= set(left), f"{STAYS}: {', '.join(sorted(ours))}"

    def forget_the_gone(self, state: State) -> None:
        """What a finished `up` does: the record holds what is declared."""
        alive = state["instances"]
        self.members = {name: id_ for name, id_ in (self.members | self.wanted).items() if id_ in alive}
        self.wanted = {}
