"""The tester's hand: control calls outside the cloud's API."""

from emulator.control.calls import Control

__all__ = ["Control"]
