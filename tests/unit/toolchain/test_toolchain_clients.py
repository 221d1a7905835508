"""The clients of docs/emulator: compiled or built before the pages are followed, and then found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.toolchain.pretended_machine import Machine
from toolchain.clients import aliyun, find_or_get, go_environment, terraform
from toolchain.place import Place

FOLDERS = '#!/bin/sh\necho "$@" >> "$CALLS"\nprintf "/modules\\n/compiled\\n/go\\n"\n'


@pytest.fixture
def sources(machine: Machine) -> None:
    modules = [
        f"toolchain/{name}/{file}" for name in ("aliyun", "terraform") for file in ("go.mod", "go.sum")
    ]
    for name in (*modules, "toolchain/aliyun/main.go", "examples/emulator/go/main.go"):
        path = machine.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("source\n")


@pytest.mark.parametrize("get", [aliyun, terraform])
@pytest.mark.usefixtures("sources", "go")
def test_a_machine_without_a_command_gets_it_once(machine: Machine, get: Callable[[Place], Path]) -> None:
    program = get(machine.place)
    assert program.is_relative_to(machine.place.cache.folder)
    assert get(machine.place) == program
    assert machine.called().count("build") == 1


@pytest.mark.parametrize("get", [aliyun, terraform])
@pytest.mark.usefixtures("sources", "go")
def test_the_users_own_command_is_taken(machine: Machine, get: Callable[[Place], Path]) -> None:
    own = machine.add(get.__name__, "#!/bin/sh\n")
    assert get(machine.place) == own
    assert machine.called() == ""


@pytest.mark.usefixtures("sources", "go")
def test_a_changed_stand_in_is_built_anew(machine: Machine) -> None:
    program = aliyun(machine.place)
    (machine.root / "toolchain/aliyun/main.go").write_text("another\n")
    assert aliyun(machine.place) != program


@pytest.mark.usefixtures("sources", "go")
def test_everything_is_got_before_the_pages_are_followed(machine: Machine) -> None:
    find_or_get(machine.place)
    built = machine.called()
    for wanted in ("/release .", "hashicorp/terraform", "aliyun/terraform-provider-alicloud"):
        assert wanted in built


def test_go_keeps_its_folders_and_gets_nothing(machine: Machine) -> None:
    machine.add("go", FOLDERS)
    assert go_environment(machine.place) == {
        "GOMODCACHE": "/modules",
        "GOCACHE": "/compiled",
        "GOPATH": "/go",
        "GOPROXY": "off",
        "GOWORK": "off",
        "GOTOOLCHAIN": "local",
    }
