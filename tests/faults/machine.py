"""The state machine: people, the cloud and our runs take turns at one group, in any order.

Each rule is one step. What a run may never do is judged at each of its calls, and after every step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ecs_release.domain.facts import DiskKind
from ecs_release.domain.terms import DeclaredDisk
from tests.faults.bystander import (
    ANOTHER_GROUP,
    BY_HAND,
    BY_THE_CLOUD,
    DEEDS,
    ORDERS,
    RIGHTS,
    UNSAFE,
    WITH_MONEY,
    WITH_TAGS,
    WITH_THINGS,
    allow_all,
    grant,
    settle,
    withdraw,
)
from tests.faults.group import ERRANDS, Group
from tests.faults.line import OUR_KEY, Line
from tests.properties.shop import DATA

GOES = DeclaredDisk("data", DiskKind.DATA, "cloud_essd", 40, release_with_instance=True)
MOST_INSTANCES = 7
# Then somebody gives it back; a machine without rights would see nothing else.
RUNS_WITHOUT_RIGHT = 2
# What lets a run go on is there more than once, or most runs would be refused at their first look.
TERMS: Mapping[str, tuple[Any, ...]] = {
    "on_protected": ("refuse", "lift", "lift"),
    "on_active_subscription": ("refuse", "refund", "refund", "convert", "convert"),
    "on_replaced": ("refuse", "release"),
    "on_blocked": ("stop", "release-others"),
    "backup": ("none", "none", "snapshots", "image"),
    "shutdown": ("power-off", "graceful"),
    "on_public_ip": ("release", "keep"),
    "approval": ("none", "none", "none", "plan"),
    "max_instances": (None, None, None, None, 1),
}
WILLING = {"on_protected": "lift", "on_replaced": "release", "on_blocked": "release-others"}
AT_ONCE_ONLY = {"action": "RefundInstance", "parameters": {"ImmediatelyRelease": "0"}}
WRONG_SHAPE = {"RequestId": "R", "Instances": [1], "Disks": 7}
FAULTS: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
    "request lost": ({}, {"drop": "request"}),
    "reply lost after the effect": ({}, {"drop": "reply"}),
    "status 500": ({}, {"status": 500, "code": "InternalError"}),
    "status 503": ({}, {"status": 503, "code": "ServiceUnavailable"}),
    "throttled": ({}, {"code": "Throttling.User"}),
    "429 with retry-after": ({}, {"status": 429, "code": "Throttling", "retry_after_ms": 2000}),
    "an empty body": ({}, {"status": 200, "body": ""}),
    "{}": ({}, {"status": 200, "body": {}}),
    "half a body": ({}, {"status": 200, "body": '{"RequestId": "R", "Inst'}),
    "a body of the wrong shape": ({}, {"status": 200, "body": WRONG_SHAPE}),
    "an expired token": ({}, {"status": 403, "code": "InvalidSecurityToken.Expired"}),
    "an unknown refusal": ({"action": "DeleteInstances"}, {"status": 403, "code": "OperationDenied.New"}),
    "a refund at once only": (AT_ONCE_ONLY, {"status": 200, "code": "ProductNotSupported"}),
}
DURATIONS = ("PT1S", "PT3S", "PT1M", "PT10M", "PT1H", "PT3H", "P1D", "P16D", "P31D")
RECORDS = ("recorded", "recorded", "recorded", "unrecorded", "replacing", "of another stack")
GIVEN = ("nothing", "the plan", "the plan", "another plan")
which, nth = some.integers(0, MOST_INSTANCES - 1), some.integers(1, 25)
orders, data = (
    some.sampled_from([*ORDERS, *[name for name in ORDERS if "subscription" in name]]),
    some.sampled_from([DATA, GOES]),
)
errands, rarely = some.sampled_from([*[ERRANDS[0]] * 10, *ERRANDS]), some.sampled_from([False] * 3 + [True])
faults = some.sampled_from([*FAULTS, *[name for name, (match, _) in FAULTS.items() if match]])
times = some.sampled_from([1, 1, 2, 5, None])
terms = some.fixed_dictionaries({name: some.sampled_from(values) for name, values in TERMS.items()})


class Releases(RuleBasedStateMachine):
    """One group, and everything that can happen to it."""

    line: ClassVar[Line]
    folder: ClassVar[Path]
    reached: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.line.restart()
        self.console = self.line.console
        self.group = Group(self.line, self.folder, self.reached)
        self.number = 0
        self.last = self.console.state()

    def step(self, rule_name: str) -> None:
        """Counts a step and the rule that it was."""
        self.reached["steps"] += 1
        self.reached[f"rule: {rule_name}"] += 1

    @initialize(kinds=some.lists(orders, min_size=1, max_size=3), terms=terms, data=data)
    def first_up(self, kinds: list[str], terms: dict[str, Any], data: DeclaredDisk) -> None:
        self.step("the first up")
        for kind in kinds:
            self._order(kind, "recorded", "PT2S")
        self.group.terms, self.group.data = terms, data

    @rule(kind=orders, record=some.sampled_from(RECORDS), waits=some.sampled_from(["PT0S", "PT1S", "PT2S"]))
    def order(self, kind: str, record: str, waits: str) -> None:
        self.step(f"order, {record}")
        if len(self.last["instances"]) < MOST_INSTANCES:
            self._order(kind, record, waits)

    @rule(kinds=some.lists(orders, min_size=1, max_size=2))
    def up(self, kinds: list[str]) -> None:
        self.step("up")
        self.group.forget_the_gone(self.last)
        for kind in kinds[: 3 - len(self.group.members)]:
            self._order(kind, "recorded", "PT2S")

    def _order(self, kind: str, record: str, waits: str) -> None:
        self.reached[f"rule: order, {kind}"] += 1
        made = self.console.call("RunInstances", self.console.order(**ORDERS[kind]))
        if made.status == 200:
            self._record(made.body["InstanceIdSets"]["InstanceIdSet"][0], record)
            self.console.advance(waits)

    def _record(self, id_: str, record: str) -> None:
        group, member = self.group, f"web-{self.number}"
        self.number += 1
        if record == "of another stack":
            self.console.tag(id_, member, ANOTHER_GROUP)
            return
        if record == "replacing" and group.members:
            member = next(iter(group.members))
            group.wanted[member] = id_
        elif record == "recorded":
            group.members[member] = id_
        self.console.tag(id_, member)

    @precondition(lambda self: self.last["instances"])
    @rule(deed=some.sampled_from(sorted(BY_HAND)), which=which)
    def by_hand(self, deed: str, which: int) -> None:
        self._done_by_others(deed, which)

    @precondition(lambda self: self.last["instances"])
    @rule(deed=some.sampled_from(sorted(WITH_MONEY)), which=which)
    def with_money(self, deed: str, which: int) -> None:
        self._done_by_others(deed, which)

    @precondition(lambda self: self.last["instances"])
    @rule(deed=some.sampled_from(sorted(WITH_TAGS)), which=which)
    def with_tags(self, deed: str, which: int) -> None:
        self._done_by_others(deed, which)

    @precondition(lambda self: self.last["instances"])
    @rule(deed=some.sampled_from(sorted(WITH_THINGS)), which=which)
    def with_things(self, deed: str, which: int) -> None:
        self._done_by_others(deed, which)

    @precondition(lambda self: self.last["instances"])
    @rule(deed=some.sampled_from(sorted(BY_THE_CLOUD)), which=which)
    def by_the_cloud(self, deed: str, which: int) -> None:
        self._done_by_others(deed, which)

    def _done_by_others(self, deed: str, which: int) -> None:
        self.step(deed)
        self._does(deed, which)

    def _does(self, deed: str, which: int) -> None:
        state = self.console.state()
        ids = list(state["instances"])
        if not ids or (deed.startswith("copy") and len(ids) >= MOST_INSTANCES):
            return
        id_ = ids[which % len(ids)]
        if deed in UNSAFE:
            self.group.excuse(state, id_)
        DEEDS[deed](self.console, id_)

    @rule(duration=some.sampled_from(DURATIONS))
    def time_passes(self, duration: str) -> None:
        self.step(f"time passes, {duration}")
        self.console.advance(duration)

    @rule(right=some.sampled_from(RIGHTS))
    def right_is_withdrawn(self, right: str) -> None:
        self.step(f"right withdrawn: {right}")
        self._loses(right)

    def _loses(self, right: str) -> None:
        withdraw(self.console, right)
        self.group.runs_without_right = RUNS_WITHOUT_RIGHT

    @rule(rights=some.booleans())
    def trouble_ends(self, rights: bool) -> None:
        self.step("trouble ends")
        settle(self.console)
        if rights:
            grant(self.console)

    @rule(terms=terms, data=data)
    def terms_are_declared(self, terms: dict[str, Any], data: DeclaredDisk) -> None:
        self.step("declare other terms")
        self.group.terms, self.group.data = terms, data

    @rule(given=some.sampled_from(GIVEN))
    def approval_is_given(self, given: str) -> None:
        self.step(f"approve {given}")
        self.group.given = {"nothing": "", "another plan": "0" * 12}.get(given, self.group.last_asked)

    @precondition(lambda self: self.group.members)
    @rule(which=which)
    def member_leaves_the_program(self, which: int) -> None:
        self.step("a member leaves the program")
        names = list(self.group.members)
        leaving = names[which % len(names)]
        self.group.wanted = {name: id_ for name, id_ in self.group.members.items() if name != leaving}

    @rule(errand=errands, again=some.booleans())
    def plan(self, errand: str, again: bool) -> None:
        self.step(f"plan, {errand}")
        self.group.process(again)
        self.group.look(errand)

    @rule(errand=errands, again=some.booleans())
    def destroy(self, errand: str, again: bool) -> None:
        self.step(f"destroy, {errand}")
        self.group.process(again)
        self.group.destroy(errand)

    # Without arguments it is the simplest rule, and that one comes most often.
    @rule()
    def destroy_as_planned(self) -> None:
        self.step("destroy, as planned")
        self.group.look("usual")
        self.group.given = self.group.last_asked
        self.group.destroy("usual")

    @rule(fault=faults, after=some.integers(0, 15), times=times, plans=rarely)
    def destroy_meets_a_fault(self, fault: str, after: int, times: int | None, plans: bool) -> None:
        self.step(f"{'plan' if plans else 'destroy'}, a fault")
        match, effect = FAULTS[fault]
        # Those of one action are seldom met later than at its first call.
        when = {"after": 0 if match else after, **({"times": times} if times else {})}
        order = {"match": {"access_key_id": OUR_KEY, **when, **match}, "effect": {**effect, "message": fault}}
        self.console.control("faults", order)
        (self.group.look if plans else self.group.destroy)("usual")

    @rule(nth=nth, answered=some.booleans())
    def destroy_is_killed(self, nth: int, answered: bool) -> None:
        self.step(f"destroy, killed {'after' if answered else 'before'} a call")
        self.line.dies_at, self.line.dies_answered = nth, answered
        self.group.destroy("usual")

    @rule(nth=nth)
    def destroy_loses_its_engine(self, nth: int) -> None:
        self.step("destroy, the engine goes")
        self.group.destroy("usual", lambda: self.line.calls < nth)

    @rule(nth=nth, deed=some.sampled_from(sorted(DEEDS)), which=which)
    def destroy_is_disturbed(self, nth: int, deed: str, which: int) -> None:
        self.step("destroy, disturbed by others")
        self.group.disturbed = True
        self.line.acts_at, self.line.act = nth, lambda: self._does(deed, which)
        self.group.destroy("usual")
        self.group.disturbed = False

    @rule(nth=nth, right=some.sampled_from(RIGHTS))
    def destroy_loses_a_right(self, nth: int, right: str) -> None:
        self.step("destroy, a right is withdrawn")
        self.line.acts_at, self.line.act = nth, lambda: self._loses(right)
        self.group.destroy("usual")

    @rule(ends=some.sampled_from(["refund", "convert"]), data=data)
    def all_is_allowed(self, ends: str, data: DeclaredDisk) -> None:
        self.step("destroy, all is allowed")
        group = self.group
        allow_all(self.console, group.members.values())
        group.terms = {**WILLING, "on_active_subscription": ends}
        group.wanted, group.given, group.data = {}, "", data
        group.ends()

    @invariant()
    def what_holds_at_any_time(self) -> None:
        self.last = self.console.state()
        self.group.check(self.last)
