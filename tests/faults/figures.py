"""What the tests of faults have counted, kept for the report; nothing is kept unless it is asked for."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = "ECS_RELEASE_FIGURES"


def keep_figures(subject: str, figures: Mapping[str, Any]) -> None:
    """Writes figures into a file of their own, because tests run in several processes."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return
    # Tests work in folders of their own, and would leave theirs there.
    assert Path(folder).is_absolute(), f"{FOLDER}={folder} is no absolute path"
    Path(folder).mkdir(parents=True, exist_ok=True)
    file = Path(folder) / f"{secrets.token_hex(6)}.json"
    file.write_text(json.dumps({"subject": subject, "figures": figures}), encoding="utf-8")


def kept_figures(folder: Path) -> dict[str, dict[str, Any]]:
    """All that was counted, by subject; what was counted in several runs is added up."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(folder.glob("*.json")):
        told = json.loads(file.read_text(encoding="utf-8"))
        subject = found.setdefault(told["subject"], {})
        for name, values in told["figures"].items():
            before = subject.get(name, {})
            subject[name] = {column: value + before.get(column, 0) for column, value in values.items()}
    return found
