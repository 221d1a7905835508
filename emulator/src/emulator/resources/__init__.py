"""The things a cloud holds, as records without behaviour, one module per family."""

from __future__ import annotations

import importlib
import pkgutil

from emulator.resources.base import Resource
from emulator.resources.disk import Disk
from emulator.resources.instance import Instance
from emulator.resources.network import Interface, SecurityGroup, Vpc, VSwitch

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

# Every family that was imported above, whether it is named here or not.
KINDS: dict[str, type[Resource]] = {kind.kind: kind for kind in Resource.__subclasses__()}

__all__ = ["KINDS", "Disk", "Instance", "Interface", "Resource", "SecurityGroup", "VSwitch", "Vpc"]
