"""The page on the Node SDK, with npm and node."""

from __future__ import annotations

import json
import os
from pathlib import Path

from tests.emulator_clients import story
from tests.emulator_clients.conftest import Follow
from tests.emulator_clients.pages import EXAMPLES
from toolchain import client_sdks
from toolchain.place import this_place


def test_the_story_over_http_and_tls(followed: Follow, tmp_path: Path) -> None:
    story.check(followed("node.md", client_sdks.npm(this_place(os.environ))), "Node.js/v", times=2)
    assert story.schemes(tmp_path) == ["http"] * 2 + ["https"] * 2


def test_the_lock_pins_all_and_names_no_registry() -> None:
    lock = json.loads((EXAMPLES / "node" / "package-lock.json").read_text(encoding="utf-8"))
    pinned = {name: package for name, package in lock["packages"].items() if name}
    assert [
        name for name, package in pinned.items() if "integrity" not in package or "resolved" in package
    ] == []
    assert len(pinned) > 20
