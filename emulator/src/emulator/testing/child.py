"""`python -m emulator.testing.child`: the command, which ends when its standard input does.

A test run that is killed closes that with everything else, so no emulator is left behind.
"""

from __future__ import annotations

import os
import signal
import sys
import threading

from emulator.cli import app


def _end_with_the_input() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_end_with_the_input, daemon=True).start()
    app()
