"""The page on the stock alicloud provider, with the real command and plugin, in Python."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from tests.emulator_clients import story
from tests.emulator_clients.conftest import Follow
from tests.emulator_clients.pages import PAGES, ROOT
from toolchain.place import this_place
from toolchain.setup import recorded


def environment() -> dict[str, str]:
    """With the toolchain's pulumi and plugin, and as in every page the commands of the project first."""
    tools = recorded(this_place(os.environ))
    assert tools is not None
    path = (Path(sys.executable).parent, tools["ECS_RELEASE_BIN"], os.environ["PATH"])
    return {**tools, "PATH": os.pathsep.join(map(str, path))}


def test_the_story_first_over_http_then_over_tls(followed: Follow, tmp_path: Path) -> None:
    result = followed("pulumi.md", environment())
    changes = result.changes()
    # The provider makes and ends at once what does not depend on each other.
    assert sorted(changes[:3]) == sorted(story.NETWORK)
    assert changes[3:7] == story.STORY[3:]
    assert {"DeleteVSwitch", "DeleteSecurityGroup", "DeleteVpc"} < set(changes[7:])
    assert [kind for kind in ("instances", "disks", "security_groups", "vpcs") if result.state[kind]] == []
    assert story.protection(result, "ModifyInstanceAttribute") == ["false"]
    assert {"Terraform" in call["user_agent"] for call in result.requests} == {True}
    assert story.schemes(tmp_path) == ["http", "https"]


def test_the_page_installs_what_it_was_followed_with() -> None:
    text = (PAGES / "pulumi.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"pip install (.*)", text)
    locked = (ROOT / "requirements" / "dev.lock").read_text(encoding="utf-8")
    assert [pin for pin in command.split() if f"\n{pin} " not in locked] == []
    (plugin,) = re.findall(r"plugin install resource alicloud (.*)", text)
    assert f"pulumi-alicloud=={plugin}" in command.split()
