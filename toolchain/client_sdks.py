"""What the pages on the Node and the Java SDK install, so that following them needs no registry again."""

from __future__ import annotations

import shutil
from pathlib import Path

from .errors import ToolchainError
from .fingerprints import fingerprint
from .place import Place
from .process import ask, run, say

# A class as small as can be, so that Maven fetches all that compiling and starting one takes.
_CLASS = "public class Story { public static void main(String[] arguments) {} }\n"
_OFFLINE = "<settings><offline>true</offline></settings>\n"


def find_or_get(place: Place) -> None:
    """Fetch what the cache lacks of both."""
    npm(place)
    maven(place)


def npm(place: Place) -> dict[str, str]:
    """The variables with which npm finds in the cache what the page pins, and asks nobody else."""
    command = _required(place, "npm", "Node 20 or newer")
    registry = ask([command, "config", "get", "registry"], place.environment) or ""
    pins = place.root / "examples" / "emulator" / "node"
    files = [pins / "package.json", pins / "package-lock.json"]
    # What npm keeps is filed under the address that it came from.
    entry = place.cache.entry("npm", fingerprint(place.root, files, (registry,)))

    def fill(folder: Path) -> None:
        say("fetching the packages of examples/emulator/node/package-lock.json, once for this machine")
        for file in files:
            shutil.copy(file, folder)
        arguments = ["ci", "--ignore-scripts", "--no-audit", "--cache", str(folder / "cache")]
        run("fetching the Node SDK", [command, *arguments], place.environment, folder=folder)
        shutil.rmtree(folder / "node_modules")

    cache = place.cache.kept(entry, fill) / "cache"
    return {"npm_config_cache": str(cache), "npm_config_registry": registry, "npm_config_offline": "true"}


def maven(place: Place) -> dict[str, str]:
    """The same for Maven: it takes the folder for the home of the user, with settings and packages."""
    command = _required(place, "mvn", "a JDK 17 or newer with Maven 3.8 or newer")
    pom = place.root / "examples" / "emulator" / "java" / "pom.xml"
    entry = place.cache.entry("maven", fingerprint(place.root, [pom]))

    def fill(folder: Path) -> None:
        say("fetching the packages of examples/emulator/java/pom.xml, once for this machine")
        (folder / "Story.java").write_text(_CLASS)
        shutil.copy(pom, folder)
        repository = folder / ".m2" / "repository"
        arguments = ["--batch-mode", f"-Dmaven.repo.local={repository}", "compile", "exec:java"]
        run("fetching the Java SDK", [command, *arguments], place.environment, folder=folder)
        _detach(repository)

    return {"MAVEN_OPTS": f"-Duser.home={place.cache.kept(entry, fill)}"}


def _detach(repository: Path) -> None:
    # These notes tie a file to the name of the mirror it came from, which others may not have.
    for note in repository.rglob("_remote.repositories"):
        note.unlink()
    (repository.parent / "settings.xml").write_text(_OFFLINE)


def _required(place: Place, program: str, wanted: str) -> str:
    found = place.which(program)
    if found is None:
        raise ToolchainError(
            f"{program} is not on PATH",
            "the pages on the emulator's clients are followed with it",
            f"install {wanted} and try again",
        )
    return str(found)
