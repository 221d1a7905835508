"""Writes docs/emulator/proof.md from what `make proof` counted: `python -m tests.emulator.proof FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.faults.report import write

PAGE = Path("docs/emulator/proof.md")
LIBRARIES = ("hypothesis", "uvicorn", "httpx")

if __name__ == "__main__":
    sys.exit(write(PAGE, "make proof", LIBRARIES))
