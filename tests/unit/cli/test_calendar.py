"""`calendar` over the files of three stacks and a gateway in memory: text, JSON, iCalendar, page."""

import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import vobject
import yaml
from dateutil import tz
from dateutil.rrule import rrulestr
from pytest_mock import MockerFixture
from typer.testing import CliRunner, Result

from ecs_release.cli import calendar, groups, main
from ecs_release.cli.calendar_file import calendar_file
from ecs_release.cli.state import StateUnavailable
from ecs_release.domain.calendar import Declared, calendar_line
from ecs_release.domain.schedule import Daily, Schedule
from tests.unit.cli.test_commands import exported, teardown
from tests.unit.domain.worlds import instance
from tests.unit.fake_gateway import FakeGateway

NOW = datetime(2027, 3, 27, 12, tzinfo=UTC)
PLAIN: dict[str, Any] = {"count": 2, "instance_type": "ecs.g7.large", "image": "image-1"}
DAILY = {"daily": "20:00", "zone": "Europe/Berlin", "days": ["sat", "sun"]}
STACKS: dict[str, Any] = {
    "dev": {"box": {**PLAIN, "release": {"schedule": DAILY}}, "lab": {**PLAIN, "count": 1}},
    "prod": {"web": {**PLAIN, "release": {"schedule": {"at": "2027-03-30T18:00:00+08:00"}}}},
    "broken": {"web": {"count": "many"}},
}


class Clock(datetime):
    """A machine's clock that stands still."""

    @classmethod
    def now(cls, _zone: Any = None) -> datetime:  # type: ignore[override]
        return NOW


