"""Elastic addresses over time: bound, unbound, made of a fixed one. Imports world and resources."""

from __future__ import annotations

from emulator.resources import Instance, Interface
from emulator.resources.eip import Eip
from emulator.world import World, new_id


def bind(world: World, eip: Eip, holder: Instance | Interface, kind: str) -> None:
    """Begin to bind an address; what holds it shows it at once."""
    eip.instance_id, eip.instance_type, eip.status = holder.id, kind, "Associating"
    # Shown for an interface, which can have several; an instance is told by its id alone.
    if isinstance(holder, Interface):
        eip.vpc_id, eip.private_ip_address = holder.vpc_id, holder.private_ip_address
    world.store.put(eip)
    if isinstance(holder, Instance):
        show(world, holder, eip)
    world.timers.arm(eip.id, "eip-bound", world.now + world.settings.eip_seconds)


def bound(world: World, identifier: str) -> None:
    """An address is in use."""
    eip = world.store.get(Eip, identifier)
    if eip is not None and eip.status == "Associating":
        eip.status = "InUse"
        world.store.put(eip)


def unbind(world: World, eip: Eip) -> None:
    """Begin to take an address off what holds it."""
    eip.status = "Unassociating"
    world.store.put(eip)
    world.timers.arm(eip.id, "eip-free", world.now + world.settings.eip_seconds)


def free(world: World, identifier: str) -> None:
    """An address is bound to nothing any more; it stays and bills."""
    eip = world.store.get(Eip, identifier)
    if eip is None:
        return
    holder = world.store.get(Instance, eip.instance_id)
    if holder is not None:
        show(world, holder, None)
    eip.instance_id = eip.instance_type = eip.private_ip_address = eip.vpc_id = ""
    eip.status = "Available"
    world.store.put(eip)


def show(world: World, instance: Instance, eip: Eip | None) -> None:
    """Write into an instance which elastic address it shows."""
    instance.eip = {} if eip is None else {
        "AllocationId": eip.id,
        "IpAddress": eip.ip_address,
        "InternetChargeType": eip.internet_charge_type,
        "Bandwidth": int(eip.bandwidth),
        "IsSupportUnassociate": True,
    }  # fmt: skip
    world.store.put(instance)


def holder_ends(world: World, identifier: str) -> None:
    """What held addresses is gone: they are unbound at once, stay, and bill."""
    for eip in world.store.under(Eip, identifier):
        world.timers.disarm(eip.id, "eip-bound", "eip-free")
        free(world, eip.id)


def convert(world: World, instance: Instance) -> Eip:
    """Make an instance's fixed public address an elastic one, bound to it as before."""
    eip = Eip(
        id=new_id("eip"),
        account_id=instance.account_id,
        region_id=instance.region_id,
        created_at=world.now,
        ip_address=instance.public_ip,
        bandwidth=str(instance.internet_max_bandwidth_out),
        internet_charge_type=instance.internet_charge_type,
        instance_id=instance.id,
        instance_type="EcsInstance",
        status="InUse",
    )
    world.store.add(eip)
    # The address itself goes on to be taken, by another owner.
    world.addresses.hand_over(f"public/{instance.id}", f"public/{eip.id}")
    instance.public_ip = ""
    show(world, instance, eip)
    return eip
