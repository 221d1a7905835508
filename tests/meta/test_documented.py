"""Every command, make target and reason has its line in the documentation, and every link leads somewhere."""

import re
from pathlib import Path

import pytest

from ecs_release.cli.main import app
from ecs_release.domain.reasons import Reason

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
TEXT = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
COMMANDS = [str(command.callback.__name__) for command in app.registered_commands if command.callback]
TARGETS = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)[0].split()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented_and_has_a_help_text(command: str) -> None:
    assert f"ecs-release {command}" in TEXT
    (found,) = [
        each for each in app.registered_commands if each.callback and each.callback.__name__ == command
    ]
    assert found.callback is not None
    assert found.callback.__doc__


@pytest.mark.parametrize("target", TARGETS)
def test_every_make_target_is_documented(target: str) -> None:
    assert re.search(rf"`make {target}|make {target} |`{target}`", TEXT)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_documented(reason: Reason) -> None:
    assert f"`{reason.value}`" in TEXT


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"
