"""Plans that were shown with a digest, kept so that a stale approval can say what has changed.

Imports the domain only. A folder that cannot be written costs the explanation, never the refusal.
"""

import contextlib
import json
import re
from pathlib import Path

from ecs_release.domain.approval import Matters, hashed
from ecs_release.domain.plan import Plan

FOLDER = Path(".ecs-release/plans")
_DIGEST = re.compile(r"[0-9a-f]{12}")


class Remembered:
    """The shown plans of a project, by digest."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder

    def keep(self, plan: Plan) -> None:
        """Keeps what a plan's digest is over."""
        if plan.digest:
            with contextlib.suppress(OSError):
                self._folder.mkdir(parents=True, exist_ok=True)
                self._path(plan.digest).write_text(json.dumps(plan.matters, default=str), encoding="utf-8")

    def matters(self, digest: str) -> Matters | None:
        """What a digest was over, None where nobody kept it here."""
        # The digest comes from the environment, so it must not name a file elsewhere.
        if not _DIGEST.fullmatch(digest):
            return None
        try:
            kept = json.loads(self._path(digest).read_text(encoding="utf-8"))
            # What was cut or changed since is not what was approved.
            return kept if isinstance(kept, dict) and hashed(kept) == digest else None
        except (OSError, ValueError, RecursionError):
            return None

    def _path(self, digest: str) -> Path:
        return self._folder / f"{digest}.json"
