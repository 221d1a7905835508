"""ReleaseSchedule: sets, moves and cancels the scheduled release of a group.

Imports pulumi, runner, gateway and domain. The import path of ReleaseScheduleProvider is a
contract.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    UpdateResult,
)

from ecs_release.domain.facts import Charge
from ecs_release.gateway.errors import CloudError
from ecs_release.provider.base import (
    CloudProvider,
    check_account_or_warn,
    resource_id,
    stored,
    warn,
)
from ecs_release.provider.boundary import (
    difference,
    guarded,
    inputs_of,
    is_known,
    known_members,
    refuse,
    wish_differs,
)
from ecs_release.provider.remarks import (
    drift_lines,
    leaving_lines,
    missing_lines,
    recorded_times,
    skipped_lines,
    unfired_lines,
)
from ecs_release.provider.renewal import end_renewal, renewed
from ecs_release.provider.session import SESSION, new_journal
from ecs_release.provider.times import clock_of, time_problem
from ecs_release.provider.timing import Timing, hand_over, look
from ecs_release.runner.arming import Armed, arm_on_record
from ecs_release.runner.records import NO_TIME, minute, stored_minute
from ecs_release.runner.schedules import OPTIONAL, parse_schedule

# `moved` is never declared: a refresh puts it there, so that it shows what somebody did by hand.
INPUTS = ("group", "group_id", "account", "cloud", "members", "charge", "at", *OPTIONAL, "moved")


class ReleaseScheduleProvider(CloudProvider):
    """Keeps the release time of every member as declared."""

    @guarded
    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """A time about to be set lies in 30 minutes to 3 years; one already armed is left alone."""
        inputs = {key: value for key, value in news.items() if key != "now"}
        SESSION.now = stored_minute(news, "now")
        failures = list(_failures(olds, news))
        return CheckResult(inputs, failures or list(_obstacles(olds, inputs)))

    @guarded
    def create(self, props: dict[str, Any]) -> CreateResult:
        """Sets the time on each member and reads it back."""
        return CreateResult(resource_id(props, "release-schedule"), _armed(props))

    @guarded
    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Wanted against recorded, and against the cloud's, so that what was moved by hand is put back."""
        differs = _wish_differs(olds, news)
        members = {**_leaving(olds, news), **known_members(news)}
        timing = _look_or_warn({**news, "members": members}, just_read=True)
        if timing is not None:
            _say(timing, olds)
            staying = set(known_members(news))
            differs = differs or any(member in staying for member, _ in timing.differing)
            differs = differs or bool(timing.unfired and staying)
        return difference(differs or bool(renewed(news)))

    @guarded
    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Sets, moves or cancels the time of every member where it differs."""
        return UpdateResult(_armed(news))

    @guarded
    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Shows drift: a time moved, cancelled or added by hand, and what is gone, planned or not."""
        timing = _look_or_warn(props)
        seen = {**props, **(_moved(timing, props) if timing else {})}
        if timing is not None:
            hand_over(timing)
            _say(timing, props)
            SESSION.say_once(drift_lines(timing, recorded_times(props)))
        for instance_id in renewed(props):
            line = f"{instance_id}: renewal switched on by hand; declared to expire"
            SESSION.say_once([f"{props.get('group')}: {line}"])
            seen = {**seen, "renewal": NO_TIME}
        return ReadResult(id_, seen, inputs_of(seen, INPUTS))

    @guarded
    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Nothing: the time stays armed, so that a refused destroy does not cost a lifeline."""


def _failures(olds: dict[str, Any], news: dict[str, Any]) -> Iterator[CheckFailure]:
    timed = [key for key in ("after", "daily") if news.get(key)]
    timed += ["at"] if news.get("at", NO_TIME) != NO_TIME else []
    if not timed or not is_known([news.get(key) for key in (*timed, "charge")]):
        return
    if news.get("charge") == Charge.SUBSCRIPTION:
        why = "a subscription has no scheduled release; it can end only after its expiry"
        yield CheckFailure(timed[0], why)
    # A group without members has nothing to be armed, so an old time may stay declared.
    elif problem := time_problem(olds, news, clock_of(news)) if known_members(news) else "":
        yield CheckFailure("at", problem)


def _obstacles(olds: dict[str, Any], news: dict[str, Any]) -> Iterator[CheckFailure]:
    """Times about to be set that cannot be, by member; what the cloud would refuse one after the other."""
    is_told = is_known([value for key, value in news.items() if key != "members"])
    if not is_told or not parse_schedule(news).is_timed or not _wish_differs(olds, news):
        return
    timing = _look_or_warn(news)
    for member, facts in timing.differing if timing else ():
        why = timing.obstacle(facts) if timing else ""
        if why:
            yield CheckFailure(
                "",
                f"{news.get('group')}: {member} {facts.instance_id}: its release time cannot be set: {why};"
                " declare another schedule, or release it by a lower count or `pulumi destroy`",
            )


def _wish_differs(olds: dict[str, Any], news: dict[str, Any]) -> bool:
    # What is no longer declared leaves the inputs, where a comparison would miss it.
    vanished = any(olds.get(key) and not news.get(key) for key in (*OPTIONAL, "moved"))
    return vanished or wish_differs(olds, news)


def _leaving(olds: dict[str, Any], news: dict[str, Any]) -> dict[str, str]:
    """The members that the program leaves out because its clock, set ahead, says that they are gone."""
    at = stored_minute(news, "at") if is_known(news.get("at")) else None
    ahead = SESSION.now is not None and at is not None and at <= SESSION.now
    return known_members(olds) if ahead and not known_members(news) else {}


def _look_or_warn(props: dict[str, Any], *, just_read: bool = False) -> Timing | None:
    """One look at the members; None when there are none, or the cloud cannot be asked."""
    if not check_account_or_warn(props):
        return None
    try:
        return look(props, just_read=just_read)
    except CloudError as error:
        warn(str(props.get("group")), error)
        return None


def _say(timing: Timing, recorded: dict[str, Any]) -> None:
    times = recorded_times(recorded)
    gateway = SESSION.gateway_of(recorded)
    planned = [id_ for name, id_ in timing.missing.items() if (due := times.get(name)) and due <= timing.now]
    SESSION.fell_due(planned)
    lines = [*missing_lines(timing, times, gateway), *unfired_lines(timing)]
    SESSION.say_once([*lines, *skipped_lines(timing), *leaving_lines(timing, gateway)])


def _moved(timing: Timing, props: dict[str, Any]) -> dict[str, Any]:
    """What differs from the record, in a form that a refresh shows."""
    recorded = recorded_times(props)
    moved = {
        member: actual for member, actual in timing.armed.items() if recorded.get(member, actual) != actual
    }
    if not moved:
        return {}
    # One declared time for all is shown as itself; times of their own by member.
    if not timing.schedule.repeats:
        return {"at": minute(next(iter(moved.values())))}
    return {"moved": {member: timing.shown(actual) for member, actual in moved.items()}}


def _armed(props: dict[str, Any]) -> dict[str, Any]:
    """Sets what differs and reads it back; the outputs to store. A failure is named after the rest is set."""
    end_renewal(props)
    timing = look(props)
    if timing is None:
        return stored(props)
    possible = {facts.instance_id: facts for _, facts in timing.differing if not timing.obstacle(facts)}
    SESSION.say_once(skipped_lines(timing))
    wanted = {instance_id: timing.wanted(facts) for instance_id, facts in possible.items()}
    armed = _arm(wanted, props)
    # Read back, because a time that was silently not set releases nothing, or too early.
    after = look(props) if wanted else timing
    if after is not None:
        _refuse_what_is_left(after, {id_: str(error) for id_, error in armed.errors.items()})
    times = {name: minute(when) for name, when in (after or timing).armed.items()}
    return {**stored(props), **({"armed": times} if timing.schedule.repeats else {})}


def _arm(wanted: dict[str, datetime | None], props: dict[str, Any]) -> Armed:
    """Sets the times, written down where there are any, so that an audit knows them for ours."""
    if not wanted:
        return Armed({}, {})
    journal = new_journal(str(props.get("group")))
    armed = arm_on_record(wanted, SESSION.gateway_of(props), journal, str(props.get("group_id")))
    journal.write("outcome", done=not armed.errors)
    return armed


def _refuse_what_is_left(timing: Timing, errors: dict[str, str]) -> None:
    """Names what has not the wanted time, with the cloud's word or the obstacle, and how to go on."""
    unfired = {facts.instance_id for _, facts in timing.unfired}
    left = [(member, facts) for member, facts in timing.differing if facts.instance_id not in unfired]
    lines = list(unfired_lines(timing))
    if left:
        names = ", ".join(f"{member} {facts.instance_id}" for member, facts in left)
        lines.append(f"{timing.group}: the release time ({timing.schedule}) is not set on {names}")
        for member, facts in left:
            why = errors.get(facts.instance_id) or timing.obstacle(facts) or "the cloud has another time"
            lines.append(f"  {member} {facts.instance_id}: {why}")
        lines.append("  to do: remove the cause and run `pulumi up` again; the others are set")
    if lines:
        refuse(lines)
