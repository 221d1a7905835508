"""Environments and the files that they are in: accepted, or every problem named with its place."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from pytest_mock import MockerFixture
from typer.testing import CliRunner

from ecs_release.cli import adopting, diagnosis, groups, main, survivors
from stacks.load import Context, load
from stacks.problems import InvalidConfig
from tests.faults.environments import CONFIG, DEPTHS, EXISTING, FILES, ODD, nested
from tests.faults.mutations import cuts, mutations, places, replaced, twisted
from tests.faults.tally import ALL, Tally, sampled
from tests.unit.fake_gateway import FakeGateway

KEY = "ecs-release:environment"
FILE = "stacks/Pulumi.t.yaml"
PROJECT = "name: shop\nruntime: python\nstackConfigDir: stacks\n"
COMMANDS = (
    ["survivors", "--stack", "t"],
    ["adopt", "--stack", "t", "--group", "g", "i-1"],
    ["calendar", "--offline"],
    ["extend", "--stack", "t", "--group", "web", "--by", "1h"],
    ["cancel", "--stack", "t", "--group", "web"],
    ["doctor", "--stack", "t"],
)
SOME = settings(max_examples=2000 if ALL else 150, deadline=None, suppress_health_check=list(HealthCheck))
RUNNER = CliRunner()


def is_refused(config: Any) -> bool:
    """Whether a config is refused, by lines that each name the file and a key."""
    try:
        load(config, Context("t", preview=True))
        return False
    except InvalidConfig as error:
        refusal = error
    lines = str(refusal).split("\n")
    assert len(lines) == len(refusal.problems) >= 1
    for line, problem in zip(lines, refusal.problems, strict=True):
        assert line.startswith(f"{FILE}: ")
        assert line.isprintable(), repr(line)
        assert problem.key.startswith(("alicloud:", "ecs-release:")), line
        assert problem.allowed, line
        assert len(problem.value) <= 60, line
    return True


def count(tally: Tally, config: Any) -> None:
    refused = is_refused(config)
    tally.refused += refused
    tally.accepted += not refused


def with_network(network: Any) -> dict[str, Any]:
    return {**CONFIG, KEY: {**CONFIG[KEY], "network": network}}


def test_every_place_of_an_environment_spoilt_in_every_way() -> None:
    tally = Tally("environments, every place spoilt")
    for config in (CONFIG, with_network(EXISTING)):
        assert not is_refused(config)
        for mutation in mutations(config):
            if mutation.path:
                count(tally, mutation.value)
    tally.keep(1500)


def test_odd_values_at_every_place_of_an_environment() -> None:
    tally = Tally("environments, odd values")
    for path, _ in places(CONFIG):
        for odd in ODD if path else ():
            count(tally, replaced(CONFIG, path, odd))
    tally.keep(2000)


@pytest.mark.parametrize("depth", DEPTHS)
def test_an_environment_nested_without_end(depth: int) -> None:
    text = f"{'[' * depth}{']' * depth}"
    deep = copy.deepcopy(CONFIG)
    deep[KEY]["tags"] = {"a": nested(depth)}
    tally = Tally(f"environments, nested {depth} deep")
    for config in ({**CONFIG, KEY: text}, {**CONFIG, KEY: nested(depth)}, deep, with_network(nested(depth))):
        assert is_refused(config)
        tally.refused += 1
    tally.keep(4)


def test_any_values_at_any_places_of_an_environment() -> None:
    tally = Tally("environments, values by chance")
    anywhere = [path for path, _ in places(CONFIG) if path]
    leaves = some.none() | some.booleans() | some.integers() | some.floats() | some.text()
    junk = some.recursive(leaves, lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner))

    @given(path=some.sampled_from(anywhere), value=junk)
    @SOME
    def try_one(path: Any, value: Any) -> None:
        count(tally, replaced(CONFIG, path, value))

    try_one()
    tally.keep(100)


@pytest.fixture
def folder(mocker: MockerFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A project whose state and cloud are empty."""
    monkeypatch.chdir(tmp_path)
    for module in (survivors, adopting, diagnosis):
        mocker.patch.object(module, "Gateway", return_value=FakeGateway())
    for module in (groups, diagnosis):
        mocker.patch.object(module, "export_stack", return_value='{"deployment": {}}')
    mocker.patch.object(diagnosis, "_output", return_value="")
    (tmp_path / "stacks").mkdir()
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / FILE).write_text(yaml.safe_dump({"config": CONFIG}))
    return tmp_path


def told(command: list[str]) -> bool:
    """Whether a command said an error; anything but its own end fails the test."""
    result = RUNNER.invoke(main.app, command)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code in (0, 1, 11)
    if result.stderr:
        assert result.stderr.startswith("error: "), result.stderr
    return bool(result.stderr) or "cannot be used" in result.output or "WRONG" in result.output


def broken(text: str, step: int) -> Iterator[bytes]:
    """A file cut at every byte, and with every byte turned."""
    raw = text.encode()
    yield from (*cuts(raw, step), *twisted(raw, step))


@pytest.mark.parametrize(("name", "one_in"), [(FILE, 97), ("Pulumi.yaml", 3)])
def test_a_file_cut_or_twisted_at_any_byte(folder: Path, name: str, one_in: int) -> None:
    tally = Tally(f"files, {name.rpartition('/')[2]} cut and twisted")
    text = (folder / name).read_text()
    for number, raw in enumerate(sampled(broken(text, 1), one_in, at_most=7)):
        (folder / name).write_bytes(raw)
        refused = told(COMMANDS[number % len(COMMANDS)])
        tally.refused += refused
        tally.accepted += not refused
    tally.keep(50)


@pytest.mark.parametrize("name", [FILE, "Pulumi.yaml"])
def test_a_file_of_another_form(folder: Path, name: str) -> None:
    tally = Tally(f"files, {name.rpartition('/')[2]} of another form")
    for number, text in enumerate(FILES):
        (folder / name).write_bytes(text.encode())
        refused = told(COMMANDS[number % len(COMMANDS)])
        tally.refused += refused
        tally.accepted += not refused
    tally.keep(len(FILES))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_folder_in_the_place_of_a_file(folder: Path, command: list[str]) -> None:
    (folder / FILE).unlink()
    (folder / FILE).mkdir()
    assert told(command)
