"""Network interfaces and the instances that hold them. Imports world and resources."""

from __future__ import annotations

from emulator.resources import Instance, Interface
from emulator.rules import elastic
from emulator.world import World


def attach(world: World, interface: Interface, instance: Instance) -> None:
    """Attach a secondary interface; its instance lists it from now on."""
    interface.instance_id, interface.status = instance.id, "InUse"
    world.store.put(interface)
    list_secondary(world, instance)


def detach(world: World, interface: Interface, instance: Instance) -> None:
    """Detach a secondary interface, which stays with its addresses."""
    interface.instance_id, interface.status = "", "Available"
    world.store.put(interface)
    list_secondary(world, instance)


def list_secondary(world: World, instance: Instance) -> None:
    """Write into an instance which secondary interfaces it lists."""
    # Kept with the instance, so that a list of instances needs no look at interfaces.
    held = [one for one in world.store.under(Interface, instance.id) if one.type == "Secondary"]
    instance.secondary_interfaces = [
        {"id": one.id, "ip": one.private_ip_address, "mac": one.mac_address} for one in held
    ]
    world.store.put(instance)


def end(world: World, interface: Interface) -> None:
    """Delete an interface: its addresses are free again, an elastic one is unbound and stays."""
    elastic.holder_ends(world, interface.id)
    world.addresses.give_back(interface.id)
    world.store.remove(interface)


def instance_ends(world: World, instance: Instance) -> None:
    """The instance is gone: interfaces end with it or stay, as each says."""
    for interface in world.store.under(Interface, instance.id):
        if interface.delete_on_release:
            end(world, interface)
            continue
        interface.instance_id, interface.status, interface.type = "", "Available", "Secondary"
        world.store.put(interface)
