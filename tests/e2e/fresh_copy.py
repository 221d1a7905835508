"""The repository as a clone of it would be: what git tracks or would track, nothing that a set-up makes."""

import shutil
import subprocess
from pathlib import Path

from tests.e2e.cloud import ROOT


def fresh_copy(target: Path) -> Path:
    """Lays the copy out in a folder and returns it."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        # A file that is deleted and not yet committed is still listed.
        if (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


def package_cache() -> dict[str, str]:
    """The cache that the set-up has filled; a world has a home of its own, and it would fetch all again."""
    printed = subprocess.run(["uv", "cache", "dir"], capture_output=True, text=True, check=True).stdout
    return {"UV_CACHE_DIR": printed.strip()}
