"""The hosts for YAML and TypeScript: those that came with pulumi, or a build beside a copy of the tools."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.toolchain.pretended_machine import Machine
from toolchain.language_hosts import HOSTS, find_or_get

SOURCES = {"yaml_host": ("go.mod", "go.sum", "main.go"), "cli": ("nodejs/main.go",)}


@pytest.fixture
def tools(machine: Machine) -> Path:
    """A tools folder as the toolchain makes it, with a pulumi in it, and the hosts' sources."""
    for folder, names in SOURCES.items():
        for name in names:
            path = machine.root / "toolchain" / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("source\n")
    made = machine.root.parent / "tools"
    made.mkdir()
    (made / "pulumi").write_text("pulumi")
    return made


@pytest.mark.usefixtures("go")
def test_missing_hosts_are_built_beside_the_tools_once(machine: Machine, tools: Path) -> None:
    folder = find_or_get(machine.place, tools)
    assert {path.name for path in folder.iterdir()} == {"pulumi", *(host.program for host in HOSTS)}
    builds = machine.called()
    assert len(builds.splitlines()) == 2
    assert find_or_get(machine.place, tools) == folder
    assert machine.called() == builds


@pytest.mark.usefixtures("go")
def test_a_changed_source_is_built_anew(machine: Machine, tools: Path) -> None:
    folder = find_or_get(machine.place, tools)
    (machine.root / "toolchain/yaml_host/main.go").write_text("another\n")
    assert find_or_get(machine.place, tools) != folder


def test_hosts_that_came_with_pulumi_are_taken(machine: Machine, tools: Path) -> None:
    (tools / HOSTS[0].program).touch()
    machine.add(HOSTS[1].program, "#!/bin/sh\n")
    assert find_or_get(machine.place, tools) == tools
    assert machine.called() == ""