@pytest.fixture(autouse=True)
def gateway(mocker: MockerFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeGateway:
    monkeypatch.chdir(tmp_path)
    mocker.patch.object(calendar, "datetime", Clock)
    made = FakeGateway(
        *(
            instance(f"i-{number}", f"web-{number}", auto_release_at=NOW + timedelta(hours=46 + number))
            for number in range(2)
        )
    )
    mocker.patch.object(groups, "Gateway", return_value=made)
    mocker.patch.object(groups, "export_stack", side_effect=state)
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\nstackConfigDir: stacks\n")
    (tmp_path / "stacks").mkdir()
    for stack, declared in STACKS.items():
        network = {"vswitch": "vsw-1", "security_groups": ["sg-1"]}
        environment = {"network": network, "groups": declared}
        config = {"alicloud:region": "cn-hangzhou", "ecs-release:environment": environment}
        (tmp_path / "stacks" / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump({"config": config}))
    return made


def state(stack: str) -> str:
    """One stack has a state, the others were never brought up."""
    if stack == "prod":
        return exported(teardown(members={"web-0": "i-0", "web-1": "i-1"}))
    raise StateUnavailable(f"the state of {stack} cannot be read: no stack named {stack}")


def ecs_release(*arguments: str) -> Result:
    return CliRunner().invoke(main.app, ["calendar", *arguments])


def test_the_table_has_every_group_of_every_stack_and_what_is_not_known() -> None:
    result = ecs_release()
    assert result.exit_code == 0
    rows = {line.split("\t")[0]: line.split("\t") for line in result.stdout.splitlines() if "\t" in line}
    assert rows["prod/web"][3] == "2027-03-29T18:00+08:00 (in 1 d 22 h)"
    assert rows["dev/box"][3] == "2027-03-27T20:00+01:00 Europe/Berlin (in 7 h 0 min)"
    assert "as declared only: the state of dev cannot be read" in rows["dev/box"][4]
    assert rows["dev/lab"][2] == "never by itself"
    assert "its file cannot be used" in rows["broken/?"][4]


def test_the_line_is_drawn_to_scale() -> None:
    result = ecs_release("--days", "10")
    (line,) = re.findall(r"^prod/web +([.#ox]+)$", result.stdout, re.MULTILINE)
    (box,) = re.findall(r"^dev/box +([.#ox]+)$", result.stdout, re.MULTILINE)
    assert line.index("#") == int(46 / 240 * len(line))
    assert len(line) == len(box)
    assert box.count("o") == 4
    assert box.index("o") == int(7 / 240 * len(box))


def test_offline_asks_nobody(mocker: MockerFixture) -> None:
    asked = mocker.patch.object(groups, "export_stack")
    rows = json.loads(ecs_release("--offline", "--json", "--stack", "prod").stdout)
    assert [(row["group"], row["ends"][0]["source"]) for row in rows] == [("web", "declared")]
    assert asked.call_count == 0


def test_json_has_each_end_with_its_members() -> None:
    rows = json.loads(ecs_release("--json", "--stack", "prod").stdout)
    assert [(end["members"], end["when"]) for end in rows[0]["ends"]] == [
        (["web-0"], "2027-03-29T10:00:00+00:00"),
        (["web-1"], "2027-03-29T11:00:00+00:00"),
    ]


def test_a_project_without_groups_has_nothing_to_show(tmp_path: Path) -> None:
    for file in (tmp_path / "stacks").iterdir():
        file.unlink()
    result = ecs_release()
    assert (result.exit_code, result.stdout) == (11, "shop: no group is declared in the files of any stack\n")


def test_a_file_that_cannot_be_written_is_named() -> None:
    result = ecs_release("--ics", "no/such/folder/calendar.ics")
    assert result.exit_code == 1
    assert "no/such/folder/calendar.ics cannot be written" in result.stderr


def test_the_file_is_read_by_another_library(tmp_path: Path) -> None:
    assert ecs_release("--ics", "calendar.ics", "--html", "calendar.html").exit_code == 0
    raw = (tmp_path / "calendar.ics").read_bytes()
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    (read,) = vobject.readComponents(raw.decode())
    events = {event.uid.value: event for event in read.vevent_list}
    assert set(events) == {
        "shop-prod-web-web-0@ecs-release",
        "shop-prod-web-web-1@ecs-release",
        "shop-dev-box-daily@ecs-release",
    }
    first = events["shop-prod-web-web-0@ecs-release"]
    assert first.dtstart.value == datetime(2027, 3, 29, 10, tzinfo=UTC)
    assert first.summary.value == "prod/web: 1 instance is released"
    assert "ecs-release extend --group web --by 2h --stack prod" in first.description.value
    assert first.valarm.trigger.value == timedelta(hours=-1)
    assert "<svg" in (tmp_path / "calendar.html").read_text()


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        ("Europe/Berlin", NOW, ["27 19:00", "28 18:00", "29 18:00"]),
        ("Europe/Berlin", datetime(2027, 10, 30, 12, tzinfo=UTC), ["30 18:00", "31 19:00", "01 19:00"]),
        ("Asia/Shanghai", NOW - timedelta(hours=1), ["27 12:00", "28 12:00", "29 12:00"]),
    ],
)
def test_a_daily_release_comes_again_at_its_local_time(zone: str, now: datetime, expected: list[str]) -> None:
    declared = Declared(
        "dev", "box", ("box-0",), Schedule(daily=Daily(datetime(2027, 1, 1, 20).time(), zone), zone=zone)
    )
    text = calendar_file("shop", [calendar_line(declared, None, now, timedelta(days=3))], now)
    (read,) = vobject.readComponents(text)
    # The zone as the file defines it, not as this machine knows it.
    rules = tz.tzical(io.StringIO(text)).get(zone)
    start = read.vevent.dtstart.value.replace(tzinfo=None)
    rule = rrulestr(read.vevent.rrule.value, dtstart=start)
    times = [when.replace(tzinfo=rules).astimezone(UTC) for when, _ in zip(rule, expected, strict=False)]
    assert [f"{when:%d %H:%M}" for when in times] == expected


def test_a_release_that_moves_keeps_its_name_in_the_owners_calendar() -> None:
    declared = Declared("dev", "box", ("box-0",), Schedule(at=NOW + timedelta(hours=2)))
    later = Declared("dev", "box", ("box-0",), Schedule(at=NOW + timedelta(hours=9)))
    names = set()
    for each in (declared, later):
        line = calendar_line(each, None, NOW, timedelta(days=3))
        (read,) = vobject.readComponents(calendar_file("shop", [line], NOW))
        names.add(read.vevent.uid.value)
    assert len(names) == 1
