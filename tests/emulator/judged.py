"""Every answer that a test gets is held against what is said of its action: no refusal that is not listed."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from tests.emulator.reading.handlers import facts, in_front, refusals

# The reader of the code goes through one program, and clients call from several threads.
_ALONE = threading.Lock()


def judge(product: str, action: str, said: str) -> None:
    """Fail if an action gives a refusal that its page does not list."""
    if out := os.environ.get("EMULATOR_SEEN"):
        with (Path(out) / str(os.getpid())).open("a") as file:
            file.write(f"{product} {action} {said}\n")
    with _ALONE:
        listed = in_front() | (refusals((product, action)) if (product, action) in facts() else set())
    assert said in listed, f"{product} {action} gives {said}, which is not listed"
