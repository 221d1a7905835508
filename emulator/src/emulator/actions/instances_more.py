"""More about instances (Ecs 2014-05-26): states, batches, restarts, other types."""

from __future__ import annotations

from emulator.actions.common import Paging, region_of
from emulator.actions.instances_batch import batch
from emulator.actions.instances_read import owned_instance
from emulator.errors import ApiError, dry_run_passed, incorrect_status
from emulator.registry import Call, Reply, action, idempotent
from emulator.resources import Instance
from emulator.resources.instance import size_of
from emulator.rules import lifecycle, maintenance

_STATUS = "InstanceId.N ZoneId PageNumber PageSize"
_SPEC_INERT = (
    "Async MigrateAcrossZone SystemDisk.Category AllowMigrateAcrossZone Temporary.StartTime "
    "Temporary.EndTime Temporary.InternetMaxBandwidthOut InternetMaxBandwidthIn AutoPay OperatorType "
    "RebootTime EndTime RebootWhenFinished ModifyMode Disk.N.Category Disk.N.DiskId Disk.N.PerformanceLevel"
)


@action("Ecs", "DescribeInstanceStatus", _STATUS, required="RegionId", ignored="ClusterId")
def describe_instance_status(call: Call) -> Reply:
    """DescribeInstanceStatus: one word for each instance; an unknown id is missing from the list."""
    ids, zone = call.parameters.items("InstanceId") or None, call.parameters.text("ZoneId")
    rows = call.world.store.owned(Instance, call.account, region_of(call), ids)
    paging = Paging(call.parameters, 50)
    chosen, reply = paging.cut((seq, row) for seq, row in rows if zone in ("", row.zone_id))
    statuses = [{"InstanceId": row.id, "Status": row.status} for row in chosen]
    return {**reply, "InstanceStatuses": {"InstanceStatus": statuses}}


@action("Ecs", "RebootInstance", "DryRun", required="InstanceId", ignored="ForceStop")
def reboot_instance(call: Call) -> Reply:
    """RebootInstance: Running to Starting and back."""
    instance = owned_instance(call)
    lifecycle.check_stop(call.world, instance)
    if call.parameters.flag("DryRun"):
        raise dry_run_passed()
    _reboot(call, instance)
    return {}


# The word between two Running is the same as after a start.
def _reboot(call: Call, instance: Instance) -> None:
    maintenance.avoid(call.world, instance)
    lifecycle.begin_start(call.world, instance)


@action(
    "Ecs",
    "RebootInstances",
    "BatchOptimization DryRun",
    required="RegionId InstanceId.N",
    ignored="ForceReboot",
)
def reboot_instances(call: Call) -> Reply:
    """RebootInstances: all together, or each that can be restarted."""
    return batch(call, lifecycle.check_stop, lambda instance: _reboot(call, instance), "Starting")


@action("Ecs", "StartInstances", "BatchOptimization DryRun", required="RegionId InstanceId.N")
def start_instances(call: Call) -> Reply:
    """StartInstances: all together, or each that can be started."""

    def begin(instance: Instance) -> None:
        lifecycle.begin_start(call.world, instance)

    return batch(call, lifecycle.check_start, begin, "Starting")


@action(
    "Ecs",
    "ModifyInstanceSpec",
    "InstanceType InternetMaxBandwidthOut DryRun",
    required="InstanceId",
    ignored=_SPEC_INERT,
)
@idempotent
def modify_instance_spec(call: Call) -> Reply:
    """ModifyInstanceSpec: another type for a Stopped pay-as-you-go instance, at once."""
    instance = owned_instance(call)
    if instance.subscription:
        raise ApiError(403, "ChargeTypeViolation", "The operation is not permitted due to the charge type.")
    return _resized(call, instance)


@action(
    "Ecs",
    "ModifyPrepayInstanceSpec",
    "InstanceType DryRun",
    required="RegionId InstanceId InstanceType",
    ignored=_SPEC_INERT,
)
@idempotent
def modify_prepay_instance_spec(call: Call) -> Reply:
    """ModifyPrepayInstanceSpec: another type for a Stopped subscription, at once."""
    instance = owned_instance(call)
    if not instance.subscription:
        raise ApiError(403, "ChargeTypeViolation", "The operation is not permitted due to the charge type.")
    return {**_resized(call, instance), "OrderId": str(call.world.new_order())}


def _resized(call: Call, instance: Instance) -> Reply:
    parameters = call.parameters
    lifecycle.check_unlocked(call.world, instance)
    if parameters.given("InstanceType") and (instance.status != "Stopped" or instance.releasing):
        raise incorrect_status(instance.id, instance.status, "Stopped")
    kind = parameters.text("InstanceType", instance.instance_type)
    if not kind.startswith("ecs."):
        raise ApiError(404, "InvalidInstanceType.NotFound", f"The InstanceType {kind} does not exist.")
    bandwidth = parameters.number("InternetMaxBandwidthOut", instance.internet_max_bandwidth_out, 0, 100)
    if parameters.flag("DryRun"):
        raise dry_run_passed()
    # Price and size follow the type, so they change together.
    instance.instance_type, (instance.cpu, instance.memory_mib) = kind, size_of(kind)
    instance.internet_max_bandwidth_out = bandwidth
    call.world.store.put(instance)
    return {}


@action(
    "Ecs",
    "DescribeCloudAssistantStatus",
    "InstanceId.N PageNumber PageSize NextToken MaxResults",
    required="RegionId",
    ignored="OSType",
)
def describe_cloud_assistant_status(call: Call) -> Reply:
    """DescribeCloudAssistantStatus: true for what runs, for nothing else can be asked of it here."""
    ids = call.parameters.items("InstanceId") or None
    rows = call.world.store.owned(Instance, call.account, region_of(call), ids)
    chosen, reply = Paging(call.parameters, 50).cut(rows)
    shown = [
        {
            "InstanceId": row.id,
            "CloudAssistantStatus": str(row.status == "Running").lower(),
            "OSType": "Linux",
        }
        for row in chosen
    ]
    return {**reply, "InstanceCloudAssistantStatusSet": {"InstanceCloudAssistantStatus": shown}}
