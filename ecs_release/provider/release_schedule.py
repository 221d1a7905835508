"""ReleaseSchedule: sets, moves and cancels the scheduled release of a group.

Imports pulumi, runner, gateway and domain. The import path of ReleaseScheduleProvider is a
contract. Times are compared as minutes, never as strings of whatever form.
"""

from collections.abc import Mapping
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

from ecs_release.domain.facts import Charge, InstanceFacts
from ecs_release.gateway.errors import CloudError
from ecs_release.gateway.gateway import Gateway
from ecs_release.provider.base import (
    CloudProvider,
    check_account_or_warn,
    check_place,
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
from ecs_release.provider.session import SESSION, say
from ecs_release.provider.times import clock_of, time_problem
from ecs_release.runner.records import NO_TIME, NOT_RENEWED, minute, parse_minute

INPUTS = ("group", "group_id", "account", "cloud", "members", "charge", "at", "renewal")


class ReleaseScheduleProvider(CloudProvider):
    """Keeps the release time of every member as declared."""

    @guarded
    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """A time about to be set lies in 30 minutes to 3 years; one already armed is left alone."""
        inputs = {key: value for key, value in news.items() if key != "now"}
        return CheckResult(inputs, _failures(olds, news))

    @guarded
    def create(self, props: dict[str, Any]) -> CreateResult:
        """Sets the time on each member and reads it back."""
        _arm(props)
        return CreateResult(resource_id(props, "release-schedule"), stored(props))

    @guarded
    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Wanted against recorded, and against the cloud's, so that what was moved by hand is put back."""
        # A renewal that is no longer declared leaves the inputs, where a comparison would not miss it.
        changes = wish_differs(olds, news) or bool(olds.get("renewal")) != bool(news.get("renewal"))
        if not changes:
            changes = bool(_drifted(news)) or bool(_renewed(news))
        return difference(changes)

    @guarded
    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Sets, moves or cancels the time of every member where it differs."""
        _arm(news)
        return UpdateResult(stored(news))

    @guarded
    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Shows drift: a time moved, cancelled or added by hand."""
        seen = props
        for facts in _drifted(props):
            actual = minute(facts.auto_release_at)
            say(
                f"{props.get('group')}: {facts.instance_id}: release time changed by hand:"
                f" recorded {props.get('at')}, in the cloud {actual}"
            )
            seen = {**props, "at": actual}
        for instance_id in _renewed(props):
            say(f"{props.get('group')}: {instance_id}: renewal switched on by hand; declared to expire")
            seen = {**seen, "renewal": NO_TIME}
        return ReadResult(id_, seen, inputs_of(seen, INPUTS))

    @guarded
    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Nothing: the time stays armed, so that a refused destroy does not cost a lifeline."""


def _failures(olds: dict[str, Any], news: dict[str, Any]) -> list[CheckFailure]:
    if not is_known([news.get("at"), news.get("charge")]) or news.get("at", NO_TIME) == NO_TIME:
        return []
    if news.get("charge") == Charge.SUBSCRIPTION:
        why = "a subscription has no scheduled release; it can end only after its expiry"
        return [CheckFailure("at", why)]
    # A group without members has nothing to be armed, so an old time may stay declared.
    problem = time_problem(olds, news, clock_of(news)) if known_members(news) else ""
    return [CheckFailure("at", problem)] if problem else []


def _wanted(props: Mapping[str, Any]) -> datetime | None:
    return parse_minute(str(props.get("at", NO_TIME)))


def _differing(props: Mapping[str, Any], gateway: Gateway) -> list[InstanceFacts]:
    wanted = _wanted(props)
    ids = sorted(known_members(props).values())
    found = gateway.find_instances(ids) if ids else ()
    return [
        facts
        for facts in found
        # A subscription has no release time to compare.
        if facts.charge is not Charge.SUBSCRIPTION and facts.auto_release_at != wanted
    ]


def _drifted(props: Mapping[str, Any]) -> list[InstanceFacts]:
    """Members whose time in the cloud differs; none when the cloud cannot be asked."""
    group = str(props.get("group"))
    if not check_account_or_warn(props):
        return []
    try:
        return _differing(props, SESSION.gateway(check_place(group, props)))
    except CloudError as error:
        warn(group, error)
        return []


def _still_renewed(props: Mapping[str, Any], gateway: Gateway) -> list[str]:
    """The members that would be renewed although they are to end at their expiry."""
    ids = sorted(known_members(props).values())
    if props.get("renewal") != NOT_RENEWED or not ids:
        return []
    return [id_ for id_, state in gateway.renewal_states(ids).items() if state != NOT_RENEWED]


def _renewed(props: Mapping[str, Any]) -> list[str]:
    """As `_still_renewed`; none when the cloud cannot be asked."""
    group = str(props.get("group"))
    try:
        return _still_renewed(props, SESSION.gateway(check_place(group, props)))
    except CloudError as error:
        warn(group, error)
        return []


def _end_renewal(props: Mapping[str, Any], gateway: Gateway) -> None:
    renewed = _still_renewed(props, gateway)
    if renewed:
        gateway.end_renewal(renewed)
    left = _still_renewed(props, gateway) if renewed else []
    if left:
        refuse(
            [
                f"{props.get('group')}: {', '.join(left)} would still be renewed at the expiry",
                "  to do: see in the console what keeps the renewal on, then run `pulumi up` again",
            ]
        )


def _arm(props: dict[str, Any]) -> None:
    """One call per instance, the API has no batch; a failure is named after the rest is armed."""
    group = str(props.get("group"))
    gateway = SESSION.gateway(check_place(group, props))
    _end_renewal(props, gateway)
    problems: list[str] = []
    for facts in _differing(props, gateway):
        try:
            gateway.set_release_time(facts.instance_id, _wanted(props))
        except CloudError as error:
            problems.append(f"  {facts.instance_id}: {error}")
    # Read back, because a time that was silently not set releases nothing, or too early.
    left = [facts.instance_id for facts in _differing(props, gateway)]
    if problems or left:
        lines = [f"{group}: the release time {props.get('at')} is not set on {', '.join(left)}", *problems]
        refuse([*lines, "  to do: remove the cause and run `pulumi up` again; the others are set"])
