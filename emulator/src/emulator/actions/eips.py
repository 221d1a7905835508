"""Elastic IP addresses (Vpc 2016-04-28) and ConvertNatPublicIpToEip (Ecs 2014-05-26)."""

from __future__ import annotations

from emulator.actions.common import Paging, new_tags_of, region_of, tags_of
from emulator.errors import ApiError, instance_not_found, invalid_parameter
from emulator.parameters import Parameters
from emulator.registry import Call, Reply, action, idempotent
from emulator.resources import Instance, Interface
from emulator.resources.eip import Eip
from emulator.rules import elastic
from emulator.world import new_id

_ALLOCATE = (
    "Bandwidth InternetChargeType InstanceChargeType ISP Netmode Name Description ResourceGroupId Tag.N.Key "
    "Tag.N.Value"
)
_ALLOCATE_INERT = (
    "AutoPay Period PricingCycle PublicIpAddressPoolId ActivityId SecurityProtectionTypes.N Zone"
)
_DESCRIBE = (
    "AllocationId EipAddress EipName Status ChargeType LockReason AssociatedInstanceType "
    "AssociatedInstanceId ISP ResourceGroupId Tag.N.Key Tag.N.Value PageNumber PageSize"
)
_STATES = ("Associating", "Unassociating", "InUse", "Available", "Releasing")
_HOLDERS = {"EcsInstance": Instance, "NetworkInterface": Interface}
_ONE_DAY = 86400.0


@action("Vpc", "AllocateEipAddress", _ALLOCATE, required="RegionId", ignored=_ALLOCATE_INERT)
@idempotent
def allocate_eip_address(call: Call) -> Reply:
    """AllocateEipAddress: a pay-as-you-go address that bills from now on, bound or not."""
    parameters = call.parameters
    parameters.choice("InstanceChargeType", "PostPaid", ("PostPaid",))
    identifier = new_id("eip")
    eip = Eip(
        id=identifier,
        account_id=call.account,
        region_id=region_of(call),
        created_at=call.world.now,
        tags=new_tags_of(parameters),
        ip_address=call.world.public_address(identifier),
        bandwidth=str(parameters.number("Bandwidth", 5, 1, 500)),
        internet_charge_type=parameters.choice(
            "InternetChargeType", "PayByBandwidth", ("PayByBandwidth", "PayByTraffic")
        ),
        isp=parameters.text("ISP", "BGP"),
        netmode=parameters.text("Netmode", "public"),
        name=parameters.text("Name"),
        description=parameters.text("Description"),
        resource_group_id=parameters.text("ResourceGroupId"),
    )
    call.world.store.add(eip)
    return {"AllocationId": eip.id, "EipAddress": eip.ip_address, "ResourceGroupId": eip.resource_group_id}


@action("Vpc", "DescribeEipAddresses", _DESCRIBE, required="RegionId")
def describe_eip_addresses(call: Call) -> Reply:
    """DescribeEipAddresses: by id, address, state or holder; an unknown one is missing from the list."""
    parameters, paging = call.parameters, Paging(call.parameters, 100)
    parameters.choice("Status", "", _STATES)
    ids = parameters.text("AllocationId").split(",") if parameters.given("AllocationId") else None
    rows = call.world.store.owned(Eip, call.account, region_of(call), ids, tags_of(parameters))
    chosen, reply = paging.cut((seq, row) for seq, row in rows if _wanted(parameters, row))
    return {**reply, "EipAddresses": {"EipAddress": [row.view() for row in chosen]}}


def _wanted(parameters: Parameters, eip: Eip) -> bool:
    exact = {
        "Status": eip.status,
        "ChargeType": eip.charge_type,
        "EipName": eip.name,
        "AssociatedInstanceType": eip.instance_type,
        "AssociatedInstanceId": eip.instance_id,
        "ISP": eip.isp,
        "ResourceGroupId": eip.resource_group_id,
    }
    if any(parameters.given(name) and parameters.text(name) != value for name, value in exact.items()):
        return False
    addresses = [one for one in parameters.text("EipAddress").split(",") if one]
    # No address is locked here, so a filter for a lock finds none.
    return (not addresses or eip.ip_address in addresses) and not parameters.given("LockReason")


_ASSOCIATE_INERT = "InstanceRegionId PrivateIpAddress Mode VpcId"


@action(
    "Vpc",
    "AssociateEipAddress",
    "InstanceType",
    required="AllocationId InstanceId",
    ignored=_ASSOCIATE_INERT,
)
def associate_eip_address(call: Call) -> Reply:
    """AssociateEipAddress: to an ECS instance without a public address, or to a network interface."""
    parameters, eip = call.parameters, _eip(call)
    kind = parameters.text("InstanceType", "EcsInstance")
    if kind not in _HOLDERS:
        raise invalid_parameter("InstanceType", f"only {' and '.join(_HOLDERS)} are emulated")
    if eip.status != "Available":
        raise ApiError(400, "IncorrectEipStatus", f"The EIP {eip.id} is {eip.status}, not Available.")
    identifier = parameters.text("InstanceId")
    error = instance_not_found(identifier)
    holder: Instance | Interface = (
        call.need(Instance, identifier, error)
        if kind == "EcsInstance"
        else call.need(Interface, identifier, error)
    )
    if isinstance(holder, Instance):
        _check_holder(holder)
    elastic.bind(call.world, eip, holder, kind)
    return {}


