"""Where the script leaves what it wrote: one folder for each stack, which pipelines keep as artefacts.

Standard library and the journal's own folder only.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from ecs_release.runner.journal import journal_directory

FOLDER = Path(".ecs-release/pipeline")
APPROVALS = "approve.env"


def folder_of(stack: str) -> Path:
    """The folder of one stack's reports, made where it is missing."""
    folder = FOLDER / stack.rpartition("/")[2]
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_report(stack: str, command: str, text: str) -> None:
    """Leaves a report where pipelines look for it, and shows it."""
    (folder_of(stack) / f"{command}.md").write_text(text, encoding="utf-8")
    print(text, flush=True)


def write_approvals(stack: str, digests: list[str]) -> None:
    """Leaves the digests as a line that GitHub takes for an output, and GitLab for a variable."""
    (folder_of(stack) / APPROVALS).write_text(f"ECS_RELEASE_APPROVE={','.join(digests)}\n", encoding="utf-8")


class Receipts:
    """The receipts that a command has written, told from those that were there before it."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._folder = journal_directory(environment)
        self._before = set(self._all())

    def new(self) -> list[str]:
        """The texts of the new ones, oldest first."""
        return [path.read_text(encoding="utf-8") for path in sorted(set(self._all()) - self._before)]

    def _all(self) -> list[Path]:
        return list(self._folder.glob("*.receipt.md"))
