"""Sweep: first of all on `up`, last of all on destroy; ends what an `up` that broke off left.

Imports pulumi, runner, gateway and domain. The import path of SweepProvider is a contract.
"""

import secrets
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    UpdateResult,
)
from pydantic import ValidationError

from ecs_release.domain.facts import MEMBER_TAG, UNRECORDED_TAG, InstanceFacts
from ecs_release.domain.reasons import SENTENCES, Finding, Reason
from ecs_release.domain.terms import GroupRecord
from ecs_release.gateway.errors import CloudError
from ecs_release.gateway.gateway import Gateway
from ecs_release.provider.adoption import adoption_failures
from ecs_release.provider.base import (
    CloudProvider,
    kept,
    place_lines,
    resource_id,
    stored,
    whole,
)
from ecs_release.provider.boundary import difference, guarded, is_known, refuse, wish_differs
from ecs_release.provider.declarations import group_key
from ecs_release.provider.releasing import check_recorded_place, outcome_lines, release
from ecs_release.provider.session import SESSION, say
from ecs_release.provider.times import clock_of, time_problem
from ecs_release.runner.observe import Errand, identity_findings
from ecs_release.runner.records import TermsModel, UnreadableRecord, check_schema, parse_cloud, parse_record
from ecs_release.runner.schedules import OPTIONAL

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
    "at",
    "after",
    "daily",
    "zone",
    "max_lifetime",
    "at_expiry",
    "bought",
    "adopt",
)
WAYS_ON = (
    "lift in the cloud what stands against it, then run `pulumi destroy` again;"
    " or set count: 0 and the terms that allow it, run `pulumi up`, then `pulumi destroy`",
)


class SweepProvider(CloudProvider):
    """Draws the group id, guards the first `up`, and ends what Teardown never saw."""

    @guarded
    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Checks terms, time, account and marked instances; draws the group id once."""
        # A clock in the inputs would be a change in every `up`.
        inputs = {key: value for key, value in news.items() if key != "now"}
        if not is_known(inputs):
            return CheckResult(inputs, [])
        SESSION.declarations.sweep(group_key(inputs))
        inputs["group_id"] = _group_id(olds)
        failures = [*_terms_failures(inputs), *_time_failures(olds, news)]
        if not failures:
            failures = list(_cloud_failures(olds, inputs))
        return CheckResult(inputs, failures)

    @guarded
    def create(self, props: dict[str, Any]) -> CreateResult:
        """Records the group id, the terms and the member names."""
        return CreateResult(resource_id(props, "sweep"), stored(props))

    @guarded
    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Whether anything recorded changed; never asks for a replacement."""
        # What is no longer declared leaves the inputs, where a comparison would miss it.
        vanished = any(olds.get(key) and not news.get(key) for key in OPTIONAL)
        return difference(vanished or wish_differs(olds, news))

    @guarded
    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Records the new terms; releases nothing."""
        return UpdateResult(stored(news))

    @guarded
    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Keeps the record; raises only for another account, region or endpoint."""
        return kept(id_, props, INPUTS)

    @guarded
    def delete(self, _id: str, props: dict[str, Any]) -> None:
        """Releases what still carries the group id; marks what it must refuse."""
        record = _record(props)
        gateway = SESSION.gateway(record.cloud)
        errand = whole(record)
        check_recorded_place(errand)
        wrong = identity_findings(record, gateway.identity())
        if wrong:
            refuse(place_lines(record.group, wrong))
        left = gateway.find_group(record.group_id)
        if not left:
            _check_nothing_is_left(record, gateway)
        # The Sweep is being replaced, not removed: its group lives on under a new id.
        elif SESSION.declarations.is_swept(group_key(props)):
            refuse(_still_carrying(record, left))
        else:
            _end(errand, gateway)


def _group_id(olds: dict[str, Any]) -> str:
    """Drawn once and kept: everything that was ever tagged with it must be found again."""
    if olds and not olds.get("group_id"):
        # A new one would make strangers of all instances that carry the old one.
        raise UnreadableRecord(f"the record of {olds.get('group')} cannot be read: group_id: missing")
    return str(olds.get("group_id") or secrets.token_hex(10))


def _record(props: dict[str, Any]) -> GroupRecord:
    """The record of a Sweep: it knows member names only, so nothing counts as recorded."""
    check_schema(props)
    return parse_record({**props, "members": MappingProxyType({})})


def _check_nothing_is_left(record: GroupRecord, gateway: Gateway) -> None:
    # An empty list may be a missing right; a run that proved everything gone needs no second proof.
    if not SESSION.has_ended(record.group_id) and not gateway.may_look():
        finding = Finding(Reason.NO_PERMISSION_TO_LOOK, f"instances of group {record.group}")
        refuse(place_lines(record.group, (finding,)))


