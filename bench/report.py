"""Writes docs/performance.md from what was measured; says of each wanted figure whether it was reached."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.verdicts import Figures, verdicts
from toolchain.marked import renewed

PAGE = Path("docs/performance.md")
BEGIN, END = "<!-- measured by `make bench` -->", "<!-- end of what was measured -->"
LIBRARIES = ("pulumi", "pulumi-alicloud", "alibabacloud-tea-openapi")
Rows = list[dict[str, Any]]
COST = ("seconds", "cpu_seconds", "calls", "changing")
WASTED = ("refused", "repeated", "too_early")
TABLES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Destroys", "destroys", ("who", "way", "instances", *COST, *WASTED)),
    ("Growth, at the level of the plugin", "crowds", ("instances", *COST[1:], "memory_mib")),
    ("Planning beside decoding", "crowds", ("instances", "plan_seconds", "decode_seconds")),
    ("Under 60 calls a minute", "limited", ("job", "seconds", "least", "calls", "refused")),
    ("The first `pulumi up`", "launches", ("way", "instances", *COST)),
)


def write(folder: Path, parts: Iterable[str]) -> list[str]:
    """Writes the page and returns the parts that were not measured; without one it is left alone."""
    missing = [name for name in parts if not (folder / f"{name}.json").exists()]
    # A page of old and new figures side by side would compare two machines.
    if missing:
        print(f"not measured yet, {PAGE} is left as it is: {', '.join(missing)}", file=sys.stderr)
        return missing
    read = {name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in parts}
    figures: Figures = {name: measured["figures"] for name, measured in read.items()}
    minutes = sum(measured["seconds"] for measured in read.values()) / 60
    lines = [*_machine(minutes), "", *_tables(figures)]
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8"), BEGIN, lines, END), encoding="utf-8")
    return []


def _machine(minutes: float) -> Iterator[str]:
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    cores = len(Path("/proc/cpuinfo").read_text(encoding="utf-8").split("processor\t")) - 1
    yield f"{platform.system()} {platform.machine()}, {cores} cores; Python {platform.python_version()},"
    yield f"{libraries}; pulumi CLI {_first_line('pulumi', 'version')},"
    yield f"{_first_line('terraform', 'version')}. All parts together took {minutes:.0f} minutes."


def _first_line(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError):
        return f"no {command[0]}"


def _tables(figures: Figures) -> Iterator[str]:
    yield "### What was wanted"
    yield ""
    yield "| figure | wanted | stock | ecs-release | |"
    yield "| --- | --- | --- | --- | --- |"
    for each in verdicts(figures):
        mark = "✓" if each.reached else "✗"
        yield f"| {each.figure} | {each.wanted} | {each.stock} | {each.ours} | {mark} |"
    for title, part, columns in TABLES:
        yield from _table(title, figures[part], columns)


def _table(title: str, rows: Rows, columns: tuple[str, ...]) -> Iterator[str]:
    yield ""
    yield f"### {title}"
    yield ""
    yield f"| {' | '.join(column.replace('_', ' ') for column in columns)} |"
    yield f"| {' | '.join('---:' if _is_number(rows[0][column]) else '---' for column in columns)} |"
    for row in rows:
        yield f"| {' | '.join(str(row[column]) for column in columns)} |"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)
