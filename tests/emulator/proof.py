"""Writes docs/emulator/proof.md from what `make proof` counted: `python -m tests.emulator.proof FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.faults.figures import kept_figures
from tests.faults.report import page

PAGE = Path("docs/emulator/proof.md")
BEGIN = "<!-- counted by `make proof` -->"
LIBRARIES = ("hypothesis", "uvicorn", "httpx")


def main() -> int:
    """Writes the page; 1 when nothing was counted."""
    found = kept_figures(Path(sys.argv[1]))
    if not found:
        print("nothing was counted; run `make proof`", file=sys.stderr)
        return 1
    text = page(PAGE.read_text(encoding="utf-8"), found, BEGIN, LIBRARIES)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
