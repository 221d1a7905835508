"""The page for the aliyun command line: its commands, in one shell."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.emulator_clients import story
from tests.emulator_clients.conftest import Follow
from toolchain.clients import aliyun
from toolchain.place import this_place


def test_the_commands_of_the_page(followed: Follow, tmp_path: Path) -> None:
    programs = (
        aliyun(this_place(os.environ | {"GOPROXY": "off"})).parent,
        Path(sys.executable).parent,
        os.environ["PATH"],
    )
    result = followed("aliyun-cli.md", {"PATH": os.pathsep.join(map(str, programs))})
    story.check(result, "AlibabaCloud")
    assert story.schemes(tmp_path) == ["http", "https"]
    assert {call["parameters"]["RegionId"] for call in result.requests} == {"cn-hangzhou"}
