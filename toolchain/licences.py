"""The packages that the product needs at run time, each with its licence.

Reads requirements/run.lock and the metadata of what is installed from it, so it is run by the virtual
environment's Python: `python -m toolchain.licences --write PAGE`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from .marked import renewed

LOCK = Path("requirements/run.lock")
BEGIN, END = "<!-- made by `make docs` -->", "<!-- end of what was made -->"
# Markers say where a package is needed; what other systems need is not installed here.
_PINNED = re.compile(r"^([A-Za-z0-9_.-]+)==([^ ;\\]+)(?: ; (.*?))?(?: \\)?$", re.MULTILINE)
_CLASSIFIER = "License :: OSI Approved :: "


class Package(NamedTuple):
    """A pinned package; `licence` is what its metadata say, or where it is needed when it is not here."""

    name: str
    version: str
    licence: str


def packages(lock: str) -> Iterator[Package]:
    """Every package that a lock file pins, in its order."""
    for name, version, marker in _PINNED.findall(lock):
        try:
            yield Package(name, version, _licence(metadata.metadata(name)))
        except metadata.PackageNotFoundError:
            yield Package(name, version, f"not installed here, needed where {marker}")


def _licence(told: metadata.PackageMetadata) -> str:
    if "License-Expression" in told:
        return told["License-Expression"]
    classifiers = told.get_all("Classifier") or []
    named = [each.removeprefix(_CLASSIFIER) for each in classifiers if each.startswith(_CLASSIFIER)]
    # Some put the whole text of their licence into this field.
    return " AND ".join(named) or _first_line(told)


def _first_line(told: metadata.PackageMetadata) -> str:
    return told["License"].strip().splitlines()[0] if "License" in told else "not said"


def page(text: str, lock: str) -> str:
    """The page with the table of now between its marks."""
    rows = [f"| {each.name} | {each.version} | {each.licence} |" for each in packages(lock)]
    return renewed(text, BEGIN, ("| package | version | licence |", "| --- | --- | --- |", *rows), END)


def main() -> int:
    """Writes the page that is named."""
    target = Path(sys.argv[sys.argv.index("--write") + 1])
    target.write_text(
        page(target.read_text(encoding="utf-8"), LOCK.read_text(encoding="utf-8")), encoding="utf-8"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
