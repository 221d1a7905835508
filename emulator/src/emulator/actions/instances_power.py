"""StartInstance, StopInstance and StopInstances (Ecs 2014-05-26)."""

from __future__ import annotations

from typing import Any

from emulator.actions.common import region_of
from emulator.actions.instances_delete import MOST_IDS
from emulator.actions.instances_read import owned_instance
from emulator.errors import ApiError, dry_run_passed, instance_not_found
from emulator.registry import Call, Reply, action
from emulator.resources import Instance
from emulator.rules import lifecycle

_STOP = "StoppedMode DryRun"


@action("Ecs", "StartInstance", "DryRun", "InstanceId", "InitLocalDisk")
def start_instance(call: Call) -> Reply:
    """StartInstance: Stopped to Starting."""
    instance = owned_instance(call)
    lifecycle.check_start(call.world, instance)
    if call.parameters.flag("DryRun"):
        raise dry_run_passed()
    lifecycle.begin_start(call.world, instance)
    return {}


@action("Ecs", "StopInstance", _STOP, "InstanceId", "ForceStop ConfirmStop")
def stop_instance(call: Call) -> Reply:
    """StopInstance: Running to Stopping."""
    instance, mode = owned_instance(call), _mode(call)
    lifecycle.check_stop(call.world, instance)
    if call.parameters.flag("DryRun"):
        raise dry_run_passed()
    lifecycle.begin_stop(call.world, instance, mode)
    return {}


@action("Ecs", "StopInstances", f"{_STOP} BatchOptimization", "RegionId InstanceId.N", "ForceStop")
def stop_instances(call: Call) -> Reply:
    """StopInstances: all together, or each that can be stopped."""
    mode, together = _mode(call), ("AllTogether", "SuccessFirst")
    policy = call.parameters.choice("BatchOptimization", "AllTogether", together)
    ids = call.parameters.items("InstanceId")
    if len(ids) > MOST_IDS:
        raise ApiError(403, "InvalidParameter.TooManyInstanceIds", f"More than {MOST_IDS} InstanceIds.")
    region_of(call)
    instances = [
        call.need(Instance, one, instance_not_found(one, "InvalidInstanceIds.NotFound")) for one in ids
    ]
    if call.parameters.flag("DryRun"):
        raise dry_run_passed("DRYRUN.SUCCESS")
    responses = [_stop(call, instance, mode, policy == "SuccessFirst") for instance in instances]
    return {"InstanceResponses": {"InstanceResponse": responses}}


def _stop(call: Call, instance: Instance, mode: str, tolerant: bool) -> dict[str, Any]:
    before, code, message = instance.status, "200", "success"
    try:
        lifecycle.check_stop(call.world, instance)
        lifecycle.begin_stop(call.world, instance, mode)
    except ApiError as error:
        # Raised, it takes back what was done to the others.
        if not tolerant:
            raise
        code, message = error.code, error.message
    states = {"PreviousStatus": before, "CurrentStatus": instance.status}
    return {"InstanceId": instance.id, "Code": code, "Message": message, **states}


def _mode(call: Call) -> str:
    return call.parameters.choice("StoppedMode", "", ("KeepCharging", "StopCharging"))
