"""The language hosts for YAML and TypeScript, for programs that use the components as a package."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from . import go_modules
from .fingerprints import fingerprint
from .place import Place
from .tool_folder import put


@dataclass(frozen=True)
class Host:
    """A program that pulumi starts for a language; built in a module's folder, from one of its packages."""

    program: str
    module: str
    package: str
    minutes: float

    def sources(self, place: Place) -> list[Path]:
        """What it is made from."""
        module = place.sources / self.module
        return [module / "go.mod", module / "go.sum", *(module / self.package).glob("*.go")]


HOSTS = (
    Host("pulumi-language-yaml", "yaml_host", ".", 1),
    # Of the same modules as pulumi itself: the generator of SDKs is a part of those.
    Host("pulumi-language-nodejs", "cli", "nodejs", 1),
)


def find_or_get(place: Place, tools: Path) -> Path:
    """The folder to put first on PATH, given the tools' own; that itself where the hosts came with pulumi."""
    missing = [
        host for host in HOSTS if not (tools / host.program).exists() and not place.which(host.program)
    ]
    if not missing:
        return tools
    files = [file for host in missing for file in host.sources(place)]
    entry = place.cache.entry("languages", fingerprint(place.root, files, (str(tools), *place.machine_facts)))
    return place.cache.kept(entry, lambda folder: _fill(place, missing, tools, folder))


def _fill(place: Place, missing: list[Host], tools: Path, folder: Path) -> None:
    # Pulumi warns of a host on PATH in every run, and says nothing of one beside its own file.
    for program in tools.iterdir():
        put(program, folder / program.name)
    for host in missing:
        arguments = ["-ldflags=-s -w", "-o", str(folder / host.program), f"./{host.package}"]
        go_modules.build(place, host.program, place.sources / host.module, arguments, host.minutes)
