"""VPCs, their routes and vSwitches (Vpc 2016-04-28)."""

from __future__ import annotations

import ipaddress

from emulator.actions.common import Paging, new_tags_of, region_of
from emulator.actions.routes import table_owner
from emulator.errors import ApiError, invalid_parameter
from emulator.registry import Call, Reply, action, idempotent
from emulator.resources import Instance, SecurityGroup, Vpc, VSwitch
from emulator.world import new_id

_TAGS = "Tag.N.Key Tag.N.Value"
_CREATE_VPC = f"CidrBlock VpcName Description ResourceGroupId ClientToken {_TAGS}"
_CREATE_VSWITCH = f"VpcId CidrBlock ZoneId VSwitchName Description ClientToken {_TAGS}"
_LIST_ROUTES = "VpcId RouteTableId PageNumber PageSize"


@action("Vpc", "CreateVpc", _CREATE_VPC)
@idempotent
def create_vpc(call: Call) -> Reply:
    """CreateVpc: a VPC with a router and a system route table, Available at once."""
    parameters = call.parameters
    vpc = Vpc(
        id=new_id("vpc"),
        account_id=call.account,
        region_id=region_of(call),
        created_at=call.world.now,
        tags=new_tags_of(parameters),
        vpc_name=parameters.text("VpcName"),
        cidr_block=str(_network(parameters.text("CidrBlock", "172.16.0.0/12"))),
        description=parameters.text("Description"),
        resource_group_id=parameters.text("ResourceGroupId"),
        router_id=new_id("vrt"),
        route_table_id=new_id("vtb"),
    )
    call.world.store.add(vpc)
    ids = {"VpcId": vpc.id, "VRouterId": vpc.router_id, "RouteTableId": vpc.route_table_id}
    return {**ids, "ResourceGroupId": vpc.resource_group_id}


@action("Vpc", "DescribeVpcAttribute", "", required="VpcId")
def describe_vpc_attribute(call: Call) -> Reply:
    """DescribeVpcAttribute: one VPC, or 404."""
    vpc = _vpc(call)
    switches = [switch.id for switch in call.world.store.under(VSwitch, vpc.id)]
    return {**vpc.view(), "VSwitchIds": {"VSwitchId": switches}}


@action("Vpc", "ModifyVpcAttribute", "VpcName Description CidrBlock ClientToken", required="VpcId")
def modify_vpc_attribute(call: Call) -> Reply:
    """ModifyVpcAttribute: name, description, range."""
    vpc = _vpc(call)
    cidr_block = str(_network(call.parameters.text("CidrBlock", vpc.cidr_block)))
    vpc.vpc_name = call.parameters.text("VpcName", vpc.vpc_name)
    vpc.description = call.parameters.text("Description", vpc.description)
    vpc.cidr_block = cidr_block
    call.world.store.put(vpc)
    return {}


@action("Vpc", "DeleteVpc", "ClientToken", required="VpcId")
def delete_vpc(call: Call) -> Reply:
    """DeleteVpc: refused while a vSwitch or a security group is in it."""
    vpc = _vpc(call)
    for kind, code in (
        (VSwitch, "DependencyViolation.VSwitch"),
        (SecurityGroup, "DependencyViolation.SecurityGroup"),
    ):
        if call.world.store.under(kind, vpc.id):
            raise ApiError(400, code, f"The specified VPC {vpc.id} still has dependent resources.")
    call.world.store.remove(vpc)
    return {}


@action("Vpc", "DescribeRouteTableList", _LIST_ROUTES)
def describe_route_table_list(call: Call) -> Reply:
    """DescribeRouteTableList: the system route table of each VPC."""
    rows = call.world.store.owned(Vpc, call.account, region_of(call))
    vpc_id, table = call.parameters.text("VpcId"), call.parameters.text("RouteTableId")
    found = (row for row in rows if vpc_id in ("", row[1].id) and table in ("", row[1].route_table_id))
    chosen, paging = Paging(call.parameters, 100).cut(found)
    paging["RouterTableList"] = {"RouterTableListType": [_route_table(call, vpc) for vpc in chosen]}
    return paging


@action(
    "Vpc",
    "CreateRouteEntry",
    "NextHopType ClientToken",
    required="RouteTableId DestinationCidrBlock NextHopId",
    ignored="RouteEntryName Description",
)
def create_route_entry(call: Call) -> Reply:
    """CreateRouteEntry: a custom route whose next hop is an instance."""
    if call.parameters.text("NextHopType", "Instance") != "Instance":
        raise invalid_parameter("NextHopType", "only Instance is emulated")
    vpc, hop = table_owner(call), call.parameters.text("NextHopId")
    destination = str(_network(call.parameters.text("DestinationCidrBlock")))
    instance = call.find(Instance, hop)
    if instance is None or instance.vpc_id != vpc.id:
        raise ApiError(404, "InvalidNextHopId.NotFound", f"The specified NextHopId {hop} does not exist.")
    if destination in vpc.routes:
        raise ApiError(400, "RouteConflict.AlreadyExist", f"A route to {destination} exists already.")
    vpc.routes[destination] = hop
    call.world.store.put(vpc)
    return {"RouteEntryId": new_id("rte")}


