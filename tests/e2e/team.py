"""A team's repository for the pipelines' stories: made from this checkout, with commits of its own."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.e2e.cloud import ROOT

WHO = ("-c", "user.name=team", "-c", "user.email=team@example.com")


class Repository:
    """A repository with one branch; what is uncommitted in this checkout is its first commit."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        _run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(folder)], folder.parent)
        for name in _git(ROOT, "ls-files", "--modified", "--others", "--exclude-standard").splitlines():
            self._take_over(name)
        self.commit("as it is here")

    def _take_over(self, name: str) -> None:
        source, target = ROOT / name, self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.exists():
            shutil.copy2(source, target)
        else:
            target.unlink(missing_ok=True)

    def commit(self, why: str) -> None:
        """Commits whatever has changed."""
        _git(self.folder, "add", "--all")
        _git(self.folder, *WHO, "commit", "--quiet", "--allow-empty", "--message", why)

    def merge(self, files: dict[str, str | None]) -> None:
        """What a merged pull request leaves on the branch: files with a new text, or gone."""
        for name, text in files.items():
            if text is None:
                (self.folder / name).unlink()
            else:
                (self.folder / name).write_text(text)
        self.commit("merged")

    def call(self, environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
        """What a member of the team calls at a desk, in the repository itself."""
        return subprocess.run(
            ["python3", "-m", "gitops", *command],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def clone(self, target: Path) -> None:
        """A clean clone of the branch, as a runner has it, with the packages that were set up here."""
        _run(["git", "clone", "--quiet", str(self.folder), str(target)], self.folder.parent)
        (target / ".venv").symlink_to(self.folder / ".venv")


def machine(home: Path) -> dict[str, str]:
    """The environment of a bare machine with our cache: no tools of ours on PATH, no credentials."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    kept = {name: os.environ[name] for name in ("ECS_RELEASE_CACHE",) if name in os.environ}
    return {**kept, "PATH": _bare_path(), "HOME": str(home), "XDG_CACHE_HOME": cache, "LANG": "C.UTF-8"}


def _bare_path() -> str:
    folders = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(each for each in folders if "ecs-release" not in each and ".venv" not in each)


def _git(folder: Path, *arguments: str) -> str:
    return _run(["git", *arguments], folder)


def _run(command: list[str], folder: Path) -> str:
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
