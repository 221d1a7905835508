"""Actions on many instances at once: all together, or each that can (Ecs 2014-05-26)."""

from __future__ import annotations

from collections.abc import Callable

from emulator.actions.common import region_of
from emulator.actions.instances_delete import MOST_IDS
from emulator.errors import ApiError, dry_run_passed, instance_not_found
from emulator.registry import Call, Reply
from emulator.resources import Instance
from emulator.world import World

Check = Callable[[World, Instance], None]


def batch(call: Call, check: Check, begin: Callable[[Instance], None], after: str) -> Reply:
    """Judge all instances, then begin with those that passed; without SuccessFirst all must."""
    policies = ("AllTogether", "SuccessFirst")
    first = call.parameters.choice("BatchOptimization", "AllTogether", policies) == "SuccessFirst"
    # All are judged before the first is touched, or a refusal would leave half a batch.
    refusals = [(instance, _refusal(call, check, instance)) for instance in _members(call)]
    if not first:
        for _, refusal in refusals:
            if refusal is not None:
                raise refusal
    if call.parameters.flag("DryRun"):
        raise dry_run_passed("DRYRUN.SUCCESS")
    results = []
    for instance, refusal in refusals:
        results.append(_result(instance, refusal, after))
        if refusal is None:
            begin(instance)
    return {"InstanceResponses": {"InstanceResponse": results}}


def _refusal(call: Call, check: Check, instance: Instance) -> ApiError | None:
    try:
        check(call.world, instance)
    except ApiError as error:
        return error
    return None


def _members(call: Call) -> list[Instance]:
    region_of(call)
    ids = call.parameters.items("InstanceId")
    if len(ids) > MOST_IDS:
        raise ApiError(403, "InvalidParameter.TooManyInstanceIds", f"More than {MOST_IDS} InstanceIds.")
    if not all(identifier.startswith("i-") for identifier in ids):
        raise ApiError(403, "Abs.InvalidInstanceIds.MalFormed", "The specified InstanceIds are malformed.")
    return [
        call.need(Instance, one, instance_not_found(one, "InvalidInstanceIds.NotFound"))
        for one in dict.fromkeys(ids)
    ]


def _result(instance: Instance, refusal: ApiError | None, after: str) -> dict[str, str]:
    code, message = ("200", "success") if refusal is None else (refusal.code, refusal.message)
    states = {"PreviousStatus": instance.status, "CurrentStatus": instance.status if refusal else after}
    return {"InstanceId": instance.id, "Code": code, "Message": message, **states}
