"""The page on the Python SDK, with the packages of the project's own environment."""

from __future__ import annotations

import re
from pathlib import Path

from tests.emulator_clients import story
from tests.emulator_clients.conftest import Follow
from tests.emulator_clients.pages import PAGES, ROOT


def test_the_story_over_http_and_tls(followed: Follow, tmp_path: Path) -> None:
    story.check(followed("python.md", {}), "Python", times=2)
    assert story.schemes(tmp_path) == ["http"] * 2 + ["https"] * 2


def test_the_page_installs_what_it_was_followed_with() -> None:
    (command,) = re.findall(r"pip install (.*)", (PAGES / "python.md").read_text(encoding="utf-8"))
    locked = (ROOT / "requirements" / "dev.lock").read_text(encoding="utf-8")
    assert [pin for pin in command.split() if f"\n{pin} " not in locked] == []
