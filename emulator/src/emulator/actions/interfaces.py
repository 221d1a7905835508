"""Network interfaces (Ecs 2014-05-26): made, attached, changed, deleted."""

from __future__ import annotations

from emulator.actions.common import new_tags_of, region_of
from emulator.errors import ApiError, instance_not_found, invalid_parameter
from emulator.registry import Call, Reply, action, idempotent
from emulator.resources import Instance, Interface, SecurityGroup, VSwitch
from emulator.rules import attachment
from emulator.world import new_id, new_mac

_CREATE = (
    "PrimaryIpAddress SecurityGroupId SecurityGroupIds.N NetworkInterfaceName Description ResourceGroupId "
    "DeleteOnRelease SecondaryPrivateIpAddressCount PrivateIpAddress.N Tag.N.Key Tag.N.Value"
)
_CREATE_INERT = (
    "InstanceType NetworkInterfaceTrafficMode QueueNumber QueuePairNumber Visible SourceDestCheck "
    "Ipv6AddressCount Ipv4PrefixCount Ipv6PrefixCount BusinessType RxQueueSize TxQueueSize"
)
_MODIFY = "NetworkInterfaceName Description SecurityGroupId.N DeleteOnRelease"
_MODIFY_INERT = "QueueNumber NetworkInterfaceTrafficConfig.QueuePairNumber SourceDestCheck"
_MOST_PRIVATE = 49
_ONE, _PAIR = "RegionId NetworkInterfaceId", "RegionId NetworkInterfaceId InstanceId"
_TRUNK = "TrunkNetworkInstanceId"


@action("Ecs", "CreateNetworkInterface", _CREATE, required="RegionId VSwitchId", ignored=_CREATE_INERT)
@idempotent
def create_network_interface(call: Call) -> Reply:
    """CreateNetworkInterface: a secondary one, bound to nothing; it stays until it is deleted."""
    parameters = call.parameters
    identifier = parameters.text("VSwitchId")
    text = f"The specified VSwitchId {identifier} does not exist."
    vswitch = call.need(VSwitch, identifier, ApiError(404, "InvalidVSwitchId.NotFound", text))
    interface = Interface(
        id=new_id("eni"),
        account_id=call.account,
        region_id=region_of(call),
        created_at=call.world.now,
        tags=new_tags_of(parameters),
        network_interface_name=parameters.text("NetworkInterfaceName"),
        description=parameters.text("Description"),
        vpc_id=vswitch.vpc_id,
        vswitch_id=vswitch.id,
        zone_id=vswitch.zone_id,
        mac_address=new_mac(),
        private_ip_address="",
        delete_on_release=parameters.flag("DeleteOnRelease", True),
        security_group_ids=_groups(call, vswitch),
        resource_group_id=parameters.text("ResourceGroupId"),
    )
    wanted = parameters.text("PrimaryIpAddress")
    take = call.world.addresses.take
    interface.private_ip_address = take(vswitch.id, vswitch.cidr_block, interface.id, wanted)
    more = parameters.number("SecondaryPrivateIpAddressCount", 0, 1, _MOST_PRIVATE)
    # Named addresses win over a number of them.
    asked = parameters.items("PrivateIpAddress") or [""] * more
    interface.secondary_ips = [take(vswitch.id, vswitch.cidr_block, interface.id, one) for one in asked]
    call.world.store.add(interface)
    return {**interface.view(), "Status": "Available"}


def _groups(call: Call, vswitch: VSwitch) -> list[str]:
    parameters = call.parameters
    ids = parameters.items("SecurityGroupIds") or [parameters.text("SecurityGroupId")]
    for identifier in ids:
        text = f"The specified SecurityGroupId {identifier} does not exist."
        group = call.need(SecurityGroup, identifier, ApiError(404, "InvalidSecurityGroupId.NotFound", text))
        if group.vpc_id != vswitch.vpc_id:
            raise invalid_parameter("SecurityGroupId", "it belongs to another VPC")
    return ids


@action("Ecs", "DeleteNetworkInterface", "", required=_ONE)
def delete_network_interface(call: Call) -> Reply:
    """DeleteNetworkInterface: only one that is bound to nothing."""
    interface = _interface(call)
    if interface.status != "Available":
        text = f"The network interface {interface.id} is {interface.status}."
        raise ApiError(400, "InvalidOperation.InvalidEniState", text)
    attachment.end(call.world, interface)
    return {}


