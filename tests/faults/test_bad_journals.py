"""Journals, receipts and plans on disk that were cut, spoilt or replaced; approvals that are none."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from pytest_mock import MockerFixture
from typer.testing import CliRunner

from ecs_release.cli import groups, main, survivors
from ecs_release.domain.approval import Approvals, parse_approvals
from ecs_release.runner.history import broken_off
from ecs_release.runner.remembered import Remembered
from tests.faults.inside_cloud import exchanging, opened
from tests.faults.mutations import compact, cuts, mutations, twisted
from tests.faults.tally import ALL, Tally, sampled
from tests.properties.shop import DATA, GROUP_ID, SYSTEM, errand_of, planned, released
from tests.unit.fake_gateway import FakeGateway

RUNNER = CliRunner()
SOME = settings(max_examples=20_000 if ALL else 600, deadline=None, suppress_health_check=list(HealthCheck))
Reader = Callable[[], bool]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one real run has written, by the ends of the files' names."""
    folder = tmp_path_factory.mktemp("journal")
    with opened() as shop:
        ids = {"web-0": shop.run(), "web-1": shop.run()}
        for member, instance_id in ids.items():
            shop.tag(instance_id, member)
        errand = errand_of(shop, ids, (SYSTEM, DATA))
        with exchanging(shop):
            assert released(shop, errand, folder).done
    written = {path.name.partition(".")[2]: path.read_bytes() for path in folder.iterdir()}
    assert set(written) == {"jsonl", "receipt.json", "receipt.md"}
    return written


