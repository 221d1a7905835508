"""One browser for a module; each test begins with an empty world and the page open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.emulator.cloud import Cloud
from tests.emulator.page.browser import Browser, browsing

LIVE = "document.getElementById('link').textContent === 'live'"
PULSES = "performance.getEntriesByType('resource').filter((one) => one.name.endsWith('pulse')).length"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browsing(tmp_path_factory.mktemp("browser")) as running:
        yield running


@pytest.fixture
def page(browser: Browser, cloud: Cloud) -> Iterator[Browser]:
    """The page on an empty world; at the end nothing may have gone wrong in it."""
    browser.events.clear()
    browser.size(1280)
    browser.colours("light")
    browser.open(f"{cloud.url}/", LIVE)
    yield browser
    assert browser.said("Runtime.exceptionThrown") == []
    # What the policy stops is told here, with what could not be loaded.
    told = [one["entry"]["text"] for one in browser.said("Log.entryAdded")]
    assert [text for text in told if "ERR_CONNECTION" not in text] == []


def settle(page: Browser, cloud: Cloud) -> None:
    """Wait until the page has seen all calls that were made, and what they made."""
    calls = len(cloud.look("requests"))
    page.wait(f"document.querySelectorAll('.opener').length === {calls}")
    # Calls are asked for last, so these may be newer than the things that are shown.
    page.run("performance.clearResourceTimings()")
    page.wait(f"{PULSES} >= 3")
