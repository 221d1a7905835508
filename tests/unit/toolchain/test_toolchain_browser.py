"""A browser from PATH, or Debian's package where that may be installed, or what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.toolchain.pretended_machine import Machine
from toolchain import browser
from toolchain.errors import ToolchainError

# As the package manager would, it writes down what it was asked for and makes the program.
APT = """#!/bin/sh
echo "$@" >> "$CALLS"
case "$1" in install) printf '#!/bin/sh\\n' > "${0%/*}/chromium"; /bin/chmod +x "${0%/*}/chromium" ;; esac
"""


@pytest.fixture
def bare(machine: Machine) -> Machine:
    """A machine on whose PATH there is nothing but what a test adds."""
    machine.environment["PATH"] = str(machine.programs)
    return machine


@pytest.mark.parametrize("name", browser.NAMES)
def test_a_browser_on_the_path_is_taken_and_nothing_is_installed(bare: Machine, name: str) -> None:
    bare.add("apt-get", APT)
    found = bare.add(name, "#!/bin/sh\n")
    assert Path(browser.find_or_get(bare.place, is_root=True)) == found
    assert bare.called() == ""


def test_debians_package_is_installed_by_root(bare: Machine) -> None:
    bare.add("apt-get", APT)
    assert browser.find_or_get(bare.place, is_root=True) == str(bare.programs / "chromium")
    assert bare.called().splitlines() == ["update", "install --yes --no-install-recommends chromium"]


@pytest.mark.parametrize(("has_apt", "is_root"), [(False, True), (True, False)])
def test_where_it_cannot_be_installed_it_is_said_how(bare: Machine, has_apt: bool, is_root: bool) -> None:
    if has_apt:
        bare.add("apt-get", APT)
    with pytest.raises(ToolchainError, match="install Chromium by hand"):
        browser.find_or_get(bare.place, is_root=is_root)
    assert bare.called() == ""


def test_a_package_that_brings_no_program_is_no_success(bare: Machine) -> None:
    bare.add("apt-get", "#!/bin/sh\n")
    with pytest.raises(ToolchainError, match="is not on PATH"):
        browser.find_or_get(bare.place, is_root=True)
