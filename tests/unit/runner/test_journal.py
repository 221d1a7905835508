"""The journal: appended, synced, and a reason to stop when it cannot be written."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ecs_release.runner.journal import Journal, JournalUnwritable, journal_directory

NOW = datetime(2030, 6, 1, 12, 0, tzinfo=UTC)


def test_entries_are_lines_with_time_and_event(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "deep" / "journal", "web", lambda: NOW)
    journal.write("call", action="DeleteInstances", instance_ids=["i-0"])
    journal.write("answer", request_id="R-1")
    entries = [json.loads(line) for line in journal.path.read_text().splitlines()]
    assert [entry["event"] for entry in entries] == ["call", "answer"]
    assert entries[0]["time"].startswith("2030-06-01T12:00")


def test_nothing_is_written_before_the_first_entry(tmp_path: Path) -> None:
    assert not Journal(tmp_path, "web", lambda: NOW).path.exists()


def test_a_journal_that_cannot_be_written_stops_the_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalUnwritable, match="nothing was changed"):
        Journal(tmp_path / "file" / "journal", "web", lambda: NOW).write("plan")


def test_the_folder_can_be_set() -> None:
    assert journal_directory({"ECS_RELEASE_JOURNAL": "elsewhere"}) == Path("elsewhere")
    assert journal_directory({}) == Path(".ecs-release/journal")