@action(
    "Ecs",
    "AttachNetworkInterface",
    "",
    required=_PAIR,
    ignored=f"{_TRUNK} WaitForNetworkConfigurationReady NetworkCardIndex",
)
def attach_network_interface(call: Call) -> Reply:
    """AttachNetworkInterface: to an instance of the same zone and VPC, as a secondary one."""
    interface, instance = _interface(call), _instance(call)
    if interface.status != "Available":
        text = f"The network interface {interface.id} is {interface.status}."
        raise ApiError(400, "InvalidOperation.InvalidEniState", text)
    if instance.status not in ("Running", "Stopped") or instance.releasing:
        raise ApiError(400, "InvalidOperation.InvalidEcsState", f"The instance is {instance.status}.")
    if interface.zone_id != instance.zone_id:
        raise ApiError(400, "InvalidOperation.AvailabilityZoneMismatch", "They are in different zones.")
    if interface.vpc_id != instance.vpc_id:
        raise ApiError(400, "InvalidOperation.VpcMismatch", "They are in different VPCs.")
    attachment.attach(call.world, interface, instance)
    return {}


@action("Ecs", "DetachNetworkInterface", "", required=_PAIR, ignored=_TRUNK)
def detach_network_interface(call: Call) -> Reply:
    """DetachNetworkInterface: a secondary one; it stays."""
    interface, instance = _interface(call), _instance(call)
    # It carries the address that the instance is known by.
    if interface.type == "Primary":
        raise ApiError(400, "InvalidOperation.DetachPrimaryEniNotAllowed", "A primary interface stays.")
    if interface.instance_id != instance.id:
        text = f"The network interface {interface.id} is not attached to {instance.id}."
        raise ApiError(400, "InvalidOperation.InvalidEniState", text)
    attachment.detach(call.world, interface, instance)
    return {}


@action("Ecs", "ModifyNetworkInterfaceAttribute", _MODIFY, required=_ONE, ignored=_MODIFY_INERT)
def modify_network_interface_attribute(call: Call) -> Reply:
    """ModifyNetworkInterfaceAttribute: names, groups, and whether it ends with its instance."""
    parameters, interface = call.parameters, _interface(call)
    interface.network_interface_name = parameters.text(
        "NetworkInterfaceName", interface.network_interface_name
    )
    interface.description = parameters.text("Description", interface.description)
    interface.security_group_ids = parameters.items("SecurityGroupId") or interface.security_group_ids
    interface.delete_on_release = parameters.flag("DeleteOnRelease", interface.delete_on_release)
    call.world.store.put(interface)
    return {}


@action(
    "Ecs", "DescribeNetworkInterfaceAttribute", "", required=_ONE, ignored="Attribute Tag.N.Key Tag.N.Value"
)
def describe_network_interface_attribute(call: Call) -> Reply:
    """DescribeNetworkInterfaceAttribute: one interface, flat, or 404."""
    return _interface(call).view()


_ASSIGN = "PrivateIpAddress.N SecondaryPrivateIpAddressCount"


@action("Ecs", "AssignPrivateIpAddresses", _ASSIGN, required=_ONE, ignored="Ipv4Prefix.N Ipv4PrefixCount")
@idempotent
def assign_private_ip_addresses(call: Call) -> Reply:
    """AssignPrivateIpAddresses: more addresses of the vSwitch, the named ones or so many."""
    interface = _interface(call)
    vswitch = call.world.store.get(VSwitch, interface.vswitch_id)
    if vswitch is None:
        raise ApiError(404, "InvalidVSwitchId.NotFound", "The vSwitch of the interface does not exist.")
    count = call.parameters.number("SecondaryPrivateIpAddressCount", 0, 1, _MOST_PRIVATE)
    asked = call.parameters.items("PrivateIpAddress") or [""] * count
    take = call.world.addresses.take
    made = [take(vswitch.id, vswitch.cidr_block, interface.id, one) for one in asked]
    interface.secondary_ips += made
    call.world.store.put(interface)
    addresses = {"NetworkInterfaceId": interface.id, "PrivateIpSet": {"PrivateIpAddress": made}}
    return {"AssignedPrivateIpAddressesSet": addresses}


@action("Ecs", "UnassignPrivateIpAddresses", "PrivateIpAddress.N", required=_ONE, ignored="Ipv4Prefix.N")
def unassign_private_ip_addresses(call: Call) -> Reply:
    """UnassignPrivateIpAddresses: secondary addresses only."""
    interface, ids = _interface(call), call.parameters.items("PrivateIpAddress")
    if not set(ids) <= set(interface.secondary_ips):
        raise ApiError(400, "InvalidIp.Address", "An address is not a secondary one of the interface.")
    for address in ids:
        call.world.addresses.give_back_one(interface.id, address)
    interface.secondary_ips = [one for one in interface.secondary_ips if one not in ids]
    call.world.store.put(interface)
    return {}


def _interface(call: Call) -> Interface:
    identifier = call.parameters.text("NetworkInterfaceId")
    text = f"The specified NetworkInterfaceId {identifier} does not exist."
    return call.need(Interface, identifier, ApiError(404, "InvalidEniId.NotFound", text))


def _instance(call: Call) -> Instance:
    identifier = call.parameters.text("InstanceId")
    return call.need(Instance, identifier, instance_not_found(identifier))
