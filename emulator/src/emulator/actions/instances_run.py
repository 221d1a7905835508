"""RunInstances (Ecs 2014-05-26): create instances with their disks and interfaces."""

from __future__ import annotations

from emulator.actions.disk_orders import DISK_FIELDS, DiskOrder
from emulator.actions.instance_orders import Order, read_order
from emulator.catalogue import MARKETPLACE
from emulator.errors import dry_run_passed
from emulator.parameters import Parameters
from emulator.registry import Call, Reply, action, idempotent
from emulator.resources import Disk, Instance, Interface, VSwitch
from emulator.resources.storage import AutoSnapshotPolicy
from emulator.rules import attachment, snapshots, subscription
from emulator.world import World, new_id, new_mac

_OBEYED = (
    "InstanceType ImageId ZoneId InstanceName HostName Description KeyPairName RamRoleName "
    "ResourceGroupId UserData CreditSpecification InternetChargeType InternetMaxBandwidthOut "
    "InternetMaxBandwidthIn InstanceChargeType AutoReleaseTime DeletionProtection DryRun HttpTokens "
    "HttpEndpoint SpotStrategy SpotPriceLimit SpotDuration SpotInterruptionBehavior Tag.N.Key Tag.N.Value "
    "VSwitchId PrivateIpAddress SecurityGroupId SecurityGroupIds.N Period PeriodUnit AutoRenew "
    "AutoRenewPeriod Amount MinAmount UniqueSuffix ClientToken CpuOptions.Core CpuOptions.ThreadsPerCore "
    "NetworkOptions.EnableJumboFrame ImageOptions.LoginAsNonRoot HpcClusterId DeploymentSetId "
    "NetworkInterface.N.VSwitchId NetworkInterface.N.SecurityGroupId "
    "NetworkInterface.N.SecurityGroupIds.N NetworkInterface.N.PrimaryIpAddress "
    "NetworkInterface.N.InstanceType NetworkInterface.N.DeleteOnRelease"
)
# Documented parameters that change nothing an emulator could show.
_INERT = (
    "Password PasswordInherit HttpPutResponseHopLimit SecurityEnhancementStrategy IoOptimized AutoPay "
    "CpuOptions.TopologyType CpuOptions.Numa Affinity Tenancy PrivatePoolOptions.Id "
    "PrivatePoolOptions.MatchCriteria AdditionalInfo.EnableHighDensityMode NetworkInterface.N.Description "
    "NetworkInterface.N.NetworkInterfaceName NetworkInterface.N.QueueNumber "
    "NetworkInterface.N.QueuePairNumber NetworkInterface.N.NetworkInterfaceTrafficMode "
    "NetworkInterface.N.NetworkCardIndex NetworkInterface.N.SourceDestCheck "
    "SystemDisk.EncryptAlgorithm DataDisk.N.EncryptAlgorithm"
)
_DISKS = " ".join(f"SystemDisk.{name} DataDisk.N.{name}" for name in DISK_FIELDS)


@action("Ecs", "RunInstances", f"{_OBEYED} {_DISKS}", "RegionId ImageId InstanceType", _INERT)
@idempotent
def run_instances(call: Call) -> Reply:
    """RunInstances: create instances that start by themselves."""
    order = read_order(call)
    if call.parameters.flag("DryRun"):
        raise dry_run_passed()
    ids = [_create(call, order, index) for index in range(order.amount)]
    reply: Reply = {"InstanceIdSets": {"InstanceIdSet": ids}, "TradePrice": _trade_price(call.world, ids)}
    return {**reply, "OrderId": str(call.world.new_order())} if order.template.subscription else reply


def _trade_price(world: World, ids: list[str]) -> float:
    found = [instance for instance in (world.store.get(Instance, one) for one in ids) if instance]
    # What was paid ahead is all of it still there at this moment.
    price = subscription.worth if found[0].subscription else subscription.hour_of
    return round(sum(price(world, instance) for instance in found), 4)


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
    _set_timers(world, order, instance)
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
    attachment.list_secondary(world, instance)


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
            marketplace=index == 0 and instance.image_id.startswith(MARKETPLACE),
            **fields,
        )
        world.store.add(disk)
        _bind(world, disk)


def _bind(world: World, disk: Disk) -> None:
    policy = world.store.get(AutoSnapshotPolicy, disk.auto_snapshot_policy_id)
    if policy is not None:
        snapshots.join_policy(world, disk, policy)
    if disk.source_snapshot_id:
        snapshots.mark_use(world, disk.source_snapshot_id)


def _set_timers(world: World, order: Order, instance: Instance) -> None:
    world.timers.arm(instance.id, "start", world.now + world.settings.pending_seconds)
    if instance.auto_release_at is not None:
        world.timers.arm(instance.id, "auto-release", instance.auto_release_at)
    if instance.subscription:
        count, unit = order.period
        subscription.subscribe(world, instance, count, unit, with_disks=True)
        instance.renewal_duration = order.template.renewal_duration
        world.store.put(instance)
