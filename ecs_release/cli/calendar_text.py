"""The calendar as text: a table, and under it a line for each group, drawn to scale. Imports the domain."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from ecs_release.domain.calendar import Line, Source
from ecs_release.domain.schedule import in_zone

HEAD = ("group", "members", "ends", "first", "note")
ARMED, PLANNED, EXPIRES, NOTHING = "#", "o", "x", "."
LONGEST_NAME = 24
SHORTEST_LINE = 10


def calendar_rows(lines: Sequence[Line], now: datetime) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The head of the table, and a row for each group."""
    return HEAD, [(line.name, str(line.count), line.how, first_end(line, now), line.note) for line in lines]


def first_end(line: Line, now: datetime) -> str:
    """The first end in the owner's zone with how soon it is, "" without one."""
    if line.first is None:
        return ""
    minutes = int((line.first - now).total_seconds() // 60)
    days, rest = divmod(minutes, 1440)
    soon = f"{days} d {rest // 60} h" if days else f"{rest // 60} h {rest % 60} min"
    return f"{in_zone(line.first, line.zone)} (in {soon})"


def time_line(lines: Sequence[Line], now: datetime, horizon: timedelta, columns: int) -> Iterator[str]:
    """A line for each group from now to the horizon, with a mark where members end."""
    name_width = min(max(len(line.name) for line in lines), LONGEST_NAME)
    width = max(columns - name_width - 1, SHORTEST_LINE)
    start, stop = f"{now:%Y-%m-%d}", f"{now + horizon:%Y-%m-%d}"
    yield f"{'':{name_width}} {start}{stop:>{max(width - len(start), 1)}}"
    for line in lines:
        yield f"{line.name[:name_width]:{name_width}} {_marks(line, now, horizon, width)}"
    yield f"{ARMED} released (armed)  {PLANNED} released (declared)  {EXPIRES} subscription expires"


def _marks(line: Line, now: datetime, horizon: timedelta, width: int) -> str:
    marks = [NOTHING] * width
    # Armed ones last, so that nothing declared hides what will really happen.
    for end in sorted(line.ends, key=lambda each: each.source is Source.CLOUD):
        position = int((end.when - now) / horizon * width)
        if 0 <= position < width:
            marks[position] = EXPIRES if end.expires else ARMED if end.source is Source.CLOUD else PLANNED
    return "".join(marks)
