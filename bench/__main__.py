"""`make bench`: what ending instances costs with us, with the stock provider, and with Terraform.

Everything is measured on the same emulator, one after the other in one run. What was measured is kept as
JSON in a folder, and `docs/performance.md` is written from that.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import crowds, destroys, drift, launches, limited, report, start
from bench.contenders import OURS, STOCK, Contender, terraform
from toolchain import terraform_provider
from toolchain.place import this_place

FOLDER = Path(".ecs-release/bench")
COUNTS = (1, 10, 100, 500)
KEYS = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "emulator", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "emulator"}
PARTS: dict[str, Callable[[tuple[int, ...]], Any]] = {
    "start": lambda _: start.measure(),
    "crowds": lambda _: crowds.measure(),
    "limited": lambda _: limited.measure(),
    "drift": lambda _: drift.measure(),
    "destroys": lambda counts: destroys.measure(_contenders(), counts),
    "launches": lambda _: launches.measure(),
}


def main() -> int:
    """Measure the parts that are asked for, then write the page from all that was ever measured here."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--instances", type=int, nargs="*", default=COUNTS, help="sizes of the destroys")
    chosen = parser.parse_args()
    if unknown := set(chosen.parts) - PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    os.environ.update(KEYS)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in chosen.parts or PARTS:
        began = time.monotonic()
        figures = PARTS[name](tuple(chosen.instances))
        measured = {"figures": figures, "seconds": round(time.monotonic() - began)}
        (FOLDER / f"{name}.json").write_text(json.dumps(measured), encoding="utf-8")
        print(f"{name}: {measured['seconds']} s", flush=True)
    missing = report.write(FOLDER, PARTS)
    return 1 if missing else 0


def _contenders() -> list[Contender]:
    provider = terraform_provider.find_or_get(this_place(os.environ))
    third = terraform(provider) if provider else None
    return [OURS, STOCK, *([third] if third else [])]


if __name__ == "__main__":
    sys.exit(main())
