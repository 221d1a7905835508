"""The calendar's page in a real browser: what it shows, at several widths, in both colours, alone."""

import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from ecs_release.cli.calendar_page import LEFT, WIDTH, calendar_page
from ecs_release.domain.calendar import Declared, Line, calendar_line, in_order
from ecs_release.domain.facts import Charge
from ecs_release.domain.schedule import Daily, Schedule
from tests.e2e.cloud import ROOT
from tests.unit.domain.worlds import instance
from toolchain.browser import NAMES

NOW = datetime(2027, 3, 26, 8, tzinfo=UTC)
HORIZON = timedelta(days=14)
SHOT = ROOT / "docs" / "images" / "calendar.png"
SECONDS = 60
ARMED, DECLARED, EXPIRES = (0xB3, 0x26, 0x1E), (0x9A, 0x5B, 0x00), (0x14, 0x57, 0xB8)
DARK_PAPER = (0x14, 0x17, 0x1B)


# A name of a file that somebody made up, which is no markup.
ODD = Line("odd", "<b>&amp;", 0, "unknown", note="its file cannot be used")


def lines() -> list[Line]:
    """Three stacks with an end of every kind."""
    evening = Schedule(
        daily=Daily(datetime(2027, 1, 1, 20).time(), "Europe/Berlin", frozenset(range(5))),
        zone="Europe/Berlin",
    )
    at = NOW + timedelta(days=5, hours=4)
    member = instance("i-0", "web-0", auto_release_at=at)
    paid = instance("i-1", "db-0", charge=Charge.SUBSCRIPTION, expires_at=NOW + timedelta(days=11))
    known = Schedule(at=at, zone="Asia/Shanghai")
    made = [
        calendar_line(Declared("dev", "box", ("box-0",), evening), None, NOW, HORIZON),
        calendar_line(Declared("staging", "web", ("web-0",), known), {"web-0": member}, NOW, HORIZON),
        calendar_line(Declared("prod", "db", ("db-0",), at_expiry=True), {"db-0": paid}, NOW, HORIZON),
        calendar_line(Declared("prod", "web", ("web-0",)), None, NOW, HORIZON),
    ]
    return in_order(made)


class Seen(HTMLParser):
    """What a browser made of the page: marks, cells, and everything that would be fetched."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.marks: list[tuple[str, float]] = []
        self.cells: list[str] = []
        self.fetched: list[str] = []
        self._in_cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in ("circle", "rect"):
            middle = float(values.get("cx") or float(values["x"]) + 7)
            self.marks.append((values["class"], middle))
        self.fetched += [value for name, value in values.items() if name in ("src", "href", "data", "action")]
        self._in_cell = tag in ("td", "th")
        if self._in_cell:
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.cells[-1] += data


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "calendar.html"
    file.write_text(calendar_page("shop", lines(), NOW, HORIZON), encoding="utf-8")
    return file


def browse(page: Path, *options: str) -> str:
    """Opens the page with no way to any host."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    assert found, f"none of {', '.join(NAMES)} is on PATH; run `python3 -m toolchain browser`"
    command = [found, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    command += [
        "--host-resolver-rules=MAP * ~NOTFOUND",
        f"--user-data-dir={page.parent / 'profile'}",
        *options,
    ]
    environment = {"PATH": os.environ["PATH"], "HOME": str(page.parent)}
    done = subprocess.run(
        [*command, page.as_uri()],
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def shot(page: Path, width: int, *options: str) -> Image.Image:
    """A picture of the page as the browser draws it."""
    target = page.with_suffix(".png")
    browse(page, f"--screenshot={target}", f"--window-size={width},640", *options)
    return Image.open(target).convert("RGB")


def has(picture: Image.Image, colour: tuple[int, int, int]) -> int:
    """How many points of the picture have this colour."""
    found = picture.getcolors(picture.width * picture.height) or []
    return sum(count for count, value in found if value == colour)


def test_every_end_is_a_mark_at_its_place_and_a_row_says_the_same(page: Path) -> None:
    page.write_text(calendar_page("shop", [*lines(), ODD], NOW, HORIZON), encoding="utf-8")
    seen = Seen(browse(page, "--dump-dom"))
    place = {kind: x for kind, x in seen.marks if kind != "declared"}
    share = (WIDTH - LEFT - 20) / 14
    assert place["armed"] == pytest.approx(LEFT + share * (5 + 4 / 24), abs=0.2)
    assert place["expires"] == pytest.approx(LEFT + share * 11, abs=0.2)
    assert [kind for kind, _ in seen.marks].count("declared") == 10
    assert "2027-03-31T20:00+08:00 Asia/Shanghai (in 5 d 4 h)" in seen.cells
    assert "2027-03-26T20:00+01:00 Europe/Berlin (in 11 h 0 min)" in seen.cells
    assert "never by itself" in seen.cells
    assert "odd/<b>&amp;" in seen.cells


def test_it_needs_nothing_from_anywhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert Seen(text).fetched == []
    for word in ("http", "@import", "url(", "<script"):
        assert word not in text


def test_it_is_drawn_and_its_picture_is_the_one_in_the_docs(page: Path) -> None:
    picture = shot(page, 1100)
    assert picture.size == (1100, 640)
    assert min(has(picture, colour) for colour in (ARMED, DECLARED, EXPIRES)) > 50
    if os.environ.get("ECS_RELEASE_WRITE_IMAGES"):
        SHOT.parent.mkdir(exist_ok=True)
        picture.save(SHOT, optimize=True)
    kept = Image.open(SHOT).convert("RGB")
    assert kept.size == picture.size
    # Fonts differ between machines; the marks and the paper must not.
    for colour in (ARMED, EXPIRES):
        assert has(kept, colour) == pytest.approx(has(picture, colour), rel=0.1)


def test_it_is_readable_on_a_telephone_and_in_the_dark(page: Path) -> None:
    # Narrower windows than 500 are not drawn by a headless browser; the frame is as wide as a telephone.
    frame = page.with_name("frame.html")
    frame.write_text(f'<iframe src="{page.name}" width="400" height="600" style="border:0"></iframe>')
    picture = shot(frame, 500)
    assert has(picture.crop((0, 0, 400, 640)), (255, 255, 255)) > 400 * 640 * 0.6
    dark = shot(page, 1100, "--force-dark-mode", "--blink-settings=preferredColorScheme=0")
    assert has(dark, DARK_PAPER) > dark.width * dark.height * 0.6
