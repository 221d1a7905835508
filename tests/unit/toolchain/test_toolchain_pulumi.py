"""The order in which pulumi is looked for, and what is said when no way is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.toolchain.pretended_machine import Machine
from toolchain import official, pulumi_program
from toolchain.errors import ToolchainError

NEW = "#!/bin/sh\necho v3.300.1\n"
OLD = "#!/bin/sh\necho v3.200.0\n"


def test_a_new_enough_pulumi_on_path_comes_first(machine: Machine, go: Path) -> None:
    machine.add("pulumi", NEW)
    machine.add("pulumi-language-python", NEW)
    pulumi = pulumi_program.find_or_get(machine.place)
    assert pulumi.is_the_users
    assert pulumi.command == machine.programs / "pulumi"
    assert machine.called() == ""


@pytest.mark.parametrize(
    ("programs", "said"),
    [
        ({"pulumi": OLD, "pulumi-language-python": NEW}, "it is v3.200.0, and v3.259.0 or newer is needed"),
        ({"pulumi": NEW}, "no pulumi-language-python beside it"),
        ({"pulumi": "#!/bin/sh\nexit 1\n", "pulumi-language-python": NEW}, "it is of unknown version"),
    ],
)
def test_a_pulumi_that_will_not_do_is_passed_over_in_words(
    machine: Machine, go: Path, capsys: pytest.CaptureFixture[str], programs: dict[str, str], said: str
) -> None:
    for name, script in programs.items():
        machine.add(name, script)
    assert not pulumi_program.find_or_get(machine.place).is_the_users
    assert said in capsys.readouterr().err


def test_an_official_release_comes_second(
    machine: Machine, go: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def download(version: str, folder: Path) -> bool:
        (folder / "pulumi").write_text(version)
        (folder / "pulumi-language-python").write_text("host")
        return True

    monkeypatch.setattr(official, "reachable", lambda: True)
    monkeypatch.setattr(official, "download_pulumi", download)
    pulumi = pulumi_program.find_or_get(machine.place)
    assert pulumi.command.read_text() == "3.259.0"
    assert pulumi.has_host
    assert machine.called() == ""


def test_the_build_comes_last_and_says_how_long_it_takes(
    machine: Machine, go: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pulumi = pulumi_program.find_or_get(machine.place)
    assert "building pulumi 3.259.0 from Go modules: about 4 minutes" in capsys.readouterr().err
    assert "version.Version=v3.259.0" in machine.called()
    assert not pulumi.has_host
    names = {file.name for file in pulumi.folder.iterdir()}
    assert names == {"pulumi", "pulumi-language-python-exec", "pulumi-resource-pulumi-python"}


def test_a_build_is_kept_until_its_sources_change(machine: Machine, go: Path) -> None:
    first = pulumi_program.find_or_get(machine.place)
    assert pulumi_program.find_or_get(machine.place) == first
    assert machine.called().count("build -trimpath") == 1
    (machine.root / "toolchain/cli/go.sum").write_text("other\n")
    assert pulumi_program.find_or_get(machine.place).folder != first.folder


def test_with_no_way_left_it_names_what_is_missing(machine: Machine) -> None:
    with pytest.raises(ToolchainError) as failure:
        pulumi_program.find_or_get(machine.place)
    text = str(failure.value)
    assert "pulumi 3.259.0 is not on this machine and cannot be put there" in text
    assert "https://get.pulumi.com did not provide it" in text
    assert "install Pulumi with its Python support, or Go 1.26" in text


def test_a_failed_build_shows_the_last_lines_and_leaves_no_entry(machine: Machine) -> None:
    machine.add("go", "#!/bin/sh\necho 'no space left on device'\nexit 1\n")
    with pytest.raises(ToolchainError, match="no space left on device"):
        pulumi_program.find_or_get(machine.place)
    machine.add("go", "#!/bin/sh\nexit 1\n")
    with pytest.raises(ToolchainError, match="it printed nothing"):
        pulumi_program.find_or_get(machine.place)


def test_a_release_that_cannot_be_downloaded_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(official, "ADDRESS", "http://127.0.0.1:9")
    assert not official.download_pulumi("3.259.0", tmp_path)
    assert not official.reachable.__wrapped__()
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert "Connection refused" in lines[1]
