"""The page for everybody: by keyboard alone, on a telephone, in both colours; and its pictures."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.emulator.cloud import Cloud
from tests.emulator.page.browser import Browser
from tests.emulator.page.conftest import settle
from tests.emulator.page.worlds import nasty, shop

PICTURES = Path(__file__).resolve().parents[3] / "docs" / "emulator"
MOST_BYTES, LEAST_CONTRAST = 150_000, 4.5
OPEN_ALL = """
for (const one of document.querySelectorAll('details:not([open]) > summary')) one.click();
for (const one of document.querySelectorAll('.opener[aria-expanded=false]')) one.click();
"""
# Each text with its colour over all that lies below it, as the browser has worked them out.
TEXTS = """(() => {
  const part = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const over = ([r, g, b, a = 1], below) => [r, g, b].map((one, at) => one * a + below[at] * (1 - a));
  const light = (colour) => colour
    .map((one) => one / 255)
    .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
  const back = (element) => {
    const below = element.parentElement ? back(element.parentElement) : [255, 255, 255];
    return over(part(getComputedStyle(element).backgroundColor), below);
  };
  const ratio = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !element.checkVisibility()) continue;
    const below = back(element);
    const above = over(part(getComputedStyle(element).color), below);
    found.push([element.className || element.tagName, walk.currentNode.data, ratio(above, below)]);
  }
  const holder = getComputedStyle(document.getElementById('filter'), '::placeholder');
  found.push(['placeholder', '', ratio(part(holder.color), back(document.getElementById('filter')))]);
  return found;
})()"""
FOCUSED = """(() => {
  const one = document.activeElement;
  const style = getComputedStyle(one);
  const outline = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  const place = one.getBoundingClientRect();
  const seen = place.bottom > 0 && place.top < innerHeight && place.width > 0;
  return {name: one.innerText?.trim().split('\\n')[0] || one.id, tag: one.tagName, visible: outline && seen};
})()"""


@pytest.fixture
def shopping(page: Browser, cloud: Cloud) -> Browser:
    """The page with a shop on it, everything open."""
    shop(cloud)
    settle(page, cloud)
    page.run(OPEN_ALL)
    page.wait("document.querySelectorAll('.details').length > 5")
    page.wait("document.querySelectorAll('.fate').length === 4")
    return page


def tab(page: Browser) -> dict[str, Any]:
    page.press("Tab")
    return dict(page.run(FOCUSED))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(shopping: Browser, cloud: Cloud, scheme: str) -> None:
    cloud.event(overdue=True)
    shopping.colours(scheme)
    shopping.wait("document.querySelector('h3 .alarm')")
    texts = shopping.run(TEXTS)
    assert len(texts) > 200
    assert [row for row in texts if row[2] < LEAST_CONTRAST] == []
    shopping.run("document.body.classList.add('silent')")
    assert [row for row in shopping.run(TEXTS) if row[2] < LEAST_CONTRAST] == []


def test_the_two_schemes_differ(shopping: Browser) -> None:
    light = shopping.run("getComputedStyle(document.body).backgroundColor")
    shopping.colours("dark")
    assert shopping.run("getComputedStyle(document.body).backgroundColor") != light


@pytest.mark.parametrize("width", [400, 320, 768, 1280])
def test_the_page_never_scrolls_sideways(page: Browser, cloud: Cloud, width: int) -> None:
    shop(cloud)
    nasty(cloud)
    settle(page, cloud)
    page.run(OPEN_ALL)
    page.wait("document.querySelectorAll('.fate').length === 5")
    page.size(width)
    assert page.run("document.documentElement.scrollWidth") == width
    rights = "[...document.body.querySelectorAll('*')].map((one) => one.getBoundingClientRect().right)"
    assert page.run(f"Math.max(...{rights})") <= width


def test_the_whole_page_is_reached_by_keyboard(page: Browser, cloud: Cloud) -> None:
    shop(cloud)
    settle(page, cloud)
    walked = [tab(page) for _ in range(9)]
    assert [step["name"].split(" ")[0] for step in walked] == [
        "Skip", "Resources", "Next", "Costs", "Last", "filter", "VPC", "web-1", "web-2",
    ]  # fmt: skip
    assert [step for step in walked if not step["visible"]] == []


def test_the_skip_link_leads_past_the_head(page: Browser, cloud: Cloud) -> None:
    shop(cloud)
    settle(page, cloud)
    assert tab(page)["name"] == "Skip to the resources"
    page.press("Enter")
    assert page.run("document.activeElement.id") == "main"
    assert tab(page)["name"].startswith("VPC")


def test_rows_are_opened_by_keyboard(page: Browser, cloud: Cloud) -> None:
    shop(cloud)
    settle(page, cloud)
    page.run("document.querySelector('.instance summary').focus()")
    page.press("Enter")
    page.wait("document.querySelector('.fate')")
    page.run("document.querySelector('.opener').focus()")
    page.press(" ")
    page.wait("document.querySelector('.details')")
    assert page.run("document.activeElement.className") == "opener"
    page.press("Enter")
    page.wait("!document.querySelector('.details')")


def test_the_structure_can_be_heard(shopping: Browser) -> None:
    """Landmarks with names, headings without gaps, tables with captions and scopes."""
    assert (
        shopping.run("[...document.querySelectorAll('main, nav, header, section[aria-labelledby]')].length")
        == 6
    )
    levels = shopping.run(
        "[...document.querySelectorAll('h1,h2,h3,h4')].map((one) => Number(one.tagName[1]))"
    )
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert shopping.run("[...document.querySelectorAll('table')].every((one) => one.caption)")
    assert shopping.run("[...document.querySelectorAll('th')].every((one) => one.scope)")
    assert shopping.run("document.getElementById('link').getAttribute('role')") == "status"
    ids = shopping.run("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("name", "width", "height", "scheme"),
    [("page-light", 1280, 900, "light"), ("page-dark", 1280, 900, "dark"), ("page-400", 400, 900, "light")],
)
def test_the_pictures_in_the_docs_show_the_page(
    page: Browser, cloud: Cloud, tmp_path: Path, name: str, width: int, height: int, scheme: str
) -> None:
    shop(cloud)
    page.size(width, height)
    page.colours(scheme)
    settle(page, cloud)
    page.run("document.querySelector('.instance summary').click()")
    page.wait("document.querySelector('.fate')")
    drawn = tmp_path / "page.png"
    page.shot(drawn)
    kept = PICTURES / f"{name}.png"
    if os.environ.get("EMULATOR_WRITE_IMAGES"):
        few_colours(drawn).save(kept, optimize=True)
    assert kept.stat().st_size < MOST_BYTES
    one, other = (Image.open(path).convert("RGB") for path in (drawn, kept))
    assert one.size == other.size == (width, height)
    # Fonts differ between machines; the paper, which most of it is, must not.
    assert commonest(one) == pytest.approx(commonest(other), abs=3)


def few_colours(drawn: Path) -> Image.Image:
    """The picture with as many colours as it needs, for a small file."""
    picture = Image.open(drawn).convert("RGB")
    return picture.quantize(128, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


def commonest(picture: Image.Image) -> Any:
    """The colour of most points."""
    counted: list[Any] = picture.getcolors(picture.width * picture.height) or []
    return max(counted)[1]
