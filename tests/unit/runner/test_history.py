"""Earlier runs read back: how each ended, and what a killed process leaves."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ecs_release.runner.history import broken_off, read_run, runs, unreadable
from ecs_release.runner.journal import Journal, JournalUnreadable

NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)
PLAN = {"group": "web", "group_id": "g-1"}


def written(folder: Path, *events: tuple[str, dict[str, object]], hours: int = 0) -> Path:
    journal = Journal(folder, "web", lambda: NOW + timedelta(hours=hours))
    journal.write("plan", plan=PLAN)
    for event, details in events:
        journal.write(event, **details)
    return journal.path


CALL: tuple[str, dict[str, object]] = ("call", {"action": "DeleteInstances", "ids": ["i-1"]})


@pytest.mark.parametrize(
    ("events", "ending"),
    [
        ([CALL, ("outcome", {"done": True})], "done"),
        ([CALL, ("outcome", {"done": False})], "refused"),
        ([CALL, ("stopped", {"why": "the engine no longer answers"})], "stopped"),
        ([CALL], "broken off"),
        ([], "nothing to do"),
    ],
)
def test_how_a_run_ended(tmp_path: Path, events: list[tuple[str, dict[str, object]]], ending: str) -> None:
    written(tmp_path, *events)
    (run,) = runs(tmp_path)
    assert (run.ending, run.group, run.group_id) == (ending, "web", "g-1")


def test_a_journal_cut_at_every_byte_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = written(tmp_path, CALL, ("outcome", {"done": True}))
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        run = read_run(path)
        complete = whole[:length].count(b"\n")
        assert run is None or len(run.entries) - complete in (0, 1)
        assert run is None or run.ending != "done" or length >= len(whole) - 1


def test_the_next_run_continues_only_what_was_broken_off_last(tmp_path: Path) -> None:
    assert broken_off(tmp_path, "g-1") is None
    first = written(tmp_path, CALL)
    found = broken_off(tmp_path, "g-1")
    assert found is not None
    assert found.name == first.stem
    assert broken_off(tmp_path, "g-2") is None
    written(tmp_path, CALL, ("outcome", {"done": True}), hours=1)
    assert broken_off(tmp_path, "g-1") is None


def test_other_things_than_journals_are_no_runs_and_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").mkdir()
    (tmp_path / "b.jsonl").write_text('{"time": "2030-06-01T12:00:00", "event": "a time without its zone"}\n')
    (tmp_path / "c.jsonl").write_text('{"time": 7, "event": "a number for a time"}\n')
    (tmp_path / "d.jsonl").touch()
    assert list(runs(tmp_path)) == []
    assert unreadable(tmp_path) == ["a.jsonl", "b.jsonl", "c.jsonl"]


def test_a_folder_of_journals_that_is_none_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(JournalUnreadable, match="Not a directory"):
        list(runs(tmp_path / "file"))
