"""ModifyInstanceAttribute (Ecs 2014-05-26)."""

from __future__ import annotations

from emulator.actions.instances_read import owned_instance
from emulator.errors import ApiError, incorrect_status, locked_for_security
from emulator.parameters import Parameters
from emulator.registry import Call, Reply, action
from emulator.resources import Instance, SecurityGroup

_TEXTS = {
    "InstanceName": "instance_name",
    "Description": "description",
    "HostName": "host_name",
    "UserData": "user_data",
    "CreditSpecification": "credit_specification",
}
_FLAGS = {
    "DeletionProtection": "deletion_protection",
    "EnableJumboFrame": "jumbo_frames",
    "Recyclable": "recyclable",
}
_PARAMETERS = " ".join((*_TEXTS, *_FLAGS, "SecurityGroupIds.N"))


@action("Ecs", "ModifyInstanceAttribute", _PARAMETERS, required="InstanceId", ignored="Password")
def modify_instance_attribute(call: Call) -> Reply:
    """ModifyInstanceAttribute: names, user data, groups, and deletion protection."""
    instance, parameters = owned_instance(call), call.parameters
    _check(instance, parameters)
    groups = _groups(call, instance)
    # Read in full before the first is set; a malformed flag must change nothing.
    changes = {field: parameters.flag(name) for name, field in _FLAGS.items() if parameters.given(name)}
    for field, value in changes.items():
        setattr(instance, field, value)
    for name, field in _TEXTS.items():
        setattr(instance, field, parameters.text(name, getattr(instance, field)))
    instance.security_group_ids = groups
    call.world.store.put(instance)
    return {}


def _check(instance: Instance, parameters: Parameters) -> None:
    # Also for lifting protection: under a security lock it cannot be lifted.
    if "security" in instance.locks:
        raise locked_for_security(instance.id)
    if instance.releasing:
        raise incorrect_status(instance.id, instance.status, "Running, Stopped")
    if parameters.given("EnableJumboFrame") and instance.status not in ("Running", "Stopped"):
        text = f"The instance {instance.id} is {instance.status}, neither Running nor Stopped."
        raise ApiError(400, "InvalidOperation.InvalidEcsState", text)
    if parameters.flag("DeletionProtection") and (instance.subscription or instance.spot):
        text = "Deletion protection is only for pay-as-you-go instances."
        raise ApiError(403, "InvalidChargeType.ValueNotSupported", text)


def _groups(call: Call, instance: Instance) -> list[str]:
    ids = call.parameters.items("SecurityGroupIds")
    for identifier in ids:
        text = f"The specified SecurityGroupId {identifier} does not exist."
        group = call.need(SecurityGroup, identifier, ApiError(404, "InvalidSecurityGroupId.NotFound", text))
        if group.vpc_id != instance.vpc_id:
            raise ApiError(403, "InvalidInstanceId.VpcMismatch", "The security group is in another VPC.")
    return ids or instance.security_group_ids
