"""RunInstances (Ecs 2014-05-26): check a whole order, then create instances, disks and interfaces."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from emulator.actions.common import new_tags_of, region_of
from emulator.actions.disk_orders import DISK_FIELDS, DiskOrder, disk_order
from emulator.actions.release_times import read_release_time
from emulator.errors import ApiError, dry_run_passed, invalid_parameter, missing_parameter
from emulator.parameters import Parameters
from emulator.registry import Call, Reply, action, idempotent
from emulator.resources import Disk, Instance, Interface, SecurityGroup, VSwitch
from emulator.resources.instance import size_of
from emulator.rules import subscription
from emulator.world import World, new_id, new_mac

_OBEYED = (
    "InstanceType ImageId ZoneId InstanceName HostName Description KeyPairName RamRoleName ResourceGroupId UserData "
    "CreditSpecification InternetChargeType InternetMaxBandwidthOut InternetMaxBandwidthIn InstanceChargeType "
    "AutoReleaseTime DeletionProtection DryRun HttpTokens HttpEndpoint SpotStrategy SpotPriceLimit SpotDuration "
    "SpotInterruptionBehavior Tag.N.Key Tag.N.Value VSwitchId PrivateIpAddress SecurityGroupId SecurityGroupIds.N "
    "Period PeriodUnit AutoRenew AutoRenewPeriod Amount MinAmount UniqueSuffix ClientToken CpuOptions.Core "
    "CpuOptions.ThreadsPerCore NetworkOptions.EnableJumboFrame ImageOptions.LoginAsNonRoot HpcClusterId "
    "DeploymentSetId NetworkInterface.N.VSwitchId NetworkInterface.N.SecurityGroupId "
    "NetworkInterface.N.SecurityGroupIds.N NetworkInterface.N.PrimaryIpAddress NetworkInterface.N.InstanceType "
    "NetworkInterface.N.DeleteOnRelease"
)
# Documented parameters that change nothing an emulator could show.
_INERT = (
    "Password PasswordInherit HttpPutResponseHopLimit SecurityEnhancementStrategy IoOptimized AutoPay "
    "Ipv6AddressCount CpuOptions.TopologyType CpuOptions.Numa Affinity Tenancy PrivatePoolOptions.Id "
    "PrivatePoolOptions.MatchCriteria AdditionalInfo.EnableHighDensityMode NetworkInterface.N.Description "
    "NetworkInterface.N.NetworkInterfaceName NetworkInterface.N.QueueNumber NetworkInterface.N.QueuePairNumber "
    "NetworkInterface.N.NetworkInterfaceTrafficMode NetworkInterface.N.NetworkCardIndex "
    "NetworkInterface.N.SourceDestCheck HibernationOptions.Configured"
)
_DISKS = " ".join(f"SystemDisk.{name} DataDisk.N.{name}" for name in DISK_FIELDS)
_TYPE = re.compile(r"^ecs\.[a-z0-9-]+\.[a-z0-9-]+$")
_MOST_AT_ONCE = 100


@dataclass
class Order:
    """A checked RunInstances request."""

    template: Instance
    amount: int
    vswitch: VSwitch
    wanted_ip: str
    disks: list[DiskOrder]
    period: tuple[int, str]
    secondary: list[Parameters]


@action("Ecs", "RunInstances", f"{_OBEYED} {_INERT} {_DISKS}", required="RegionId ImageId InstanceType")
@idempotent
def run_instances(call: Call) -> Reply:
    """RunInstances: create instances that start by themselves."""
    order = _order(call)
    if call.parameters.flag("DryRun"):
        raise dry_run_passed()
    ids = [_create(call, order, index) for index in range(order.amount)]
    reply: Reply = {"InstanceIdSets": {"InstanceIdSet": ids}, "TradePrice": 0.0}
    return {**reply, "OrderId": str(int(call.world.now * 1000))} if order.template.subscription else reply


def _order(call: Call) -> Order:
    parameters = call.parameters
    region = region_of(call)
    vswitch, groups = _placement(call)
    template = _machine(call, region)
    template.vswitch_id, template.vpc_id, template.zone_id = vswitch.id, vswitch.vpc_id, vswitch.zone_id
    template.security_group_ids = groups
    _read_billing(call, template)
    disks = [disk_order(parameters.group("SystemDisk"), system=True)]
    disks += [disk_order(group, system=False) for group in parameters.groups("DataDisk")]
    amount = parameters.number("Amount", 1, 1, _MOST_AT_ONCE)
    parameters.number("MinAmount", 1, 1, amount)
    secondary = [group for group in parameters.groups("NetworkInterface") if _secondary(group)]
    return Order(
        template, amount, vswitch, _wanted_ip(call, vswitch), disks, _period(parameters, template), secondary
    )


def _machine(call: Call, region: str) -> Instance:
    parameters, kind = call.parameters, call.parameters.text("InstanceType")
    if not _TYPE.match(kind):
        raise ApiError(
            404, "InvalidInstanceType.NotFound", f"The specified InstanceType {kind} does not exist."
        )
    cpu, memory = size_of(kind)
    bandwidth = parameters.number("InternetMaxBandwidthOut", 0, 0, 100, "InvalidParameter.Bandwidth")
    return Instance(
        id="",
        account_id=call.account,
        region_id=region,
        created_at=call.world.now,
        tags=new_tags_of(parameters),
        instance_name=parameters.text("InstanceName"),
        host_name=parameters.text("HostName"),
        description=parameters.text("Description"),
        image_id=parameters.text("ImageId"),
        instance_type=kind,
        zone_id="",
        cpu=cpu,
        memory_mib=memory,
        internet_charge_type=parameters.choice(
            "InternetChargeType", "PayByTraffic", ("PayByTraffic", "PayByBandwidth")
        ),
        internet_max_bandwidth_out=bandwidth,
        internet_max_bandwidth_in=parameters.number("InternetMaxBandwidthIn", bandwidth, 0, 200),
        **_plain_fields(parameters),
    )


def _plain_fields(parameters: Parameters) -> dict[str, str | int | bool]:
    named = [
        "KeyPairName",
        "RamRoleName",
        "ResourceGroupId",
        "UserData",
        "CreditSpecification",
        "HpcClusterId",
        "DeploymentSetId",
    ]
    fields: dict[str, str | int | bool] = {_snake(name): parameters.text(name) for name in named}
    fields["http_tokens"] = parameters.text("HttpTokens", "optional")
    fields["http_endpoint"] = parameters.text("HttpEndpoint", "enabled")
    fields["jumbo_frames"] = parameters.flag("NetworkOptions.EnableJumboFrame")
    fields["login_as_non_root"] = parameters.flag("ImageOptions.LoginAsNonRoot")
    fields["core_count"] = parameters.number("CpuOptions.Core", 0, 1, 1024)
    fields["threads_per_core"] = parameters.number("CpuOptions.ThreadsPerCore", 0, 1, 2)
    return fields


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _placement(call: Call) -> tuple[VSwitch, list[str]]:
    parameters = call.parameters
    primary = next(
        (group for group in parameters.groups("NetworkInterface") if not _secondary(group)), Parameters({})
    )
    vswitch_id = parameters.text("VSwitchId") or primary.text("VSwitchId")
    if not vswitch_id:
        raise missing_parameter("VSwitchId")
    text = f"The specified VSwitchId {vswitch_id} does not exist."
    vswitch = call.need(VSwitch, vswitch_id, ApiError(404, "InvalidVSwitchId.NotFound", text))
    if parameters.text("ZoneId", vswitch.zone_id) != vswitch.zone_id:
        raise invalid_parameter("ZoneId", "the vSwitch lies in another zone", "InvalidParameter.Conflict")
    return vswitch, _groups(call, primary, vswitch)


def _groups(call: Call, primary: Parameters, vswitch: VSwitch) -> list[str]:
    ids: list[str] = []
    for source in (call.parameters, primary):
        ids += [source.text("SecurityGroupId")] if source.given("SecurityGroupId") else []
        ids += source.items("SecurityGroupIds")
    if not ids:
        raise missing_parameter("SecurityGroupId")
    for identifier in ids:
        text = f"The specified SecurityGroupId {identifier} does not exist."
        group = call.need(SecurityGroup, identifier, ApiError(404, "InvalidSecurityGroupId.NotFound", text))
        if group.vpc_id != vswitch.vpc_id:
            raise invalid_parameter(
                "SecurityGroupId", "it belongs to another VPC", "InvalidParameter.Conflict"
            )
    return list(dict.fromkeys(ids))


def _secondary(group: Parameters) -> bool:
    return group.text("InstanceType", "Secondary") != "Primary"


def _wanted_ip(call: Call, vswitch: VSwitch) -> str:
    text = call.parameters.text("PrivateIpAddress")
    if text:
        try:
            inside = ipaddress.ip_address(text) in ipaddress.ip_network(vswitch.cidr_block)
        except ValueError:
            inside = False
        if not inside or call.parameters.number("Amount", 1, 1, _MOST_AT_ONCE) > 1:
            raise ApiError(
                400, "InvalidPrivateIpAddress.Malformed", f"The PrivateIpAddress {text} cannot be used."
            )
    return text


def _read_billing(call: Call, template: Instance) -> None:
    parameters = call.parameters
    template.instance_charge_type = parameters.choice(
        "InstanceChargeType", "PostPaid", ("PostPaid", "PrePaid")
    )
    strategies = ("NoSpot", "SpotWithPriceLimit", "SpotAsPriceGo")
    template.spot_strategy = parameters.choice("SpotStrategy", "NoSpot", strategies)
    if template.spot:
        _read_spot(parameters, template)
    template.deletion_protection = parameters.flag("DeletionProtection")
    if template.deletion_protection and (template.subscription or template.spot):
        text = "Deletion protection is only for pay-as-you-go instances."
        raise ApiError(403, "InvalidChargeType.ValueNotSupported", text)
    if parameters.given("AutoReleaseTime"):
        if template.subscription:
            raise ApiError(
                403, "ChargeTypeViolation", "A subscription instance has no automatic release time."
            )
        template.auto_release_at = read_release_time(parameters.text("AutoReleaseTime"), call.world.now)
    if call.world.overdue(call.account):
        raise ApiError(
            403, "InvalidAccountStatus.NotEnoughBalance", "Your account does not have enough balance."
        )


def _read_spot(parameters: Parameters, template: Instance) -> None:
    if template.subscription:
        raise invalid_parameter("SpotStrategy", "a spot instance is pay-as-you-go")
    template.spot_duration = parameters.number("SpotDuration", 1, 0, 6)
    behavior = parameters.choice("SpotInterruptionBehavior", "Terminate", ("Terminate", "Stop"))
    template.spot_interruption_behavior = behavior
    try:
        template.spot_price_limit = float(parameters.text("SpotPriceLimit", "0"))
    except ValueError:
        raise invalid_parameter("SpotPriceLimit", "it is not a number") from None


def _period(parameters: Parameters, template: Instance) -> tuple[int, str]:
    if not template.subscription:
        return 0, ""
    unit = parameters.choice("PeriodUnit", "Month", ("Week", "Month"))
    if not parameters.given("Period"):
        raise missing_parameter("Period")
    count = parameters.number("Period", 1, 1, 4 if unit == "Week" else 60, "InvalidPeriod.ValueNotSupported")
    template.renewal_status = "AutoRenewal" if parameters.flag("AutoRenew") else "Normal"
    parameters.number("AutoRenewPeriod", 1, 1, 60)
    return count, unit


def _create(call: Call, order: Order, index: int) -> str:
    world, instance = call.world, order.template.model_copy(deep=True)
    instance.id = new_id("i")
    suffix = f"{index + 1:03d}" if call.parameters.flag("UniqueSuffix") else ""
    instance.instance_name = (order.template.instance_name or instance.id) + suffix
    instance.host_name = (order.template.host_name or instance.id.replace("-", "Z")) + suffix
    _attach_interface(world, order, instance)
    if instance.internet_max_bandwidth_out:
        instance.public_ip = world.public_address(instance.id)
    world.store.add(instance)
    _attach_disks(world, order.disks, instance)
    for group in order.secondary:
        _attach_secondary(call, order, group, instance)
    _set_timers(call, order, instance)
    return instance.id


def _attach_interface(world: World, order: Order, instance: Instance) -> None:
    interface_id, mac = new_id("eni"), new_mac()
    vswitch = order.vswitch
    address = world.addresses.take(vswitch.id, vswitch.cidr_block, interface_id, order.wanted_ip)
    instance.interface_id, instance.mac_address, instance.private_ip = interface_id, mac, address
    world.store.add(_interface(world, instance, vswitch, interface_id, "Primary"))


def _interface(world: World, instance: Instance, vswitch: VSwitch, interface_id: str, kind: str) -> Interface:
    return Interface(
        id=interface_id,
        account_id=instance.account_id,
        region_id=instance.region_id,
        created_at=world.now,
        type=kind,
        status="InUse",
        instance_id=instance.id,
        vpc_id=vswitch.vpc_id,
        vswitch_id=vswitch.id,
        zone_id=vswitch.zone_id,
        mac_address=instance.mac_address,
        private_ip_address=instance.private_ip,
        security_group_ids=instance.security_group_ids,
    )


def _attach_secondary(call: Call, order: Order, group: Parameters, instance: Instance) -> None:
    world, vswitch = call.world, order.vswitch
    interface = _interface(world, instance, vswitch, new_id("eni"), "Secondary")
    interface.mac_address = new_mac()
    interface.delete_on_release = group.flag("DeleteOnRelease", True)
    interface.private_ip_address = world.addresses.take(vswitch.id, vswitch.cidr_block, interface.id)
    world.store.add(interface)


def _attach_disks(world: World, orders: list[DiskOrder], instance: Instance) -> None:
    for index, order in enumerate(orders):
        fields = order.model_dump(exclude={"device"})
        disk = Disk(
            id=new_id("d"),
            account_id=instance.account_id,
            region_id=instance.region_id,
            created_at=world.now,
            zone_id=instance.zone_id,
            instance_id=instance.id,
            status="In_use",
            device=order.device or f"/dev/xvd{chr(ord('a') + index)}",
            attached_at=world.now,
            image_id=instance.image_id if index == 0 else "",
            **fields,
        )
        world.store.add(disk)


def _set_timers(call: Call, order: Order, instance: Instance) -> None:
    world = call.world
    world.timers.arm(instance.id, "start", world.now + world.settings.pending_seconds)
    if instance.auto_release_at is not None:
        world.timers.arm(instance.id, "auto-release", instance.auto_release_at)
    if instance.subscription:
        count, unit = order.period
        subscription.subscribe(world, instance, count, unit, with_disks=True)
        instance.renewal_duration = call.parameters.number("AutoRenewPeriod", count, 1, 60)
        world.store.put(instance)
