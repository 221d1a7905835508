"""The page on the Java SDK, with Maven and a JDK."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tests.emulator_clients import story
from tests.emulator_clients.conftest import Follow
from tests.emulator_clients.pages import EXAMPLES
from toolchain import client_sdks
from toolchain.place import this_place

# A JVM that ends after seconds does not live to see what optimising it would save; this halves its work.
SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


def test_the_story_over_http_and_tls(followed: Follow, tmp_path: Path) -> None:
    options = client_sdks.maven(this_place(os.environ))["MAVEN_OPTS"]
    story.check(followed("java.md", {"MAVEN_OPTS": f"{options} {SHORT_LIVED}"}), "Java", times=2)
    assert story.schemes(tmp_path) == ["http"] * 2 + ["https"] * 2


def test_the_project_pins_all() -> None:
    text = (EXAMPLES / "java" / "pom.xml").read_text(encoding="utf-8")
    versions = re.findall(r"<version>(.*)</version>", text)
    assert len(versions) == text.count("<artifactId>")
    assert [version for version in versions if not re.fullmatch(r"\d+(\.\d+)*", version)] == []