@pytest.fixture
def folder(mocker: MockerFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of journals in a project whose cloud is that of the run, and empty."""
    monkeypatch.chdir(tmp_path)
    made = FakeGateway()
    made.account = "1000000000000001"
    mocker.patch.object(survivors, "Gateway", return_value=made)
    mocker.patch.object(groups, "export_stack", return_value='{"deployment": {}}')
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "Pulumi.test.yaml").write_text("config: {alicloud:region: cn-hangzhou}\n")
    journals = tmp_path / "journal"
    journals.mkdir()
    monkeypatch.setenv("ECS_RELEASE_JOURNAL", str(journals))
    return journals


def told(*command: str) -> bool:
    """Whether a command named something that it could not read; only its own end may leave it."""
    result = RUNNER.invoke(main.app, list(command))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code in (0, 1), result.output
    for line in result.stderr.splitlines():
        assert line.startswith(("error: ", "note: ")), line
    return bool(result.stderr) or "cannot be read" in result.output or '"damaged_lines": 1' in result.output


def readers(folder: Path) -> list[Reader]:
    """Everything that reads journals: two commands, and a run that looks for the one before it."""
    return [
        lambda: told("journal"),
        lambda: told("journal", "2026", "--json"),
        lambda: told("journal", "2026"),
        lambda: told("survivors", "--stack", "test"),
        lambda: broken_off(folder, GROUP_ID) is None,
    ]


def spoilt(text: bytes) -> Iterator[bytes]:
    """A file cut at every byte, with every byte turned, and every place of every line spoilt."""
    yield from cuts(text)
    yield from twisted(text)
    lines = text.splitlines()
    for number, line in enumerate(lines):
        for mutation in mutations(json.loads(line)):
            yield b"\n".join([*lines[:number], compact(mutation.value).encode(), *lines[number + 1 :]])


@pytest.mark.parametrize(("kind", "one_in"), [("jsonl", 61), ("receipt.json", 41)])
def test_a_spoilt_file_is_no_trace(folder: Path, whole: dict[str, bytes], kind: str, one_in: int) -> None:
    tally = Tally(f"files, {kind} of a run")
    asked = readers(folder)
    journal, receipt = folder / "20260615T100000Z-web-abcdef.jsonl", "receipt.json"
    journal.write_bytes(whole["jsonl"])
    target = journal if kind == "jsonl" else journal.with_suffix(f".{receipt}")
    # A receipt is one value over many lines.
    text = whole[kind] if kind == "jsonl" else compact(json.loads(whole[kind])).encode()
    for number, raw in enumerate(sampled(spoilt(text), one_in, at_most=5)):
        target.write_bytes(raw)
        named = asked[number % len(asked)]()
        tally.refused += named
        tally.accepted += not named
    tally.keep(100)


def test_what_a_killed_run_left_is_told_with_its_cut_line(folder: Path, whole: dict[str, bytes]) -> None:
    lines = whole["jsonl"].splitlines(keepends=True)
    path = folder / "20260615T100000Z-web-abcdef.jsonl"
    for length in sampled(range(1, len(lines[1]) - 1), 3):
        path.write_bytes(lines[0] + lines[1][:length])
        earlier = broken_off(folder, GROUP_ID)
        assert earlier is None
        assert told("journal", "2026")


def test_other_things_in_the_place_of_a_journal(folder: Path, whole: dict[str, bytes]) -> None:
    (folder / "1-folder.jsonl").mkdir()
    (folder / "2-nowhere.jsonl").symlink_to(folder / "missing")
    (folder / "3-empty.jsonl").touch()
    (folder / "4-bytes.jsonl").write_bytes(bytes(range(256)) * 9)
    os.mkfifo(folder / "5-pipe.jsonl")
    (folder / "6-whole.jsonl").write_bytes(whole["jsonl"])
    result = RUNNER.invoke(main.app, ["journal"])
    assert [line.partition("\t")[0] for line in result.stdout.splitlines()] == ["run", "6-whole"]
    named = [line.removeprefix("note: ").partition(":")[0] for line in result.stderr.splitlines()]
    assert named == ["1-folder.jsonl", "2-nowhere.jsonl", "4-bytes.jsonl", "5-pipe.jsonl"]
    assert all(reader() is not None for reader in readers(folder))


def test_a_remembered_plan_that_was_spoilt_is_forgotten(tmp_path: Path) -> None:
    tally = Tally("files, remembered plans")
    with opened() as shop:
        ids = {"web-0": shop.run()}
        shop.tag(ids["web-0"], "web-0")
        with exchanging(shop):
            plan = planned(shop, errand_of(shop, ids, approval="plan"))
    kept = Remembered(tmp_path)
    kept.keep(plan)
    (path,) = tmp_path.iterdir()
    text, honest = path.read_bytes(), kept.matters(plan.digest)
    assert honest is not None
    for raw in sampled(spoilt(text), 3):
        path.write_bytes(raw)
        read = kept.matters(plan.digest)
        # Another byte of white space, or a key that is there twice, changes nothing.
        assert read is None or read == honest, raw
        tally.refused += read is None
        tally.accepted += read is not None
    tally.keep(300)


def test_an_approval_is_a_digest_or_refused_by_name() -> None:
    tally = Tally("approvals")
    digest = some.text("0123456789abcdef", min_size=12, max_size=12)
    near = some.tuples(
        digest | some.text(max_size=14), some.sampled_from("@,@@ "), some.text("0123456789.-+eEnNaAI_")
    )

    @given(text=some.text() | near.map("".join) | digest)
    @SOME
    def try_one(text: str) -> None:
        given_ = read(text)
        tally.refused += isinstance(given_, ValueError)
        tally.accepted += isinstance(given_, Approvals)
        if isinstance(given_, ValueError):
            assert "is no DIGEST or DIGEST@QUOTE" in str(given_)
            assert str(given_).isprintable()
            return
        for name, quote in given_.given.items():
            assert len(name) == 12
            assert set(name) <= set("0123456789abcdef")
            assert quote is None or (quote.is_finite() and quote >= 0)

    try_one()
    tally.keep(500)


def read(text: str) -> Approvals | ValueError:
    try:
        return parse_approvals(text)
    except ValueError as error:
        return error
