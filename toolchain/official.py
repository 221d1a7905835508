"""Pulumi's own releases, for machines that reach the host they are on."""

from __future__ import annotations

import functools
import platform
import shutil
import tarfile
import tempfile
import urllib.request
from pathlib import Path
from typing import IO

from .process import say

ADDRESS = "https://get.pulumi.com"
_PATIENCE_SECONDS = 5
_SYSTEMS = {"Linux": "linux", "Darwin": "darwin"}
_PROCESSORS = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}


@functools.cache
def reachable() -> bool:
    """Whether official releases are to be had; asked once, answered within seconds."""
    try:
        _open(ADDRESS).close()
    except OSError as error:
        say(f"{ADDRESS} cannot be reached ({_reason(error)}), so no official release")
        return False
    return True


def download_pulumi(version: str, folder: Path) -> bool:
    """Put the programs of an official release into a folder; False, with a line why, where it fails."""
    system, processor = _SYSTEMS.get(platform.system()), _PROCESSORS.get(platform.machine())
    if system is None or processor is None:
        say(f"no official release for {platform.system()} on {platform.machine()}")
        return False
    try:
        _unpack(f"{ADDRESS}/releases/sdk/pulumi-v{version}-{system}-{processor}.tar.gz", folder)
    except (OSError, tarfile.TarError) as error:
        say(f"the official release {version} cannot be downloaded ({_reason(error)})")
        return False
    return True


def _unpack(address: str, folder: Path) -> None:
    with tempfile.TemporaryFile() as archive:
        with _open(address) as response:
            shutil.copyfileobj(response, archive)
        archive.seek(0)
        with tarfile.open(fileobj=archive, mode="r:gz") as members:
            for member in members:
                content = members.extractfile(member)
                if content is None:
                    continue
                # Only the bare name counts, so that no member can be written outside of the folder.
                program = folder / Path(member.name).name
                with content, program.open("wb") as file:
                    shutil.copyfileobj(content, file)
                program.chmod(0o755)


def _open(address: str) -> IO[bytes]:
    response: IO[bytes] = urllib.request.urlopen(address, timeout=_PATIENCE_SECONDS)
    return response


def _reason(error: Exception) -> str:
    return str(getattr(error, "reason", error))
