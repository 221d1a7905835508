"""What the pages on the Node and the Java SDK pin: fetched once into the cache, and then found there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.toolchain.pretended_machine import Machine
from toolchain.client_sdks import find_or_get, maven, npm
from toolchain.errors import ToolchainError
from toolchain.place import Place

PINS = (
    "examples/emulator/node/package.json",
    "examples/emulator/node/package-lock.json",
    "examples/emulator/java/pom.xml",
)
NPM = """#!/bin/sh
echo "npm $1" >> "$CALLS"
case "$1" in
  config) echo "$REGISTRY" ;;
  ci)
    cat package.json package-lock.json
    while [ "$1" != --cache ]; do shift; done
    mkdir node_modules "$2" ;;
esac
"""
MAVEN = """#!/bin/sh
echo mvn >> "$CALLS"
cat pom.xml Story.java
for each; do case "$each" in
  -Dmaven.repo.local=*) mkdir -p "${each#*=}/sdk"; echo mirror > "${each#*=}/sdk/_remote.repositories" ;;
esac; done
"""


@pytest.fixture
def ready(machine: Machine) -> Machine:
    for name in PINS:
        path = machine.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("pinned\n")
    machine.environment["REGISTRY"] = "http://localhost/"
    machine.add("npm", NPM)
    machine.add("mvn", MAVEN)
    return machine


def fetched(machine: Machine) -> list[str]:
    return [call for call in machine.called().splitlines() if call in {"npm ci", "mvn"}]


def test_both_are_fetched_once(ready: Machine) -> None:
    find_or_get(ready.place)
    find_or_get(ready.place)
    assert fetched(ready) == ["npm ci", "mvn"]


@pytest.mark.parametrize(("name", "call"), [(PINS[1], "npm ci"), (PINS[2], "mvn")])
def test_what_is_pinned_otherwise_is_fetched_anew(ready: Machine, name: str, call: str) -> None:
    find_or_get(ready.place)
    (ready.root / name).write_text("pinned otherwise\n")
    find_or_get(ready.place)
    assert fetched(ready)[2:] == [call]


def test_npm_asks_nobody_once_it_has_all(ready: Machine) -> None:
    found = npm(ready.place)
    assert Path(found["npm_config_cache"]).is_dir()
    assert found["npm_config_offline"] == "true"
    assert found["npm_config_registry"] == "http://localhost/"


def test_another_registry_is_another_cache(ready: Machine) -> None:
    first = npm(ready.place)
    ready.environment["REGISTRY"] = "http://127.0.0.1/"
    assert npm(ready.place)["npm_config_cache"] != first["npm_config_cache"]


def test_maven_asks_nobody_and_knows_no_mirror(ready: Machine) -> None:
    home = Path(maven(ready.place)["MAVEN_OPTS"].removeprefix("-Duser.home="))
    assert (home / ".m2" / "settings.xml").read_text() == "<settings><offline>true</offline></settings>\n"
    assert list((home / ".m2" / "repository").rglob("*")) == [home / ".m2" / "repository" / "sdk"]


@pytest.mark.parametrize(("get", "wanted"), [(npm, "Node 20"), (maven, "JDK 17")])
def test_what_is_missing_is_named(
    ready: Machine, get: Callable[[Place], dict[str, str]], wanted: str, tmp_path: Path
) -> None:
    ready.environment["PATH"] = str(tmp_path / "nothing")
    with pytest.raises(ToolchainError, match=wanted):
        get(ready.place)
    assert ready.called() == ""