def _still_carrying(record: GroupRecord, left: tuple[InstanceFacts, ...]) -> list[str]:
    lines = [f"{record.group}: {len(left)} instances carry the group id {record.group_id} that is leaving"]
    for facts in left:
        lines.append(f"  {facts.tag(MEMBER_TAG)} {facts.instance_id} unrecorded: nothing is released")
    return [*lines, "  to do: run `pulumi up` again, or `ecs-release disown` the ones that are not wanted"]


def _end(errand: Errand, gateway: Gateway) -> None:
    outcome = release(errand)
    if outcome.done:
        SESSION.end(errand.record.group_id)
        return
    left = [plan.instance_id for plan in outcome.plan.alive if plan.instance_id not in outcome.released]
    _mark(errand.record, left, gateway)
    refuse(outcome_lines(outcome, WAYS_ON))


def _mark(record: GroupRecord, left: list[str], gateway: Gateway) -> None:
    """Marks what the state has lost, so that the next `up` does not create beside it."""
    try:
        if left:
            gateway.tag_instances(left, {UNRECORDED_TAG: "true"})
    except CloudError as error:
        say(f"{record.group}: {', '.join(left)} could not be marked as unrecorded: {error}")


def _terms_failures(inputs: dict[str, Any]) -> Iterator[CheckFailure]:
    try:
        TermsModel.model_validate(inputs.get("terms") or {})
    except ValidationError as error:
        for problem in error.errors():
            field = ".".join(str(part) for part in problem["loc"])
            yield CheckFailure("terms", f"terms.{field}: {problem['input']!r}: {problem['msg']}")


def _time_failures(olds: dict[str, Any], news: dict[str, Any]) -> Iterator[CheckFailure]:
    problem = time_problem(olds, news, clock_of(news))
    if problem:
        yield CheckFailure("at", problem)


def _cloud_failures(olds: dict[str, Any], inputs: dict[str, Any]) -> Iterator[CheckFailure]:
    try:
        cloud = parse_cloud(inputs.get("cloud"))
        gateway = SESSION.gateway(cloud)
        inputs["account"] = gateway.identity().account
        recorded = olds.get("account") or inputs["account"]
        if recorded != inputs["account"]:
            detail = f"recorded {recorded}, the credentials are of {inputs['account']}"
            yield CheckFailure("", f"wrong-account: {detail}; use credentials of the recorded account")
            return
        # A first `up` has no past to contradict and nothing that could have been marked.
        if olds:
            yield from _place_failures(olds, inputs)
            yield from _marked_failures(inputs, gateway)
            if inputs.get("at_expiry"):
                inputs["bought"] = _bought(olds, inputs, gateway)
        yield from adoption_failures(olds, inputs, gateway)
    except (CloudError, UnreadableRecord) as error:
        yield CheckFailure("", f"{inputs['group']}: {error}")


def _bought(olds: dict[str, Any], inputs: dict[str, Any], gateway: Gateway) -> list[str]:
    """The declared members that were there once: one that ended at its expiry is not bought again."""
    seen = {facts.tag(MEMBER_TAG) for facts in gateway.find_group(inputs["group_id"])}
    return sorted((seen | set(olds.get("bought") or ())) & set(inputs.get("members") or ()))


def _place_failures(olds: dict[str, Any], inputs: dict[str, Any]) -> Iterator[CheckFailure]:
    recorded, wished = parse_cloud(olds.get("cloud")), parse_cloud(inputs["cloud"])
    if recorded.region != wished.region:
        detail = f"recorded {recorded.region}, configured {wished.region}"
        yield CheckFailure("", f"wrong-region: {detail}; set alicloud:region back")
    elif not recorded.is_same_place(wished):
        detail = f"recorded {recorded.ecs or 'official'}, configured {wished.ecs or 'official'}"
        yield CheckFailure("", f"wrong-endpoint: {detail}; set alicloud:endpoints and alicloud:protocol back")


def _marked_failures(inputs: dict[str, Any], gateway: Gateway) -> Iterator[CheckFailure]:
    if not inputs.get("members"):
        return
    marked = gateway.find_marked(inputs["group_id"])
    # Without the right to look every instance seems gone, and an `up` would create it a second time.
    if not marked and not gateway.may_look():
        why, advice = SENTENCES[Reason.NO_PERMISSION_TO_LOOK]
        yield CheckFailure("", f"{inputs['group']}: no-permission-to-look: {why}; {advice}")
    for facts in marked:
        yield CheckFailure(
            "",
            f"{inputs['group']}: {facts.tag(MEMBER_TAG)} {facts.instance_id} was left by a refused destroy"
            " and is not in the state; nothing is created beside it. Lift in the cloud what stands against"
            " its release and run `pulumi destroy` again; or set count: 0 and the terms that allow it, run"
            " `pulumi up`, then `pulumi destroy`",
        )
