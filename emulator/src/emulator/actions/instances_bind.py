"""What an instance is bound to (Ecs 2014-05-26): roles, groups, sets, networks, metadata, maintenance."""

from __future__ import annotations

import json

from emulator.actions.instances_read import owned_instance
from emulator.errors import ApiError, incorrect_status, instance_not_found, invalid_parameter
from emulator.registry import Call, Reply, action
from emulator.resources import Disk, Instance, Interface, SecurityGroup, VSwitch
from emulator.resources.key_pair import DeploymentSet
from emulator.rules import lifecycle

_METADATA = "HttpTokens HttpEndpoint"
_MAINTENANCE = (
    "InstanceId.N MaintenanceWindow.N.StartTime MaintenanceWindow.N.EndTime ActionOnMaintenance "
    "NotifyOnMaintenance"
)
_HOST_INERT = (
    "DedicatedHostId DedicatedHostClusterId Force Affinity Tenancy MigrationType InstanceType "
    "DeploymentSetGroupNo"
)
_MAINTENANCE_ACTIONS = ("Stop", "AutoRecover", "AutoRedeploy")


def _instances(call: Call, ids: list[str]) -> list[Instance]:
    if not 1 <= len(ids) <= 100:
        raise invalid_parameter("InstanceIds", "1 to 100 ids")
    return [call.need(Instance, one, instance_not_found(one, "InvalidInstanceIds.NotFound")) for one in ids]


@action("Ecs", "AttachInstanceRamRole", required="RegionId RamRoleName InstanceIds", ignored="Policy")
def attach_instance_ram_role(call: Call) -> Reply:
    """AttachInstanceRamRole: an instance has one role at most."""
    name = call.parameters.text("RamRoleName")
    found = _instances(call, call.parameters.json_list("InstanceIds", 100) or [])
    for instance in found:
        if instance.ram_role_name not in ("", name):
            raise ApiError(
                403, "InvalidInstance.RamRoleExist", f"The instance {instance.id} has a role already."
            )
    return _set_role(call, found, name)


@action("Ecs", "DetachInstanceRamRole", "RamRoleName", required="RegionId InstanceIds")
def detach_instance_ram_role(call: Call) -> Reply:
    """DetachInstanceRamRole: the named role, or whichever there is."""
    return _set_role(call, _instances(call, call.parameters.json_list("InstanceIds", 100) or []), "")


def _set_role(call: Call, instances: list[Instance], name: str) -> Reply:
    rows = []
    for instance in instances:
        instance.ram_role_name = name
        call.world.store.put(instance)
        rows.append({"InstanceId": instance.id, "Success": True, "Code": "200", "Message": "success"})
    counts = {"TotalCount": len(rows), "FailCount": 0, "RamRoleName": call.parameters.text("RamRoleName")}
    shape = "AttachInstanceRamRoleResult" if name else "DetachInstanceRamRoleResult"
    return {**counts, f"{shape}s": {shape: rows}}


@action(
    "Ecs",
    "ModifyInstanceMetadataOptions",
    _METADATA,
    required="RegionId InstanceId",
    ignored="HttpPutResponseHopLimit InstanceMetadataTags",
)
def modify_instance_metadata_options(call: Call) -> Reply:
    """ModifyInstanceMetadataOptions: whether and how the metadata can be read from inside."""
    instance, parameters = owned_instance(call), call.parameters
    instance.http_tokens = parameters.choice("HttpTokens", instance.http_tokens, ("optional", "required"))
    instance.http_endpoint = parameters.choice(
        "HttpEndpoint", instance.http_endpoint, ("enabled", "disabled")
    )
    call.world.store.put(instance)
    return {}


