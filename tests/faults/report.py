"""Writes docs/reliability.md from what `make faults` has counted: `python -m tests.faults.report FOLDER`."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.faults.figures import kept_figures

PAGE = Path("docs/reliability.md")
BEGIN, END = "<!-- counted by `make faults` -->", "<!-- end of what was counted -->"
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


def table(subject: str, told: Mapping[str, Any]) -> Iterator[str]:
    """A subject as a table, with a sum below."""
    figures = summed(told)
    columns = list(next(iter(figures.values())))
    yield f"### {subject[:1].upper()}{subject[1:]}"
    yield ""
    yield f"| | {' | '.join(columns)} |"
    yield f"| --- |{' ---: |' * len(columns)}"
    for name, values in sorted(figures.items()):
        yield f"| {name} | {' | '.join(str(values[column]) for column in columns)} |"
    sums = [sum(values[column] for values in figures.values()) for column in columns]
    yield f"| **together** | {' | '.join(f'**{each}**' for each in sums)} |"
    yield ""


def tables(text: str, begin: str = BEGIN) -> dict[str, str]:
    """The tables that a page has already, by their headings."""
    told = text.partition(begin)[2].partition(END)[0]
    return {each.partition("\n")[0]: each for each in told.split("### ")[1:]}


def page(
    text: str,
    found: Mapping[str, Mapping[str, Any]],
    begin: str = BEGIN,
    libraries: tuple[str, ...] = LIBRARIES,
) -> str:
    """The page with the tables of now between its marks; what was not counted now keeps its table."""
    before, _, rest = text.partition(begin)
    versions = ", ".join(f"{name} {version(name)}" for name in libraries)
    machine = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}; {versions}."
    now = "\n".join(line for subject, figures in found.items() for line in (*table(subject, figures), ""))
    told = tables(text, begin) | tables(begin + now + END, begin)
    lines = [f"### {told[heading].rstrip()}\n" for heading in sorted(told)]
    return "\n".join((f"{before}{begin}", machine, "", *lines, f"{END}{rest.partition(END)[2]}"))


def main() -> int:
    """Writes the page; 1 when nothing was counted."""
    found = kept_figures(Path(sys.argv[1]))
    if not found:
        print("nothing was counted; run `make faults`", file=sys.stderr)
        return 1
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
