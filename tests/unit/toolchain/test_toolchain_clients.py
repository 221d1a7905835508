"""The clients of docs/emulator: compiled or built before the pages are followed, and then found."""

from __future__ import annotations

import pytest

from tests.unit.toolchain.pretended_machine import Machine
from toolchain.clients import find_or_get, go_environment, terraform

FOLDERS = '#!/bin/sh\necho "$@" >> "$CALLS"\nprintf "/modules\\n/compiled\\n/go\\n"\n'


@pytest.fixture
def sources(machine: Machine) -> None:
    for name in ("toolchain/terraform/go.mod", "toolchain/terraform/go.sum", "examples/emulator/go/main.go"):
        path = machine.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("source\n")


@pytest.mark.usefixtures("sources", "go")
def test_a_machine_without_terraform_gets_one_once(machine: Machine) -> None:
    program = terraform(machine.place)
    assert program.is_relative_to(machine.place.cache.folder)
    assert terraform(machine.place) == program
    assert machine.called().count("github.com/hashicorp/terraform") == 1


@pytest.mark.usefixtures("sources", "go")
def test_the_users_own_terraform_is_taken(machine: Machine) -> None:
    own = machine.add("terraform", "#!/bin/sh\n")
    assert terraform(machine.place) == own
    assert machine.called() == ""


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
