"""The wheels of the emulator's distribution: fetched once by their hashes, and never behind a test's back."""

from __future__ import annotations

import pytest

from tests.unit.toolchain.pretended_machine import Machine
from toolchain import wheels
from toolchain.errors import ToolchainError

# As pip would, it writes down what it was asked for, and puts a wheel where it was told to.
PYTHON = """#!/bin/sh
echo "$@" >> "$CALLS"
for last; do :; done
touch "$last/one.whl"
"""


@pytest.fixture
def locked(machine: Machine) -> Machine:
    """A machine with a lock of the emulator's tools and an environment that has pip."""
    lock = machine.root / wheels.LOCK
    lock.parent.mkdir(parents=True)
    lock.write_text("one==1\n")
    python = machine.place.virtual_environment / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(PYTHON)
    python.chmod(0o755)
    return machine


def test_they_are_fetched_once_and_by_their_hashes(locked: Machine) -> None:
    folder = wheels.find_or_get(locked.place)
    assert [path.name for path in folder.iterdir()] == ["one.whl"]
    assert wheels.find_or_get(locked.place) == wheels.found(locked.place) == folder
    (call,) = locked.called().splitlines()
    assert {"download", "--require-hashes", "--no-deps", "--only-binary"} <= set(call.split())


def test_another_lock_is_fetched_anew(locked: Machine) -> None:
    first = wheels.find_or_get(locked.place)
    (locked.root / wheels.LOCK).write_text("one==2\n")
    assert wheels.find_or_get(locked.place) != first


def test_what_was_not_fetched_is_said_and_not_fetched(locked: Machine) -> None:
    with pytest.raises(ToolchainError, match="run `make toolchain`"):
        wheels.found(locked.place)
    assert locked.called() == ""


def test_a_failed_download_leaves_nothing(locked: Machine) -> None:
    (locked.place.virtual_environment / "bin" / "python").write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(ToolchainError, match="fetching wheels failed"):
        wheels.find_or_get(locked.place)
    with pytest.raises(ToolchainError):
        wheels.found(locked.place)
