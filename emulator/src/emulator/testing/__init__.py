"""For tests of any client: an emulator of their own, and its control calls as methods."""

from emulator.testing.control import ControlError
from emulator.testing.emulator import Emulator
from emulator.testing.faults import FaultRule
from emulator.testing.process import Process, StartError

__all__ = ["ControlError", "Emulator", "FaultRule", "Process", "StartError"]
