"""Gate: one for an environment; looks at all groups before the first of them is touched.

Imports pulumi, runner, gateway and domain. The import path of GateProvider is a contract.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from pulumi.dynamic import CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult

from ecs_release.domain.approval import stack_approval
from ecs_release.domain.plan import Plan
from ecs_release.domain.render import plan_lines
from ecs_release.domain.terms import GroupRecord
from ecs_release.gateway.errors import CloudError
from ecs_release.provider.base import (
    CloudProvider,
    check_account_or_warn,
    look_at,
    say_plan,
    stored,
    warn,
    whole,
)
from ecs_release.provider.boundary import difference, guarded, inputs_of, refuse, wish_differs
from ecs_release.provider.session import SESSION
from ecs_release.runner.records import check_schema, parse_record

INPUTS = ("groups",)


class GateProvider(CloudProvider):
    """Refuses for all groups when one of them would be refused; releases nothing."""

    @guarded
    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Takes the inputs as they are; the groups' own checks have judged them."""
        return CheckResult(news, [])

    @guarded
    def create(self, props: dict[str, Any]) -> CreateResult:
        """Records what the groups hold."""
        return CreateResult("gate", stored(props))

    @guarded
    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Whether what the groups hold changed; prints the plan of a group that leaves."""
        for record in _leaving(olds, news):
            try:
                say_plan(look_at(whole(record)))
            except CloudError as error:
                warn(record.group, error)
        return difference(wish_differs(olds, news))

    @guarded
    def update(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Refuses, before the engine deletes anything, when a group that leaves would be refused."""
        _refuse_if_any_is_refused(_leaving(olds, news))
        return UpdateResult(stored(news))

    @guarded
    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Keeps the record; raises only for another account, region or endpoint."""
        check_schema(props)
        for properties in _groups(props).values():
            check_account_or_warn(properties)
        return ReadResult(id_, props, inputs_of(props, INPUTS))

    @guarded
    def delete(self, _id: str, props: dict[str, Any]) -> None:
        """Looks at all groups; refuses when one is refused, and then nothing of the stack is touched."""
        check_schema(props)
        _refuse_if_any_is_refused(_not_declared(_groups(props)))


def _groups(properties: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    groups = properties.get("groups")
    return dict(groups) if isinstance(groups, Mapping) else {}


def _leaving(olds: dict[str, Any], news: dict[str, Any]) -> list[GroupRecord]:
    kept = _groups(news)
    if not kept and news.get("groups"):
        # The whole map is unknown, so nothing can be said to leave.
        return []
    return _not_declared({name: held for name, held in _groups(olds).items() if name not in kept})


def _not_declared(groups: Mapping[str, dict[str, Any]]) -> list[GroupRecord]:
    """The records of groups that really end: ids that are declared in this operation have moved."""
    declared = SESSION.declarations.members()
    ending = []
    for properties in groups.values():
        record = parse_record(properties)
        members = {name: id_ for name, id_ in record.members.items() if id_ not in declared}
        still_declared = SESSION.declarations.group((record.project, record.stack, record.group)) is not None
        # An empty group has nothing to move, so only its declaration tells.
        if not still_declared and (members or not record.members):
            ending.append(replace(record, members=MappingProxyType(members)))
    return ending


def _refuse_if_any_is_refused(records: list[GroupRecord]) -> None:
    # All are looked at before one word is said: a refusal names every group at once.
    plans = [look_at(whole(record)) for record in records]
    if SESSION.approves_stack(plans):
        SESSION.grant(plans)
        plans = [look_at(whole(record)) for record in records]
    refused = [plan for plan in plans if plan.is_blocked]
    if refused:
        refuse(_refusal_lines(plans, refused))
    for plan in plans:
        say_plan(plan)


def _refusal_lines(plans: list[Plan], refused: list[Plan]) -> list[str]:
    words = f"{len(refused)} of {len(plans)} groups is refused" if len(plans) > 1 else "the group is refused"
    lines = [f"nothing is released: {words}"]
    for plan in refused:
        lines += plan_lines(plan)
    if len(plans) > 1:
        lines.append(f"digest of the whole stack: {stack_approval(plans)}")
    others = [plan.group for plan in plans if plan not in refused]
    return [*lines, f"held back with it: {', '.join(others)}"] if others else lines
