"""Lists of VPCs and vSwitches (Vpc 2016-04-28)."""

from __future__ import annotations

from emulator.actions.common import Paging, region_of, tags_of
from emulator.actions.vpc import available_addresses
from emulator.parameters import Parameters
from emulator.registry import Call, Reply, action
from emulator.resources import Vpc, VSwitch

_VPCS = "VpcId VpcName IsDefault ResourceGroupId Tag.N.Key Tag.N.Value PageNumber PageSize VpcOwnerId"
_VSWITCHES = (
    "VSwitchId VpcId ZoneId VSwitchName IsDefault ResourceGroupId RouteTableId Tag.N.Key Tag.N.Value "
    "PageNumber PageSize VSwitchOwnerId"
)


@action("Vpc", "DescribeVpcs", _VPCS, required="RegionId", ignored="DryRun EnableIpv6 DhcpOptionsSetId")
def describe_vpcs(call: Call) -> Reply:
    """DescribeVpcs: by ids, name or tags; an unknown id is missing from the list."""
    parameters, paging = call.parameters, Paging(call.parameters, 50)
    ids = _ids(parameters, "VpcId")
    rows = call.world.store.owned(Vpc, call.account, region_of(call), ids, tags_of(parameters))
    chosen, reply = paging.cut((seq, vpc) for seq, vpc in rows if _vpc_wanted(parameters, vpc))
    return {**reply, "Vpcs": {"Vpc": [_vpc_shown(call, vpc) for vpc in chosen]}}


def _vpc_shown(call: Call, vpc: Vpc) -> Reply:
    switches = [switch.id for switch in call.world.store.under(VSwitch, vpc.id)]
    return {**vpc.view(), "RegionId": vpc.region_id, "VSwitchIds": {"VSwitchId": switches}}


def _vpc_wanted(parameters: Parameters, vpc: Vpc) -> bool:
    # No VPC here is a default one.
    wanted = {"VpcName": vpc.vpc_name, "ResourceGroupId": vpc.resource_group_id, "VpcOwnerId": vpc.account_id}
    if any(parameters.given(name) and parameters.text(name) != value for name, value in wanted.items()):
        return False
    return not parameters.flag("IsDefault")


@action("Vpc", "DescribeVSwitches", _VSWITCHES, ignored="DryRun EnableIpv6")
def describe_vswitches(call: Call) -> Reply:
    """DescribeVSwitches: by ids, VPC, zone, name or tags; an unknown id is missing from the list."""
    parameters, paging = call.parameters, Paging(call.parameters, 50)
    ids = _ids(parameters, "VSwitchId")
    rows = call.world.store.owned(VSwitch, call.account, call.region, ids, tags_of(parameters))
    chosen, reply = paging.cut((seq, switch) for seq, switch in rows if _switch_wanted(call, switch))
    return {**reply, "VSwitches": {"VSwitch": [_switch_shown(call, switch) for switch in chosen]}}


def _switch_shown(call: Call, vswitch: VSwitch) -> Reply:
    vpc = call.world.store.get(Vpc, vswitch.vpc_id)
    table = vpc.route_table_id if vpc is not None else ""
    route_table = {"RouteTableId": table, "RouteTableType": "System"}
    free = available_addresses(call, vswitch)
    return {**vswitch.view(), "AvailableIpAddressCount": free, "RouteTable": route_table}


def _switch_wanted(call: Call, vswitch: VSwitch) -> bool:
    parameters = call.parameters
    exact = {
        "VpcId": vswitch.vpc_id,
        "ZoneId": vswitch.zone_id,
        "VSwitchName": vswitch.vswitch_name,
        "ResourceGroupId": vswitch.resource_group_id,
        "VSwitchOwnerId": vswitch.account_id,
    }
    if any(parameters.given(name) and parameters.text(name) != value for name, value in exact.items()):
        return False
    # Every vSwitch uses the system table of its VPC.
    if parameters.given("RouteTableId"):
        vpc = call.world.store.get(Vpc, vswitch.vpc_id)
        return vpc is not None and vpc.route_table_id == parameters.text("RouteTableId")
    return not parameters.flag("IsDefault")


def _ids(parameters: Parameters, name: str) -> list[str] | None:
    return parameters.text(name).split(",") if parameters.given(name) else None
