"""StartInstance, StopInstance and StopInstances (Ecs 2014-05-26)."""

from __future__ import annotations

from emulator.actions.instances_batch import batch
from emulator.actions.instances_read import owned_instance
from emulator.errors import ApiError, dry_run_passed
from emulator.registry import Call, Reply, action
from emulator.resources import Instance
from emulator.rules import lifecycle
from emulator.world import World

_STOP = "StoppedMode DryRun"
_NO_MODE = "Not-applicable"


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
    mode = _mode(call)

    def begin(instance: Instance) -> None:
        lifecycle.begin_stop(call.world, instance, mode)

    return batch(call, _check_stop, begin, "Stopping")


def _check_stop(world: World, instance: Instance) -> None:
    # Only the batch has a code of its own for what is not created yet.
    if instance.status == "Pending":
        raise ApiError(403, "InstanceNotReady", f"The instance {instance.id} is not ready for use.")
    lifecycle.check_stop(world, instance)


def _mode(call: Call) -> str:
    mode = call.parameters.choice("StoppedMode", "", ("KeepCharging", "StopCharging", _NO_MODE))
    # What DescribeInstances shows of a running instance, some clients send back.
    return "" if mode == _NO_MODE else mode
