"""Reads the emulator's handlers as text: which parameters each asks for, and which refusals it can give."""
