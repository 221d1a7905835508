"""The calendar as one page that needs nothing else: a picture of the line, and the same as a table.

Imports jinja2 and the domain. No script, no request: it can be sent, kept and opened anywhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ecs_release.cli.calendar_text import first_end
from ecs_release.domain.calendar import End, Line, Source
from ecs_release.domain.schedule import in_zone

# Units of the picture, which scales to the page: the line begins right of the names.
WIDTH, LEFT, ROW, TOP = 1000, 240, 34, 44
MOST_TICKS = 8


@dataclass(frozen=True, slots=True)
class Mark:
    """An end in the picture."""

    x: float
    y: float
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A day on the scale."""

    x: float
    words: str


def calendar_page(project: str, lines: Sequence[Line], now: datetime, horizon: timedelta) -> str:
    """The page as HTML."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("calendar.html.j2").render(
        project=project,
        made_at=f"{now:%Y-%m-%d %H:%MZ}",
        days=horizon.days,
        names=[(line.name, TOP + (at + 0.5) * ROW) for at, line in enumerate(lines)],
        marks=[mark for at, line in enumerate(lines) for mark in _marks(at, line, now, horizon)],
        ticks=list(_ticks(now, horizon)),
        rows=[(line, first_end(line, now)) for line in lines],
        size=(WIDTH, TOP + ROW * len(lines) + 12, LEFT),
    )


def _x(when: datetime, now: datetime, horizon: timedelta) -> float:
    return round(LEFT + (WIDTH - LEFT - 20) * ((when - now) / horizon), 1)


def _marks(at: int, line: Line, now: datetime, horizon: timedelta) -> Iterator[Mark]:
    for end in line.ends:
        if now <= end.when <= now + horizon:
            y = TOP + (at + 0.5) * ROW
            yield Mark(_x(end.when, now, horizon), y, _kind(end), _words(end, line))


def _kind(end: End) -> str:
    if end.expires:
        return "expires"
    return "armed" if end.source is Source.CLOUD else "declared"


def _words(end: End, line: Line) -> str:
    what = "expires" if end.expires else "released"
    return f"{line.name}: {', '.join(end.members)} {what} {in_zone(end.when, line.zone)}, {end.source.value}"


def _ticks(now: datetime, horizon: timedelta) -> Iterator[Tick]:
    step = -(-horizon.days // MOST_TICKS)
    day = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    while day < now + horizon:
        yield Tick(_x(day, now, horizon), f"{day:%b %d}")
        day += timedelta(days=step)
