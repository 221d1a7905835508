"""How long the emulator takes to its first answer, beside importing what it is built of.

`python -m bench.emulator_start` measures both, one after the other in every round, and writes the figures
into docs/emulator/start.md; it ends with 1 when the emulator takes more than three times as long.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

from toolchain.marked import renewed

PAGE = Path("docs/emulator/start.md")
BEGIN, END = "<!-- measured by `python -m bench.emulator_start` -->", "<!-- end of what was measured -->"
REFERENCE = "import uvicorn, starlette, pydantic"
LIBRARIES = ("uvicorn", "starlette", "pydantic", "typer")
MOST = 3.0


class Cost(NamedTuple):
    """What one start took: seconds by the wall, and seconds of processor time."""

    wall: float
    cpu: float


class Figures(NamedTuple):
    """The least of all rounds, of the bare imports and of the emulator."""

    reference: Cost
    emulator: Cost

    @property
    def ratio(self) -> Cost:
        """How many times as long the emulator takes."""
        return Cost(self.emulator.wall / self.reference.wall, self.emulator.cpu / self.reference.cpu)


def main() -> int:
    """Measure, print and write; 1 when the bound is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.emulator_start", description=__doc__)
    parser.add_argument("--rounds", type=int, default=25)
    rounds = parser.parse_args().rounds
    figures = measure(rounds)
    lines = list(_lines(figures, rounds))
    print("\n".join(lines))
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8"), BEGIN, lines, END), encoding="utf-8")
    return int(figures.ratio.cpu > MOST)


def measure(rounds: int) -> Figures:
    """The least of so many rounds; what disturbs a round can only lengthen it."""
    # Once before, uncounted: the first start of a new installation compiles its modules.
    _cost(_import), _cost(_serve)
    pairs = [(_cost(_import), _cost(_serve)) for _ in range(rounds)]
    return Figures(_least([each for each, _ in pairs]), _least([each for _, each in pairs]))


def _least(costs: list[Cost]) -> Cost:
    return Cost(min(each.wall for each in costs), min(each.cpu for each in costs))


def _cost(work: Callable[[], float]) -> Cost:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall = work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def _import() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", REFERENCE], check=True, env=_environment())
    return time.perf_counter() - began


def _serve() -> float:
    with tempfile.TemporaryDirectory() as folder:
        world = str(Path(folder) / "world.db")
        began = time.perf_counter()
        command = [sys.executable, "-m", "emulator", "serve", "--port", "0", "--db", world]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_environment())
        try:
            assert process.stdout is not None
            ready = re.search(r"http://\S+", process.stdout.readline())
            assert ready is not None, "the emulator did not start"
            with urlopen(f"{ready.group()}/_emulator/health") as reply:
                reply.read()
            return time.perf_counter() - began
        finally:
            process.kill()
            process.communicate()


def _environment() -> dict[str, str]:
    # Without compiled modules both would mostly compile, which no second start does.
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _lines(figures: Figures, rounds: int) -> list[str]:
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    reference, emulator, ratio = figures.reference, figures.emulator, figures.ratio
    return [
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, {libraries};",
        f"the least of {rounds} rounds.",
        "",
        "| | wall, ms | processor, ms |",
        "| --- | --- | --- |",
        f'| `python -c "{REFERENCE}"` | {_ms(reference.wall)} | {_ms(reference.cpu)} |',
        f"| `ecs-emulator serve` to its first answer | {_ms(emulator.wall)} | {_ms(emulator.cpu)} |",
        f"| times as long | {ratio.wall:.1f} | {ratio.cpu:.1f} |",
    ]


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f}"


if __name__ == "__main__":
    sys.exit(main())
