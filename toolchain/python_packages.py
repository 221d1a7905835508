"""The project's virtual environment: exactly what the lock file says, and the project itself."""

from __future__ import annotations

import shutil
from pathlib import Path

from .place import Place
from .process import ask, run, say
from .uv_program import uv_environment


def project_files(place: Place) -> list[Path]:
    """The files that decide what is installed."""
    return [
        place.requirements / "dev.lock",
        place.root / "pyproject.toml",
        place.root / "emulator" / "pyproject.toml",
    ]


def install(place: Place, uv: Path) -> None:
    """Bring `.venv` in line with `requirements/dev.lock` and put the project into it."""
    say(f"installing the Python packages of requirements/dev.lock into {place.virtual_environment}")
    # A good one is kept and only brought in line, so that a changed lock costs a second.
    if not _usable(place):
        shutil.rmtree(place.virtual_environment, ignore_errors=True)
        _uv(place, uv, "making .venv", ["venv", "--python", place.python, str(place.virtual_environment)])
    into = ["--python", str(place.virtual_environment / "bin" / "python")]
    lock = str(place.requirements / "dev.lock")
    _uv(place, uv, "installing packages", ["pip", "sync", "--require-hashes", *into, lock])
    # The build tool is pinned in the lock too, so nothing unpinned is fetched for this step.
    ours = ["--no-deps", "--no-build-isolation", "-e", ".", "-e", "./emulator"]
    _uv(place, uv, "installing the project", ["pip", "install", *into, *ours])


def _usable(place: Place) -> bool:
    python = place.virtual_environment / "bin" / "python"
    if not python.exists():
        return False
    question = "import platform, sys; print(platform.python_version(), sys.base_prefix, sep='\\n')"
    answer = ask([str(python), "-c", question], place.environment)
    return answer is not None and tuple(answer.splitlines()) == place.python_facts


def _uv(place: Place, uv: Path, doing: str, arguments: list[str]) -> None:
    run(doing, [str(uv), *arguments], uv_environment(place), folder=place.root)
