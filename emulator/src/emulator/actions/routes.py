"""Looks at routes, and changes of what is around them (Vpc 2016-04-28)."""

from __future__ import annotations

from emulator.actions.common import region_of
from emulator.errors import ApiError
from emulator.registry import Call, Reply, action
from emulator.resources import Vpc, VSwitch
from emulator.resources.eip import Eip

_ENTRIES = "DestinationCidrBlock NextHopId RouteEntryType"
_ENTRIES_INERT = "NextHopType NextToken MaxResult RouteEntryId RouteEntryName IpVersion ServiceType"


def table_owner(call: Call) -> Vpc:
    """Return the VPC whose system route table is named, or 404."""
    table = call.parameters.text("RouteTableId")
    for _, vpc in call.world.store.owned(Vpc, call.account, call.region):
        if vpc.route_table_id == table:
            return vpc
    raise ApiError(404, "InvalidRouteTableId.NotFound", f"The specified RouteTableId {table} does not exist.")


@action("Vpc", "DescribeRouteEntryList", _ENTRIES, required="RegionId RouteTableId", ignored=_ENTRIES_INERT)
def describe_route_entry_list(call: Call) -> Reply:
    """DescribeRouteEntryList: the system's own entry of each vSwitch, and the custom ones."""
    region_of(call)
    parameters, vpc = call.parameters, table_owner(call)
    rows = [
        _entry(vpc, switch.cidr_block, "", "System") for switch in call.world.store.under(VSwitch, vpc.id)
    ]
    rows += [_entry(vpc, destination, hop, "Custom") for destination, hop in vpc.routes.items()]
    exact = {"DestinationCidrBlock": "DestinationCidrBlock", "RouteEntryType": "Type"}
    found = [
        row
        for row in rows
        if all(parameters.text(name) in ("", row[key]) for name, key in exact.items())
        and parameters.text("NextHopId") in ("", row["NextHops"]["NextHop"][0]["NextHopId"])
    ]
    return {"RouteEntrys": {"RouteEntry": found}, "NextToken": ""}


def _entry(vpc: Vpc, destination: str, hop: str, kind: str) -> Reply:
    next_hop = {"NextHopId": hop, "NextHopType": "Instance" if hop else "local", "Enabled": 1, "Weight": 0}
    return {
        "RouteEntryId": f"rte-{vpc.route_table_id}-{destination.replace('/', '-')}" if hop else "",
        "RouteEntryName": "",
        "RouteTableId": vpc.route_table_id,
        "DestinationCidrBlock": destination,
        "Description": "",
        "IpVersion": "ipv4",
        "Status": "Available",
        "Type": kind,
        "NextHops": {"NextHop": [next_hop]},
    }


@action("Vpc", "ModifyRouteTableAttributes", "RouteTableName Description", required="RegionId RouteTableId")
def modify_route_table_attributes(call: Call) -> Reply:
    """ModifyRouteTableAttributes: name and description of a VPC's system table."""
    vpc = table_owner(call)
    vpc.route_table_name = call.parameters.text("RouteTableName", vpc.route_table_name)
    vpc.route_table_description = call.parameters.text("Description", vpc.route_table_description)
    call.world.store.put(vpc)
    return {}


_MOVABLE: dict[str, type[Vpc] | type[Eip]] = {"vpc": Vpc, "eip": Eip}


@action("Vpc", "MoveResourceGroup", "ResourceType", required="RegionId ResourceId NewResourceGroupId")
def move_resource_group(call: Call) -> Reply:
    """MoveResourceGroup: of a VPC or an EIP."""
    kind = call.parameters.choice("ResourceType", "vpc", tuple(_MOVABLE))
    identifier = call.parameters.text("ResourceId")
    text = f"The specified ResourceId {identifier} does not exist."
    found = call.need(_MOVABLE[kind], identifier, ApiError(404, "ResourceNotFound", text))
    found.resource_group_id = call.parameters.text("NewResourceGroupId")
    call.world.store.put(found)
    return {}


@action("Vpc", "ModifyEipForwardMode", "", required="RegionId InstanceId Mode")
def modify_eip_forward_mode(call: Call) -> Reply:
    """ModifyEipForwardMode: whether an interface sees the address itself."""
    identifier = call.parameters.text("InstanceId")
    text = f"The specified AllocationId {identifier} does not exist."
    eip = call.need(Eip, identifier, ApiError(404, "InvalidAllocationId.NotFound", text))
    eip.mode = call.parameters.choice("Mode", "NAT", ("NAT", "BINDED", "MULTI_BINDED"))
    call.world.store.put(eip)
    return {}
