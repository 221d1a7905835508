"""Reads and compares the version numbers of tools and Go modules."""

from __future__ import annotations

import re
from pathlib import Path

from .errors import ToolchainError

Version = tuple[int, int, int]


def parse_version(text: str) -> Version | None:
    """The first version number in a text such as `v3.259.0`, `uv 0.8.3 (…)` or `3.272.0-alpha`."""
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    if found is None:
        return None
    major, minor, patch = found.groups(default="0")
    return int(major), int(minor), int(patch)


def at_least(text: str, lowest: str) -> bool:
    """Whether the version in a text is the lowest allowed or a later one; a text without one is not."""
    have, want = parse_version(text), parse_version(lowest)
    return have is not None and want is not None and have >= want


def required_version(go_mod: Path, module: str) -> str:
    """The version, without its `v`, in which a go.mod requires a module."""
    # Only a text search: the go command may be missing on a machine that has all else.
    found = re.search(rf"^\s*(?:require\s+)?{re.escape(module)} v(\S+)", go_mod.read_text(), re.MULTILINE)
    if found is None:
        raise ToolchainError(
            f"{go_mod} does not require {module}",
            "the version of that module decides which release is looked for",
            f"put the requirement back, for example with `git checkout {go_mod.name}`",
        )
    return found[1]