@action("Ecs", "ModifyInstanceMaintenanceAttributes", _MAINTENANCE, required="RegionId")
def modify_instance_maintenance_attributes(call: Call) -> Reply:
    """ModifyInstanceMaintenanceAttributes: window, what is done, whether it is announced."""
    parameters = call.parameters
    deed = parameters.choice("ActionOnMaintenance", "", _MAINTENANCE_ACTIONS)
    windows = [
        {"StartTime": group.text("StartTime"), "EndTime": group.text("EndTime")}
        for group in parameters.groups("MaintenanceWindow")
    ]
    for instance in _instances(call, parameters.items("InstanceId")):
        # What is not given stays as it was.
        kept = dict(instance.maintenance)
        kept |= {"action": deed} if deed else {}
        kept |= {"windows": json.dumps(windows)} if windows else {}
        if parameters.given("NotifyOnMaintenance"):
            kept["notify"] = str(parameters.flag("NotifyOnMaintenance"))
        instance.maintenance = kept
        call.world.store.put(instance)
    return {}


@action(
    "Ecs",
    "ModifyInstanceDeployment",
    "DeploymentSetId RemoveFromDeploymentSet",
    required="RegionId InstanceId",
    ignored=_HOST_INERT,
)
def modify_instance_deployment(call: Call) -> Reply:
    """ModifyInstanceDeployment: into a deployment set, or out of one."""
    instance, identifier = owned_instance(call), call.parameters.text("DeploymentSetId")
    if identifier:
        text = f"The specified DeploymentSetId {identifier} does not exist."
        call.need(DeploymentSet, identifier, ApiError(404, "InvalidDeploymentSetId.NotFound", text))
    instance.deployment_set_id = "" if call.parameters.flag("RemoveFromDeploymentSet") else identifier
    call.world.store.put(instance)
    return {}


_GROUPED: dict[str, type[Instance] | type[Disk] | type[SecurityGroup] | type[Interface]] = {
    "instance": Instance,
    "disk": Disk,
    "securitygroup": SecurityGroup,
    "eni": Interface,
}


@action("Ecs", "JoinResourceGroup", "ResourceGroupId", required="ResourceType ResourceId")
def join_resource_group(call: Call) -> Reply:
    """JoinResourceGroup: of an instance, a disk, a security group or a network interface."""
    kind = call.parameters.choice("ResourceType", "", tuple(_GROUPED))
    identifier = call.parameters.text("ResourceId")
    text = f"The specified ResourceId {identifier} does not exist."
    found = call.need(_GROUPED[kind], identifier, ApiError(404, "InvalidResourceId.NotFound", text))
    found.resource_group_id = call.parameters.text("ResourceGroupId")
    call.world.store.put(found)
    return {}


@action("Ecs", "JoinSecurityGroup", "InstanceId NetworkInterfaceId", required="SecurityGroupId")
def join_security_group(call: Call) -> Reply:
    """JoinSecurityGroup: one more group of the same VPC."""
    holder, group = _holder(call), _group(call)
    if group.id in holder.security_group_ids:
        raise ApiError(403, "InvalidInstanceId.AlreadyExists", f"It is a member of {group.id} already.")
    if group.vpc_id != holder.vpc_id:
        raise ApiError(403, "InvalidInstanceId.VpcMismatch", "The security group is in another VPC.")
    holder.security_group_ids = [*holder.security_group_ids, group.id]
    call.world.store.put(holder)
    return {}


@action("Ecs", "LeaveSecurityGroup", "InstanceId NetworkInterfaceId", required="SecurityGroupId")
def leave_security_group(call: Call) -> Reply:
    """LeaveSecurityGroup: the last group stays."""
    holder, group = _holder(call), _group(call)
    if group.id not in holder.security_group_ids:
        raise ApiError(403, "InstanceNotInSecurityGroup", f"It is no member of {group.id}.")
    if len(holder.security_group_ids) == 1:
        raise ApiError(403, "InstanceLastSecurityGroup", "It must be in one security group at least.")
    holder.security_group_ids = [one for one in holder.security_group_ids if one != group.id]
    call.world.store.put(holder)
    return {}


