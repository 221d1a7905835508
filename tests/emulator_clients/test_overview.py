"""The overview: its table has every page, and its plain requests are made."""

from __future__ import annotations

import re
from pathlib import Path

from tests.emulator_clients import story
from tests.emulator_clients.conftest import Follow
from tests.emulator_clients.pages import PAGES


def test_plain_requests_over_http_and_then_over_tls(followed: Follow, tmp_path: Path) -> None:
    story.check(followed("README.md", {}), "curl")
    assert story.schemes(tmp_path) == ["http", "https"]


def test_the_table_has_every_page_once() -> None:
    linked = re.findall(r"^\| \[[^]]+\]\(([^)]+)\)", (PAGES / "README.md").read_text(encoding="utf-8"), re.M)
    # The pages of the products are in the one of the actions.
    others = {"README.md", *(path.name for path in PAGES.glob("actions-*.md"))}
    assert sorted(linked) == sorted(path.name for path in PAGES.glob("*.md") if path.name not in others)
