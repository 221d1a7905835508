"""Teardown: records a group and ends what of it leaves the program, or all of it.

Imports pulumi, runner, gateway and domain. The import path of TeardownProvider is a contract.
"""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

from pulumi.dynamic import CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult

from ecs_release.domain.plan import InstancePlan, Plan
from ecs_release.domain.reasons import Reason
from ecs_release.domain.terms import DeclaredDisk, GroupRecord
from ecs_release.gateway.errors import CloudError
from ecs_release.provider.base import (
    CloudProvider,
    kept,
    look_at,
    resource_id,
    say_plan,
    stored,
    warn,
    whole,
)
from ecs_release.provider.boundary import (
    difference,
    guarded,
    is_known,
    known_members,
    refuse,
    wish_differs,
)
from ecs_release.provider.releasing import check_recorded_place, outcome_lines, release
from ecs_release.provider.session import SESSION, say
from ecs_release.runner.observe import Errand
from ecs_release.runner.records import parse_record

INPUTS = (
    "project",
    "stack",
    "group",
    "group_id",
    "account",
    "cloud",
    "terms",
    "disks",
    "members",
    "released_by",
    "at_expiry",
)


class TeardownProvider(CloudProvider):
    """Ends instances: on update the members that left, on delete the whole group."""

    @guarded
    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Remembers the declared ids of this process; terms are checked by Sweep."""
        if is_known([news.get(key) for key in ("project", "stack", "group")]):
            SESSION.declarations.declare({**news, "members": known_members(news)})
        return CheckResult(news, [])

    @guarded
    def create(self, props: dict[str, Any]) -> CreateResult:
        """Records ids and terms, looks and warns; never fails for what the cloud says."""
        record = parse_record(props)
        try:
            _warn_of_members_not_seen(record)
            _warn_of_what_is_left(look_at(Errand(record, record.terms, record.members)))
        # A record that is not stored is worse than one that could not be checked.
        except CloudError as error:
            warn(record.group, error)
        return CreateResult(resource_id(props, "teardown"), stored(props))

    @guarded
    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Whether ids or terms changed; prints the plan of what will leave and what is unrecorded."""
        changes = wish_differs(olds, news)
        if not is_known(news.get("members")) and not known_members(news):
            return difference(changes)
        if not is_known([news.get(key) for key in INPUTS if key != "members"]):
            return difference(True)
        errand = _errand(olds, {**news, "members": _members_with_unknown(news)})
        try:
            plan = look_at(errand)
            # A preview of a later time has not come yet; ReleaseSchedule says what will be gone.
            if not _is_ahead(plan, errand.record):
                say_plan(plan)
            changes = changes or bool(_to_end(plan))
        except CloudError as error:
            warn(errand.record.group, error)
        return difference(changes)

    @guarded
    def update(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Releases members that left and what a broken-off `up` left, under the terms of now."""
        errand = _errand(olds, news)
        # Members in two places could not be ended by one record.
        _refuse_another_place(errand.record, parse_record(news))
        check_recorded_place(errand)
        plan = look_at(errand)
        # Strangers alone stop no `up`: they are named, and `claim` or `disown` settles them.
        if _to_end(plan) or plan.findings:
            outcome = release(errand)
            if not outcome.done:
                refuse(outcome_lines(outcome))
        else:
            say_plan(plan)
        return UpdateResult(stored(news))

    @guarded
    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Keeps the record; raises only for another account, region or endpoint."""
        return kept(id_, props, INPUTS)

    @guarded
    def delete(self, _id: str, props: dict[str, Any]) -> None:
        """The release run over the whole group, or nothing where the group is still declared."""
        record = parse_record(props)
        errand = _moved(record) or whole(record)
        # The engine deletes the old record of a replacement last; its instances live on in the new one.
        if errand.wanted and not set(record.members.values()) - set(errand.wanted.values()):
            say(f"{record.group}: still declared, nothing is released")
            return
        check_recorded_place(errand)
        outcome = release(errand)
        if not outcome.done:
            refuse(outcome_lines(outcome))
        SESSION.end(record.group_id)


def _moved(record: GroupRecord) -> Errand | None:
    """The errand when the record's group or ids are declared in this operation, None otherwise."""
    declared = SESSION.declarations.members()
    kept = {declared[id_]: id_ for id_ in record.members.values() if id_ in declared}
    declaration = SESSION.declarations.group((record.project, record.stack, record.group))
    if declaration is None:
        return Errand(record, record.terms, MappingProxyType(kept)) if kept else None
    # Under the terms declared now: `on_replaced` decides about exactly this case.
    wish = parse_record(declaration)
    wanted = MappingProxyType({**kept, **wish.members})
    return Errand(record, wish.terms, wanted, frozenset({wish.group_id}))


def _errand(olds: dict[str, Any], news: dict[str, Any]) -> Errand:
    record, wish = parse_record(olds), parse_record(news)
    merged = replace(
        record,
        released_by=wish.released_by,
        at_expiry=wish.at_expiry,
        disks=_merged_disks(record, wish),
    )
    return Errand(
        merged,
        wish.terms,
        wish.members,
        frozenset({wish.group_id}),
        confirm_only=wish.released_by is not None,
        fallen_due=SESSION.fallen_due,
    )


def _merged_disks(record: GroupRecord, wish: GroupRecord) -> tuple[DeclaredDisk, ...]:
    """The declarations of now, and the old ones of disks that are no longer declared."""
    named = {(disk.kind, disk.name): disk for disk in (*record.disks, *wish.disks)}
    return tuple(named.values())


def _is_ahead(plan: Plan, record: GroupRecord) -> bool:
    """Whether the program's clock has passed a release time that the cloud's has not."""
    return record.released_by is not None and plan.made_at < record.released_by


def _members_with_unknown(news: dict[str, Any]) -> dict[str, str]:
    """Members of a preview: an id that is not known yet stands as its member's name."""
    known = known_members(news)
    return {name: known.get(name, f"(new {name})") for name in news.get("members") or {}}


def _refuse_another_place(record: GroupRecord, wish: GroupRecord) -> None:
    if record.account != wish.account or not record.cloud.is_same_place(wish.cloud):
        refuse(
            [
                f"{record.group}: refused, nothing is changed",
                f"  recorded {record.account} {record.cloud}, declared {wish.account} {wish.cloud}",
                "  to do: set account, region and endpoints back to the recorded ones",
            ]
        )


def _is_stranger(plan: InstancePlan) -> bool:
    return any(finding.reason is Reason.UNRECORDED for finding in plan.findings)


def _to_end(plan: Plan) -> tuple[InstancePlan, ...]:
    """What a plan would end or must refuse; strangers alone are only named."""
    return tuple(instance for instance in plan.instances if not _is_stranger(instance))


def _warn_of_members_not_seen(record: GroupRecord) -> None:
    gateway = SESSION.gateway(record.cloud)
    seen = {facts.instance_id for facts in gateway.find_instances(sorted(record.members.values()))}
    for member, instance_id in record.members.items():
        if instance_id not in seen:
            say(f"{record.group}: {member} {instance_id} is declared but not seen; run `pulumi up --refresh`")


def _warn_of_what_is_left(plan: Plan) -> None:
    for instance in plan.alive:
        what = "is named below" if _is_stranger(instance) else "is released by the next `pulumi up`"
        say(f"{plan.group}: {instance.member} {instance.instance_id} is not declared any more and {what}")
    say_plan(plan)
