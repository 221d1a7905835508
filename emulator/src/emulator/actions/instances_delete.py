"""DeleteInstance and DeleteInstances (Ecs 2014-05-26)."""

from __future__ import annotations

from emulator.actions.common import region_of
from emulator.errors import ApiError, dry_run_passed, instance_not_found, invalid_parameter
from emulator.parameters import Parameters
from emulator.registry import Call, Reply, action, idempotent
from emulator.resources import Instance
from emulator.rules import release
from emulator.rules.release import Terms

_TERMS = "Force ForceStop TerminateSubscription DryRun"
MOST_IDS = 100


@action("Ecs", "DeleteInstance", _TERMS, required="InstanceId")
def delete_instance(call: Call) -> Reply:
    """DeleteInstance: accept the release of one instance; its dry run checks everything."""
    identifier, terms = call.parameters.text("InstanceId"), _terms(call.parameters)
    if not identifier.startswith("i-"):
        raise invalid_parameter("InstanceId", f"{identifier} is malformed")
    instance = call.need(Instance, identifier, instance_not_found(identifier))
    release.check(call.world, instance, terms)
    if call.parameters.flag("DryRun"):
        raise dry_run_passed()
    release.begin(call.world, instance, terms)
    return {}


@action("Ecs", "DeleteInstances", f"{_TERMS} ClientToken", required="RegionId InstanceId.N")
@idempotent
def delete_instances(call: Call) -> Reply:
    """DeleteInstances: all or none; its dry run looks at no resource."""
    terms = _terms(call.parameters)
    ids = _ids(call)
    # Before any look at resources: this dry run proves rights and form, nothing more.
    if call.parameters.flag("DryRun"):
        raise dry_run_passed("DRYRUN.SUCCESS")
    instances = [_member(call, identifier) for identifier in ids]
    # All are looked at before any is touched; the reply has no room for single results.
    for instance in instances:
        release.check(call.world, instance, terms)
    for instance in instances:
        release.begin(call.world, instance, terms)
    return {}


def _terms(parameters: Parameters) -> Terms:
    return Terms(
        force=parameters.flag("Force"),
        force_stop=parameters.flag("ForceStop", True),
        terminate_subscription=parameters.flag("TerminateSubscription"),
    )


def _ids(call: Call) -> list[str]:
    region_of(call)
    ids = call.parameters.items("InstanceId")
    if len(ids) > MOST_IDS:
        text = f"The number of the specified InstanceIds is more than {MOST_IDS}."
        raise ApiError(403, "InvalidParameter.TooManyInstanceIds", text)
    if not ids or not all(identifier.startswith("i-") for identifier in ids):
        raise ApiError(
            403, "InvalidInstanceIds.ValueNotSupported", "The specified InstanceIds are not valid."
        )
    return list(dict.fromkeys(ids))


def _member(call: Call, identifier: str) -> Instance:
    # Not through `find`: an id of another region has an answer of its own here.
    instance = call.world.store.get(Instance, identifier)
    if instance is None or instance.account_id != call.account:
        raise instance_not_found(identifier, "InvalidInstanceIds.NotFound")
    if instance.region_id != call.region:
        text = "The specified instances are not all in the region of the request."
        raise ApiError(400, "InvalidParameter.CrossRegionNotSupport", text)
    return instance
