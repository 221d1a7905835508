"""The things a cloud holds, as records without behaviour."""

from emulator.resources.base import Resource
from emulator.resources.disk import Disk
from emulator.resources.instance import Instance
from emulator.resources.network import Interface, SecurityGroup, Vpc, VSwitch

KINDS: dict[str, type[Resource]] = {
    kind.kind: kind for kind in (Instance, Disk, Interface, Vpc, VSwitch, SecurityGroup)
}

__all__ = ["KINDS", "Disk", "Instance", "Interface", "Resource", "SecurityGroup", "VSwitch", "Vpc"]
