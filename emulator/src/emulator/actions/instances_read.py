"""The smaller Describe calls about instances and their network interfaces (Ecs 2014-05-26)."""

from __future__ import annotations

from typing import Any

from emulator.actions.common import Paging, region_of, tags_of
from emulator.errors import instance_not_found
from emulator.parameters import Parameters
from emulator.registry import Call, Reply, action
from emulator.resources import Instance, Interface
from emulator.untrusted import from_json

_INTERFACE_FILTERS = (
    "NetworkInterfaceId.N NetworkInterfaceName InstanceId VSwitchId VpcId Type Status SecurityGroupId "
    "PrimaryIpAddress PrivateIpAddress.N ResourceGroupId Tag.N.Key Tag.N.Value PageNumber "
    "PageSize NextToken MaxResults"
)
# The fields of DescribeInstances shown here too; protection and release time are not among them.
_ATTRIBUTES = (
    "InstanceId InstanceName HostName Description ImageId InstanceType ZoneId RegionId Status StoppedMode "
    "ClusterId InstanceChargeType InternetChargeType InternetMaxBandwidthIn InternetMaxBandwidthOut Cpu "
    "Memory VlanId SerialNumber CreditSpecification CreationTime ExpiredTime InstanceNetworkType "
    "VpcAttributes PublicIpAddress InnerIpAddress EipAddress SecurityGroupIds DedicatedHostAttribute"
)


@action("Ecs", "DescribeInstanceAttribute", "", required="InstanceId")
def describe_instance_attribute(call: Call) -> Reply:
    """DescribeInstanceAttribute: one instance, flat, or 404."""
    instance = owned_instance(call)
    view = instance.view()
    reply = {name: view[name] for name in _ATTRIBUTES.split(" ")}
    locks = [{"LockReason": reason} for reason in instance.locks]
    return {
        **reply,
        "IoOptimized": "optimized",
        "EnableJumboFrame": instance.jumbo_frames,
        "OperationLocks": {"LockReason": locks},
    }


@action("Ecs", "DescribeUserData", "", required="InstanceId")
def describe_user_data(call: Call) -> Reply:
    """DescribeUserData: as it was given, in base64."""
    instance = owned_instance(call)
    return {"InstanceId": instance.id, "RegionId": instance.region_id, "UserData": instance.user_data}


@action("Ecs", "DescribeInstanceRamRole", "PageNumber PageSize", required="InstanceIds")
def describe_instance_ram_role(call: Call) -> Reply:
    """DescribeInstanceRamRole: the role of each instance that exists."""
    found, reply = _by_ids(call)
    sets = [{"InstanceId": instance.id, "RamRoleName": instance.ram_role_name} for instance in found]
    return {**reply, "RegionId": call.region, "InstanceRamRoleSets": {"InstanceRamRoleSet": sets}}


@action("Ecs", "DescribeInstanceAttachmentAttributes", "PageNumber PageSize", required="InstanceIds")
def describe_instance_attachment_attributes(call: Call) -> Reply:
    """DescribeInstanceAttachmentAttributes: the private pool of each instance, which is none."""
    found, reply = _by_ids(call)
    rows = [_pool(instance) for instance in found]
    return {**reply, "Instances": {"Instance": rows}}


@action("Ecs", "DescribeInstanceMaintenanceAttributes", "InstanceId.N PageNumber PageSize")
def describe_instance_maintenance_attributes(call: Call) -> Reply:
    """DescribeInstanceMaintenanceAttributes: window, what is done, whether it is announced."""
    ids = call.parameters.items("InstanceId") or None
    rows = call.world.store.owned(Instance, call.account, call.region, ids)
    found, reply = Paging(call.parameters, 100).cut(rows)
    return {**reply, "MaintenanceAttributes": {"MaintenanceAttribute": [_maintenance(row) for row in found]}}


@action("Ecs", "DescribeNetworkInterfaces", _INTERFACE_FILTERS, required="RegionId")
def describe_network_interfaces(call: Call) -> Reply:
    """DescribeNetworkInterfaces: an unknown id is an empty list."""
    parameters = call.parameters
    ids, paging = parameters.items("NetworkInterfaceId") or None, Paging(parameters, 500)
    tags = tags_of(parameters)
    rows = call.world.store.owned(Interface, call.account, region_of(call), ids, tags, paging.after)
    chosen, reply = paging.cut((seq, row) for seq, row in rows if _wanted(parameters, row))
    return {**reply, "NetworkInterfaceSets": {"NetworkInterfaceSet": [row.view() for row in chosen]}}


def owned_instance(call: Call) -> Instance:
    """Return the instance that `InstanceId` names, or 404."""
    identifier = call.parameters.text("InstanceId")
    return call.need(Instance, identifier, instance_not_found(identifier))


def _by_ids(call: Call) -> tuple[list[Instance], dict[str, Any]]:
    ids = call.parameters.json_list("InstanceIds", 100)
    rows = call.world.store.owned(Instance, call.account, call.region, ids)
    return Paging(call.parameters, 100).cut(rows)


def _pool(instance: Instance) -> dict[str, str]:
    return {"InstanceId": instance.id, "PrivatePoolOptionsMatchCriteria": "None", "PrivatePoolOptionsId": ""}


def _maintenance(instance: Instance) -> dict[str, Any]:
    choices, kept = {"SupportedValue": ["Stop", "AutoRecover", "AutoRedeploy"]}, instance.maintenance
    return {
        "InstanceId": instance.id,
        "MaintenanceWindows": {"MaintenanceWindow": from_json(kept.get("windows", "[]"))},
        "ActionOnMaintenance": {
            "Value": kept.get("action", "AutoRecover"),
            "DefaultValue": "AutoRecover",
            "SupportedValues": choices,
        },
        "NotifyOnMaintenance": kept.get("notify") == "True",
    }


def _wanted(parameters: Parameters, interface: Interface) -> bool:
    exact = {
        "NetworkInterfaceName": interface.network_interface_name,
        "InstanceId": interface.instance_id,
        "VSwitchId": interface.vswitch_id,
        "VpcId": interface.vpc_id,
        "Type": interface.type,
        "Status": interface.status,
        "PrimaryIpAddress": interface.private_ip_address,
        "ResourceGroupId": interface.resource_group_id,
    }
    if any(parameters.given(name) and parameters.text(name) != value for name, value in exact.items()):
        return False
    addresses = parameters.items("PrivateIpAddress")
    if addresses and interface.private_ip_address not in addresses:
        return False
    return parameters.text("SecurityGroupId") in ("", *interface.security_group_ids)
