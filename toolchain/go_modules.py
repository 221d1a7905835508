"""Builds programs from the Go modules that our go.mod files pin; go.sum holds their hashes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .errors import ToolchainError
from .fingerprints import fingerprint
from .official import ADDRESS
from .place import Place
from .process import run, say


def build(place: Place, name: str, module: Path, arguments: Sequence[str], minutes: float) -> None:
    """Build one program, after saying that it takes a while."""
    go = require_go(place, name)
    say(f"building {name} from Go modules: about {minutes:g} minutes on 2 cores, once for this machine")
    _go(place, f"building {name}", [go, "build", "-trimpath", *arguments], module)


def cached(place: Place, entry: str, program: str, module: Path, package: str, minutes: float) -> Path:
    """A program of one of a module's packages in the cache, built where it is missing."""
    own = (module / package).glob("*.go")
    key = fingerprint(place.root, [*own, module / "go.mod", module / "go.sum"], place.machine_facts)

    def fill(made: Path) -> None:
        arguments = ["-ldflags=-s -w", "-o", str(made / program), package]
        build(place, program, module, arguments, minutes)

    return place.cache.kept(place.cache.entry(entry, key), fill) / program


def module_folder(place: Place, module: Path, name: str) -> Path:
    """Where the sources of a required module lie on this machine, fetched if they do not."""
    go = require_go(place, name)
    _go(place, f"fetching {name}", [go, "mod", "download", name], module)
    return Path(_go(place, f"looking for {name}", [go, "list", "-m", "-f", "{{.Dir}}", name], module).strip())


def require_go(place: Place, wanted: str) -> str:
    """The go command; without it there is no way left to what is wanted."""
    go = place.which("go")
    if go is None:
        raise ToolchainError(
            f"{wanted} is not on this machine and cannot be put there",
            f"it is not on PATH in a version that will do, {ADDRESS} did not provide it, "
            "and without Go it cannot be built",
            "install Pulumi with its Python support, or Go 1.26 or newer, and run `make toolchain` again",
        )
    return str(go)


def _go(place: Place, doing: str, command: Sequence[str], module: Path) -> str:
    # A workspace file in a folder above the checkout would replace the versions that we pin.
    return run(doing, command, {**place.environment, "GOWORK": "off"}, folder=module)