def _check_holder(instance: Instance) -> None:
    if instance.status not in ("Running", "Stopped") or instance.releasing:
        raise ApiError(400, "IncorrectInstanceStatus", f"The instance {instance.id} is {instance.status}.")
    if instance.public_ip or instance.eip:
        text = f"The instance {instance.id} has a public address already."
        raise ApiError(
            400,
            "InvalidInstance.HasPublicIp" if instance.public_ip else "InvalidAssociation.Duplicated",
            text,
        )


@action(
    "Vpc",
    "UnassociateEipAddress",
    "InstanceId",
    required="AllocationId",
    ignored="InstanceType PrivateIpAddress Force",
)
def unassociate_eip_address(call: Call) -> Reply:
    """UnassociateEipAddress: the address is free a moment later, and bills on."""
    eip = _eip(call)
    # In transition it is neither bound nor free, and both ends refuse.
    if eip.status != "InUse":
        raise ApiError(400, "IncorrectEipStatus", f"The EIP {eip.id} is {eip.status}, not InUse.")
    if call.parameters.text("InstanceId") not in ("", eip.instance_id):
        raise ApiError(400, "InvalidAssociation.NotMatch", f"The EIP {eip.id} is bound to another instance.")
    elastic.unbind(call.world, eip)
    return {}


@action("Vpc", "ModifyEipAddressAttribute", "Bandwidth Name Description", required="AllocationId")
def modify_eip_address_attribute(call: Call) -> Reply:
    """ModifyEipAddressAttribute: bandwidth, name, description."""
    eip = _eip(call)
    eip.bandwidth = str(call.parameters.number("Bandwidth", int(eip.bandwidth), 1, 500))
    eip.name = call.parameters.text("Name", eip.name)
    eip.description = call.parameters.text("Description", eip.description)
    call.world.store.put(eip)
    return {}


@action("Vpc", "ReleaseEipAddress", "", required="AllocationId")
def release_eip_address(call: Call) -> Reply:
    """ReleaseEipAddress: only one that is bound to nothing and not protected."""
    eip = _eip(call)
    if eip.deletion_protection:
        # 400 here where ECS says 403.
        raise ApiError(400, "InvalidOperation.DeletionProtection", f"The EIP {eip.id} is protected.")
    if eip.charge_type == "PrePaid":
        raise ApiError(400, "Forbidden.ChargeTypeIsPrepaid", f"The EIP {eip.id} is a subscription.")
    if eip.status != "Available":
        raise ApiError(400, "IncorrectEipStatus", f"The EIP {eip.id} is {eip.status}, not Available.")
    call.world.addresses.give_back(f"public/{eip.id}")
    call.world.store.remove(eip)
    return {}


@action("Vpc", "DeletionProtection", "ProtectionEnable", required="InstanceId Type")
def deletion_protection(call: Call) -> Reply:
    """DeletionProtection: of an EIP, on or off."""
    call.parameters.choice("Type", "EIP", ("EIP",))
    eip = _eip(call, "InstanceId")
    eip.deletion_protection = call.parameters.flag("ProtectionEnable")
    call.world.store.put(eip)
    return {}


@action("Ecs", "ConvertNatPublicIpToEip", "", required="RegionId InstanceId")
def convert_nat_public_ip_to_eip(call: Call) -> Reply:
    """ConvertNatPublicIpToEip: the fixed address becomes an EIP; the reply does not tell which."""
    identifier = call.parameters.text("InstanceId")
    # 403 here where every other action says 404.
    missing = ApiError(
        403, "InvalidInstanceId.NotFound", f"The specified InstanceId {identifier} does not exist."
    )
    instance = call.need(Instance, identifier, missing)
    _check_conversion(call, instance)
    elastic.convert(call.world, instance)
    return {}


def _check_conversion(call: Call, instance: Instance) -> None:
    refusals = (
        (instance.releasing, 403, "InvalidInstanceStatus.Released", "is being released"),
        (instance.status not in ("Running", "Stopped"), 403, "IncorrectInstanceStatus", "is in transition"),
        (call.world.overdue(call.account), 403, "InvalidInstance.OverduePayment", "is not paid for"),
        (instance.expired(call.world.now), 403, "InvalidInstance.OverduePayment", "has expired"),
        (_ends_soon(call, instance), 403, "InvalidEndTime.OperateNotSupport", "expires within a day"),
        (not instance.public_ip, 404, "InvalidInstance.IpAddressMissing", "has no fixed public address"),
        (not instance.internet_max_bandwidth_out, 403, "InvalidInstance.ZeroBandwidth", "has no bandwidth"),
        (
            _by_bandwidth(instance),
            403,
            "InvalidInternetChargeType.ValueNotSupported",
            "does not bill traffic",
        ),
    )
    for refused, status, code, why in refusals:
        if refused:
            raise ApiError(status, code, f"The instance {instance.id} {why}.")


def _ends_soon(call: Call, instance: Instance) -> bool:
    return instance.expired_at is not None and instance.expired_at - call.world.now < _ONE_DAY


def _by_bandwidth(instance: Instance) -> bool:
    return instance.subscription and instance.internet_charge_type != "PayByTraffic"


def _eip(call: Call, name: str = "AllocationId") -> Eip:
    identifier = call.parameters.text(name)
    text = f"The specified AllocationId {identifier} does not exist."
    return call.need(Eip, identifier, ApiError(404, "InvalidAllocationId.NotFound", text))
