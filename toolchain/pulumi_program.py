"""The pulumi command: the one on PATH, else an official release, else a build from Go modules."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from . import go_modules, official
from .fingerprints import fingerprint
from .place import Place
from .process import ask, say
from .versions import at_least, required_version

HOST = "pulumi-language-python"
_COMMAND_MODULE = "github.com/pulumi/pulumi/pkg/v3"
_SCRIPTS_MODULE = "github.com/pulumi/pulumi/sdk/v3"
# The language host itself is no Go module; these two parts of it are, as files of the SDK.
_SCRIPTS = ("python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python")
_BUILD_MINUTES = 4


@dataclass(frozen=True)
class Pulumi:
    """A folder with the pulumi command and what came with it."""

    folder: Path
    is_the_users: bool

    @property
    def command(self) -> Path:
        """The command itself."""
        return self.folder / "pulumi"

    @property
    def has_host(self) -> bool:
        """Whether a Python language host came with it; one that was built comes without."""
        return self.is_the_users or (self.folder / HOST).exists()


def find_or_get(place: Place) -> Pulumi:
    """The first pulumi that will do, in the order that the module's first line names."""
    version = required_version(place.sources / "cli" / "go.mod", _COMMAND_MODULE)
    users = _on_path(place, version)
    if users is not None:
        return users
    entry = place.cache.entry("pulumi", _key(place))
    if not entry.exists():
        place.cache.make(entry, lambda folder: _official_or_built(place, version, folder))
    return Pulumi(entry, is_the_users=False)


def _on_path(place: Place, version: str) -> Pulumi | None:
    command = place.which("pulumi")
    if command is None:
        return None
    if not place.which(HOST):
        say(f"not using {command}: no {HOST} beside it")
        return None
    have = _version_of(place, command)
    if not at_least(have, version):
        say(f"not using {command}: it is {have}, and v{version} or newer is needed")
        return None
    say(f"using pulumi {have} at {command}")
    return Pulumi(command.parent, is_the_users=True)


def _version_of(place: Place, command: Path) -> str:
    # Asked for its version it would else first ask the internet for the newest.
    quiet = {**place.environment, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    return ask([str(command), "version"], quiet) or "of unknown version"


def _key(place: Place) -> str:
    module = place.sources / "cli"
    return fingerprint(place.root, [module / "go.mod", module / "go.sum"], place.machine_facts)


def _official_or_built(place: Place, version: str, folder: Path) -> None:
    if official.reachable() and official.download_pulumi(version, folder):
        say(f"got the official pulumi {version}")
        return
    _build(place, version, folder)


def _build(place: Place, version: str, folder: Path) -> None:
    module = place.sources / "cli"
    # Without this the build does not know its own version, and could not be told from an old one.
    stamp = f"-X {_SCRIPTS_MODULE}/go/common/version.Version=v{version}"
    arguments = [f"-ldflags=-s -w {stamp}", "-o", str(folder / "pulumi"), f"{_COMMAND_MODULE}/cmd/pulumi"]
    go_modules.build(place, f"pulumi {version}", module, arguments, _BUILD_MINUTES)
    scripts = go_modules.module_folder(place, module, _SCRIPTS_MODULE)
    for script in _SCRIPTS:
        target = folder / Path(script).name
        shutil.copyfile(scripts / script, target)
        target.chmod(0o755)
