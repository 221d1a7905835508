"""One folder to put first on PATH: pulumi, what must lie beside it, and uv."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from .errors import ToolchainError
from .fingerprints import fingerprint, identity
from .place import Place
from .process import run, say
from .pulumi_program import HOST, Pulumi
from .uv_program import uv_environment

# -I keeps the folder of the user's program off the host's import path.
_START_HOST = """#!/bin/sh
exec "{python}" -I -u -m language_host "$@"
"""


def make(place: Place, pulumi: Pulumi, uv: Path) -> Path:
    """The folder, made anew when any part of it has changed."""
    entry = place.cache.entry("tools", _key(place, pulumi, uv))
    return place.cache.make(entry, lambda folder: _fill(place, pulumi, uv, folder, entry)) / "bin"


def host_sources(place: Place) -> list[Path]:
    """The files of our language host."""
    return list((place.sources / "language_host").glob("*.py"))


def _key(place: Place, pulumi: Pulumi, uv: Path) -> str:
    files = [*host_sources(place), place.requirements / "run.lock"]
    return fingerprint(place.root, files, (str(pulumi.folder), identity(uv), *place.python_facts))


def _fill(place: Place, pulumi: Pulumi, uv: Path, folder: Path, final: Path) -> None:
    tools = folder / "bin"
    tools.mkdir()
    (tools / "uv").symlink_to(uv)
    if pulumi.is_the_users:
        return
    for program in pulumi.folder.iterdir():
        put(program, tools / program.name)
    if not pulumi.has_host:
        _add_host(place, uv, folder, final)


def put(program: Path, target: Path) -> None:
    """The same program in another folder."""
    # Pulumi looks for its language hosts beside its own file, which a symbolic link would hide from it.
    try:
        os.link(program, target)
    except OSError:
        shutil.copy2(program, target)


def _add_host(place: Place, uv: Path, folder: Path, final: Path) -> None:
    say("setting up the Python language host")
    home = folder / "host"
    command = [str(uv), "venv", "--python", place.python, str(home)]
    run("making the language host's environment", command, uv_environment(place))
    _install_sdk(place, uv, home)
    packages = next(home.glob("lib/python*/site-packages"))
    shutil.copytree(place.sources / "language_host", packages / "language_host", ignore=_no_bytecode)
    script = folder / "bin" / HOST
    script.write_text(_START_HOST.format(python=final / "host" / "bin" / "python"))
    script.chmod(0o755)


_no_bytecode = shutil.ignore_patterns("__pycache__")


def _install_sdk(place: Place, uv: Path, home: Path) -> None:
    lock = place.requirements / "run.lock"
    sdk = home / "sdk.lock"
    sdk.write_text(_pin_of("pulumi", lock))
    # The whole lock as a constraint pins, with hashes, what the SDK itself depends on.
    given = ["--require-hashes", "--constraint", str(lock), "--requirements", str(sdk)]
    command = [str(uv), "pip", "install", "--python", str(home / "bin" / "python"), *given]
    run("installing the language host's packages", command, uv_environment(place))


def _pin_of(package: str, lock: Path) -> str:
    found = re.search(rf"^{re.escape(package)}==(?:.*\\\n)*.*\n", lock.read_text(), re.MULTILINE)
    if found is None:
        raise ToolchainError(
            f"{lock} does not pin {package}",
            "the language host is set up with the SDK that the lock names",
            "compile the lock files again",
        )
    return found[0]
