"""Writes docs/reliability.md from what `make faults` has counted: `python -m tests.faults.report FOLDER`."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.faults.figures import kept_figures
from toolchain.marked import renewed

PAGE = Path("docs/reliability.md")
END = "<!-- end of what was counted -->"
LIBRARIES = ("pulumi", "alibabacloud-tea-openapi", "hypothesis")
EACH_CALL = ", call "


def summed(figures: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """The figures with those of single calls added up, since hundreds of rows tell nobody anything."""
    found: dict[str, dict[str, int]] = {}
    for name, values in figures.items():
        row = found.setdefault(name.partition(EACH_CALL)[0], dict.fromkeys(values, 0))
        for column, value in values.items():
            row[column] += value
    return found


def table(told: Mapping[str, Any]) -> Iterator[str]:
    """What was counted of a subject as a table, with a sum below where its rows are of one kind."""
    figures = summed(told)
    columns = list(next(iter(figures.values())))
    yield f"| | {' | '.join(columns)} |"
    yield f"| --- |{' ---: |' * len(columns)}"
    for name, values in sorted(figures.items()):
        yield f"| {name} | {' | '.join(str(values[column]) for column in columns)} |"
    # Steps, states and reasons: their sum would be a number of nothing.
    if columns == ["times"]:
        return
    sums = [sum(values[column] for values in figures.values()) for column in columns]
    yield f"| **together** | {' | '.join(f'**{each}**' for each in sums)} |"


def tables(text: str, begin: str) -> dict[str, str]:
    """The tables that a page has already, by their headings."""
    told = text.partition(begin)[2].partition(END)[0]
    parts = (each.partition("\n") for each in told.split("### ")[1:])
    return {heading: body.strip() for heading, _, body in parts}


def page(text: str, found: Mapping[str, Mapping[str, Any]], begin: str, libraries: tuple[str, ...]) -> str:
    """The page with the tables of now between its marks; what was not counted now keeps its table."""
    versions = ", ".join(f"{name} {version(name)}" for name in libraries)
    machine = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}; {versions}."
    counted = {f"{name[:1].upper()}{name[1:]}": "\n".join(table(figures)) for name, figures in found.items()}
    told = tables(text, begin) | counted
    lines = [f"### {heading}\n\n{told[heading]}\n" for heading in sorted(told)]
    return renewed(text, begin, (machine, "", *lines), END)


def write(place: Path, command: str, libraries: tuple[str, ...]) -> int:
    """Writes a page from the folder that is named, what the command has counted; 1 when that is nothing."""
    found = kept_figures(Path(sys.argv[1]))
    if not found:
        print(f"nothing was counted; run `{command}`", file=sys.stderr)
        return 1
    text = place.read_text(encoding="utf-8")
    place.write_text(page(text, found, f"<!-- counted by `{command}` -->", libraries), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(write(PAGE, "make faults", LIBRARIES))
