"""The emulator's own distribution: built with the pinned tools, installed where nothing else is."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from toolchain import uv_program, wheels
from toolchain.place import this_place

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "emulator"
PLACE = this_place(os.environ)
BUILD = """
import sys, uv_build
print(uv_build.build_wheel(sys.argv[1]))
print(uv_build.build_sdist(sys.argv[1]))
"""
CALL = "/?Action=GetCallerIdentity&Version=2015-04-01&AccessKeyId=emulator&Signature=any"


def offline(**more: str) -> dict[str, str]:
    """An environment in which pip and uv have the fetched wheels and nothing else."""
    bare = {name: value for name, value in PLACE.environment.items() if not name.startswith(("PIP_", "UV_"))}
    folder = str(wheels.found(PLACE))
    # Compiling what runs once takes longer than running it.
    pip = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": folder, "PIP_NO_CACHE_DIR": "1", "PIP_NO_COMPILE": "1"}
    return {**bare, **pip, "UV_OFFLINE": "1", **more}


def build(source: Path, target: Path) -> tuple[Path, Path]:
    """The wheel and the sdist of a source folder."""
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = [sys.executable, "-c", BUILD, str(target)]
    environment = {**os.environ, "PATH": tools}
    done = subprocess.run(
        command, cwd=source, env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    wheel, sdist = done.stdout.split()
    return target / wheel, target / sdist


class Environment:
    """A fresh virtual environment with what the emulator's lock pins, and the emulator."""

    def __init__(self, folder: Path, distribution: Path) -> None:
        self.programs = folder / "bin"
        self._uv = str(uv_program.find_or_get(PLACE))
        run([self._uv, "venv", "--quiet", "--python", PLACE.python, str(folder)], folder.parent)
        self.install("--require-hashes", "-r", str(SOURCE / "requirements" / "run.lock"))
        self.install("--no-deps", str(distribution))

    def install(self, *what: str) -> None:
        """Install from the fetched wheels; a source is built as anywhere, in an environment of its own."""
        only = ("--no-index", "--find-links", str(wheels.found(PLACE)))
        self.pip("install", "--quiet", *only, *what)

    def pip(self, command: str, *arguments: str) -> str:
        into = ["--python", str(self.programs / "python")]
        return run([self._uv, "pip", command, *into, *arguments], self.programs)

    def python(self, program: str, folder: Path) -> subprocess.CompletedProcess[str]:
        command = [str(self.programs / "python"), "-c", program]
        return subprocess.run(command, cwd=folder, env=offline(), capture_output=True, text=True, check=False)


def run(command: list[str], folder: Path) -> str:
    done = subprocess.run(
        command, cwd=folder, env=offline(), capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def serving(command: list[str], folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """A running server's address; it is ended as a service manager would, and must obey."""
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        ready = re.search(r"http://\S+", process.stdout.readline())
        assert ready is not None
        yield ready.group()
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stdout.close()


def account(url: str) -> str:
    """What a real call answers."""
    with urlopen(f"{url}{CALL}", timeout=20) as reply:
        return str(json.load(reply)["AccountId"])
