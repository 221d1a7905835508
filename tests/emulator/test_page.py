"""The page as HTTP sees it: who gets it, who does not, and that a look at it is no call."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import httpx
import pytest
from emulator.page import FOLDER

from emulator import page
from tests.emulator.cloud import Cloud, Server

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
FILES = sorted(entry.name for entry in files(page).iterdir() if not entry.name.startswith("__"))
MOST_BYTES, WIDEST, LONGEST = 48_000, 120, 300


def test_a_browser_gets_the_page(cloud: Cloud) -> None:
    reply = cloud.http.get("/", headers=BROWSER)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = reply.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    ("reason", "method", "target", "headers"),
    [
        ("it wants no page", "GET", "/", {"Accept": "*/*"}),
        ("it names an action in the query", "GET", "/?Action=DescribeRegions", BROWSER),
        ("it names an action in a header", "GET", "/", {**BROWSER, "x-acs-action": "DescribeRegions"}),
        ("it is signed", "GET", "/", {**BROWSER, "Authorization": "ACS3-HMAC-SHA256 Credential=emulator"}),
        ("it sends something", "POST", "/", BROWSER),
    ],
)
def test_a_client_gets_the_cloud(
    cloud: Cloud, reason: str, method: str, target: str, headers: dict[str, str]
) -> None:
    reply = cloud.http.request(method, target, headers=headers)
    assert reply.status_code == 400
    assert "RequestId" in reply.json()
    assert len(cloud.look("requests")) == 1


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_served_as_what_it_is(cloud: Cloud, name: str) -> None:
    kinds = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
    reply = cloud.http.get(f"{FOLDER}{name}")
    assert reply.headers["content-type"].split(";")[0] == kinds[name.rpartition(".")[2]]
    assert reply.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["__init__.py", "%2e%2e/cli.py", "%2fmain.js", "", "nothing.js"])
def test_nothing_else_is_served(cloud: Cloud, path: str) -> None:
    assert cloud.http.get(f"{FOLDER}{path}").status_code == 404


def test_only_reading_is_served(cloud: Cloud) -> None:
    assert cloud.http.post(f"{FOLDER}main.js").status_code == 404


def test_what_the_page_asks_is_no_call_and_no_careless_one(cloud: Cloud) -> None:
    cloud.control("limits", {"DescribeInstances": 1})
    cloud.control("faults", {"effect": {"status": 500}})
    before = [cloud.look(name) for name in ("pulse", "counts", "state")]
    for _ in range(3):
        for name in ("overview", "hourly", "upcoming", "requests", "pulse"):
            assert cloud.http.get(f"/_emulator/{name}").status_code == 200
        cloud.http.get("/", headers=BROWSER)
    assert [cloud.look(name) for name in ("pulse", "counts", "state")] == before
    assert cloud.look("violations") == []


@pytest.mark.parametrize("target", ["/", "/_emulator/state", "/_emulator/pulse", f"{FOLDER}main.js"])
@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8443", 200),
        ("localhost:8443", 200),
        ("LocalHost", 200),
        ("[::1]:8443", 200),
        ("emulator.localhost", 200),
        ("emulator", 200),
        ("host.docker.internal:8443", 200),
        ("internal.example", 403),
        ("rebound.example:8443", 403),
        ("127.0.0.1.rebound.example", 403),
        ("localhost.rebound.example.", 403),
        ("[::1", 403),
    ],
)
def test_a_name_that_another_site_could_own_is_refused(
    cloud: Cloud, target: str, host: str, status: int
) -> None:
    assert cloud.http.get(target, headers={**BROWSER, "Host": host}).status_code == status


@pytest.mark.parametrize(
    ("reason", "headers", "status"),
    [
        ("the page itself", {"Sec-Fetch-Site": "same-origin"}, 200),
        ("typed by hand", {"Sec-Fetch-Site": "none"}, 200),
        ("no browser", {}, 200),
        ("another site", {"Sec-Fetch-Site": "cross-site"}, 403),
        ("another port", {"Sec-Fetch-Site": "same-site"}, 403),
        ("another site says so itself", {"Origin": "https://other.example"}, 403),
        ("a file, or a frame without rights", {"Origin": "null"}, 403),
        ("no address at all", {"Origin": "http://[::1"}, 403),
    ],
)
def test_another_site_reads_no_control_call(
    cloud: Cloud, reason: str, headers: dict[str, str], status: int
) -> None:
    reply = cloud.http.get("/_emulator/state", headers=headers)
    assert reply.status_code == status
    assert not [name for name in reply.headers if name.startswith("access-control")]


def test_another_site_changes_nothing(cloud: Cloud) -> None:
    cloud.network()
    reply = cloud.http.post("/_emulator/reset", headers={"Origin": "https://other.example"})
    assert reply.status_code == 403
    assert len(cloud.look("state")["vpcs"]) == 1


def test_the_page_can_be_opened_from_a_link_elsewhere(cloud: Cloud) -> None:
    assert cloud.http.get("/", headers={**BROWSER, "Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_a_name_that_was_told_is_ours(database: Path) -> None:
    server = Server(database, "--name", "cloud.example")
    try:
        reply = httpx.get(f"{server.url}/_emulator/health", headers={"Host": "Cloud.Example:8443"})
        assert reply.status_code == 200
    finally:
        server.end()


def test_the_files_are_small_and_fetch_nothing_from_elsewhere() -> None:
    texts = {name: files(page).joinpath(name).read_text(encoding="utf-8") for name in FILES}
    assert sum(map(len, texts.values())) < MOST_BYTES
    for name, text in texts.items():
        outside = text.replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|url\(|@import|innerHTML|insertAdjacent|eval\(|\.style\b", outside), (
            name
        )
        lines = text.splitlines()
        assert len(lines) <= LONGEST
        assert [line for line in lines if len(line) > WIDEST] == [] or name.endswith((".css", ".svg")), name
