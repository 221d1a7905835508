"""audit over a project's files, an exported state, a trail and a journal: what it lists and how it ends."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_mock import MockerFixture
from typer.testing import CliRunner, Result

from ecs_release.cli import auditing, main
from ecs_release.domain.audit import Happening
from ecs_release.runner.journal import Journal
from tests.unit.cli.test_commands import exported, teardown
from tests.unit.domain.worlds import NOW
from tests.unit.fake_gateway import FakeGateway

RUNNER = CliRunner()
BY_HAND = Happening(
    "E-1", "R-1", "DeleteInstance", NOW, frozenset({"i-1"}), "ops", "k", "192.0.2.7", "console"
)


class FakeTrail:
    """Events in memory; `asked` is the period."""

    def __init__(self) -> None:
        self.events: list[Happening] = []
        self.asked: tuple[datetime, datetime] | None = None
        self.made_of: tuple[Any, ...] = ()

    def happenings(self, actions: Any, since: datetime, until: datetime) -> tuple[Happening, ...]:
        self.asked = (since, until)
        return tuple(each for each in self.events if each.action in tuple(actions))


@pytest.fixture
def trail(project: FakeGateway, mocker: MockerFixture) -> FakeTrail:
    found = FakeTrail()

    def made(*arguments: Any) -> FakeTrail:
        found.made_of = arguments
        return found

    mocker.patch.object(auditing, "Gateway", return_value=project)
    mocker.patch.object(auditing, "AuditTrail", side_effect=made)
    mocker.patch.object(auditing, "export_stack", return_value=exported(teardown()))
    return found


def audit(*arguments: str) -> Result:
    return RUNNER.invoke(main.app, ["audit", "--stack", "t", *arguments])


def test_what_nobody_here_did_is_listed_and_ends_with_10(trail: FakeTrail) -> None:
    trail.events = [BY_HAND]
    result = audit()
    assert result.exit_code == 10
    head, row = [line.split("\t") for line in result.stdout.splitlines()[1:]]
    assert dict(zip(head, row, strict=True)) == {
        "when": "2030-06-01T12:00:00Z",
        "what": "release",
        "member": "web-1",
        "instance": "i-1",
        "who": "ops",
        "from": "192.0.2.7",
        "call": "DeleteInstance",
        "verdict": "not ours",
    }


def test_what_a_journal_accounts_for_ends_with_0(trail: FakeTrail, tmp_path: Path) -> None:
    trail.events = [BY_HAND]
    journal = Journal(tmp_path / "journal", "web", lambda: NOW)
    journal.write("call", action="DeleteInstance", ids=["i-1"])
    journal.write("answer", action="DeleteInstance", request_id="R-1")
    result = audit("--json")
    assert result.exit_code == 0
    (row,) = json.loads(result.stdout)["findings"]
    assert (row["verdict"], row["client"], row["request"]) == ("ours", "console", "R-1")


def test_nothing_happened_ends_with_11(trail: FakeTrail) -> None:
    trail.events = [replace(BY_HAND, instances=frozenset({"i-9"}))]
    result = audit()
    assert (result.exit_code, "nothing was done" in result.stdout) == (11, True)


def test_a_release_time_is_shown_with_what_it_became(trail: FakeTrail) -> None:
    moved = replace(BY_HAND, action="ModifyInstanceAutoReleaseTime")
    later = replace(moved, event_id="E-2", parameters={"AutoReleaseTime": "2030-07-01T10:00:00Z"})
    trail.events = [moved, later]
    told = [row["what"] for row in json.loads(audit("--json").stdout)["findings"]]
    change = "change of the release time"
    assert told == [f"{change} (cancelled)", f"{change} (2030-07-01T10:00:00Z)"]


def test_markdown_is_a_table_for_a_pull_request(trail: FakeTrail) -> None:
    trail.events = [replace(BY_HAND, who="a|b")]
    lines = audit("--markdown").stdout.splitlines()
    assert lines[0] == "# Audit of t"
    assert lines[-1].startswith("| 2030-06-01T12:00:00Z | release | web-1 | i-1 | a\\|b |")


@pytest.mark.parametrize(
    ("since", "begin"),
    [
        ("7d", NOW - timedelta(days=7)),
        ("12h", NOW - timedelta(hours=12)),
        ("90d", NOW - timedelta(days=90)),
        ("2030-05-01T00:00:00+08:00", datetime.fromisoformat("2030-04-30T16:00:00+00:00")),
    ],
)
def test_from_when_on(trail: FakeTrail, since: str, begin: datetime) -> None:
    audit("--since", since)
    assert trail.asked == (begin, NOW)


@pytest.mark.parametrize("since", ["91d", "2031-01-01T00:00:00Z", "yesterday", "2030-05-01T00:00:00", "1h1"])
def test_a_time_that_cannot_be_asked_for_is_a_usage_error(trail: FakeTrail, since: str) -> None:
    assert audit("--since", since).exit_code == 2


def test_another_account_cannot_testify(trail: FakeTrail, project: FakeGateway) -> None:
    project.account = "2"
    result = audit()
    assert (result.exit_code, "these credentials are of 2" in result.output) == (1, True)


def test_the_host_of_the_trail_is_the_projects(trail: FakeTrail, tmp_path: Path) -> None:
    text = (tmp_path / "stacks" / "Pulumi.t.yaml").read_text()
    hosts = "[{ecs: 'h:1', vpc: 'h:1', sts: 'h:1', bssopenapi: 'h:1', actiontrail: 'h:2'}]"
    where = tmp_path / "stacks" / "Pulumi.t.yaml"
    where.write_text(text.replace("  alicloud:region", f"  alicloud:endpoints: {hosts}\n  alicloud:region"))
    audit()
    assert trail.made_of[1] == "h:2"


def test_what_could_not_be_read_is_said(trail: FakeTrail, tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    (tmp_path / "journal" / "a.receipt.json").write_text("{")
    assert "warning: a.receipt.json cannot be read" in audit().stdout
