"""The alicloud plugin, and with it the PULUMI_HOME that holds it."""

from __future__ import annotations

from pathlib import Path

from . import go_modules, official
from .errors import ToolchainError
from .fingerprints import fingerprint
from .place import Place
from .process import ask, run, say
from .pulumi_program import Pulumi
from .versions import parse_version

VERSION = "3.105.0"
_PROGRAM = "pulumi-resource-alicloud"
_BUILD_MINUTES = 6.5
# A slow line needs minutes for its 100 MB; that the host answers at all is known by then.
_SECONDS_TO_DOWNLOAD = 600


def find_or_get(place: Place, pulumi: Pulumi) -> Path:
    """The PULUMI_HOME to use: the user's where it will do, else one in the cache."""
    if pulumi.is_the_users and _in_users_hands(place, pulumi):
        return place.users_pulumi_home
    entry = place.cache.entry("home", _key(place))
    if not entry.exists():
        place.cache.make(entry, lambda folder: _fill(place, pulumi, folder))
    return entry


def plugin_in(home: Path) -> Path:
    """Where a PULUMI_HOME holds the plugin."""
    return home / "plugins" / f"resource-alicloud-v{VERSION}" / _PROGRAM


def _in_users_hands(place: Place, pulumi: Pulumi) -> bool:
    home = place.users_pulumi_home
    if plugin_in(home).exists() or _on_path(place):
        return True
    # Their own pulumi would download it there on first use; doing it now costs them nothing new.
    return official.reachable() and _official(place, pulumi, home)


def _fill(place: Place, pulumi: Pulumi, home: Path) -> None:
    # For a pulumi of the user's the official plugin has been tried already, in their own home.
    if not pulumi.is_the_users and official.reachable() and _official(place, pulumi, home):
        return
    _build(place, pulumi, home)


def _on_path(place: Place) -> bool:
    program = place.which(_PROGRAM)
    if program is None:
        return False
    have = ask([str(program), "-version"], place.environment) or ""
    say(f"{program} is on PATH: pulumi prefers it to any other, and warns of it in every run")
    return parse_version(have) == parse_version(VERSION)


def _official(place: Place, pulumi: Pulumi, home: Path) -> bool:
    say(f"downloading the official alicloud plugin {VERSION}")
    try:
        _install(place, pulumi, home, [])
    except ToolchainError as error:
        say(f"the official alicloud plugin cannot be downloaded: {error}")
        return False
    return True


def _build(place: Place, pulumi: Pulumi, home: Path) -> None:
    binary = home / _PROGRAM
    arguments = ["-ldflags=-s -w", "-o", str(binary), "."]
    name = f"the alicloud plugin {VERSION}"
    go_modules.build(place, name, place.sources / "plugin", arguments, _BUILD_MINUTES)
    # Installed, not left on PATH: from there the engine warns of it twice in every run.
    _install(place, pulumi, home, ["--file", str(binary)])
    binary.unlink()


def _install(place: Place, pulumi: Pulumi, home: Path, source: list[str]) -> None:
    run(
        f"installing the alicloud plugin {VERSION}",
        [str(pulumi.command), "plugin", "install", "resource", "alicloud", f"v{VERSION}", *source],
        {**place.environment, "PULUMI_HOME": str(home), "PULUMI_SKIP_UPDATE_CHECK": "true"},
        limit=_SECONDS_TO_DOWNLOAD,
    )


def _key(place: Place) -> str:
    module = place.sources / "plugin"
    files = [*module.glob("*.go"), module / "go.mod", module / "go.sum"]
    return fingerprint(place.root, files, (*place.machine_facts, VERSION))
