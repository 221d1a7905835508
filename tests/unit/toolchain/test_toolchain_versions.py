"""Version numbers of tools: read from what they print, compared as numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolchain.errors import ToolchainError
from toolchain.versions import at_least, parse_version, required_version


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v3.259.0", (3, 259, 0)),
        ("uv 0.13.9 (x86_64-unknown-linux-gnu)", (0, 13, 9)),
        ("v3.260.0-alpha.x1", (3, 260, 0)),
        ("0.8", (0, 8, 0)),
        ("of unknown version", None),
    ],
)
def test_a_version_is_found_in_what_tools_print(text: str, version: tuple[int, int, int] | None) -> None:
    assert parse_version(text) == version


@pytest.mark.parametrize(
    ("have", "lowest", "enough"),
    [
        ("v3.259.0", "3.259.0", True),
        ("v3.1000.0", "3.259.0", True),
        ("v3.99.0", "3.259.0", False),
        ("uv 0.7.22", "0.8", False),
        ("no number", "0.8", False),
    ],
)
def test_versions_compare_as_numbers(have: str, lowest: str, enough: bool) -> None:
    assert at_least(have, lowest) is enough


def test_the_required_version_is_that_of_our_own_go_mod() -> None:
    go_mod = Path(__file__).parents[3] / "toolchain" / "cli" / "go.mod"
    assert at_least(required_version(go_mod, "github.com/pulumi/pulumi/pkg/v3"), "3.259.0")


def test_a_go_mod_without_the_module_is_named(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module x\n")
    with pytest.raises(ToolchainError, match=r"go\.mod does not require github\.com/pulumi"):
        required_version(tmp_path / "go.mod", "github.com/pulumi/pulumi/pkg/v3")