def _holder(call: Call) -> Instance | Interface:
    identifier = call.parameters.text("NetworkInterfaceId")
    if identifier:
        text = f"The specified NetworkInterfaceId {identifier} does not exist."
        return call.need(Interface, identifier, ApiError(404, "InvalidEniId.NotFound", text))
    return owned_instance(call)


def _group(call: Call) -> SecurityGroup:
    identifier = call.parameters.text("SecurityGroupId")
    text = f"The specified SecurityGroupId {identifier} does not exist."
    return call.need(SecurityGroup, identifier, ApiError(404, "InvalidSecurityGroupId.NotFound", text))


@action(
    "Ecs",
    "ModifyInstanceVpcAttribute",
    "PrivateIpAddress",
    required="InstanceId VSwitchId",
    ignored="VpcId SecurityGroupId.N",
)
def modify_instance_vpc_attribute(call: Call) -> Reply:
    """ModifyInstanceVpcAttribute: a Stopped instance moves to another vSwitch of its VPC and zone."""
    instance, identifier = owned_instance(call), call.parameters.text("VSwitchId")
    text = f"The specified VSwitchId {identifier} does not exist."
    vswitch = call.need(VSwitch, identifier, ApiError(404, "InvalidVSwitchId.NotFound", text))
    if instance.status != "Stopped" or instance.releasing:
        raise incorrect_status(instance.id, instance.status, "Stopped")
    if (vswitch.vpc_id, vswitch.zone_id) != (instance.vpc_id, instance.zone_id):
        raise ApiError(400, "InvalidParameter.NotMatch", "The vSwitch is in another VPC or zone.")
    addresses = call.world.addresses
    # Given back first: the new vSwitch may be the old one.
    addresses.give_back(instance.interface_id)
    wanted = call.parameters.text("PrivateIpAddress")
    instance.private_ip = addresses.take(vswitch.id, vswitch.cidr_block, instance.interface_id, wanted)
    instance.vswitch_id = vswitch.id
    call.world.store.put(instance)
    # The interface shows the address too, and clients read it there.
    primary = call.world.store.get(Interface, instance.interface_id)
    if primary is not None:
        primary.vswitch_id, primary.private_ip_address = vswitch.id, instance.private_ip
        call.world.store.put(primary)
    return {}


@action(
    "Ecs",
    "ModifyInstanceNetworkSpec",
    "InternetMaxBandwidthOut NetworkChargeType",
    required="InstanceId",
    ignored="InternetMaxBandwidthIn AutoPay StartTime EndTime ISP AllocatePublicIp",
)
def modify_instance_network_spec(call: Call) -> Reply:
    """ModifyInstanceNetworkSpec: bandwidth; the first one gives no address yet, none takes it away."""
    instance, parameters = owned_instance(call), call.parameters
    lifecycle.check_unlocked(call.world, instance)
    out = parameters.number("InternetMaxBandwidthOut", instance.internet_max_bandwidth_out, 0, 100)
    instance.internet_max_bandwidth_out = out
    instance.internet_charge_type = parameters.choice(
        "NetworkChargeType", instance.internet_charge_type, ("PayByTraffic", "PayByBandwidth")
    )
    call.world.store.put(instance)
    return {}


@action("Ecs", "AllocatePublicIpAddress", "", required="InstanceId", ignored="IpAddress VlanId")
def allocate_public_ip_address(call: Call) -> Reply:
    """AllocatePublicIpAddress: a fixed address for an instance with bandwidth and without one."""
    instance = owned_instance(call)
    if instance.status not in ("Running", "Stopped") or instance.releasing:
        raise incorrect_status(instance.id, instance.status, "Running, Stopped")
    if instance.public_ip or instance.eip:
        raise ApiError(400, "AllocatedAlready", f"The instance {instance.id} has a public address already.")
    if not instance.internet_max_bandwidth_out:
        raise ApiError(400, "InvalidBandwidth", f"The instance {instance.id} has no outbound bandwidth.")
    instance.public_ip = call.world.public_address(instance.id)
    call.world.store.put(instance)
    return {"IpAddress": instance.public_ip}
