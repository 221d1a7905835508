"""Sets everything up in order, and answers from a stamp when nothing has changed since."""

from __future__ import annotations

import json
from pathlib import Path

from . import alicloud_plugin, pulumi_program, python_packages, tool_folder, uv_program
from .errors import ToolchainError
from .fingerprints import fingerprint, identity
from .place import Place

Tools = dict[str, str]


def ensure(place: Place) -> Tools:
    """Set up what is missing and return the environment variables that lead to it."""
    ready = recorded(place)
    if ready is not None:
        return ready
    with place.cache.exclusive():
        # Whoever held the cache before us may have set up this very checkout.
        return recorded(place) or _set_up(place)


def recorded(place: Place) -> Tools | None:
    """What an earlier set-up has recorded, if all that it was made from and all that it made still stands."""
    try:
        stamp = json.loads(_stamp(place).read_text())
        if stamp["key"] != _key(place) or not all(Path(file).exists() for file in stamp["files"]):
            return None
        return dict(stamp["tools"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _set_up(place: Place) -> Tools:
    uv = uv_program.find_or_get(place)
    python_packages.install(place, uv)
    pulumi = pulumi_program.find_or_get(place)
    folder = tool_folder.make(place, pulumi, uv)
    home = alicloud_plugin.find_or_get(place, pulumi)
    tools = _tools(place, folder, home)
    plugin = [] if pulumi.is_the_users else [alicloud_plugin.plugin_in(home)]
    _record(place, tools, [folder / "uv", pulumi.command, *plugin])
    return tools


def _tools(place: Place, folder: Path, home: Path) -> Tools:
    return {
        "ECS_RELEASE_BIN": str(folder),
        "PULUMI_HOME": str(home),
        # It asks a host on the internet, and its answer would name a version that we have not tried.
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }


def _record(place: Place, tools: Tools, files: list[Path]) -> None:
    stamp = {"key": _key(place), "tools": tools, "files": [str(file) for file in files]}
    # Moved into place whole, since another process may be reading it.
    unfinished = _stamp(place).with_suffix(".unfinished")
    unfinished.write_text(json.dumps(stamp))
    unfinished.replace(_stamp(place))


def _stamp(place: Place) -> Path:
    # Inside .venv, so that whoever deletes that has the stamp gone with it.
    return place.virtual_environment / "toolchain.json"


def _key(place: Place) -> str:
    modules = [place.sources / "cli", place.sources / "plugin"]
    files = [
        *(module / name for module in modules for name in ("go.mod", "go.sum")),
        *(place.sources / "plugin").glob("*.go"),
        *tool_folder.host_sources(place),
        *(place.requirements / f"{name}.lock" for name in ("run", "bootstrap")),
        *python_packages.project_files(place),
    ]
    _complain_of_missing(files)
    found = [identity(place.which(name)) for name in ("pulumi", pulumi_program.HOST, "uv")]
    facts = (*place.python_facts, *found, str(place.cache.folder), str(place.users_pulumi_home))
    return fingerprint(place.root, files, facts)


def _complain_of_missing(files: list[Path]) -> None:
    missing = [str(file) for file in files if not file.exists()]
    if missing:
        raise ToolchainError(
            f"the checkout is not whole: {', '.join(missing)}",
            "these files decide what is set up",
            "put them back with `git checkout`",
        )