@action("Vpc", "DeleteRouteEntry", required="RouteTableId DestinationCidrBlock", ignored="NextHopId")
def delete_route_entry(call: Call) -> Reply:
    """DeleteRouteEntry: by its destination."""
    vpc = table_owner(call)
    destination = call.parameters.text("DestinationCidrBlock")
    if destination not in vpc.routes:
        raise ApiError(404, "InvalidRouteEntry.NotFound", f"There is no route to {destination}.")
    del vpc.routes[destination]
    call.world.store.put(vpc)
    return {}


@action("Vpc", "CreateVSwitch", _CREATE_VSWITCH, required="VpcId CidrBlock ZoneId")
@idempotent
def create_vswitch(call: Call) -> Reply:
    """CreateVSwitch: a share of the VPC's range that overlaps no other."""
    parameters, vpc = call.parameters, _vpc(call)
    cidr = _network(parameters.text("CidrBlock"))
    if not cidr.subnet_of(_network(vpc.cidr_block)):
        raise ApiError(400, "InvalidCidrBlock.Malformed", "The CidrBlock is not inside the VPC's.")
    for other in call.world.store.under(VSwitch, vpc.id):
        if cidr.overlaps(_network(other.cidr_block)):
            raise ApiError(
                400, "InvalidCidrBlock.Overlapped", f"The CidrBlock overlaps the one of {other.id}."
            )
    vswitch = VSwitch(
        id=new_id("vsw"),
        account_id=call.account,
        region_id=vpc.region_id,
        created_at=call.world.now,
        tags=new_tags_of(parameters),
        vpc_id=vpc.id,
        zone_id=parameters.text("ZoneId"),
        cidr_block=str(cidr),
        vswitch_name=parameters.text("VSwitchName"),
        description=parameters.text("Description"),
    )
    call.world.store.add(vswitch)
    return {"VSwitchId": vswitch.id}


@action("Vpc", "DescribeVSwitchAttributes", "", required="VSwitchId")
def describe_vswitch_attributes(call: Call) -> Reply:
    """DescribeVSwitchAttributes: one vSwitch, or 404."""
    vswitch = _vswitch(call)
    return {**vswitch.view(), "AvailableIpAddressCount": available_addresses(call, vswitch)}


def available_addresses(call: Call, vswitch: VSwitch) -> int:
    """Return how many addresses of a vSwitch are free."""
    # The first and the last three addresses of a vSwitch belong to the cloud.
    size = _network(vswitch.cidr_block).num_addresses - 4
    return size - call.world.addresses.count(vswitch.id)


@action("Vpc", "ModifyVSwitchAttribute", "VSwitchName Description", required="VSwitchId")
def modify_vswitch_attribute(call: Call) -> Reply:
    """ModifyVSwitchAttribute: name, description."""
    vswitch = _vswitch(call)
    vswitch.vswitch_name = call.parameters.text("VSwitchName", vswitch.vswitch_name)
    vswitch.description = call.parameters.text("Description", vswitch.description)
    call.world.store.put(vswitch)
    return {}


@action("Vpc", "DeleteVSwitch", "ClientToken", required="VSwitchId")
def delete_vswitch(call: Call) -> Reply:
    """DeleteVSwitch: refused while an instance or an interface has an address in it."""
    vswitch = _vswitch(call)
    if call.world.store.under(Instance, vswitch.id):
        raise ApiError(
            400, "DependencyViolation.Instance", f"The vSwitch {vswitch.id} still holds an instance."
        )
    # A retained interface keeps its address, and with it the vSwitch.
    if call.world.addresses.count(vswitch.id):
        text = f"The vSwitch {vswitch.id} still holds a network interface."
        raise ApiError(400, "DependencyViolation.NetworkInterface", text)
    call.world.store.remove(vswitch)
    return {}


def _vpc(call: Call) -> Vpc:
    identifier = call.parameters.text("VpcId")
    error = ApiError(404, "InvalidVpcId.NotFound", f"The specified VpcId {identifier} does not exist.")
    return call.need(Vpc, identifier, error)


def _vswitch(call: Call) -> VSwitch:
    identifier = call.parameters.text("VSwitchId")
    error = ApiError(
        404, "InvalidVSwitchId.NotFound", f"The specified VSwitchId {identifier} does not exist."
    )
    return call.need(VSwitch, identifier, error)


def _network(text: str) -> ipaddress.IPv4Network:
    try:
        return ipaddress.IPv4Network(text)
    except ValueError:
        raise ApiError(
            400, "InvalidCidrBlock.Malformed", f"The specified CidrBlock {text} is not valid."
        ) from None


def _route_table(call: Call, vpc: Vpc) -> Reply:
    switches = [switch.id for switch in call.world.store.under(VSwitch, vpc.id)]
    return {
        "RouteTableName": vpc.route_table_name,
        "Description": vpc.route_table_description,
        "ResourceGroupId": vpc.resource_group_id,
        "RouteTableId": vpc.route_table_id,
        "RouterId": vpc.router_id,
        "RouterType": "VRouter",
        "RouteTableType": "System",
        "AssociateType": "VSwitch",
        "Status": "Available",
        "VpcId": vpc.id,
        "VSwitchIds": {"VSwitchId": switches},
        "Tags": {"Tag": []},
        "RoutePropagationEnable": True,
        "OwnerId": int(vpc.account_id),
    }
