"""The page for the Go SDK: the program of the page, over HTTP and over TLS."""

from __future__ import annotations

import os
from pathlib import Path

from tests.emulator_clients import story
from tests.emulator_clients.conftest import Follow
from toolchain.clients import go_environment
from toolchain.place import this_place


def test_released_over_http_and_over_tls(followed: Follow, tmp_path: Path) -> None:
    result = followed("go.md", go_environment(this_place(os.environ | {"GOPROXY": "off"})))
    story.check(result, "Golang", times=2)
    assert story.schemes(tmp_path)[-4:] == ["http", "http", "https", "https"]
